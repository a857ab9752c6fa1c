"""Controls on AWS managed policies: which are attached, and to which identities."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.iam import rules as iam_rules
from secureinfra.controls.iam.documents import IDENTITY, identity_policies, judged, policies
from secureinfra.controls.shared.arguments import is_set
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

# AWS managed policies that grant full administration, management of permissions, or credentials.
BROAD = (
    "AdministratorAccess|AdministratorAccess-(Amplify|AWSElasticBeanstalk)|PowerUserAccess|IAMFullAccess|"
    "AWSCloudShellFullAccess|AWSOrganizationsFullAccess|job-function/(SystemAdministrator|DatabaseAdministrator)"
)
# AWS managed policies named FullAccess allow `service:*` on every resource.
FULL_ACCESS = r":aws:policy/([\w-]+/)?\w*FullAccess(_v\d+|V\d+)?$"

# The argument that refers to managed policies; in some types it is a list.
ATTACHMENTS = {
    "aws_iam_group_policy_attachment": "policy_arn",
    "aws_iam_group_policy_attachments_exclusive": "policy_arns",
    "aws_iam_policy_attachment": "policy_arn",
    "aws_iam_role": "managed_policy_arns",
    "aws_iam_role_policy_attachment": "policy_arn",
    "aws_iam_role_policy_attachments_exclusive": "policy_arns",
    "aws_iam_user_policy_attachment": "policy_arn",
    "aws_iam_user_policy_attachments_exclusive": "policy_arns",
}
PERMISSION_SETS = {
    "aws_ssoadmin_managed_policy_attachment": "managed_policy_arn",
    "aws_ssoadmin_managed_policy_attachments_exclusive": "managed_policy_arns",
}
_EVERYWHERE = {**ATTACHMENTS, **PERMISSION_SETS}
_LEAST = "a policy that lists the required actions"
_ON_A_ROLE = "the policy on a role or a group"

NO_BROAD_MANAGED_POLICY = Control(
    id="iam-role-no-broad-managed-policy",
    title="Administrative AWS managed policies are not attached",
    why="an attacker who obtains the role controls the account",
    row="iam-no-administratoraccess",
    waivable=False,
    fix="Attach a policy that lists the required actions, on resources by ARN.",
    setting="SecureRole refuses these ARNs; grants such as bucket.grant_read(role) write the required actions.",
)

NO_ADMINISTRATOR_PERMISSION_SET = Control(
    id="ssoadmin-permission-set-no-administrator",
    title="Permission sets do not include administrative AWS managed policies",
    why="every session of every assigned user controls the account",
    row="iam-no-administratoraccess",
    fix="Attach job policies to the permission set; keep one set for emergencies, with a waiver that says who may use it.",
)

NO_FULL_ACCESS = Control(
    id="iam-role-no-full-access-policy",
    title="AWS managed policies that allow every action of a service are not attached",
    why="they allow deleting, sharing and changing permissions along with reading, on every resource",
    row="iam-no-service-wildcard",
    fix="Attach a policy that lists the required actions, on resources by ARN.",
    setting="RoleConfig(managed_policy_arns=...) needs a waiver for them.",
)

NO_FULL_IAM = Control(
    id="iam-policy-no-full-iam",
    title="Policies do not allow every IAM action on all resources",
    why="an identity that manages permissions can make itself an administrator",
    row="iam-no-iamfullaccess",
    fix="List the required actions on specific roles and policies, and do not attach IAMFullAccess.",
    setting="SecureRole refuses it; grants such as bucket.grant_read(role) write the required actions.",
)

NO_CLOUDSHELL = Control(
    id="iam-role-no-cloudshell-policy",
    title="AWSCloudShellFullAccess is not attached",
    why="it allows uploading and downloading files past all network controls, from a shell with internet access",
    row="iam-no-cloudshell-full",
    fix="Attach a policy that allows CloudShell without cloudshell:GetFileDownloadUrls and cloudshell:GetFileUploadUrls.",
    setting="SecureRole refuses it.",
)

USERS_HOLD_NO_POLICY = Control(
    id="iam-user-no-policy",
    title="Policies are not attached to users",
    why="permissions of people would be scattered over users, and stay when a person changes jobs",
    row="iam-policies-not-on-users",
    fix="Attach the policy to a role that the person or workload assumes, or to a group.",
    setting="Use SecureRole; this library creates no users.",
)


def attached_arns(block: Block) -> list[tuple[str, Any]]:
    """The managed policies that a block attaches, each with its path.

    Args:
        block: of one of the types in `ATTACHMENTS` and `PERMISSION_SETS`.
    """
    path = _EVERYWHERE[block.type]
    value = block.get(path)
    if isinstance(value, list):
        return [(f"{path}[{position}]", arn) for position, arn in enumerate(value)]
    return [] if value is None else [(path, value)]


def arn_of(value: Any, configuration: Configuration) -> str:
    """The ARN of a managed policy as far as it is known, at least its name; empty for one in this configuration.

    Raises:
        UnknownValueError: it may be any policy.
    """
    text = str(value.text if is_unknown(value) else value)
    if not is_unknown(value) or (":policy/" in text and "${" not in text.rpartition(":policy/")[2]):
        return text
    target = configuration.target(value)
    if target is not None and target.type == "aws_iam_policy":
        if target.section == "resource":
            return ""
        if is_set(arn := target.get("arn")):
            return str(arn)
        if is_set(name := target.get("name")) and not is_unknown(name):
            return f":policy/{name}"
    raise UnknownValueError(value)


def _judged(
    attached: Iterable[tuple[str, Any]], configuration: Configuration, refused: str, expected: str
) -> Iterator[Failure]:
    def judge(one: tuple[str, Any]) -> Iterator[Failure]:
        at, value = one
        if re.search(refused, arn_of(value, configuration)):
            yield Failure(written(at, value), expected, at)

    return each(attached, judge)


def _ask(control: Control, refused: str, types: Iterable[str], expected: str = _LEAST) -> None:
    @control.check(*types)
    def check(block: Block, configuration: Configuration) -> Iterator[Failure]:
        if not (attached := attached_arns(block)):
            raise NotApplicable("it does not attach a managed policy")
        return _judged(attached, configuration, refused, expected)


_ask(NO_BROAD_MANAGED_POLICY, f":policy/({BROAD})$", ATTACHMENTS)
_ask(NO_ADMINISTRATOR_PERMISSION_SET, f":policy/({BROAD})$", PERMISSION_SETS)
_ask(NO_FULL_ACCESS, FULL_ACCESS, ATTACHMENTS)
_ask(NO_CLOUDSHELL, ":policy/AWSCloudShellFullAccess$", _EVERYWHERE, "a policy without file upload and download")


@NO_FULL_IAM.check(*dict.fromkeys((*IDENTITY, *_EVERYWHERE)))
def _no_full_iam(block: Block, configuration: Configuration) -> Iterator[Failure]:
    if block.type in _EVERYWHERE:
        said = policies(block, IDENTITY[block.type], configuration) if block.type in IDENTITY else []
    else:
        said = identity_policies(block, configuration)
    attached = attached_arns(block) if block.type in _EVERYWHERE else []
    if not said and not attached:
        raise NotApplicable("it does not contain a policy")
    parts = (
        functools.partial(judged, said, iam_rules.all_of_iam, _LEAST),
        functools.partial(_judged, attached, configuration, ":policy/IAMFullAccess$", _LEAST),
    )
    return each(parts, lambda part: part())


@USERS_HOLD_NO_POLICY.check("aws_iam_user_policy", "aws_iam_user_policy_attachment")
def _users_hold_no_policy(block: Block, configuration: Configuration) -> Iterator[Failure]:
    yield Failure(f"a policy on a user: {written('user', block.get('user'))}", _ON_A_ROLE, at="user")


@USERS_HOLD_NO_POLICY.check(
    "aws_iam_policy_attachment", "aws_iam_user_policies_exclusive", "aws_iam_user_policy_attachments_exclusive"
)
def _lists_hold_no_user(block: Block, configuration: Configuration) -> Iterator[Failure]:
    path = {"aws_iam_policy_attachment": "users", "aws_iam_user_policies_exclusive": "policy_names"}.get(
        block.type, "policy_arns"
    )
    if block.has(path):
        yield Failure(written(path, block.get(path)), _ON_A_ROLE, at=path)
