"""Controls on identity policies: the permissions of a role, user, group or permission set.

The rules are in `rules`; constructs refuse settings by them (`breaches`, `escalations`), and checks use them too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.iam import rules as iam_rules
from secureinfra.controls.iam.documents import IDENTITY, identity_policies, judged
from secureinfra.controls.iam.patterns import Statement
from secureinfra.controls.verdict import Failure
from secureinfra.facts.iam_actions import PERMISSIONS, WRITES

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_GRANTS = (
    "SecureRole refuses it; grants such as bucket.grant_read(role) write exactly the required actions and resources."
)
_ON_THESE = "the required actions, on resources by ARN"

NO_ADMINISTRATOR = Control(
    id="iam-policy-no-administrator",
    title="Policies do not allow all actions on all resources",
    why="an attacker who obtains the role controls the account",
    row="iam-no-admin-policy",
    waivable=False,
    fix="List the required actions and the ARNs of their resources.",
    setting=_GRANTS,
)

NO_ACTION_STAR = Control(
    id="iam-policy-no-action-star",
    title="Policy statements do not allow Action '*'",
    why="it includes every action that AWS adds in the future",
    row="iam-no-action-star",
    fix="List the required actions.",
    setting=_GRANTS,
)

NO_SERVICE_WILDCARD = Control(
    id="iam-policy-no-service-wildcard",
    title="Policy statements do not allow all actions of a service",
    why="it allows deleting, sharing and changing permissions along with reading",
    row="iam-no-service-wildcard",
    fix="List the required actions; a wildcard within a name, such as s3:Get*, is accepted.",
    setting=_GRANTS,
)

NO_NOT_ACTION = Control(
    id="iam-policy-no-not-action",
    title="Policy statements do not combine Allow with NotAction or NotResource",
    why="everything that is not listed is allowed, including future actions and resources",
    row="resource-policy-no-not-action",
    fix="List what is allowed in Action and Resource; use NotAction and NotResource in Deny statements only.",
    setting=_GRANTS,
)

PASS_ROLE_SCOPED = Control(
    id="iam-policy-pass-role-scoped",
    title="iam:PassRole is limited to specific roles and services",
    why="passing any role to a service gives the same access as having that role",
    row="iam-passrole-scoped",
    fix="List the roles in Resource and add StringEquals iam:PassedToService with the service that receives them.",
    setting="SecureRole refuses any other; passed_to_service('ecs-tasks.amazonaws.com') writes the condition.",
)

RESOURCES_NAMED = Control(
    id="iam-policy-resources-named",
    title="Resource '*' is used only for actions without narrower resources",
    why="the role can access every resource of the account",
    row="iam-no-resource-star",
    fix="List resources by ARN; put actions that do not support resource-level permissions into a separate statement.",
    setting=_GRANTS,
)

WRITES_LIMITED = Control(
    id="iam-policy-writes-limited",
    title="Write actions are limited by resource or condition",
    why="every resource in the account could be changed or deleted",
    row="iam-write-constrained",
    fix="List resources by ARN, or add a condition such as aws:ResourceTag.",
    setting=_GRANTS,
)

PERMISSIONS_LIMITED = Control(
    id="iam-policy-permissions-limited",
    title="Permissions management actions are limited by resource or condition",
    why="any resource could be shared with any account",
    row="iam-no-resource-exposure",
    fix="List the resources whose policies may be changed by ARN, or add a condition.",
    setting=_GRANTS,
)

CREDENTIALS_LIMITED = Control(
    id="iam-policy-credentials-limited",
    title="Actions that return credentials are limited by resource or condition",
    why="the credentials of any identity in the account could be obtained",
    row="iam-no-credential-exposure",
    fix="List the users, roles or databases by ARN, or add a condition.",
    setting=_GRANTS,
)

DATA_READS_LIMITED = Control(
    id="iam-policy-data-reads-limited",
    title="Reading of objects, parameters and secrets is limited by resource or condition",
    why="all data and every secret of the account could be copied",
    row="iam-no-data-exfiltration",
    fix="List the buckets, parameters and secrets by ARN.",
    setting=_GRANTS,
)

NO_DECRYPT_EVERYTHING = Control(
    id="iam-policy-no-decrypt-everything",
    title="Decryption is limited to specific keys",
    why="the role could decrypt data of every key in the account",
    row="iam-no-kms-decrypt-star",
    fix="List the keys by ARN; a condition such as kms:ViaService is not enough.",
    setting="key.grant_decrypt(role) names the key; SecureRole refuses every key.",
)

NO_ESCALATION = Control(
    id="iam-policy-no-escalation",
    title="Policies do not allow known ways of privilege escalation",
    why="the role could make itself an administrator",
    row="iam-no-privesc",
    fix="Remove one action of the set, or limit it to specific roles, users or functions.",
    setting="SecureRole refuses such a set.",
)

# What constructs refuse, in the order of their messages.
_REFUSED = (
    (NO_ADMINISTRATOR, iam_rules.administrator),
    (NO_ACTION_STAR, iam_rules.action_star),
    (NO_SERVICE_WILDCARD, iam_rules.service_wildcard),
    (NO_NOT_ACTION, iam_rules.not_action),
    (PASS_ROLE_SCOPED, iam_rules.pass_role),
    (NO_DECRYPT_EVERYTHING, iam_rules.decrypt_everything),
    (RESOURCES_NAMED, iam_rules.resource_star),
)


@dataclass(frozen=True)
class Breach:
    """A control that a statement breaks, and the part that breaks it."""

    control: Control
    broken: str


def breaches(statement: Statement) -> Iterator[Breach]:
    """What one statement of an identity policy breaks by itself; a Deny breaks nothing.

    Args:
        statement: without a principal.
    """
    if statement.effect == "Deny":
        return
    for control, rule in _REFUSED:
        for broken in rule(statement):
            yield Breach(control, broken)


def escalations(statements: Iterable[Statement]) -> Iterator[Breach]:
    """The published ways of privilege escalation that the statements allow without limits on resource or condition.

    Args:
        statements: all statements of one identity policy.
    """
    return (Breach(NO_ESCALATION, broken) for broken in iam_rules.escalations(statements))


def _ask(control: Control, rule: iam_rules.Rule, expected: str = _ON_THESE) -> None:
    @control.check(*IDENTITY)
    def check(block: Block, configuration: Configuration) -> Iterator[Failure]:
        return judged(identity_policies(block, configuration), rule, expected)


_ask(NO_ADMINISTRATOR, iam_rules.administrator)
_ask(NO_ACTION_STAR, iam_rules.action_star, "the required actions")
_ask(NO_SERVICE_WILDCARD, iam_rules.service_wildcard, "the required actions")
_ask(NO_NOT_ACTION, iam_rules.not_action, "Action and Resource that list what is allowed")
_ask(PASS_ROLE_SCOPED, iam_rules.pass_role, "roles by ARN, with StringEquals iam:PassedToService")
_ask(RESOURCES_NAMED, iam_rules.resource_star, "resources by ARN")
_ask(WRITES_LIMITED, iam_rules.unlimited(WRITES), "resources by ARN, or a condition")
_ask(PERMISSIONS_LIMITED, iam_rules.unlimited(PERMISSIONS), "resources by ARN, or a condition")
_ask(CREDENTIALS_LIMITED, iam_rules.unlimited_credentials, "resources by ARN, or a condition")
_ask(DATA_READS_LIMITED, iam_rules.unlimited_data_reads, "resources by ARN, or a condition")
_ask(NO_DECRYPT_EVERYTHING, iam_rules.decrypt_everything, "keys by ARN")
