"""How large a part of the internet a network is, and what can be said of one that only Terraform knows."""

import pytest

from secureinfra.controls.shared.networks import Addresses, addresses, all_addresses
from secureinfra.terraform.unknown import Unknown, UnknownValueError


def held(value: object, version: int = 4) -> Addresses:
    found = addresses(value, version)
    assert found is not None
    return found


@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "2000::/3", "64:ff9b::/96", "0::0/0"]
)
def test_internet_and_large_parts_of_it(cidr: str) -> None:
    assert held(cidr).is_internet()
    assert held(cidr).is_wide()


@pytest.mark.parametrize(
    "cidr",
    ["10.0.0.0/8", "172.16.0.0/12", "192.168.1.0/24", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.1/32", "fd00::/8"],
)
def test_private_networks_are_neither(cidr: str) -> None:
    assert held(cidr).public == ()
    assert not held(cidr).is_internet()
    assert not held(cidr).is_wide()


@pytest.mark.parametrize(
    ("cidr", "wide"),
    [
        ("203.0.113.0/24", False),
        ("203.0.112.0/23", True),
        ("52.0.0.0/8", True),
        ("2001:db8::/48", False),
        ("2001:db8::/47", True),
        ("198.51.100.7", False),
        ("64:ff9b::c633:6400/120", False),
    ],
)
def test_public_networks_of_one_owner_are_narrow(cidr: str, wide: bool) -> None:
    assert held(cidr).is_wide() is wide
    assert not held(cidr).is_internet()


def test_everything_is_said_by_name_only() -> None:
    assert held("0.0.0.0/0").everything
    assert held("::/0").everything
    assert not held("64:FF9B::/96").everything
    assert not held("0.0.0.0/1").everything


@pytest.mark.parametrize("text", ["${var.office}", '${var.on ? "0.0.0.0/0" : aws_vpc.v.cidr_block}', "${var.net}/4"])
def test_unknown_network_has_no_answer(text: str) -> None:
    network = held(Unknown(text, ("var.office",)))
    with pytest.raises(UnknownValueError):
        network.is_internet()
    with pytest.raises(UnknownValueError):
        network.is_wide()


def test_known_prefix_of_an_unknown_network_says_enough() -> None:
    assert held(Unknown("${var.anything}/0", ("var.anything",))).is_internet()
    office = held(Unknown("${aws_eip.office.public_ip}/32", ("aws_eip.office.public_ip",)))
    assert not office.is_internet()
    assert not office.is_wide()
    branch = held(Unknown("${var.branch}/20", ("var.branch",)))
    assert not branch.is_internet()
    with pytest.raises(UnknownValueError):
        branch.is_wide()


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("${aws_vpc.v.cidr_block}", "aws_vpc.v.cidr_block"),
        ("${module.network.aws_subnet.s[0].ipv6_cidr_block}", "module.network.aws_subnet.s[0].ipv6_cidr_block"),
        ("${data.aws_vpc.v.cidr_block}", "data.aws_vpc.v.cidr_block"),
        ("${cidrsubnet(aws_vpc.v.cidr_block,8,1)}", "aws_vpc.v.cidr_block"),
        ("${aws_subnet.s[*].cidr_block}", "aws_subnet.s"),
    ],
)
def test_network_of_a_vpc_is_never_the_internet(text: str, reference: str) -> None:
    assert not held(Unknown(text, (reference,))).is_internet()
    assert not held(Unknown(text, (reference,))).is_wide()


def test_what_is_no_network_is_not_known() -> None:
    with pytest.raises(UnknownValueError):
        held("anywhere").is_internet()


def test_nothing_written_is_no_network() -> None:
    assert all_addresses(None, 4) == []
    assert all_addresses(["", None], 4) == []
    assert [network.text for network in all_addresses(["10.0.0.0/8", "::/0"], 4)] == ["10.0.0.0/8", "::/0"]


def test_holds() -> None:
    assert held("10.0.0.0/8").holds(held("10.1.0.0/16"))
    assert not held("10.1.0.0/16").holds(held("10.0.0.0/8"))
    assert not held("::/0").holds(held("10.0.0.0/8"))
    with pytest.raises(UnknownValueError):
        held("10.0.0.0/8").holds(held(Unknown("${var.net}", ("var.net",))))
