"""AWS managed policies of which is known what they allow, and what they surely do not.

docs.aws.amazon.com/aws-managed-policy/latest/reference/ has the text of each. AWS changes them, so that only what is a
promise of the policy's name is stated here.
"""

from __future__ import annotations

from typing import Any

from secureinfra.terraform.model.policy_document import PolicyCondition, PolicyStatement
from secureinfra.terraform.unknown import Unknown

__all__ = ["managed_policy", "not_known"]

# What policies that only read leave out, whatever AWS adds to them.
_CHANGES = (
    tuple(
        f"*:{verb}*"
        for verb in (
            "add associate attach authorize cancel complete connect create deregister decrypt delete disable encrypt execute "
            "import invoke modify pass passrole publish purge put reboot register remove replace reset revoke run schedule send set "
            "share stop submit tag terminate transfer untag update assume"
        ).split()
    )
    + tuple(f"{service}:start*" for service in ("cloudtrail", "codebuild", "ecs", "glue", "iam", "ssm", "states"))
    + ("kms:generate*",)
)
_IAM_READS = ("iam:Generate*", "iam:Get*", "iam:List*", "iam:Simulate*")
_READING = frozenset({"ReadOnlyAccess", "SecurityAudit", "job-function/ViewOnlyAccess", "IAMReadOnlyAccess"})


def managed_policy(name: str) -> list[PolicyStatement]:
    """The statements of an AWS managed policy, as far as they are known; one that may allow anything where they are not.

    Args:
        name: what stands behind `:policy/` in its ARN.
    """
    if name == "AdministratorAccess":
        return [PolicyStatement("Allow", actions=("*",), resources=("*",))]
    if name == "PowerUserAccess":
        some = "account:Get* account:ListRegions iam:CreateServiceLinkedRole iam:DeleteServiceLinkedRole iam:ListRoles".split()
        return [
            PolicyStatement("Allow", not_actions=("iam:*", "organizations:*", "account:*"), resources=("*",)),
            PolicyStatement("Allow", actions=(*some, "organizations:DescribeOrganization"), resources=("*",)),
        ]
    if name == "IAMFullAccess":
        return [PolicyStatement("Allow", actions=("iam:*", "organizations:Describe*"), resources=("*",))]
    unknown = Unknown(f"what the AWS managed policy {name} allows")
    maybe = (PolicyCondition(_any(unknown), _any(unknown), (unknown,)),)
    if name in _READING:
        return [
            PolicyStatement("Allow", not_actions=(*_CHANGES, "iam:*"), resources=("*",), conditions=maybe),
            PolicyStatement("Allow", actions=_IAM_READS, resources=("*",), conditions=maybe),
        ]
    if "Deny" in name or "Quarantine" in name:
        return not_known(unknown)
    return [PolicyStatement("Allow", actions=("*",), resources=("*",), conditions=maybe)]


def not_known(value: Unknown) -> list[PolicyStatement]:
    """A policy that may say anything.

    Args:
        value: what is not known.
    """
    held = (_any(value),)
    condition = PolicyCondition(_any(value), _any(value), held)
    return [PolicyStatement(effect=_any(value), actions=held, resources=held, conditions=(condition,))]


def _any(value: Unknown) -> Any:
    return value
