"""Network ACLs: answers get through, administration does not."""

from collections import Counter
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.network_acl import _numbers
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.testing import synthesize, test_stack

ANYWHERE = ("0.0.0.0/0", "::/0")
CHOICES = [
    {},
    {"nat": "per_zone"},
    {"nat": "single", "ipv6": True},
    {"secondary_cidrs": ("100.64.0.0/16", "10.9.0.0/16")},
]


def rules_of(**choices: Any) -> dict[str, dict[str, Any]]:
    stack = test_stack()
    SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", **choices))
    rules: dict[str, dict[str, Any]] = synthesize(stack)["resource"]["aws_network_acl_rule"]
    return rules


def other_side(rule: dict[str, Any]) -> str:
    return str(rule.get("cidr_block") or rule.get("ipv6_cidr_block"))


def allows(rules: dict[str, dict[str, Any]], tier: str, protocol: str, port: int, *, egress: bool, cidr: str) -> bool:
    return any(
        rule["egress"] is egress
        and f"network_{tier}_acl" in rule["network_acl_id"]
        and other_side(rule) == cidr
        and (
            rule["protocol"] == "-1" or (rule["protocol"] == protocol and rule["from_port"] <= port <= rule["to_port"])
        )
        for rule in rules.values()
    )


@pytest.mark.parametrize("choices", CHOICES)
@pytest.mark.parametrize("tier", ["public", "private", "isolated"])
@pytest.mark.parametrize("port", [22, 23, 445, 3389])
def test_acl_no_admin_ports(choices: dict[str, Any], tier: str, port: int) -> None:
    rules = rules_of(**choices)
    for cidr in ANYWHERE:
        assert not allows(rules, tier, "tcp", port, egress=False, cidr=cidr)
        assert not allows(rules, tier, "udp", port, egress=False, cidr=cidr)


@pytest.mark.parametrize("tier", ["public", "private", "isolated"])
@pytest.mark.parametrize("port", [20, 21])
def test_acl_no_ftp(tier: str, port: int) -> None:
    rules = rules_of(nat="per_zone", ipv6=True)
    for cidr in ANYWHERE:
        assert not allows(rules, tier, "tcp", port, egress=False, cidr=cidr)


@pytest.mark.parametrize("choices", CHOICES)
def test_acl_not_wide_open(choices: dict[str, Any]) -> None:
    for rule in rules_of(**choices).values():
        assert rule["egress"] or other_side(rule) not in ANYWHERE or rule["protocol"] != "-1"


@pytest.mark.parametrize("tier", ["private", "isolated"])
def test_gateway_endpoints_are_reached_and_answer(tier: str) -> None:
    rules = rules_of()
    assert allows(rules, tier, "tcp", 443, egress=True, cidr="0.0.0.0/0")
    for port in (1024, 3388, 3390, 65535):
        assert allows(rules, tier, "tcp", port, egress=False, cidr="0.0.0.0/0")


def test_public_tier_serves_the_web_and_gets_answers() -> None:
    rules = rules_of()
    for port in (80, 443, 1024, 65535):
        assert allows(rules, "public", "tcp", port, egress=False, cidr="0.0.0.0/0")
    assert allows(rules, "public", "tcp", 50000, egress=True, cidr="0.0.0.0/0")


def test_private_tier_gets_out_through_nat_only() -> None:
    assert not allows(rules_of(), "private", "tcp", 9092, egress=True, cidr="0.0.0.0/0")
    with_nat = rules_of(nat="single")
    assert allows(with_nat, "private", "tcp", 9092, egress=True, cidr="0.0.0.0/0")
    assert allows(with_nat, "private", "udp", 40000, egress=False, cidr="0.0.0.0/0")
    assert not allows(with_nat, "isolated", "tcp", 9092, egress=True, cidr="0.0.0.0/0")


def test_everything_within_the_network_is_left_to_security_groups() -> None:
    rules = rules_of(secondary_cidrs=("100.64.0.0/16",))
    for tier in ("public", "private", "isolated"):
        for cidr in ("10.20.0.0/16", "100.64.0.0/16"):
            assert allows(rules, tier, "tcp", 22, egress=False, cidr=cidr)
            assert allows(rules, tier, "tcp", 5432, egress=True, cidr=cidr)


