"""Conditions of policy statements: one function for each requirement, with the right operator and key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from secureinfra.config.rule import Rule, matches
from secureinfra.config.rules import ACCOUNT_ID, ANY_CIDR, ORGANIZATION_ID, VPC_ENDPOINT_ID, VPC_ID, is_token
from secureinfra.errors import ConfigError
from secureinfra.facts.iam_actions.names import misspelled_key
from secureinfra.policy.networks import source_ip_complaint, vpc_source_ip_complaint
from secureinfra.suggest import did_you_mean

# docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
_OPERATORS = frozenset(
    "StringEquals StringNotEquals StringEqualsIgnoreCase StringNotEqualsIgnoreCase StringLike StringNotLike NumericEquals "
    "NumericNotEquals NumericLessThan NumericLessThanEquals NumericGreaterThan NumericGreaterThanEquals DateEquals "
    "DateNotEquals DateLessThan DateLessThanEquals DateGreaterThan DateGreaterThanEquals Bool BinaryEquals IpAddress "
    "NotIpAddress ArnEquals ArnLike ArnNotEquals ArnNotLike Null".split()
)
_KEY = re.compile(r"[A-Za-z0-9.-]+:\S.*")
_ARN_PATTERN = re.compile(r"arn:.+|\*|.*[$*?].*")
_SERVICE = matches(r"[a-z0-9.-]+\.amazonaws\.com(\.cn)?", "is not a service", example="ecs-tasks.amazonaws.com")


@dataclass(frozen=True)
class Condition:
    """One condition: an operator, a key and the values of which one must match.

    Args:
        operator: as the policy language names it, e.g. `StringEquals`.
        key: a condition key, e.g. `aws:SourceArn`.
        values: strings, the only type of the policy language.

    Raises:
        ConfigError: it is malformed, or AWS would never find it true.
    """

    operator: str
    key: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.values, str):
            object.__setattr__(self, "values", tuple(self.values))
        if isinstance(self.values, str) or not self.values or not all(isinstance(v, str) and v for v in self.values):
            raise ConfigError(
                f"{self._words} has no usable value: AWS would match nothing or everything. Give one or more strings."
            )
        if self.base not in _OPERATORS:
            hint = did_you_mean(self.base, _OPERATORS, "Write e.g. 'StringEquals'.")
            raise ConfigError(f"{self._words} has an operator that AWS does not know. {hint}")
        if not _KEY.fullmatch(self.key):
            raise ConfigError(f"{self._words} has no usable key: write a prefix and a name, e.g. 'aws:SourceAccount'.")
        if meant := misspelled_key(self.key):
            raise ConfigError(
                f"{self._words} has a key that AWS does not know: no request carries it. Did you mean {str(meant)!r}?"
            )
        for value in self.values:
            if not is_token(value) and (complaint := self._complaint(value)):
                raise ConfigError(f"{self.operator} {self.key} {value!r} {complaint}")

    @property
    def base(self) -> str:
        """The operator without its set prefix and its `IfExists`."""
        return self.operator.removeprefix("ForAnyValue:").removeprefix("ForAllValues:").removesuffix("IfExists")

    @property
    def negated(self) -> bool:
        """Whether it is also true of a request that does not carry the key."""
        return "Not" in self.base

    @property
    def demands_key(self) -> bool:
        """Whether it holds only for a request that carries the key."""
        lenient = self.operator.startswith("ForAllValues:") or self.operator.endswith("IfExists")
        return not (self.negated or lenient or self.base == "Null")

    @property
    def _words(self) -> str:
        return f"condition {self.operator} {self.key}={self.values!r}"

    def _complaint(self, value: str) -> str | None:
        """What is wrong with a value under this operator and key."""
        if self.base in {"Bool", "Null"} and value not in {"true", "false"}:
            return "is neither 'true' nor 'false'."
        if self.base.startswith("Numeric") and not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            return "is not a number."
        if self.base.startswith("Arn") and not _ARN_PATTERN.fullmatch(value):
            return "is not an ARN: write e.g. 'arn:aws:iam::111122223333:role/*'."
        if self.base.endswith("IpAddress"):
            return source_ip_complaint(value) if self.key.lower() == "aws:sourceip" else ANY_CIDR.complaint(value)
        return None


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
    return equals("aws:SourceAccount", *_checked("source_account", ACCOUNT_ID, account_ids))


def source_arn(*arns: str) -> Condition:
    """The service acts for one of these resources (confused-deputy protection)."""
    return arn_like("aws:SourceArn", *arns)


def source_vpc(*vpc_ids: str) -> Condition:
    """The request comes through an endpoint of one of these VPCs.

    Raises:
        ConfigError: a value is not a VPC id.
    """
    return equals("aws:SourceVpc", *_checked("source_vpc", VPC_ID, vpc_ids))


def source_vpc_endpoint(*endpoint_ids: str) -> Condition:
    """The request comes through one of these VPC endpoints.

    Raises:
        ConfigError: a value is not a VPC endpoint id.
    """
    return equals("aws:SourceVpce", *_checked("source_vpc_endpoint", VPC_ENDPOINT_ID, endpoint_ids))


def source_ip(*cidrs: str) -> Condition:
    """The request comes over the internet, from one of these public addresses.

    Raises:
        ConfigError: a value is not a network, or is a private one, which AWS never sees as the source.
    """
    for cidr in cidrs:
        if complaint := source_ip_complaint(cidr):
            raise ConfigError(f"source_ip({cidr!r}) {complaint}")
    return Condition("IpAddress", "aws:SourceIp", cidrs)


def outside_ip(*cidrs: str, vpcs: tuple[str, ...] = ()) -> tuple[Condition, ...]:
    """For a Deny: the request comes from none of these public addresses and through no endpoint of these VPCs.

    Requests that an AWS service makes, for the caller or on its own, are exempt: they come from AWS's own addresses
    (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html).

    Args:
        cidrs: public networks.
        vpcs: ids of VPCs whose endpoints are allowed too; without any, every request through an endpoint is denied,
            since it carries no `aws:SourceIp`.

    Raises:
        ConfigError: a value is not a public network, or not a VPC id.
    """
    source_ip(*cidrs)
    elsewhere = Condition("NotIpAddressIfExists" if vpcs else "NotIpAddress", "aws:SourceIp", cidrs)
    inside = _checked("outside_ip", VPC_ID, vpcs)
    return (
        elsewhere,
        *((Condition("StringNotEqualsIfExists", "aws:SourceVpc", inside),) if inside else ()),
        # IfExists: in a resource policy, requests without a principal carry neither key.
        Condition("BoolIfExists", "aws:ViaAWSService", ("false",)),
        Condition("BoolIfExists", "aws:PrincipalIsAWSService", ("false",)),
    )


def from_private_network(*cidrs: str, vpc: str | None = None, vpc_endpoint: str | None = None) -> tuple[Condition, ...]:
    """The request comes from these private addresses, through an endpoint of a named VPC.

    `aws:VpcSourceIp` alone proves little, since any VPC in the world may use the same range: AWS advises naming the
    VPC or the endpoint too (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html). A VPC
    that uses public addresses inside is not supported here: write the `Condition` itself.

    Args:
        cidrs: private networks, e.g. `10.0.0.0/8`.
        vpc: id of the VPC that the request comes from.
        vpc_endpoint: id of the endpoint, narrower than the VPC.

    Raises:
        ConfigError: a network is public, or neither VPC nor endpoint is named.
    """
    for cidr in cidrs:
        if complaint := vpc_source_ip_complaint(cidr):
            raise ConfigError(f"from_private_network({cidr!r}) {complaint}")
    if vpc is None and vpc_endpoint is None:
        raise ConfigError(
            f"from_private_network({', '.join(map(repr, cidrs))}) names no VPC: a VPC of any account may use the same addresses. "
            "Add vpc=network.vpc_id, or vpc_endpoint=..."
        )
    through = [source_vpc_endpoint(vpc_endpoint)] if vpc_endpoint else []
    within = [source_vpc(vpc)] if vpc else []
    return (Condition("IpAddress", "aws:VpcSourceIp", cidrs), *through, *within)


def principal_account(*account_ids: str) -> Condition:
    """The caller belongs to one of these accounts."""
    return equals("aws:PrincipalAccount", *_checked("principal_account", ACCOUNT_ID, account_ids))


def principal_organization(*organization_ids: str) -> Condition:
    """The caller belongs to one of these organizations."""
    return equals("aws:PrincipalOrgID", *_checked("principal_organization", ORGANIZATION_ID, organization_ids))


def principal_arn(*arns: str) -> Condition:
    """The caller is one of these roles, `*` allowed; the only way to match roles by a pattern."""
    return arn_like("aws:PrincipalArn", *arns)


def resource_account(*account_ids: str) -> Condition:
    """The resource belongs to one of these accounts, so that no data can be copied to other accounts."""
    return equals("aws:ResourceAccount", *_checked("resource_account", ACCOUNT_ID, account_ids))


def requested_region(*regions: str) -> Condition:
    """The request goes to one of these regions."""
    return equals("aws:RequestedRegion", *regions)


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
    """The caller signed in with MFA.

    Args:
        within_seconds: maximum age of the MFA sign-in.

    Sessions of IAM Identity Center and SAML do not carry the key: there the identity provider requires MFA.
    """
    # Bool, not BoolIfExists: long-lived access keys do not carry the key and must not pass.
    present = Condition("Bool", "aws:MultiFactorAuthPresent", ("true",))
    if within_seconds is None:
        return (present,)
    return (present, Condition("NumericLessThan", "aws:MultiFactorAuthAge", (str(within_seconds),)))


def secure_transport() -> Condition:
    """The request comes over TLS."""
    return Condition("Bool", "aws:SecureTransport", ("true",))


def tls_version(minimum: Literal["1.2", "1.3"] = "1.2") -> Condition:
    """The request uses this version of TLS or a newer one; only S3 supports the key."""
    return Condition("NumericGreaterThanEquals", "s3:TlsVersion", (minimum,))


def passed_to_service(*services: str) -> Condition:
    """The role is passed to one of these services, e.g. `ecs-tasks.amazonaws.com`."""
    return equals("iam:PassedToService", *_checked("passed_to_service", _SERVICE, services))


def via_service(*services: str) -> Condition:
    """The key is used through one of these services, e.g. `s3.eu-central-1.amazonaws.com`."""
    return equals("kms:ViaService", *services)


def _checked(name: str, rule: Rule, values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if complaint := rule.complaint(value):
            raise ConfigError(f"{name}({value!r}) {complaint}")
    return values
