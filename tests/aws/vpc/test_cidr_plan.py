"""The address plan: nothing overlaps, and growth moves nothing."""

import ipaddress
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.aws.vpc.cidr_plan import LETTERS, SMALLEST_PREFIX, ipv6_slot, slot, widest_prefix

THREE = ("public", "private", "isolated")
TIERS = (*THREE, "firewall")
reserved = st.sampled_from([4, 8])


@st.composite
def networks(draw: st.DrawFn, widest: int = 23) -> str:
    prefix = draw(st.integers(16, widest))
    number = draw(st.integers(0, 2**prefix - 1)) << (32 - prefix)
    return f"{ipaddress.IPv4Address(number)}/{prefix}"


@given(networks(21), reserved)
def test_subnets_lie_inside_and_apart(cidr: str, zones: int) -> None:
    subnets = [
        ipaddress.ip_network(slot(tier, letter, zones).within(cidr)) for tier in TIERS for letter in LETTERS[:zones]
    ]
    assert all(subnet.subnet_of(ipaddress.ip_network(cidr)) for subnet in subnets)  # type: ignore[arg-type]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(subnets, 2))
    assert all(subnet.prefixlen <= SMALLEST_PREFIX for subnet in subnets)


@given(networks(22), reserved, st.sampled_from(TIERS), st.sampled_from(LETTERS[:4]))
def test_literal_is_what_cidrsubnet_counts(cidr: str, zones: int, tier: str, letter: str) -> None:
    place, network = slot(tier, letter, zones), ipaddress.IPv4Network(cidr)
    # As Terraform documents it: the prefix grows by newbits, and netnum fills the bits that were added.
    added = place.netnum << (32 - network.prefixlen - place.newbits)
    assert 0 <= place.netnum < 2**place.newbits
    first = ipaddress.IPv4Address(int(network.network_address) | added)
    assert place.within(cidr) == f"{first}/{network.prefixlen + place.newbits}"


@given(networks(22), reserved)
def test_room_is_left_for_another_tier(cidr: str, zones: int) -> None:
    network = ipaddress.IPv4Network(cidr)
    *_, spare = network.subnets(prefixlen_diff=4)
    subnets = (
        ipaddress.ip_network(slot(tier, letter, zones).within(cidr)) for tier in TIERS for letter in LETTERS[:zones]
    )
    assert not any(subnet.overlaps(spare) for subnet in subnets)


@given(st.integers(0, 255), reserved)
def test_ipv6_subnets_lie_apart(third: int, zones: int) -> None:
    cidr = f"2001:db8:0:{third << 8:x}::/56"
    subnets = [ipv6_slot(tier, letter).within(cidr) for tier in TIERS for letter in LETTERS[:zones]]
    assert len(set(subnets)) == len(subnets)
    assert all(ipaddress.ip_network(subnet).subnet_of(ipaddress.ip_network(cidr)) for subnet in subnets)  # type: ignore[arg-type]
    assert all(subnet.endswith("/64") for subnet in subnets)


def test_plan_is_contract() -> None:
    plan = {f"{tier}-{letter}": slot(tier, letter, 4).within("10.20.0.0/16") for tier in TIERS for letter in "ad"}
    assert plan == {
        "public-a": "10.20.192.0/21",
        "public-d": "10.20.216.0/21",
        "private-a": "10.20.0.0/19",
        "private-d": "10.20.96.0/19",
        "isolated-a": "10.20.128.0/20",
        "isolated-d": "10.20.176.0/20",
        "firewall-a": "10.20.224.0/22",
        "firewall-d": "10.20.236.0/22",
    }


def test_token_becomes_a_call() -> None:
    assert slot("isolated", "b", 4).within("${var.cidr}") == "${cidrsubnet(var.cidr, 4, 9)}"
    assert slot("private", "a", 4).within("10.${var.site}.0.0/16") == '${cidrsubnet("10.${var.site}.0.0/16", 3, 0)}'
    both = "${var.a}.${var.b}.0.0/16"
    assert slot("private", "a", 4).within(both) == f'${{cidrsubnet("{both}", 3, 0)}}'


@pytest.mark.parametrize(
    ("tiers", "zones", "widest"),
    [
        (("private",), 4, 25),
        (("private", "isolated"), 4, 24),
        (THREE, 4, 23),
        (THREE, 8, 22),
        (TIERS, 4, 22),
        (TIERS, 8, 21),
    ],
)
def test_widest_prefix(tiers: tuple[str, ...], zones: int, widest: int) -> None:
    assert widest_prefix(tiers, zones) == widest