@pytest.mark.parametrize("choices", CHOICES)
def test_rule_numbers_are_unique(choices: dict[str, Any]) -> None:
    numbers = Counter(
        (rule["network_acl_id"], rule["egress"], rule["rule_number"]) for rule in rules_of(**choices).values()
    )
    assert max(numbers.values()) == 1


def test_packets_that_are_too_big_are_answered() -> None:
    rules = rules_of(nat="single", ipv6=True)
    for tier in ("public", "private"):
        rule = rules[f"network_{tier}_acl_packet_too_big"]
        assert (rule["protocol"], rule["icmp_type"], rule["icmp_code"]) == ("icmp", 3, 4)
        rule = rules[f"network_{tier}_acl_packet_too_big_ipv6"]
        assert (rule["protocol"], rule["icmp_type"], rule["icmp_code"]) == ("58", 2, 0)
    assert not any("isolated" in name and "too_big" in name for name in rules)


def test_pings_are_answered_where_a_tier_gets_out() -> None:
    rules = rules_of(nat="single", tiers=("public", "private", "isolated", "firewall"))
    for name, type in (("echo_reply", 0), ("time_exceeded", 11)):
        for tier in ("public", "private", "firewall"):
            rule = rules[f"network_{tier}_acl_{name}"]
            assert (rule["protocol"], rule["icmp_type"], rule["egress"]) == ("icmp", type, False)
        assert f"network_isolated_acl_{name}" not in rules
    # Pings from outside (type 8) stay out, and so does everything where there is no NAT.
    assert {rule["icmp_type"] for rule in rules.values() if rule["protocol"] == "icmp"} == {0, 3, 11}
    assert not any("private" in name and rule["protocol"] == "icmp" for name, rule in rules_of().items())


def test_nothing_of_ipv6_reaches_a_tier_without_a_way_out() -> None:
    rules = rules_of(ipv6=True)
    assert not any(other_side(rule) == "::/0" and "public" not in name for name, rule in rules.items())


def test_rule_number_of_a_network_comes_from_the_network() -> None:
    name = "network_private_acl_from_vpc_100_64_0_0_16"
    alone = rules_of(secondary_cidrs=("100.64.0.0/16",))[name]
    beside = rules_of(secondary_cidrs=("10.9.0.0/16", "100.64.0.0/16", "10.8.0.0/16"))[name]
    assert alone == beside


@given(st.lists(st.integers(0, 2**16 - 1), unique=True, max_size=40), st.randoms())
def test_rule_numbers_of_networks_are_unique_and_hang_on_no_order(numbers: list[int], random: Random) -> None:
    cidrs = [f"10.{number >> 8}.{number & 255}.0/24" for number in numbers]
    shuffled = random.sample(cidrs, len(cidrs))
    given_numbers = _numbers(tuple(cidrs))
    assert given_numbers == _numbers(tuple(shuffled))
    assert len(set(given_numbers.values())) == len(cidrs)
    assert all(10_000 <= number < 32_766 for number in given_numbers.values())


def test_networks_whose_numbers_collide_keep_them_in_any_order() -> None:
    first, second = "10.0.23.0/24", "10.0.80.0/24"
    numbers = _numbers((first, second))
    assert numbers[second] == numbers[first] + 1
    assert _numbers((second, first)) == numbers


def test_quota_of_rules_is_kept() -> None:
    # 20 in each direction for each family, the last of them AWS's own: docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
    rules = rules_of(nat="per_zone", ipv6=True, secondary_cidrs=("100.64.0.0/16", "10.9.0.0/16", "10.8.0.0/16"))
    counted = Counter((r["network_acl_id"], r["egress"], "cidr_block" in r) for r in rules.values())
    assert max(counted.values()) < 20


def test_acl_associated() -> None:
    stack = test_stack()
    SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16"))
    for acl in synthesize(stack)["resource"]["aws_network_acl"].values():
        assert len(acl["subnet_ids"]) == 3
