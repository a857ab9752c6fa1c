"""What an identity policy may not allow: the rules by which constructs refuse a statement and checks evaluate one.

Each rule gets an Allow statement, and yields what is wrong with it, in words that can precede "breaks
control ...". A part that only Terraform knows never passes: if the answer depends on it, a rule raises
`UnknownValueError`.
"""

from __future__ import annotations

import fnmatch
import functools
import itertools
import json
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from secureinfra.controls.iam.limits import is_limited, limits_rights, names_service
from secureinfra.controls.iam.patterns import (
    Statement,
    all_of,
    allows,
    allows_everywhere,
    is_all_of_a_service,
    is_every_action,
    is_everything,
    is_known,
    matches,
    may,
    may_be_of,
    reaches_all,
    reaches_by_pattern,
    surely,
    which,
    written,
)
from secureinfra.facts.iam_actions import is_unscopable, scopable
from secureinfra.facts.iam_reads import CREDENTIALS, DATA_READS, DECRYPTS
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_reference_to_resource, is_unknown, text_of

Rule = Callable[[Statement], Iterator[str]]

# Data in S3, Systems Manager and Secrets Manager; well-made policies may read whole tables, queues and logs of other services.
_READS_OF_EVERYTHING = tuple(
    action for action in DATA_READS if action.partition(":")[0] in ("s3", "secretsmanager", "ssm")
)


# What they give does not depend on what the role, user or policy holds now: any one that fits a pattern will do.
_ANY_WILL_DO = frozenset(
    "iam:AttachGroupPolicy iam:AttachRolePolicy iam:AttachUserPolicy iam:CreatePolicyVersion iam:PutGroupPolicy "
    "iam:PutRolePolicy iam:PutUserPolicy iam:UpdateAssumeRolePolicy".split()
)


def administrator(statement: Statement) -> Iterator[str]:
    """Every action on all resources; conditions do not help: a caller who meets them controls the account."""
    if all_of(lambda: any_of(statement.actions, is_every_action), lambda: any_of(statement.resources, is_everything)):
        yield "Action '*' on Resource '*'"
    elif any_of(statement.not_actions, is_known) and all_of(
        lambda: all(allows(statement, action) for action in _MAKE_ADMINISTRATORS),
        lambda: any_of(statement.resources, _is_all) or _leaves_roles(statement),
    ):
        yield f"NotAction {written(statement.not_actions)!r}, which leaves permissions management, on every role and user"
    elif any_of(statement.actions, is_every_action) and _leaves_roles(statement):
        yield f"Action '*' with NotResource {written(statement.not_resources)!r}, which leaves every role and user"


# Each of them gives its caller every permission: the published ways of escalation.
_MAKE_ADMINISTRATORS = ("iam:AttachRolePolicy", "iam:AttachUserPolicy", "iam:PutRolePolicy", "iam:PutUserPolicy")
_IDENTITIES = ("arn:aws:iam::111122223333:role/x", "arn:aws:iam::111122223333:user/x")


def _is_all(resource: Any) -> bool:
    return is_known(resource) and not resource.strip("*?")


def _leaves_roles(statement: Statement) -> bool:
    """Whether NotResource leaves out no role and no user."""
    named = [resource for resource in statement.not_resources if is_known(resource)]
    return bool(named) and not any(matches(resource, identity) for resource in named for identity in _IDENTITIES)


def action_star(statement: Statement) -> Iterator[str]:
    """Every action."""
    if any_of(statement.actions, is_every_action):
        yield "Action '*'"


def service_wildcard(statement: Statement) -> Iterator[str]:
    """Every action of a service."""
    return (f"Action {action!r}" for action in which(statement.actions, is_all_of_a_service))


def all_of_iam(statement: Statement) -> Iterator[str]:
    """Every IAM action on all resources."""

    def covers(pattern: Any) -> bool:
        return is_every_action(pattern) or (is_all_of_a_service(pattern) and matches(pattern.partition(":")[0], "iam"))

    def spares(pattern: Any) -> bool:
        return matches(pattern.partition(":")[0], "iam")

    def given() -> bool:
        if statement.not_actions:
            return not any_of(statement.not_actions, spares)
        return any_of(statement.actions, covers)

    if all_of(given, lambda: reaches_all(statement, "iam")):
        yield "every IAM action on all resources"


