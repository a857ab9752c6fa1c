"""Conditions of statements: every operator, on keys that are there, absent, or hold several values.

docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html and
reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

import datetime
import functools
import ipaddress
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from secureinfra.proofs.text import HOLE, QUESTION, STAR, Truth, all3, any3, has_fresh, is_symbol, matches, negated

__all__ = ["Condition", "Context", "Operator", "operator", "substituted", "variables_in"]

Context = Mapping[str, tuple[str, ...]]
"""Condition keys in lower case, with their values."""

Family = Literal["string", "like", "number", "date", "bool", "address", "arn", "binary", "null"]


class Operator(NamedTuple):
    """An operator, taken apart."""

    family: Family
    compare: str = "eq"
    """`eq`, `lt`, `le`, `gt` or `ge`."""
    negated: bool = False
    ignore_case: bool = False
    if_exists: bool = False
    over: str = ""
    """`all` for `ForAllValues:`, `any` for `ForAnyValue:`."""


_BASES: dict[str, Operator] = {
    "stringequals": Operator("string"),
    "stringnotequals": Operator("string", negated=True),
    "stringequalsignorecase": Operator("string", ignore_case=True),
    "stringnotequalsignorecase": Operator("string", negated=True, ignore_case=True),
    "stringlike": Operator("like"),
    "stringnotlike": Operator("like", negated=True),
    "bool": Operator("bool"),
    "binaryequals": Operator("binary"),
    "ipaddress": Operator("address"),
    "notipaddress": Operator("address", negated=True),
    "arnequals": Operator("arn"),
    "arnlike": Operator("arn"),
    "arnnotequals": Operator("arn", negated=True),
    "arnnotlike": Operator("arn", negated=True),
    "null": Operator("null"),
}
_ORDERED: tuple[tuple[Family, str], ...] = (("number", "numeric"), ("date", "date"))
for _family, _name in _ORDERED:
    for _suffix, _order, _negated in (
        ("equals", "eq", False),
        ("notequals", "eq", True),
        ("lessthan", "lt", False),
        ("lessthanequals", "le", False),
        ("greaterthan", "gt", False),
        ("greaterthanequals", "ge", False),
    ):
        _BASES[_name + _suffix] = Operator(_family, _order, _negated)


@functools.lru_cache(1024)
def operator(written: str) -> Operator | None:
    """An operator as a policy writes it, in any case; `None` for one that AWS does not have."""
    over, _, base = written.lower().rpartition(":")
    if over not in ("", "forallvalues", "foranyvalue"):
        return None
    if_exists = base.endswith("ifexists") and not base.startswith("null")
    found = _BASES.get(base.removesuffix("ifexists") if if_exists else base)
    return found and found._replace(if_exists=if_exists, over=over[3:6])


@dataclass(frozen=True)
class Condition:
    """One condition: an operator, a key, and the values of which one must match.

    Args:
        operator: as a policy writes it.
        key: in any case; a hole where it is not known.
        values: with wildcards, symbols and holes.
        variables: whether `${aws:username}` in a value is a variable, as in every policy but one of 2008.
    """

    operator: str
    key: str
    values: tuple[str, ...]
    variables: bool = True

    def holds(self, context: Context) -> Truth:
        """Whether it holds for a request."""
        parsed = operator(self.operator)
        if parsed is None or HOLE in self.key:
            return None
        given = context.get(self.key.lower())
        if parsed.family == "null":
            return any3(_is_null(value, given) for value in self.values)
        if given is None:
            return _holds_on_absence(parsed)

        def of_one(value: str) -> Truth:
            found = any3(self._matches(parsed, pattern, value, context) for pattern in self.values)
            return negated(found) if parsed.negated else found

        if parsed.over == "all":
            return all3(map(of_one, given))
        if parsed.over == "any" or not parsed.negated:
            return any3(map(of_one, given))
        return all3(map(of_one, given))

    def _matches(self, parsed: Operator, written: str, value: str, context: Context) -> Truth:
        pattern = substituted(written, context) if self.variables else written
        return False if pattern is None else _compare(parsed, pattern, value)


def _holds_on_absence(parsed: Operator) -> bool:
    if parsed.if_exists or parsed.over == "all":
        return True
    return parsed.negated and parsed.over != "any"


def _is_null(written: str, given: tuple[str, ...] | None) -> Truth:
    if HOLE in written or any(map(is_symbol, written)):
        return None
    wanted = {"true": True, "false": False}.get(written.lower())
    return wanted is not None and wanted is (given is None)


def _compare(parsed: Operator, pattern: str, value: str) -> Truth:
    if parsed.family in ("string", "binary"):
        return matches(pattern, value, wild=False, ignore_case=parsed.ignore_case)
    if parsed.family == "like":
        return matches(pattern, value)
    if parsed.family == "bool":
        return matches(pattern, value, wild=False, ignore_case=True)
    if parsed.family == "arn":
        return _arn_matches(pattern, value)
    if parsed.family == "address":
        return _in_network(pattern, value)
    return _in_order(parsed, pattern, value)


def _arn_matches(pattern: str, value: str) -> Truth:
    """Each of the six parts by itself: a wildcard crosses no colon before the last part."""
    if pattern == "*":
        return True
    wanted, given = pattern.split(":", 5), value.split(":", 5)
    if len(wanted) < 6 or len(given) < 6:
        # AWS says nothing of a pattern that is not an ARN; a symbol may hold the missing colons.
        return None if matches(pattern, value) is not False else False
    return all3(matches(one, other) for one, other in zip(wanted, given, strict=True))


def _in_network(written: str, value: str) -> Truth:
    if HOLE in written:
        return None
    if any(map(is_symbol, written)):
        return _in_own_network(written, value)
    network = network_of(written)
    if network is None:
        return False
    if any(map(is_symbol, value)):
        return True if network.prefixlen == 0 else None
    try:
        return ipaddress.ip_address(value) in network
    except ValueError:
        return False


def _in_own_network(written: str, value: str) -> Truth:
    """Whether an address lies in a network around an address that Terraform fills in.

    Such a network is none that a policy writes out: the caller can choose an address outside of it.
    """
    base, _, length = written.partition("/")
    if value == base:
        return True
    return False if not any(map(is_symbol, value)) and (not length or _at_least(length, 8)) else None


def _at_least(length: str, least: int) -> bool:
    return length.isdigit() and int(length) >= least


@functools.lru_cache(4096)
def network_of(written: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """A network as a policy writes it; `None` for a text that is none."""
    try:
        return ipaddress.ip_network(written, strict=False)
    except ValueError:
        return None


def _in_order(parsed: Operator, pattern: str, value: str) -> Truth:
    if HOLE in pattern or any(map(is_symbol, pattern + value)):
        return None
    if has_fresh(pattern + value):
        return False
    read = number_of if parsed.family == "number" else time_of
    wanted, given = read(pattern), read(value)
    if wanted is None or given is None:
        return False
    return {
        "eq": given == wanted,
        "lt": given < wanted,
        "le": given <= wanted,
        "gt": given > wanted,
        "ge": given >= wanted,
    }[parsed.compare]


def number_of(written: str) -> float | None:
    """A number as a policy writes it; `None` for a text that is none."""
    try:
        found = float(written)
    except ValueError:
        return None
    return found if math.isfinite(found) else None


@functools.lru_cache(4096)
def time_of(written: str) -> float | None:
    """A date in ISO 8601 or in seconds since 1970; `None` for a text that is neither."""
    if (number := number_of(written)) is not None and "-" not in written[1:]:
        return number
    try:
        found = datetime.datetime.fromisoformat(written)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=datetime.UTC)).timestamp()


# `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`, `${*}`, `${?}`, `${$}`
_VARIABLE = re.compile(r"\$\{(?:([*?$])|([A-Za-z][A-Za-z0-9.-]*:(?!:)[^{},]+)(?:,\s*'([^']*)')?)\}")
_LETTERS = {"*": STAR, "?": QUESTION, "$": "$"}


@functools.lru_cache(65536)
def variables_in(written: str) -> tuple[str, ...]:
    """The condition keys, in lower case, that the variables of a text stand for."""
    if "${" not in written:
        return ()
    return tuple(found[2].strip().lower() for found in _VARIABLE.finditer(written) if found[2])


def substituted(written: str, context: Context) -> str | None:
    """A text with its variables filled in from a request; `None` where one has no value, so that nothing matches."""
    if "${" not in written:
        return written
    parts, end = [], 0
    for found in _VARIABLE.finditer(written):
        parts.append(written[end : found.start()])
        end = found.end()
        if found[1]:
            parts.append(_LETTERS[found[1]])
            continue
        values = context.get(found[2].strip().lower())
        # A key with several values is not a variable: docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
        if values is not None and len(values) == 1:
            parts.append(values[0].replace("*", STAR).replace("?", QUESTION))
        elif found[3] is not None and values is None:
            parts.append(found[3])
        else:
            return None
    return "".join((*parts, written[end:]))
