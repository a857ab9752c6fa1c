"""What an identity policy may not allow without a waiver, statement by statement and taken together."""

from __future__ import annotations

import fnmatch
import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from secureinfra.controls import Control, iam
from secureinfra.policy.actions import is_unscopable, scopable
from secureinfra.policy.conditions import Condition
from secureinfra.policy.statement import Statement
from secureinfra.values import is_token

__all__ = ["Breach", "breaches", "escalations", "is_unscopable"]

_DECRYPTS = ("kms:Decrypt", "kms:ReEncryptFrom")
_REFERENCE = re.compile(r"\$\{[^{}]*\}|TfToken\[[^\]]*\]")


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
    yield from _broad_actions(statement)
    yield from _broad_resources(statement)


def escalations(statements: Iterable[Statement]) -> Iterator[Breach]:
    """The published ways to more rights that the statements open, where neither resource nor condition limits them.

    Args:
        statements: all that one identity policy says.
    """
    unlimited = [
        statement
        for statement in statements
        if statement.effect == "Allow" and not any(map(_limits_target, statement.conditions))
    ]
    if not any(_reaches_all(statement) for statement in unlimited):
        return
    for method in _methods():
        if all(any(_allows_everywhere(statement, action) for statement in unlimited) for action in method["actions"]):
            actions = " + ".join(method["actions"])
            yield Breach(iam.NO_ESCALATION, f"{actions} on every resource (known as {method['name']!r})")


def _broad_actions(statement: Statement) -> Iterator[Breach]:
    for action in statement.actions:
        if action == "*" and any(map(_is_everything, statement.resources)):
            # Conditions do not help: whoever meets them owns the account.
            yield Breach(iam.NO_ADMINISTRATOR, "Action '*' on Resource '*'")
        elif action == "*":
            yield Breach(iam.NO_ACTION_STAR, "Action '*'")
        elif not is_token(action) and not action.partition(":")[2].strip("*?"):
            yield Breach(iam.NO_SERVICE_WILDCARD, f"Action {action!r}")
    if statement.not_actions:
        yield Breach(iam.NO_NOT_ACTION, f"NotAction {list(statement.not_actions)!r} with Allow")
    if statement.not_resources:
        yield Breach(iam.NO_NOT_ACTION, f"NotResource {list(statement.not_resources)!r} with Allow")


def _broad_resources(statement: Statement) -> Iterator[Breach]:
    if _allows(statement, "iam:PassRole") and any(_may_be_of("iam", resource) for resource in statement.resources):
        if _reaches_all(statement, "iam"):
            yield Breach(iam.PASS_ROLE_SCOPED, "iam:PassRole on every role")
        elif not any(
            c.key.lower() == "iam:passedtoservice" and c.demands_key and any(value.strip("*?") for value in c.values)
            for c in statement.conditions
        ):
            yield Breach(iam.PASS_ROLE_SCOPED, "iam:PassRole without a condition on iam:PassedToService")
    if any(_allows_everywhere(statement, decrypt) for decrypt in _DECRYPTS):
        yield Breach(iam.NO_DECRYPT_EVERYTHING, "kms:Decrypt with every key")
    for resource in filter(_is_everything, statement.resources):
        limited = [action for action in statement.actions if action != "*" and not is_unscopable(action)]
        if limited:
            yield Breach(iam.RESOURCES_NAMED, f"Resource {resource!r} for {', '.join(map(_in_words, limited))}")
            return


def _in_words(action: str) -> str:
    names = scopable(action)
    if len(names) == 1 and names[0].lower() == action.lower():
        return action
    rest = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{action} (a policy can name resources for {names[0]}{rest})"


def _allows(statement: Statement, action: str) -> bool:
    if statement.not_actions:
        return not any(_matches(pattern, action) for pattern in statement.not_actions)
    return any(_matches(pattern, action) for pattern in statement.actions)


def _matches(pattern: str, action: str) -> bool:
    return fnmatch.fnmatchcase(action.lower(), pattern.lower().replace("[", "[[]"))


def _is_everything(resource: str) -> bool:
    """Whether a pattern names every resource of a service, or of all: `*`, `arn:aws:s3:::*`, `arn:aws:sqs:*:*:*`."""
    if resource.startswith(("${", "TfToken[")):
        return False
    parts = _REFERENCE.sub("x", resource).split(":", 5)
    return (len(parts) < 6 and parts[-1].endswith("*")) or (len(parts) == 6 and not parts[5].strip("*?/:"))


def _allows_everywhere(statement: Statement, action: str) -> bool:
    return _allows(statement, action) and _reaches_all(statement, action.partition(":")[0])


def _reaches_all(statement: Statement, service: str = "*") -> bool:
    """Whether it reaches every resource of a type of the service: `*`, `arn:aws:iam::111122223333:role/*`, all but a few."""
    return bool(statement.not_resources) or any(
        _is_everything(resource) or _is_every_one_of_a_type(resource, service) for resource in statement.resources
    )


def _is_every_one_of_a_type(resource: str, service: str) -> bool:
    # Names of buckets and topics stand where other services have the type.
    parts = _REFERENCE.sub("x", resource).split(":", 5)
    return (
        len(parts) == 6
        and parts[2] not in {"s3", "sns", "sqs"}
        and (service == "*" or fnmatch.fnmatchcase(service, parts[2]))
        and re.fullmatch(r"[A-Za-z-]+[/:][*?/:]*\*", parts[5]) is not None
    )


def _may_be_of(service: str, resource: str) -> bool:
    """Whether a resource can be one of that service's: a reference may be anything."""
    parts = resource.split(":", 3)
    return not resource.startswith("arn:") or len(parts) < 4 or is_token(parts[2]) or _matches(parts[2], service)


def _limits_target(condition: Condition) -> bool:
    """Whether a condition limits on what an action works, rather than who calls it, from where and when."""
    key = condition.key.lower()
    by_service = not key.startswith("aws:") or key.startswith("aws:resourcetag/")
    return by_service and condition.demands_key and any(value.strip("*?") for value in condition.values)


@functools.cache
def _methods() -> Sequence[Mapping[str, Sequence[str]]]:
    text = resources.files("secureinfra.policy").joinpath("privilege_escalation.json").read_text(encoding="utf-8")
    methods: Sequence[Mapping[str, Sequence[str]]] = json.loads(text)["methods"]
    return methods
