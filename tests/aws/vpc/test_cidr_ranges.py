"""Which networks AWS puts together: its table of restrictions, row by row."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.aws.vpc.cidr_ranges import range_problems


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("10.20.0.0/16", "172.16.0.0/16", "only to a VPC that began in that range"),
        ("10.20.0.0/16", "192.168.0.0/24", "only to a VPC that began in that range"),
        ("10.20.0.0/16", "198.19.4.0/24", "AWS keeps 198.19.0.0/16 for itself"),
        ("10.1.0.0/16", "10.0.4.0/24", "no network of 10.0.0.0/16"),
        ("172.20.0.0/16", "172.31.0.0/24", "AWS keeps 172.31.0.0/16 for default VPCs"),
        ("172.20.0.0/16", "10.0.0.0/16", "only to a VPC that began in that range"),
        ("192.168.0.0/16", "10.0.0.0/16", "only to a VPC that began in that range"),
        ("198.19.0.0/16", "10.0.0.0/16", "only to a VPC that began in that range"),
        ("100.64.0.0/16", "10.0.0.0/16", "only to a VPC that began in that range"),
        ("52.0.0.0/16", "192.168.0.0/16", "only to a VPC that began in that range"),
        ("10.20.0.0/16", "10.20.4.0/24", "overlaps 10.20.0.0/16"),
        ("10.20.0.0/16", "10.30.0.0/29", "Use a /16 to /28"),
        ("10.20.0.0/16", "240.0.0.0/16", "is reserved"),
        ("10.20.0.0/16", "224.0.0.0/16", "is multicast"),
    ],
)
def test_refuses(first: str, second: str, words: str) -> None:
    (problem,) = range_problems(first, {0: second})
    assert words in problem.text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("10.20.0.0/16", "10.0.4.0/24"),
        ("10.20.0.0/16", "100.64.0.0/16"),
        ("10.20.0.0/16", "52.0.0.0/16"),
        ("10.1.0.0/16", "10.2.0.0/16"),
        ("172.20.0.0/16", "172.21.0.0/16"),
        ("192.168.0.0/20", "192.168.64.0/20"),
        ("100.64.0.0/16", "100.65.0.0/16"),
        ("198.19.0.0/20", "198.19.16.0/20"),
    ],
)
def test_permits(first: str, second: str) -> None:
    assert list(range_problems(first, {0: second})) == []


def test_first_network_that_terraform_alone_knows_is_not_judged() -> None:
    assert list(range_problems(None, {0: "172.16.0.0/16", 1: "10.0.0.0/16"})) == []


@given(st.lists(st.integers(0, 2**16 - 1), min_size=2, max_size=5), st.integers(16, 28))
def test_overlap_is_always_told(numbers: list[int], prefix: int) -> None:
    cidrs = [str(ipaddress.ip_network((number << 16, prefix), strict=False)) for number in numbers]
    told = any("overlaps" in problem.text for problem in range_problems(None, dict(enumerate(cidrs))))
    assert told == (len(set(cidrs)) < len(cidrs))
