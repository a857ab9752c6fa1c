"""Conditions of policy statements: one function for each demand, which knows the right operator and key."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Literal

from secureinfra.errors import ConfigError
from secureinfra.values import ANY_CIDR, VPC_ENDPOINT_ID, VPC_ID, Rule, is_token

# What VPCs use: RFC 1918, RFC 6598, RFC 4193. Python's `is_private` also holds documentation ranges.
_PRIVATE = tuple(
    ipaddress.ip_network(cidr)
    for cidr in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")
)


@dataclass(frozen=True)
class Condition:
    """One condition: an operator, a key and the values of which one must match.

    Args:
        operator: as the policy language names it, e.g. `StringEquals`.
        key: a condition key, e.g. `aws:SourceArn`.
        values: strings, as the policy language has no others.
    """

    operator: str
    key: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.values or not all(isinstance(value, str) and value for value in self.values):
            raise ConfigError(
                f"condition {self.operator} {self.key}={list(self.values)!r} has no usable value: AWS would match nothing "
                "or everything. Give one or more strings."
            )


def equals(key: str, *values: str) -> Condition:
    """The key has one of the values."""
    return Condition("StringEquals", key, values)


def like(key: str, *values: str) -> Condition:
    """The key matches one of the patterns, with `*` and `?`."""
    return Condition("StringLike", key, values)


def arn_like(key: str, *arns: str) -> Condition:
    """The ARN in the key matches one of the patterns."""
    return Condition("ArnLike", key, arns)


def source_account(*account_ids: str) -> Condition:
    """The service acts for a resource of one of these accounts (confused-deputy protection)."""
    return equals("aws:SourceAccount", *account_ids)


def source_arn(*arns: str) -> Condition:
    """The service acts for one of these resources (confused-deputy protection)."""
    return arn_like("aws:SourceArn", *arns)


def source_vpc(*vpc_ids: str) -> Condition:
    """The request comes through an endpoint of one of these VPCs.

    Raises:
        ConfigError: a value is no VPC id.
    """
    return equals("aws:SourceVpc", *_judged("source_vpc", VPC_ID, vpc_ids))


def source_vpc_endpoint(*endpoint_ids: str) -> Condition:
    """The request comes through one of these VPC endpoints.

    Raises:
        ConfigError: a value is no VPC endpoint id.
    """
    return equals("aws:SourceVpce", *_judged("source_vpc_endpoint", VPC_ENDPOINT_ID, endpoint_ids))


def source_ip(*cidrs: str) -> Condition:
    """The request comes from one of these public addresses.

    Raises:
        ConfigError: a value is no network, or a private one, from which no request ever seems to come.
    """
    for cidr in _judged("source_ip", ANY_CIDR, cidrs):
        if _is_private(cidr):
            raise ConfigError(
                f"source_ip({cidr!r}) would never match: AWS sees the public address of a request over the internet, and "
                "one from a private network arrives through a VPC endpoint, which carries aws:VpcSourceIp instead. "
                f"Write from_private_network({cidr!r}, vpc=...) or (..., vpc_endpoint=...)."
            )
    return Condition("IpAddress", "aws:SourceIp", cidrs)


def outside_ip(*cidrs: str) -> tuple[Condition, ...]:
    """For a Deny: the request comes from none of these public addresses, and not from a service acting for its sender.

    Raises:
        ConfigError: a value is no network, or a private one.
    """
    source_ip(*cidrs)
    # Without the second condition a Deny also hits calls that AWS services make for the principal, e.g. Athena.
    # docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html
    return (Condition("NotIpAddress", "aws:SourceIp", cidrs), Condition("Bool", "aws:ViaAWSService", ("false",)))


def from_private_network(*cidrs: str, vpc: str | None = None, vpc_endpoint: str | None = None) -> tuple[Condition, ...]:
    """The request comes from these private addresses, through an endpoint of a named VPC.

    `aws:VpcSourceIp` alone says little, since every VPC in the world may use the same range: AWS advises to name the
    VPC or the endpoint too (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html).

    Args:
        cidrs: private networks, e.g. `10.0.0.0/8`.
        vpc: id of the VPC that the request comes from.
        vpc_endpoint: id of the endpoint, narrower than the VPC.

    Raises:
        ConfigError: a network is public, or neither VPC nor endpoint is named.
    """
    for cidr in _judged("from_private_network", ANY_CIDR, cidrs):
        if not is_token(cidr) and not _is_private(cidr):
            raise ConfigError(
                f"from_private_network({cidr!r}) is a public network: requests from it come over the internet and carry "
                f"aws:SourceIp. Write source_ip({cidr!r}) in a statement of its own."
            )
    if vpc is None and vpc_endpoint is None:
        raise ConfigError(
            f"from_private_network({', '.join(map(repr, cidrs))}) names no VPC: anybody's VPC may use the same addresses. "
            "Add vpc=network.vpc_id, or vpc_endpoint=..."
        )
    through = [source_vpc_endpoint(vpc_endpoint)] if vpc_endpoint else []
    within = [source_vpc(vpc)] if vpc else []
    return (Condition("IpAddress", "aws:VpcSourceIp", cidrs), *through, *within)


def principal_account(*account_ids: str) -> Condition:
    """The caller belongs to one of these accounts."""
    return equals("aws:PrincipalAccount", *account_ids)


def principal_organization(*organization_ids: str) -> Condition:
    """The caller belongs to one of these organisations."""
    return equals("aws:PrincipalOrgID", *organization_ids)


def principal_tag(name: str, *values: str) -> Condition:
    """The caller carries a tag with one of these values."""
    return equals(f"aws:PrincipalTag/{name}", *values)


def resource_tag(name: str, *values: str) -> Condition:
    """The resource carries a tag with one of these values."""
    return equals(f"aws:ResourceTag/{name}", *values)


def request_tag(name: str, *values: str) -> Condition:
    """The request sets a tag to one of these values."""
    return equals(f"aws:RequestTag/{name}", *values)


def mfa(*, within_seconds: int | None = None) -> tuple[Condition, ...]:
    """The caller signed in with a second factor.

    Args:
        within_seconds: no longer ago than this.
    """
    # Bool, not BoolIfExists: long-lived access keys carry no such key and must not pass.
    present = Condition("Bool", "aws:MultiFactorAuthPresent", ("true",))
    if within_seconds is None:
        return (present,)
    return (present, Condition("NumericLessThan", "aws:MultiFactorAuthAge", (str(within_seconds),)))


def secure_transport() -> Condition:
    """The request comes over TLS."""
    return Condition("Bool", "aws:SecureTransport", ("true",))


def tls_version(minimum: Literal["1.2", "1.3"] = "1.2") -> Condition:
    """The request comes over this version of TLS or a newer one; S3 alone knows the key."""
    return Condition("NumericGreaterThanEquals", "s3:TlsVersion", (minimum,))


def passed_to_service(*services: str) -> Condition:
    """The role is passed to one of these services, e.g. `ecs-tasks.amazonaws.com`."""
    return equals("iam:PassedToService", *services)


def via_service(*services: str) -> Condition:
    """The key is used through one of these services, e.g. `s3.eu-central-1.amazonaws.com`."""
    return equals("kms:ViaService", *services)


def _judged(name: str, rule: Rule, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if complaint := rule.complaint(value):
            raise ConfigError(f"{name}({value!r}) {complaint}")
    return values


def _is_private(cidr: str) -> bool:
    if is_token(cidr):
        return False
    network = ipaddress.ip_network(cidr)
    return any(network.version == own.version and network.subnet_of(own) for own in _PRIVATE)  # type: ignore[arg-type]
