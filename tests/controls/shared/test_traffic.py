"""Protocols and ports of rules, in every way in which people write them."""

from typing import Any

import pytest

from secureinfra.controls.shared.traffic import Traffic, both
from secureinfra.terraform.unknown import Unknown, UnknownValueError

SOME = Unknown("${var.some}", ("var.some",))


@pytest.mark.parametrize("protocol", ["-1", -1, "all", "ALL", None])
def test_all_traffic_holds_every_port(protocol: Any) -> None:
    traffic = Traffic(protocol, 0, 0)
    assert traffic.holds(22)
    assert traffic.is_all_of("tcp")
    assert traffic.is_of("udp")
    assert not traffic.is_only(443)
    assert str(traffic) == "all traffic"


@pytest.mark.parametrize("protocol", ["tcp", "TCP", "6", 6])
def test_tcp_by_name_and_by_number(protocol: Any) -> None:
    assert Traffic(protocol, 443, 443).is_only(443)
    assert Traffic(protocol, "443", "443").is_only(443)
    assert str(Traffic(protocol, 443, 443)) == "tcp 443"


def test_range_holds_what_lies_within() -> None:
    traffic = Traffic("tcp", 20, 25)
    assert traffic.holds(22)
    assert traffic.holds(20, "tcp")
    assert not traffic.holds(22, "udp")
    assert not traffic.holds(26)
    assert str(traffic) == "tcp 20-25"


def test_open_ends_hold_everything() -> None:
    assert Traffic("tcp").is_all_of("tcp")
    assert Traffic("tcp", -1, -1).is_all_of("tcp")
    assert Traffic("udp", 1, 65535).is_all_of("udp")
    assert not Traffic("tcp", 0, 0).holds(22)
    assert not Traffic("tcp", 1024, 65535).is_all_of("tcp")


@pytest.mark.parametrize("protocol", ["icmp", "1", "icmpv6", "58", "50"])
def test_other_protocols_have_no_ports(protocol: str) -> None:
    assert not Traffic(protocol, 8, 0).holds(8)
    assert not Traffic(protocol).is_all_of("tcp")


def test_unknown_end_matters_only_where_the_other_does_not_decide() -> None:
    assert not Traffic("tcp", 443, SOME).holds(22)
    assert not Traffic("tcp", SOME, 21).holds(22)
    assert str(Traffic("tcp", 443, SOME)) == "tcp 443-${var.some}"
    with pytest.raises(UnknownValueError):
        Traffic("tcp", 0, SOME).holds(22)
    with pytest.raises(UnknownValueError):
        Traffic(SOME, 443, 443).holds(443)


def test_overlaps() -> None:
    assert Traffic("tcp", 0, 100).overlaps(Traffic("tcp", 100, 200))
    assert not Traffic("tcp", 0, 99).overlaps(Traffic("tcp", 100, 200))
    assert not Traffic("tcp", 0, 100).overlaps(Traffic("udp", 0, 100))
    assert Traffic("-1").overlaps(Traffic("udp", 1, 1))
    assert Traffic("icmp", 8, 0).overlaps(Traffic("icmp", 3, 4))


def test_both_takes_a_no_before_a_doubt() -> None:
    assert both(lambda: True, lambda: True)
    assert not both(lambda: bool(SOME), lambda: False)
    with pytest.raises(UnknownValueError):
        both(lambda: bool(SOME), lambda: True)
