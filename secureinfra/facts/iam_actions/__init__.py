"""AWS's list of actions: the services, the access level of an action, and whether policies can name resources for it."""

from __future__ import annotations

import fnmatch
import functools
import itertools
import pkgutil
from collections.abc import Iterator, Mapping

from secureinfra.facts.tokens import is_token

__all__ = ["PERMISSIONS", "WRITES", "has_service", "is_unscopable", "named_by", "nearest_service", "scopable"]

# AWS's access levels, as the list marks them.
WRITES = "+"
PERMISSIONS = "!"

# Common names of services whose actions have another prefix.
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
    """Whether AWS supports only `*` as the resource of an action, or of every action that a pattern matches."""
    return is_token(action) or (bool(_matching(action)) and not scopable(action))


def scopable(action: str, level: str = "") -> tuple[str, ...]:
    """The actions matching a pattern for which a policy can name resources; the action itself if AWS's list lacks it.

    Args:
        action: `service:Action`, wildcards allowed in the action.
        level: `WRITES` or `PERMISSIONS` for actions of that access level only; actions that AWS's list lacks have none.
    """
    known = _matching(action)
    service = action.partition(":")[0].lower()
    _, others = _actions(service)
    found = (f"{service}:{name}" for name in known if name in others and level in ("", others[name]))
    return tuple(sorted(found)) or (() if known or level else (action,))


def named_by(pattern: str) -> Iterator[str]:
    """The actions, as AWS spells them, that match a pattern: `s3:GetObject` and others for `s3:Get*`.

    Args:
        pattern: wildcards are allowed in the service too; case does not matter.
    """
    service, colon, name = pattern.lower().partition(":")
    for known in (service,) if service in _lines() else _lines():
        if colon and fnmatch.fnmatchcase(known, service):
            yield from (f"{known}:{action}" for action in sorted(_matching(f"{known}:{name}")))
        elif not colon and pattern.strip("*") == "":
            yield from (f"{known}:{action}" for action in sorted(_matching(f"{known}:*")))


def has_service(service: str) -> bool:
    """Whether AWS's list has a service."""
    return service.lower() in _lines()


def nearest_service(service: str) -> str | None:
    """The service that was meant by an unknown name; `None` if the name is known or resembles no service.

    Only a typo of one letter counts, since services newer than this list must pass.
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
    """The actions without resources and those with resources, each with the mark of its access level."""
    unscopable, _, others = _lines().get(service, "").partition("/")
    return _marked(unscopable), _marked(others)


def _marked(actions: str) -> Mapping[str, str]:
    marks = WRITES + PERMISSIONS
    return {written.lstrip(marks): written[:1] if written[0] in marks else "" for written in actions.split()}


@functools.cache
def _lines() -> Mapping[str, str]:
    text = (pkgutil.get_data("secureinfra.facts.iam_actions", "actions.txt") or b"").decode()
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
