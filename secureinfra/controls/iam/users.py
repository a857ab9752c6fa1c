"""Controls on IAM users, and on the session duration of roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, at_most
from secureinfra.controls.verdict import Failure

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

NO_IAM_USER = Control(
    id="iam-user-none",
    title="IAM users, passwords and access keys are not created",
    why="their credentials work from anywhere until they are deleted; roles have temporary credentials",
    row="iam-no-users",
    fix="Use IAM Identity Center or another federation for people, and roles for workloads.",
    setting="Use SecureRole with SamlTrust, GitHubTrust or ServiceTrust; this library creates no users.",
)

SHORT_SESSION = Control(
    id="iam-role-short-session",
    title="Role sessions last at most one hour",
    why="stolen credentials work until the session ends",
    fix="Remove max_session_duration, or set it to 3600.",
    setting="SecureRole does; RoleConfig(max_session_duration=...) needs a waiver for more.",
)


@NO_IAM_USER.check("aws_iam_user", "aws_iam_user_login_profile", "aws_iam_access_key")
def _no_iam_user(block: Block, configuration: Configuration) -> Iterator[Failure]:
    yield Failure(f"a resource {block.type}", "a role that people or workloads assume")


SHORT_SESSION.check("aws_iam_role")(
    argument("max_session_duration", at_most(3600), "max_session_duration = 3600", absent=3600)
)
