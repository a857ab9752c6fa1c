"""Condition builders: the right operator and key, and refusals of what would never match."""

import contextlib
import ipaddress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from secureinfra.errors import ConfigError
from secureinfra.policy import Condition
from secureinfra.policy import conditions as c

VPC = "vpc-0a1b2c3d4e5f60718"
ENDPOINT = "vpce-0a1b2c3d4e5f60718"


@pytest.mark.parametrize(
    ("built", "expected"),
    [
        (c.source_vpc(VPC), Condition("StringEquals", "aws:SourceVpc", (VPC,))),
        (c.source_vpc_endpoint(ENDPOINT), Condition("StringEquals", "aws:SourceVpce", (ENDPOINT,))),
        (c.source_ip("203.0.113.0/24"), Condition("IpAddress", "aws:SourceIp", ("203.0.113.0/24",))),
        (c.principal_organization("o-a1b2c3d4e5"), Condition("StringEquals", "aws:PrincipalOrgID", ("o-a1b2c3d4e5",))),
        (c.principal_account("111122223333"), Condition("StringEquals", "aws:PrincipalAccount", ("111122223333",))),
        (c.principal_tag("team", "a", "b"), Condition("StringEquals", "aws:PrincipalTag/team", ("a", "b"))),
        (c.resource_tag("team", "a"), Condition("StringEquals", "aws:ResourceTag/team", ("a",))),
        (c.request_tag("team", "a"), Condition("StringEquals", "aws:RequestTag/team", ("a",))),
        (c.secure_transport(), Condition("Bool", "aws:SecureTransport", ("true",))),
        (c.tls_version(), Condition("NumericGreaterThanEquals", "s3:TlsVersion", ("1.2",))),
        (
            c.passed_to_service("ecs.amazonaws.com"),
            Condition("StringEquals", "iam:PassedToService", ("ecs.amazonaws.com",)),
        ),
        (c.via_service("s3.x.amazonaws.com"), Condition("StringEquals", "kms:ViaService", ("s3.x.amazonaws.com",))),
    ],
)
def test_builder(built: Condition, expected: Condition) -> None:
    assert built == expected


def test_mfa_is_not_satisfied_by_access_keys() -> None:
    (present,) = c.mfa()
    assert present == Condition("Bool", "aws:MultiFactorAuthPresent", ("true",))
    assert c.mfa(within_seconds=3600)[1].operator == "NumericLessThan"


def test_deny_by_address_spares_services_acting_for_the_caller() -> None:
    outside, direct, by_itself = c.outside_ip("203.0.113.0/24")
    assert outside == Condition("NotIpAddress", "aws:SourceIp", ("203.0.113.0/24",))
    assert direct == Condition("BoolIfExists", "aws:ViaAWSService", ("false",))
    assert by_itself == Condition("BoolIfExists", "aws:PrincipalIsAWSService", ("false",))


def test_deny_by_address_spares_endpoints_of_named_vpcs() -> None:
    # A request carries the address or the VPC, never both: without IfExists, each would deny what the other lets through.
    outside, elsewhere, *_ = c.outside_ip("203.0.113.0/24", vpcs=(VPC,))
    assert outside.operator == "NotIpAddressIfExists"
    assert elsewhere == Condition("StringNotEqualsIfExists", "aws:SourceVpc", (VPC,))


PRIVATE = ["10.0.0.0/8", "172.16.0.0/12", "192.168.1.0/24", "100.64.0.0/10", "fc00::/7"]


@pytest.mark.parametrize("private", PRIVATE)
def test_refuses_private_range_as_source_ip(private: str) -> None:
    with pytest.raises(ConfigError, match="would never match.*from_private_network"):
        c.source_ip(private)


@pytest.mark.parametrize("operator", ["IpAddress", "NotIpAddress", "IpAddressIfExists"])
@pytest.mark.parametrize("key", ["aws:SourceIp", "AWS:SOURCEIP"])
def test_refuses_private_range_in_a_condition_written_by_hand(operator: str, key: str) -> None:
    with pytest.raises(ConfigError, match="would never match"):
        Condition(operator, key, ("203.0.113.0/24", "10.0.0.0/8"))


