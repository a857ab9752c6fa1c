"""Options: the few values of each part of a request that stand for all of them, given the policies that are asked.

Where two requests differ only in what no policy tells apart, one stands for both. So that no case is missed, a part gets:

- for a pattern, its text with wildcards replaced by letters that nothing names, in all lengths that a `?` can tell apart;
- for patterns that must match together, the patterns that describe what they share;
- for numbers, dates and networks, one point in every cell between the bounds that policies name;
- for truths, both; for case, a letter that is neither; for a key that may be absent, its absence.
"""

from __future__ import annotations

import functools
import ipaddress
import itertools
from collections.abc import Iterable, Iterator, Sequence

from secureinfra.errors import SecureInfraError
from secureinfra.proofs.conditions import (
    Condition,
    Operator,
    network_of,
    number_of,
    operator,
    substituted,
    time_of,
    variables_in,
)
from secureinfra.proofs.text import ANY_CASE, FRESH, HOLE, QUESTION, STAR, fresh, is_symbol, longest_run, meets
from secureinfra.proofs.worlds import World

__all__ = ["BudgetError", "Value", "options_of_key", "options_of_pattern", "with_fresh_variables"]

Value = tuple[str, ...] | None
"""The values of a key; `None` where it is absent."""

_MOST = 512
_MOST_TOGETHER = 4
_OTHER = "\ue002"
# No number, date, address or truth is a text that nothing names.
_WITHOUT_FRESH = {"number", "date", "address", "bool"}


class BudgetError(SecureInfraError):
    """There are more cases than are tried: the answer is unknown."""


def options_of_pattern(
    boxed: Sequence[Sequence[str]], negated: Sequence[Sequence[str]], every: Iterable[str]
) -> list[str]:
    """Texts for an action or a resource.

    Args:
        boxed: for each statement that must apply, its patterns; none where it names what it leaves out.
        negated: for each statement, the patterns that it leaves out.
        every: all patterns that any statement holds.
    """
    patterns = _closed([values for values in boxed if values], negated)
    named = list(every)
    # What Terraform fills in may be what another pattern writes out.
    patterns |= {value for values in boxed for value in values if not value.isascii()}
    most = longest_run(named)
    return _limited(text for pattern in sorted(patterns, key=_order) for text in fresh(pattern, most))


def options_of_key(key: str, boxed: Sequence[Condition], against: Sequence[Condition], world: World) -> list[Value]:
    """Values of a condition key, its absence among them where it may be absent.

    Args:
        key: in lower case.
        boxed: the conditions on it that must hold.
        against: the others.
        world: what is true of the caller.
    """
    if key in world.never:
        return [None]
    found: list[Value] = [] if key in world.always else [None]
    families = {parsed.family for c in (*boxed, *against) if (parsed := operator(c.operator)) is not None}
    default = world.always.get(key) or world.defaults.get(key)
    texts = _texts(key, boxed, against)
    if default is not None:
        texts.insert(0, default)
    elif not families & _WITHOUT_FRESH:
        texts += [FRESH, _OTHER]
    texts += world.telling.get(key, ())
    texts = [text for text in dict.fromkeys(texts) if world.allows(key, text)]
    for size in range(1, _values_needed(boxed, against) + 1):
        found += itertools.combinations(texts, size)
        if len(found) > 8 * _MOST:
            raise BudgetError(f"{key} has more values than are tried")
    return found


def _values_needed(boxed: Sequence[Condition], against: Sequence[Condition]) -> int:
    """How many values of one key a request may need: one for each `ForAnyValue` that must hold and each `ForAllValues`
    that must not."""
    needed = [c for held, over in ((boxed, "any"), (against, "all")) for c in held if _over(c) == over]
    if len(needed) > _MOST_TOGETHER:
        raise BudgetError("more values of one key are needed than are tried")
    return max(1, len(needed))


def _over(condition: Condition) -> str:
    parsed = operator(condition.operator)
    return parsed.over if parsed is not None else ""


def _texts(key: str, boxed: Sequence[Condition], against: Sequence[Condition]) -> list[str]:
    by_family: dict[str, list[tuple[Condition, Operator]]] = {}
    must = set(map(id, boxed))
    for condition in (*boxed, *against):
        if (parsed := operator(condition.operator)) is not None:
            is_text = parsed.family in ("string", "like", "arn", "binary")
            by_family.setdefault("text" if is_text else parsed.family, []).append((condition, parsed))
    found: list[str] = []
    for family, held in by_family.items():
        values = [value for condition, _ in held for value in condition.values]
        if family == "text":
            found += _of_texts(key, held, must)
        elif family == "bool":
            found += ["true", "false"]
        elif family in ("number", "date"):
            read = number_of if family == "number" else time_of
            found += _of_order(point for value in values if (point := read(value)) is not None)
        elif family == "address":
            found += _of_networks(values)
    return found


