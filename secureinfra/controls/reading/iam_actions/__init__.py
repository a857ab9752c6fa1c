"""What AWS knows of actions: which services there are, what an action does, and whether a policy can name resources for it."""

from __future__ import annotations

import fnmatch
import functools
import itertools
import pkgutil
from collections.abc import Mapping

from secureinfra.terraform.tokens import is_token

__all__ = ["PERMISSIONS", "WRITES", "is_unscopable", "nearest_service", "scopable"]

# AWS's access levels, as the list marks them.
WRITES = "+"
PERMISSIONS = "!"

# What people call a service, where its actions are called otherwise.
_OTHERWISE = {
    "alb": "elasticloadbalancing",
    "apigw": "apigateway",
    "cloudwatch-logs": "logs",
    "cloudwatchlogs": "logs",
    "dynamo": "dynamodb",
    "efs": "elasticfilesystem",
    "elb": "elasticloadbalancing",
    "elbv2": "elasticloadbalancing",
    "emr": "elasticmapreduce",
    "eventbridge": "events",
    "msk": "kafka",
    "opensearch": "es",
    "parameterstore": "ssm",
    "stepfunctions": "states",
    "wafregional": "waf-regional",
}


def is_unscopable(action: str) -> bool:
    """Whether AWS knows no narrower resource than `*` for an action, or for each that a pattern stands for."""
    return is_token(action) or (bool(_matching(action)) and not scopable(action))


def scopable(action: str, level: str = "") -> tuple[str, ...]:
    """The actions a pattern stands for whose resources a policy can name; the action itself where AWS's list lacks it.

    Args:
        action: `service:Action`, wildcards allowed in the action.
        level: `WRITES` or `PERMISSIONS` for those of that access level alone, of which one that AWS's list lacks is none.
    """
    known = _matching(action)
    service = action.partition(":")[0].lower()
    _, others = _actions(service)
    found = (f"{service}:{name}" for name in known if name in others and level in ("", others[name]))
    return tuple(sorted(found)) or (() if known or level else (action,))


def nearest_service(service: str) -> str | None:
    """The service that was meant by a name which is none; `None` for a known one, or one that nothing resembles.

    Only a slip of one letter is taken for one: a service newer than this list must pass.
    """
    if service in _lines():
        return None
    if service in _OTHERWISE:
        return _OTHERWISE[service]
    return next((known for known in _lines() if _is_slip(service, known)), None)


@functools.lru_cache(4096)
def _matching(action: str) -> tuple[str, ...]:
    service, _, pattern = action.partition(":")
    unscopable, others = _actions(service.lower())
    return tuple(
        name
        for name in (*unscopable, *others)
        if fnmatch.fnmatchcase(name.lower(), pattern.lower().replace("[", "[[]"))
    )


@functools.cache
def _actions(service: str) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The actions that know no resource, and those that do, each with the mark of its access level."""
    unscopable, _, others = _lines().get(service, "").partition("/")
    return _marked(unscopable), _marked(others)


def _marked(actions: str) -> Mapping[str, str]:
    marks = WRITES + PERMISSIONS
    return {written.lstrip(marks): written[:1] if written[0] in marks else "" for written in actions.split()}


@functools.cache
def _lines() -> Mapping[str, str]:
    text = (pkgutil.get_data("secureinfra.controls.reading.iam_actions", "actions.txt") or b"").decode()
    parts = (line.partition(": ") for line in text.splitlines() if not line.startswith("#"))
    return {service: actions for service, _, actions in parts}


def _is_slip(given: str, known: str) -> bool:
    """Whether one letter was left out, put in, changed, or swapped with the next; another digit is another service."""
    if abs(len(given) - len(known)) > 1 or min(len(given), len(known)) < 3:
        return False
    start = sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(given, known, strict=False)))
    rest, other = given[start:], known[start:]
    if any(letter.isdigit() for letter in rest[:1] + other[:1]):
        return False
    return (
        rest[1:] == other
        or rest == other[1:]
        or rest[1:] == other[1:]
        or (rest[:2] == other[:2][::-1] and rest[2:] == other[2:])
    )
