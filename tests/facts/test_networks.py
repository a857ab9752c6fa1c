"""Networks are private, wide or the internet at exactly these prefixes."""

from ipaddress import ip_network

import pytest

from secureinfra.facts.networks import (
    OF_VPCS,
    add_up_to_internet,
    is_internet,
    is_private,
    is_wide,
    public_spans,
    without_nat64,
)


@pytest.mark.parametrize(
    ("cidr", "wide", "internet"),
    [
        ("0.0.0.0/0", True, True),
        ("8.0.0.0/7", True, True),
        ("8.0.0.0/8", True, False),
        ("8.8.8.0/23", True, False),
        ("8.8.8.0/24", False, False),
        ("::/0", True, True),
        ("2000::/31", True, True),
        ("2001:db8::/32", True, False),
        ("2001:db8::/47", True, False),
        ("2001:db8::/48", False, False),
        ("64:ff9b::/96", True, True),
        ("64:ff9b::800:0/104", True, False),
        ("64:ff9b::808:800/120", False, False),
        ("64:ff9b::a00:0/104", False, False),
        ("10.0.0.0/7", True, True),
        ("172.0.0.0/11", True, False),
        *((cidr, False, False) for cidr in ("169.254.0.0/16", "127.0.0.0/8", "fe80::/10", *OF_VPCS[4], *OF_VPCS[6])),
    ],
)
def test_wide_and_internet(cidr: str, wide: bool, internet: bool) -> None:
    assert is_wide(ip_network(cidr)) is wide
    assert is_internet(ip_network(cidr)) is internet


@pytest.mark.parametrize("cidr", ["10.0.0.0/7", "192.0.2.0/24", "100.0.0.0/9", "fc00::/6", "169.254.0.0/15"])
def test_public_networks_are_not_private(cidr: str) -> None:
    assert not is_private(ip_network(cidr))


def test_nat64_stands_for_ipv4() -> None:
    assert without_nat64(ip_network("64:ff9b::808:800/120")) == ip_network("8.8.8.0/24")
    for cidr in ("2001:db8::/32", "8.8.8.0/24"):
        assert without_nat64(ip_network(cidr)) == ip_network(cidr)


def test_public_spans_leave_private_ranges_out() -> None:
    assert public_spans(ip_network("10.0.0.0/7")) == [(11 << 24, 12 << 24)]
    assert public_spans(ip_network("10.9.0.0/16")) == []


def test_a_sum_counts_an_address_once_and_the_last_one_too() -> None:
    assert not add_up_to_internet(4, [(0, 2**24), (0, 2**24)])
    assert not add_up_to_internet(6, [(0, 2**96)])
    assert add_up_to_internet(6, [(0, 2**96), (2**97, 2**97 + 1)])