def not_action(statement: Statement) -> Iterator[str]:
    """Everything except what is listed."""
    if any_of(statement.not_actions, is_known):
        yield f"NotAction {written(statement.not_actions)!r} with Allow"
    if any_of(statement.not_resources, is_known):
        yield f"NotResource {written(statement.not_resources)!r} with Allow"


def pass_role(statement: Statement) -> Iterator[str]:
    """Roles passed without a limit on the role, or on the service."""
    passes = all_of(
        lambda: allows(statement, "iam:PassRole"),
        lambda: (
            any_of(statement.not_resources, is_known)
            or any_of(statement.resources, lambda resource: may_be_of("iam", resource))
        ),
    )
    if not passes:
        return

    if surely(lambda: reaches_all(statement, "iam")):
        yield "iam:PassRole on all roles"
    elif not names_service(statement):
        yield "iam:PassRole without a condition on iam:PassedToService"
    elif reaches_all(statement, "iam"):  # not known, or it would have been reported above
        yield "iam:PassRole on all roles"


def decrypt_everything(statement: Statement) -> Iterator[str]:
    """Decryption with all keys; conditions do not help: KMS.1 and KMS.2 of Security Hub ignore them too."""
    if any_of(DECRYPTS, lambda decrypt: allows_everywhere(statement, decrypt)):
        yield "kms:Decrypt with all keys"


def resource_star(statement: Statement) -> Iterator[str]:
    """All resources, for an action that supports resource-level permissions."""
    broad = all_of(
        lambda: any_of(statement.actions, lambda action: not is_unscopable(action)),
        lambda: any_of(statement.resources, is_everything),
    )
    if broad:
        resource = next(which(statement.resources, is_everything))
        limited = which(statement.actions, lambda action: not is_unscopable(action))
        yield f"Resource {resource!r} for {', '.join(map(_in_words, limited))}"


def unlimited(level: str) -> Rule:
    """A rule: no action of an access level on all resources without a condition that limits them.

    Args:
        level: `WRITES` or `PERMISSIONS`; actions without resource-level permissions are left out.
    """

    def names(action: Any) -> tuple[str, ...]:
        return ("every action",) if is_every_action(action) else scopable(action, level)

    def rule(statement: Statement) -> Iterator[str]:
        def speaks() -> bool:
            if statement.not_actions:
                return not any_of(statement.not_actions, is_every_action)
            return any_of(statement.actions, names)

        if not all_of(speaks, lambda: _is_open(statement)):
            return
        if statement.not_actions:
            yield f"everything but {', '.join(written(statement.not_actions))}, on all resources"
        else:
            found = sorted({name for action in which(statement.actions, names) for name in names(action)})
            yield f"{_shortened(found)} on all resources"

    return rule


def unlimited_credentials(statement: Statement) -> Iterator[str]:
    """Credentials of all identities, without a limiting condition."""
    return _unlimited_of(CREDENTIALS, statement)


def unlimited_data_reads(statement: Statement) -> Iterator[str]:
    """All objects, parameters or secrets, without a limiting condition."""
    return _unlimited_of(_READS_OF_EVERYTHING, statement)


def escalations(statements: Iterable[Statement]) -> Iterator[str]:
    """The published ways of privilege escalation that statements allow together, without limits on resource or condition.

    Args:
        statements: all statements that apply to one identity, Allow and Deny.
    """
    statements = list(statements)
    yield from _rights_of_usable_roles(statements)
    reaching = list(filter(_may_reach_all, statements))
    for method in escalation_methods(reaching):
        everywhere = any(surely(lambda statement=held: reaches_all(statement)) for held in reaching)  # type: ignore[misc]
        where = "all resources" if everywhere else "resources by a pattern, which new ones fit"
        yield f"{' + '.join(method['actions'])} on {where} (known as {method['name']!r})"


# Whose trust policy names a caller of the same account can be assumed by it without any other permission.
# docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
_WRITES_RIGHTS = ("iam:AttachRolePolicy", "iam:PutRolePolicy")
_USES_ROLE = ("sts:AssumeRole", "iam:UpdateAssumeRolePolicy")


