"""The options of each part of a request: one for every case that policies tell apart."""

from __future__ import annotations

import ipaddress

import pytest

from secureinfra.proofs.conditions import Condition
from secureinfra.proofs.options import BudgetError, options_of_key, options_of_pattern
from secureinfra.proofs.questions import world_of
from secureinfra.proofs.text import FRESH
from tests.proofs.policies import READER

WORLD = world_of(READER)


def texts(key: str, boxed: list[Condition], against: list[Condition]) -> list[str]:
    return [value[0] for value in options_of_key(key, boxed, against, WORLD) if value]


def test_a_key_may_be_absent() -> None:
    condition = Condition("StringEquals", "s3:prefix", ("a",))
    assert None in options_of_key("s3:prefix", [condition], [], WORLD)
    assert None not in options_of_key("aws:securetransport", [], [condition], WORLD)
    assert options_of_key("aws:sourceaccount", [condition], [], WORLD) == [None]


def test_numbers_have_a_point_in_every_cell() -> None:
    found = texts("n", [Condition("NumericLessThan", "n", ("20",))], [Condition("NumericEquals", "n", ("10", "12"))])
    for low, high in ((-1e9, 10), (10, 12), (12, 20), (20, 1e9)):
        assert any(low < float(point) < high for point in found)


def test_networks_have_a_point_in_every_cell() -> None:
    found = texts("k", [Condition("IpAddress", "k", ("10.0.0.0/8", "2001:db8::/32"))], [])
    inside = [address for address in map(ipaddress.ip_address, found) if address in ipaddress.ip_network("10.0.0.0/8")]
    assert inside
    assert set(found) - set(map(str, inside)) == {"8.8.8.8", "2001:4860::", "2001:db8::"}


def test_many_networks_need_few_points() -> None:
    many = tuple(f"10.{first}.0.0/16" for first in range(250))
    assert len(texts("k", [Condition("IpAddress", "k", many)], [])) == 250 + 2


def test_what_must_match_together_shares_an_option() -> None:
    boxed = [Condition("StringLike", "k", ("a*",)), Condition("StringLike", "k", ("*b",))]
    assert f"a{FRESH}b" in texts("k", boxed, [])
    spared = Condition("StringNotLike", "k", ("*c*",))
    assert f"a{FRESH}c{FRESH}b" in texts("k", boxed, [spared])


def test_a_letter_may_be_of_neither_case() -> None:
    found = texts("k", [Condition("StringEqualsIgnoreCase", "k", ("aB",))], [])
    assert {"aB", "ab", "AB"} < set(found)


def test_several_values() -> None:
    some = Condition("ForAnyValue:StringEquals", "k", ("a",))
    every = Condition("ForAllValues:StringEquals", "k", ("a", "b"))
    sets = options_of_key("k", [some], [every], WORLD)
    assert ("a", FRESH) in sets, "one of the values must match, and not all of them may"
    assert ("a",) in sets


def test_patterns() -> None:
    assert options_of_pattern([["s3:*"], ["s3:Get*"]], [], ["s3:*"]) == [f"s3:Get{FRESH}"]
    assert f"b/x{FRESH}" in options_of_pattern([["b/*"]], [["b/x*"]], [])
    assert options_of_pattern([["a*"], ["b*"]], [], []) == []


def test_more_cases_than_are_tried() -> None:
    many = [Condition("ForAllValues:StringEquals", "k", tuple(f"v{number}" for number in range(100)))]
    for count in (3, 5):
        with pytest.raises(BudgetError):
            options_of_key("k", [], many * count, WORLD)
