"""Event patterns of EventBridge, checked as EventBridge does when a rule is created.

docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from secureinfra.config.config import Config
from secureinfra.config.problem import Path, Problem
from secureinfra.config.rules import ANY_CIDR, is_token

__all__ = ["EventPattern"]

# docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
_LONGEST = 2_048
_COMPARISONS = ("=", "<", "<=", ">", ">=")
_NUMBER_PAIRS = (2, 4)


class EventPattern(Config):
    """Which events match: each field lists the values or filters of which one must match, and all fields must match."""

    source: tuple[Any, ...] = ()
    """Who sent it, e.g. `aws.s3`, or a name of your own such as `acme.orders`."""
    detail_type: tuple[Any, ...] = ()
    """What happened, e.g. `Object Created`."""
    account: tuple[Any, ...] = ()
    """Accounts that it comes from."""
    region: tuple[Any, ...] = ()
    """Regions that it comes from."""
    resources: tuple[Any, ...] = ()
    """ARNs that it is about."""
    detail: Mapping[str, Any] = {}
    """Fields of the event itself, e.g. `{"bucket": {"name": ["uploads"]}, "object": {"size": [{"numeric": [">", 0]}]}}`."""

    def rendered(self) -> dict[str, Any]:
        """The pattern as EventBridge takes it, without what was left out."""
        names = ("source", "detail_type", "account", "region", "resources", "detail")
        given = {name.replace("_", "-"): getattr(self, name) for name in names}
        return {name: _plain(value) for name, value in given.items() if value}

    def problems(self) -> Iterator[Problem]:
        """What EventBridge would refuse, or what would match every event."""
        held = self.rendered()
        if not {"source", "detail-type", "resources", "detail"} & set(held):
            why = "every event of the bus would match"
            yield Problem(
                "source",
                "is not given, nor is detail_type, resources or detail",
                why,
                "Write e.g. source=('aws.s3',)",
                subject="source",
            )
        for name, value in held.items():
            yield from _problems_of((name.replace("-", "_"),), value)
        size = len(json.dumps(held, separators=(",", ":")))
        if size > _LONGEST:
            what = f"is a pattern of {size:,} characters"
            why = f"EventBridge takes {_LONGEST:,}"
            yield Problem("detail", what, why, "Use prefixes, or divide it over several rules", subject="detail")


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list | tuple) else value


def _problems_of(path: Path, value: Any) -> Iterator[Problem]:
    place = ".".join(map(str, path))
    if is_token(value):
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "$or":
                yield from _problems_of_or((*path, key), item)
            else:
                yield from _problems_of((*path, key), item)
        return
    if not isinstance(value, list) or not value:
        what = f"has {value!r} at {place}"
        shown = [value] if value not in ([], ()) else ["value"]
        yield Problem(path, what, "EventBridge compares with a list of values", f"Write {shown!r}", subject=place)
        return
    for number, item in enumerate(value):
        if isinstance(item, dict):
            yield from _problems_of_filter((*path, number), place, item)
        elif not isinstance(item, str | int | float | bool | None):
            what = f"has {item!r} in its list at {place}"
            why = "a list holds strings, numbers, true, false, null and filters"
            yield Problem((*path, number), what, why, "Write one value each", subject=place)


def _problems_of_or(path: Path, value: Any) -> Iterator[Problem]:
    place = ".".join(map(str, path))
    if not isinstance(value, list) or len(value) < 2 or not all(isinstance(item, dict) for item in value):
        why = "EventBridge chooses between two or more patterns there"
        yield Problem(path, f"is not a list of patterns at {place}", why, "Write a list of two or more", subject=place)
        return
    for number, item in enumerate(value):
        yield from _problems_of((*path, number), item)


def _problems_of_filter(path: Path, place: str, filter: dict[str, Any]) -> Iterator[Problem]:
    known = ", ".join(_FILTERS)
    if len(filter) != 1:
        what = f"has a filter of {len(filter)} parts at {place}"
        yield Problem(path, what, "a filter has one", f"Use one of {known}", subject=place)
        return
    ((name, value),) = filter.items()
    if name not in _FILTERS:
        what = f"has an unknown filter {name!r} at {place}"
        yield Problem(path, what, "EventBridge refuses the rule", f"Use one of {known}", subject=place)
    elif not is_token(value) and not _FILTERS[name][0](value):
        what = f"has the filter {name!r} with {value!r} at {place}"
        yield Problem(path, what, "EventBridge refuses the rule", f"It takes {_FILTERS[name][1]}", subject=place)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _ignores_case(value: Any) -> bool:
    return _is_text(value) or (
        isinstance(value, dict) and list(value) == ["equals-ignore-case"] and _is_text(*value.values())
    )


def _is_wildcard(value: Any) -> bool:
    return _is_text(value) and "**" not in value


def _is_other(value: Any) -> bool:
    if isinstance(value, dict):
        ((name, held),) = value.items() if len(value) == 1 else (("", None),)
        texts = held if isinstance(held, list) else [held]
        allowed = name in ("prefix", "suffix", "equals-ignore-case", "wildcard")
        return (
            allowed
            and bool(texts)
            and all(_is_wildcard(text) if name == "wildcard" else _is_text(text) for text in texts)
        )
    values = value if isinstance(value, list) else [value]
    return bool(values) and (all(map(_is_text, values)) or all(map(_is_number, values)))


def _is_range(value: Any) -> bool:
    if not isinstance(value, list) or len(value) not in _NUMBER_PAIRS:
        return False
    signs, numbers = value[::2], value[1::2]
    if not all(sign in _COMPARISONS for sign in signs) or not all(map(_is_number, numbers)):
        return False
    if len(signs) == 1:
        return True
    return signs[0] in (">", ">=") and signs[1] in ("<", "<=") and bool(numbers[0] < numbers[1])


def _is_cidr(value: Any) -> bool:
    return _is_text(value) and "/" in value and ANY_CIDR.test(value)


_FILTERS: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "prefix": (_ignores_case, 'a text, or {"equals-ignore-case": a text}'),
    "suffix": (_ignores_case, 'a text, or {"equals-ignore-case": a text}'),
    "equals-ignore-case": (_is_text, "a text"),
    "wildcard": (_is_wildcard, "a text with '*', no two of them in a row"),
    "anything-but": (_is_other, "texts, or numbers, or one of prefix, suffix, equals-ignore-case, wildcard"),
    "numeric": (_is_range, 'a comparison such as [">", 0], or two that enclose a range: [">", 0, "<=", 5]'),
    "cidr": (_is_cidr, "a network such as '10.0.0.0/8'"),
    "exists": (lambda value: isinstance(value, bool), "True or False"),
}
