"""Condition builders: the right operator and key, and refusals of what would never match."""

import pytest

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
    outside, direct = c.outside_ip("203.0.113.0/24")
    assert outside.operator == "NotIpAddress"
    assert direct == Condition("Bool", "aws:ViaAWSService", ("false",))


@pytest.mark.parametrize("private", ["10.0.0.0/8", "172.16.0.0/12", "192.168.1.0/24", "100.64.0.0/10", "fc00::/7"])
def test_refuses_private_range_as_source_ip(private: str) -> None:
    with pytest.raises(ConfigError, match="would never match.*from_private_network"):
        c.source_ip(private)


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
        (c.source_vpc, "vpc", "is no VPC id"),
        (c.source_vpc_endpoint, VPC, "is no VPC endpoint id"),
        (c.source_ip, "office", "is no network"),
    ],
)
def test_refuses_malformed_value(builder: object, value: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        builder(value)  # type: ignore[operator]


def test_tokens_pass() -> None:
    assert c.source_vpc("${aws_vpc.x.id}").values == ("${aws_vpc.x.id}",)
    assert c.from_private_network("${var.cidr}", vpc="${aws_vpc.x.id}")[0].values == ("${var.cidr}",)