def _rights_of_usable_roles(statements: Sequence[Statement]) -> Iterator[str]:
    """Rights that are written for a named role which the same caller may assume, or may let itself assume.

    Each alone is not one of them: who writes the rights of a role that others use has none of them, and who changes its trust gets
    what it has already. Only a permissions boundary, or the policies that may be attached, limit the two together.
    """
    allowing = [one for one in statements if one.effect == "Allow"]
    for writes, uses in itertools.product(_WRITES_RIGHTS, _USES_ROLE):
        writing = [one for one in allowing if may(functools.partial(allows, one, writes)) and not limits_rights(one)]
        using = [one for one in allowing if may(functools.partial(allows, one, uses))]
        roles = dict.fromkeys(role for one in writing for role in one.resources)
        usable = [role for one in using for role in one.resources]
        for role in which(roles, lambda role, usable=usable: any_of(usable, lambda other: _is_role_of(role, other))):  # type: ignore[misc]
            yield f"{writes} + {uses} on {text_of(role)}: its rights can so be written and used"


def _is_role_of(role: Any, pattern: Any) -> bool:
    """Whether a role that is named is one that a pattern stands for; patterns on both sides are ways known by other names."""
    named, other = text_of(role), text_of(pattern)
    if "*" in named or "?" in named or (named.startswith("arn:") and ":role/" not in named):
        return False
    if fnmatch.fnmatchcase(named, other.replace("[", "[[]")):
        return True
    for value in (role, pattern):
        if is_unknown(value) and not is_reference_to_resource(value):
            raise UnknownValueError(value)
    return False


def escalation_methods(statements: Iterable[Statement]) -> Iterator[Mapping[str, Any]]:
    """The same as data: each way with its `name` and its `actions`."""
    reaching = list(filter(_may_reach_all, statements))
    if not reaching:
        return

    @functools.cache
    def opens(action: str) -> bool:
        return any_of(reaching, lambda statement: _opens(statement, action))

    yield from which(_methods(), lambda method: all_of(*(functools.partial(opens, a) for a in method["actions"])))


def _may_reach_all(statement: Statement) -> bool:
    return may(
        lambda: all_of(
            lambda: statement.effect == "Allow",
            lambda: reaches_all(statement) or reaches_by_pattern(statement, "iam"),
        )
    )


def _opens(statement: Statement, action: str) -> bool:
    return all_of(
        lambda: allows(statement, action),
        lambda: (
            reaches_all(statement, action.partition(":")[0])
            or (action in _ANY_WILL_DO and reaches_by_pattern(statement, "iam"))
        ),
        lambda: not limits_rights(statement),
        lambda: statement.effect == "Allow",
    )


def _unlimited_of(actions: Iterable[str], statement: Statement) -> Iterator[str]:
    def is_given(action: str) -> bool:
        # Assuming a role needs a role as the resource, whatever its trust policy says.
        service = "iam" if action == "sts:AssumeRole" else action.partition(":")[0]
        return all_of(
            lambda: allows(statement, action),
            lambda: reaches_all(statement, service),
            lambda: not is_unscopable(action),
            lambda: not is_limited(statement),
        )

    # Most statements list resources: they need no further check.
    if may(lambda: reaches_all(statement)) and (found := list(which(actions, is_given))):
        yield f"{_shortened(found)} on all resources"


def _is_open(statement: Statement) -> bool:
    """Whether a statement is limited by neither resource nor condition."""

    def everywhere() -> bool:
        if statement.not_resources:
            return any_of(statement.not_resources, is_known)
        return any_of(statement.resources, is_everything)

    return all_of(everywhere, lambda: not is_limited(statement))


def _shortened(names: Sequence[str]) -> str:
    rest = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + rest


def _in_words(action: str) -> str:
    names = scopable(action)
    if len(names) == 1 and names[0].lower() == action.lower():
        return action
    rest = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{action} (a policy can list resources for {names[0]}{rest})"


@functools.cache
def _methods() -> Sequence[Mapping[str, Any]]:
    text = pkgutil.get_data("secureinfra.controls.iam", "iam_escalations.json") or b""
    methods: Sequence[Mapping[str, Any]] = json.loads(text)["methods"]
    return methods
