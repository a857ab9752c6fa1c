"""Controls on identity policies: what a role, user, group or permission set may do.

The rules themselves are in `iam_rules`; constructs refuse by them (`breaches`, `escalations`), checks judge by them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading import iam_rules
from secureinfra.controls.reading.iam_actions import PERMISSIONS, WRITES
from secureinfra.controls.reading.iam_documents import IDENTITY, identity_policies, judged
from secureinfra.controls.reading.iam_patterns import Statement
from secureinfra.controls.verdict import Failure

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

_GRANTS = (
    "SecureRole refuses it; grants such as bucket.grant_read(role) write exactly the actions and resources needed."
)
_ON_THESE = "the actions that are needed, on resources by ARN"

NO_ADMINISTRATOR = Control(
    id="iam-policy-no-administrator",
    title="No policy allows every action on everything",
    why="whoever gets hold of the role owns the account",
    row="iam-no-admin-policy",
    waivable=False,
    mend="List the actions that are needed and the ARNs they are needed on.",
    python=_GRANTS,
)

NO_ACTION_STAR = Control(
    id="iam-policy-no-action-star",
    title="No statement allows Action '*'",
    why="it allows whatever AWS adds next as well",
    row="iam-no-action-star",
    mend="List the actions that are needed.",
    python=_GRANTS,
)

NO_SERVICE_WILDCARD = Control(
    id="iam-policy-no-service-wildcard",
    title="No statement allows every action of a service",
    why="it allows deleting, opening and giving away along with reading",
    row="iam-no-service-wildcard",
    mend="List the actions that are needed; a wildcard within a name, such as s3:Get*, is accepted.",
    python=_GRANTS,
)

NO_NOT_ACTION = Control(
    id="iam-policy-no-not-action",
    title="No Allow with NotAction or NotResource",
    why="everything that is not listed is allowed, today's and tomorrow's",
    mend="List what is allowed in Action and Resource; leave NotAction and NotResource to Deny statements.",
    python=_GRANTS,
)

PASS_ROLE_SCOPED = Control(
    id="iam-policy-pass-role-scoped",
    title="iam:PassRole names roles and the service they are passed to",
    why="passing any role to a service is as good as having that role",
    row="iam-passrole-scoped",
    mend="Name the roles in Resource and add StringEquals iam:PassedToService with the service that gets them.",
    python="SecureRole refuses any other; passed_to_service('ecs-tasks.amazonaws.com') writes the condition.",
)

RESOURCES_NAMED = Control(
    id="iam-policy-resources-named",
    title="Resource '*' only where AWS knows no narrower one",
    why="the role reaches every resource of the account",
    row="iam-no-resource-star",
    mend="Name the resources by ARN; put actions of which AWS knows no narrower resource into a statement of their own.",
    python=_GRANTS,
)

WRITES_LIMITED = Control(
    id="iam-policy-writes-limited",
    title="Actions that write are limited by resource or condition",
    why="everything in the account could be changed or deleted",
    row="iam-write-constrained",
    mend="Name the resources by ARN, or add a condition such as aws:ResourceTag.",
    python=_GRANTS,
)

PERMISSIONS_LIMITED = Control(
    id="iam-policy-permissions-limited",
    title="Actions that change permissions are limited by resource or condition",
    why="any resource could be opened to anybody",
    row="iam-no-resource-exposure",
    mend="Name the resources whose policies may be changed by ARN, or add a condition.",
    python=_GRANTS,
)

CREDENTIALS_LIMITED = Control(
    id="iam-policy-credentials-limited",
    title="Actions that hand out credentials are limited by resource or condition",
    why="the credentials of anybody in the account could be had",
    row="iam-no-credential-exposure",
    mend="Name the users, roles or databases by ARN, or add a condition.",
    python=_GRANTS,
)

DATA_READS_LIMITED = Control(
    id="iam-policy-data-reads-limited",
    title="Reading objects, parameters and secrets is limited by resource or condition",
    why="all data and every secret of the account could be carried away",
    row="iam-no-data-exfiltration",
    mend="Name the buckets, parameters and secrets by ARN.",
    python=_GRANTS,
)

NO_DECRYPT_EVERYTHING = Control(
    id="iam-policy-no-decrypt-everything",
    title="Decryption is allowed with named keys only",
    why="the role could read whatever any key of the account protects",
    row="iam-no-kms-decrypt-star",
    mend="Name the keys by ARN; a condition such as kms:ViaService does not make up for it.",
    python="key.grant_decrypt(role) names the key; SecureRole refuses every key.",
)

NO_ESCALATION = Control(
    id="iam-policy-no-escalation",
    title="No set of allowed actions is a known way to more rights",
    why="the role could make itself administrator",
    row="iam-no-privesc",
    mend="Take one action of the set away, or limit it to named roles, users or functions.",
    python="SecureRole refuses such a set.",
)

# What constructs refuse, in the order in which they say so.
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
    """A control that a statement breaks, and by what."""

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
    """The published ways to more rights that the statements open, where neither resource nor condition limits them.

    Args:
        statements: all that one identity policy says.
    """
    return (Breach(NO_ESCALATION, broken) for broken in iam_rules.escalations(statements))


def _ask(control: Control, rule: iam_rules.Rule, expected: str = _ON_THESE) -> None:
    @control.check(*IDENTITY)
    def check(block: Block, configuration: Configuration) -> Iterator[Failure]:
        return judged(identity_policies(block, configuration), rule, expected)


_ask(NO_ADMINISTRATOR, iam_rules.administrator)
_ask(NO_ACTION_STAR, iam_rules.action_star, "the actions that are needed")
_ask(NO_SERVICE_WILDCARD, iam_rules.service_wildcard, "the actions that are needed")
_ask(NO_NOT_ACTION, iam_rules.not_action, "Action and Resource that list what is allowed")
_ask(PASS_ROLE_SCOPED, iam_rules.pass_role, "roles by ARN, with StringEquals iam:PassedToService")
_ask(RESOURCES_NAMED, iam_rules.resource_star, "resources by ARN")
_ask(WRITES_LIMITED, iam_rules.unlimited(WRITES), "resources by ARN, or a condition")
_ask(PERMISSIONS_LIMITED, iam_rules.unlimited(PERMISSIONS), "resources by ARN, or a condition")
_ask(CREDENTIALS_LIMITED, iam_rules.unlimited_credentials, "resources by ARN, or a condition")
_ask(DATA_READS_LIMITED, iam_rules.unlimited_data_reads, "resources by ARN, or a condition")
_ask(NO_DECRYPT_EVERYTHING, iam_rules.decrypt_everything, "keys by ARN")
