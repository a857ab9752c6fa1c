"""Controls on IAM users, and on how long a role's session lasts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, at_most
from secureinfra.controls.verdict import Failure

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

NO_IAM_USER = Control(
    id="iam-user-none",
    title="No IAM user, password or access key is made",
    why="its credentials work from everywhere until somebody deletes them; people and machines take on roles",
    row="iam-no-users",
    mend="Let people sign in through IAM Identity Center or another federation, and machines through roles.",
    python="SecureRole with SamlTrust, GitHubTrust or ServiceTrust; this library makes no user.",
)

SHORT_SESSION = Control(
    id="iam-role-short-session",
    title="Sessions end after an hour",
    why="stolen credentials work until the session ends",
    mend="Leave max_session_duration out, or set it to 3600.",
    python="SecureRole does; RoleConfig(max_session_duration=...) needs a waiver for more.",
)


@NO_IAM_USER.check("aws_iam_user", "aws_iam_user_login_profile", "aws_iam_access_key")
def _no_iam_user(block: Block, configuration: Configuration) -> Iterator[Failure]:
    yield Failure(f"a resource {block.type}", "a role that people or machines take on")


SHORT_SESSION.check("aws_iam_role")(
    argument("max_session_duration", at_most(3600), "max_session_duration = 3600", absent=3600)
)
