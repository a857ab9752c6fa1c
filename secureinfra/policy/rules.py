"""What an identity policy may not allow without a waiver, statement by statement and taken together."""

from __future__ import annotations

import fnmatch
import functools
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources

from secureinfra.controls import Control, iam
from secureinfra.policy.document import Statement
from secureinfra.values import is_token

_DECRYPTS = ("kms:decrypt", "kms:reencryptfrom")


@dataclass(frozen=True)
class Breach:
    """A control that a statement breaks, and by what."""

    control: Control
    broken: str


def breaches(statement: Statement) -> Iterator[Breach]:
    """What one statement of an identity policy breaks by itself; a Deny breaks nothing."""
    if statement.effect == "Deny":
        return
    yield from _broad_actions(statement)
    yield from _broad_resources(statement)


def escalations(statements: Iterable[Statement]) -> Iterator[Breach]:
    """The published ways to more rights that the statements open, where neither resource nor condition limits them."""
    patterns = [
        action.lower()
        for statement in statements
        if statement.effect == "Allow" and not statement.conditions and "*" in statement.resources
        for action in statement.actions
    ]
    if not patterns:
        return
    for method in _methods():
        if all(
            any(fnmatch.fnmatchcase(action.lower(), pattern) for pattern in patterns) for action in method["actions"]
        ):
            actions = " + ".join(method["actions"])
            yield Breach(iam.NO_ESCALATION, f"{actions} on Resource '*' (known as {method['name']!r})")


def _broad_actions(statement: Statement) -> Iterator[Breach]:
    for action in statement.actions:
        if action == "*" and "*" in statement.resources and not statement.conditions:
            yield Breach(iam.NO_ADMINISTRATOR, "Action '*' on Resource '*'")
        elif action == "*":
            yield Breach(iam.NO_ACTION_STAR, "Action '*'")
        elif action.endswith(":*"):
            yield Breach(iam.NO_SERVICE_WILDCARD, f"Action {action!r}")
    if statement.not_actions:
        yield Breach(iam.NO_NOT_ACTION, f"NotAction {list(statement.not_actions)!r} with Allow")
    if statement.not_resources:
        yield Breach(iam.NO_NOT_ACTION, f"NotResource {list(statement.not_resources)!r} with Allow")


def _broad_resources(statement: Statement) -> Iterator[Breach]:
    actions = [action.lower() for action in statement.actions]
    if any(fnmatch.fnmatchcase("iam:passrole", action) for action in actions):
        if any(resource == "*" or resource.endswith(":role/*") for resource in statement.resources):
            yield Breach(iam.PASS_ROLE_SCOPED, "iam:PassRole on every role")
        elif not any(condition.key == "iam:PassedToService" for condition in statement.conditions):
            yield Breach(iam.PASS_ROLE_SCOPED, "iam:PassRole without a condition on iam:PassedToService")
    if any(resource == "*" or resource.endswith(":key/*") for resource in statement.resources):
        for decrypt in _DECRYPTS:
            if any(fnmatch.fnmatchcase(decrypt, action) for action in actions):
                yield Breach(iam.NO_DECRYPT_EVERYTHING, "kms:Decrypt with every key")
                break
    if "*" in statement.resources:
        scopable = [action for action in statement.actions if ":" in action and not is_unscopable(action)]
        if scopable:
            yield Breach(iam.RESOURCES_NAMED, f"Resource '*' for {', '.join(scopable)}")


def is_unscopable(action: str) -> bool:
    """Whether AWS knows no narrower resource than `*` for an action.

    Of an action with a wildcard this says yes only for `List*`, `Describe*` and the like of a service that has such
    actions: they read, and most of them cannot be narrowed.
    """
    if is_token(action):
        return True
    service, _, name = action.partition(":")
    known = _unscopable().get(service.lower(), ())
    if "*" not in name and "?" not in name:
        return name.lower() in known
    reads = name.lower().startswith(("list", "describe"))
    return reads and any(fnmatch.fnmatchcase(other, name.lower()) for other in known)


@functools.cache
def _unscopable() -> Mapping[str, frozenset[str]]:
    data = json.loads(_read("unscopable_actions.json"))
    return {service: frozenset(name.lower() for name in names) for service, names in data["services"].items()}


@functools.cache
def _methods() -> Sequence[Mapping[str, Sequence[str]]]:
    methods: Sequence[Mapping[str, Sequence[str]]] = json.loads(_read("privilege_escalation.json"))["methods"]
    return methods


def _read(name: str) -> str:
    return resources.files("secureinfra.policy").joinpath(name).read_text(encoding="utf-8")
