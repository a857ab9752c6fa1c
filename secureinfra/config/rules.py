"""Typed values of AWS: identifiers, ranges and names, each of which may also be a Terraform token.

A *token* is a value that only Terraform will know: `${var.cidr}`, `${aws_vpc.main.id}`, or an engine's own
placeholder. It is passed through unchecked; Terraform checks it later by `Rule.expression`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import AfterValidator, Field, WrapValidator

from secureinfra.config.rule import Predicate, matches, one_of
from secureinfra.facts import arns
from secureinfra.facts.retention import LONG_PERIODS
from secureinfra.facts.tokens import is_token as is_token  # noqa: PLC0414 - other modules find it here


def literal(text: str) -> str:
    """The text escaped for Terraform, so that it stays literal: `${aws:username}` becomes `$${aws:username}`."""
    return text.replace("${", "$${").replace("%{", "%%{")


def _pass_tokens(value: Any, handler: Callable[[Any], Any]) -> Any:
    return value if is_token(value) else handler(value)


TOKEN = WrapValidator(_pass_tokens)
"""Annotation: a token is accepted in place of the type."""


def _is_ipv4_network(value: str) -> bool:
    try:
        ipaddress.IPv4Network(value)
    except ValueError:
        return False
    return True


def _is_ipv6_network(value: str) -> bool:
    try:
        ipaddress.IPv6Network(value)
    except ValueError:
        return False
    return True


def _cidr_hint(value: str) -> str:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        return value
    return str(network)


def _explain_cidr(value: str) -> str:
    """Refuse a CIDR with host bits, and name the network that it belongs to."""
    if not is_token(value) and not _is_ipv4_network(value) and _cidr_hint(value) != value:
        raise ValueError(f"has host bits set: write the network itself, {_cidr_hint(value)!r}")
    return value


IPV4_CIDR = Predicate(
    _is_ipv4_network,
    "is not an IPv4 network",
    # `cidrsubnet` clears host bits, so only a network without host bits is equal to its result.
    "can(cidrnetmask({value})) && try(cidrsubnet({value}, 0, 0) == {value}, false)",
    "write an address and a prefix length",
    "10.20.0.0/16",
)
IPV6_CIDR = Predicate(
    _is_ipv6_network,
    "is not an IPv6 network",
    'can(cidrhost({value}, 0)) && strcontains({value}, ":")',
    example="2001:db8::/56",
)
ANY_CIDR = Predicate(
    lambda value: _is_ipv4_network(value) or _is_ipv6_network(value),
    "is not a network",
    "can(cidrhost({value}, 0))",
    "write an address and a prefix length",
    "10.20.0.0/16",
)
ARN = matches(
    arns.ANY,
    "is not an ARN",
    example="arn:aws:iam::111122223333:role/deploy",
)
ACCOUNT_ID = matches(
    arns.ACCOUNT_ID, "is not an AWS account id", "write its 12 digits in quotes", example="111122223333"
)
# `us-east-1`, `us-gov-west-1`, `eusc-de-east-1` of the European Sovereign Cloud.
REGION = matches(r"(eusc|[a-z]{2})(-[a-z]+)+-[0-9]", "is not an AWS region", example="eu-central-1")
CERTIFICATE = matches(
    arns.CERTIFICATE,
    "is not a certificate",
    "write the ARN of an ACM certificate or an IAM server certificate",
    example="arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-1234-1234-123456789012",
)
ORGANIZATION_ID = matches(r"o-[a-z0-9]{10,32}", "is not an organization id", example="o-a1b2c3d4e5")
VPC_ID = matches(r"vpc-([0-9a-f]{8}|[0-9a-f]{17})", "is not a VPC id", example="vpc-0a1b2c3d4e5f60718")
VPC_ENDPOINT_ID = matches(
    r"vpce-([0-9a-f]{8}|[0-9a-f]{17})", "is not a VPC endpoint id", example="vpce-0a1b2c3d4e5f60718"
)
# docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; dots are legal and break TLS host names.
BUCKET_NAME = matches(
    r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
    "is not a usable bucket name",
    "write 3 to 63 lower-case letters, digits and hyphens, no dots (they break TLS)",
    example="acme-uploads",
)

Ipv4Cidr = Annotated[str, AfterValidator(_explain_cidr), TOKEN, IPV4_CIDR]
"""An IPv4 network in CIDR notation without host bits, or a token."""
Ipv6Cidr = Annotated[str, TOKEN, IPV6_CIDR]
"""An IPv6 network in CIDR notation, or a token."""
Cidr = Annotated[str, TOKEN, ANY_CIDR]
"""A network of either family, or a token."""
Arn = Annotated[str, TOKEN, ARN]
"""An Amazon Resource Name, or a token."""
CertificateArn = Annotated[str, TOKEN, CERTIFICATE]
"""The ARN of a certificate that a load balancer takes, or a token."""
_CALLER = arns.arn("(iam|sts)", "(root$|(role|assumed-role)/[^*?]+$)", region="")
PrincipalArn = Annotated[
    str,
    TOKEN,
    ARN,
    # Known values are checked where the policy is written, by the control that forbids users there.
    Predicate(
        lambda _: True,
        "must be a role or an account, not a user (whose access keys work from everywhere) and not a wildcard",
        f'can(regex("^{_CALLER}", {{value}}))',
    ),
]
"""The ARN of a role or account root that a policy allows, or a token."""
AccountId = Annotated[str, TOKEN, ACCOUNT_ID]
"""Twelve digits, or a token."""
Region = Annotated[str, TOKEN, REGION]
"""A region code such as `eu-central-1`, or a token."""
OrganizationId = Annotated[str, TOKEN, ORGANIZATION_ID]
"""`o-` and 10 to 32 letters or digits, or a token."""
VpcId = Annotated[str, TOKEN, VPC_ID]
"""`vpc-` and hexadecimal digits, or a token."""
VpcEndpointId = Annotated[str, TOKEN, VPC_ENDPOINT_ID]
"""`vpce-` and hexadecimal digits, or a token."""
Number = Annotated[int, TOKEN]
"""A whole number, or a token; annotate it with `between(...)` for a range."""
LogRetention = Annotated[Number, one_of(*LONG_PERIODS)]
"""Days that CloudWatch keeps logs: one of its periods of a year or longer, or a token."""
Text = Annotated[str, Field(min_length=1)]
"""A string that is not empty."""