@pytest.mark.parametrize(
    ("cidr", "words"),
    [
        ("0.0.0.0/0", "limits nothing"),
        ("::/0", "limits nothing"),
        ("8.0.0.0/5", "holds both private and public addresses.*Write them apart"),
    ],
)
def test_refuses_network_that_is_no_limit_or_of_both_kinds(cidr: str, words: str) -> None:
    for build in (c.source_ip, lambda cidr: c.from_private_network(cidr, vpc=VPC)):
        with pytest.raises(ConfigError, match=words):
            build(cidr)


def test_refuses_private_and_public_networks_in_one() -> None:
    with pytest.raises(ConfigError, match="would never match"):
        c.source_ip("203.0.113.0/24", "10.0.0.0/8")
    with pytest.raises(ConfigError, match="is a public network"):
        c.from_private_network("10.0.0.0/8", "203.0.113.0/24", vpc=VPC)


@given(st.ip_addresses(v=4), st.integers(1, 32))
def test_every_network_is_for_one_key_at_most(address: ipaddress.IPv4Address, length: int) -> None:
    cidr = str(ipaddress.ip_network((int(address), length), strict=False))
    accepted = 0
    for build in (c.source_ip, lambda cidr: c.from_private_network(cidr, vpc=VPC)):
        with contextlib.suppress(ConfigError):
            build(cidr)
            accepted += 1
    assert accepted <= 1


def test_private_network_names_its_vpc() -> None:
    built = c.from_private_network("10.0.0.0/8", vpc=VPC, vpc_endpoint=ENDPOINT)
    assert [condition.key for condition in built] == ["aws:VpcSourceIp", "aws:SourceVpce", "aws:SourceVpc"]


def test_refuses_private_network_of_nobody() -> None:
    with pytest.raises(ConfigError, match="names no VPC"):
        c.from_private_network("10.0.0.0/8")


def test_refuses_public_network_as_private() -> None:
    with pytest.raises(ConfigError, match="is a public network.*source_ip"):
        c.from_private_network("203.0.113.0/24", vpc=VPC)


@pytest.mark.parametrize(
    ("builder", "value", "words"),
    [
        (c.source_vpc, "vpc", "is not a VPC id"),
        (c.source_vpc_endpoint, VPC, "is not a VPC endpoint id"),
        (c.source_ip, "office", "is not a network"),
        (c.source_account, "1234", "is not an AWS account id"),
        (c.principal_account, "1234", "is not an AWS account id"),
        (c.resource_account, "1234", "is not an AWS account id"),
        (c.principal_organization, "acme", "is not an organization id"),
        (c.passed_to_service, "ecs-tasks", "is not a service: write e.g. 'ecs-tasks.amazonaws.com'"),
        (c.source_arn, "bucket", "is not an ARN"),
    ],
)
def test_refuses_malformed_value(builder: object, value: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        builder(value)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("operator", "key", "values", "words"),
    [
        ("StringEqual", "aws:x", ("1",), "an operator that AWS does not know. Did you mean 'StringEquals'"),
        ("StringEquals", "SourceVpc", ("1",), "has no usable key"),
        ("StringEquals", "aws:x", "vpc-1", "has no usable value"),
        ("StringEquals", "aws:x", (1,), "has no usable value"),
        ("StringEquals", "aws:x", ("",), "has no usable value"),
        ("Bool", "aws:SecureTransport", ("yes",), "is neither 'true' nor 'false'"),
        ("NumericLessThan", "aws:MultiFactorAuthAge", ("1h",), "is not a number"),
        ("IpAddress", "aws:VpcSourceIp", ("office",), "is not a network"),
    ],
)
def test_refuses_malformed_condition(operator: str, key: str, values: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Condition(operator, key, values)


def test_operators_with_a_set_prefix_are_known() -> None:
    paths = Condition("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", ("o-a1b2c3d4e5/*",))
    assert paths.base == "StringLike"


def test_tokens_pass() -> None:
    assert c.source_vpc("${aws_vpc.x.id}").values == ("${aws_vpc.x.id}",)
    assert c.from_private_network("${var.cidr}", vpc="${aws_vpc.x.id}")[0].values == ("${var.cidr}",)


def test_refuses_a_key_that_is_misspelled() -> None:
    with pytest.raises(ConfigError, match="no request carries it. Did you mean 'aws:SourceAccount'?"):
        c.equals("aws:SourceAcount", "111122223333")