def _of_texts(key: str, held: Sequence[tuple[Condition, Operator]], must: set[int]) -> list[str]:
    is_arn = key.endswith("arn") or any(parsed.family == "arn" for _, parsed in held)
    patterns = {id(condition): _patterns(condition, parsed, is_arn) for condition, parsed in held}
    # An operator without `Not` must match where its statement must apply; one with it must match where it must not.
    boxed = [patterns[id(c)] for c, parsed in held if id(c) in must and not parsed.negated and not parsed.over]
    negated = [patterns[id(c)] for c, parsed in held if id(c) not in must and (parsed.negated or parsed.over)]
    every = {pattern for values in patterns.values() for pattern in values}
    most = longest_run(every)
    chosen = _closed(boxed, negated) | every
    return _limited(text for pattern in sorted(chosen, key=_order) for text in fresh(pattern, most))


def _closed(boxed: Sequence[Sequence[str]], negated: Sequence[Sequence[str]]) -> set[str]:
    """Patterns of what all of the boxed describe, and of what each choice of the others describes of that."""
    found = {"*"}
    for values in boxed:
        found = {both for one in found for value in values for both in meets(one, value)}
        _hold(found)
    for values in dict.fromkeys(map(tuple, negated)):
        found |= {both for one in found for value in values for both in meets(one, value)}
        _hold(found)
    return found


def _patterns(condition: Condition, parsed: Operator, is_arn: bool) -> list[str]:
    found: list[str] = []
    for value in condition.values:
        pattern = with_fresh_variables(value) if condition.variables else value
        if parsed.family in ("string", "binary"):
            pattern = pattern.replace("*", STAR).replace("?", QUESTION)
        found += _in_cases(pattern) if parsed.ignore_case else [pattern]
        if is_arn and parsed.family == "like":
            found += _over_colons(pattern)
        if parsed.family == "arn" and pattern == "*":
            found.append("arn:aws:*:*:*:*")
    return found


@functools.lru_cache(4096)
def with_fresh_variables(written: str) -> str:
    """A pattern with what nothing names for each of its variables."""
    keys = variables_in(written)
    if not keys and "${" not in written:
        return written
    return substituted(written, dict.fromkeys(keys, (FRESH,))) or written


def _in_cases(pattern: str) -> list[str]:
    neither = "".join(chr(ANY_CASE + ord(c.lower()) - ord("a")) if c.isascii() and c.isalpha() else c for c in pattern)
    return [pattern, neither, pattern.lower(), pattern.upper()]


def _over_colons(pattern: str) -> Iterator[str]:
    """A `*` before the last part of an ARN may hold colons: each one with so many that six parts come out."""
    missing = 5 - pattern.count(":")
    for position, letter in enumerate(pattern):
        if letter == "*" and pattern[:position].count(":") < 5:
            for colons in range(1, max(missing, 0) + 6):
                yield pattern[:position] + "*" + ":*" * colons + pattern[position + 1 :]


def _of_order(points: Iterable[float]) -> list[str]:
    bounds = sorted(set(points))
    between = [(one + other) / 2 for one, other in itertools.pairwise(bounds)]
    chosen = [*bounds, *between, *(bound + 1 for bound in bounds), *(bound - 1 for bound in bounds)]
    return _limited(f"{point:g}" if point != int(point) else str(int(point)) for point in chosen)


def _of_networks(written: Iterable[str]) -> list[str]:
    """An address for each set of networks that some address lies in, both versions apart."""
    named = list(dict.fromkeys(value for value in written if HOLE not in value))
    found = [value.partition("/")[0] for value in named if any(map(is_symbol, value))]
    networks = [network for value in named if (network := network_of(value)) is not None]
    for version, made, usual in ((4, ipaddress.IPv4Address, 0x08080808), (6, ipaddress.IPv6Address, 0x20014860 << 96)):
        bounds: dict[int, list[tuple[int, bool]]] = {0: [], usual: []}
        for number, network in enumerate(networks):
            if network.version == version:
                bounds.setdefault(int(network.network_address), []).append((number, True))
                bounds.setdefault(int(network.broadcast_address) + 1, []).append((number, False))
        inside: set[int] = set()
        points: dict[frozenset[int], int] = {}
        for point in sorted(bounds):
            for number, begins in bounds[point]:
                (inside.add if begins else inside.discard)(number)
            # An address from the middle of the list reads better than 0.0.0.0.
            if point < 1 << (32 if version == 4 else 128) and (frozenset(inside) not in points or point == usual):
                points[frozenset(inside)] = point
        found += [str(made(point)) for point in points.values()]
    return found


def _order(pattern: str) -> tuple[int, str]:
    return (pattern.count("*") + pattern.count("?") + pattern.count(HOLE), pattern)


def _hold(found: set[str]) -> None:
    if len(found) > _MOST:
        raise BudgetError("the patterns describe more cases than are tried")


def _limited(texts: Iterable[str]) -> list[str]:
    found = list(itertools.islice(dict.fromkeys(texts), _MOST + 1))
    if len(found) > _MOST:
        raise BudgetError("the values describe more cases than are tried")
    return found
