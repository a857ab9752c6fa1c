"""Typed values of AWS: identifiers, ranges and names, each of which may also be a Terraform token.

A *token* is a value that only Terraform will know: `${var.cidr}`, `${aws_vpc.main.id}`, or an engine's own
placeholder. It is passed through and never judged here; `Rule.expression` is what Terraform judges it by later.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, Field, GetCoreSchemaHandler, WrapValidator
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from secureinfra.terraform.tokens import is_token as is_token  # noqa: PLC0414 - other modules find it here


def literal(text: str) -> str:
    """The text as Terraform must see it to mean itself: `${aws:username}` becomes `$${aws:username}`."""
    return text.replace("${", "$${").replace("%{", "%%{")


@dataclass(frozen=True)
class Rule:
    """A demand on a field, as Python judges a known value and as Terraform judges a token.

    Args:
        test: true when the value is acceptable.
        problem: what is wrong when it is not, and what to write instead; `{value}` stands for the value.
        expression: the same test in Terraform's language, with `{value}` for the reference; it is emitted as a
            `precondition` when the value is a token.
    """

    test: Callable[[Any], bool]
    problem: str
    expression: str

    def complaint(self, value: object) -> str | None:
        """What is wrong with a known value; `None` for a good one and for a token."""
        if is_token(value) or self.test(value):
            return None
        return self.problem.format(value=value)

    def _refuse(self, value: Any) -> Any:
        if complaint := self.complaint(value):
            raise PydanticCustomError("rule", "{complaint}", {"complaint": complaint})
        return value

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._refuse, handler(source))


def _pass_tokens(value: Any, handler: Callable[[Any], Any]) -> Any:
    return value if is_token(value) else handler(value)


TOKEN = WrapValidator(_pass_tokens)
"""Annotation: a token is accepted in place of the type."""


def matches(pattern: str, problem: str) -> Rule:
    """A rule that a string matches a whole regular expression (RE2, which both Python and Terraform read)."""
    compiled = re.compile(pattern)
    quoted = pattern.replace("\\", "\\\\").replace('"', '\\"')
    return Rule(
        lambda value: compiled.fullmatch(value) is not None, problem, f'can(regex("^(?:{quoted})$", {{value}}))'
    )


def between(low: int, high: int, unit: str) -> Rule:
    """A rule that a number lies in a closed range."""
    return Rule(
        lambda value: low <= value <= high,
        f"must be between {low} and {high} {unit}",
        f"{{value}} >= {low} && {{value}} <= {high}",
    )


def one_of(*choices: Any) -> Rule:
    """A rule that a value is one of a few."""
    listed = ", ".join(str(choice) for choice in choices)
    terms = ", ".join(f'"{choice}"' if isinstance(choice, str) else str(choice) for choice in choices)
    return Rule(lambda value: value in choices, f"must be one of {listed}", f"contains([{terms}], {{value}})")


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
    """Refuse a CIDR with host bits by naming the network it lies in."""
    if not is_token(value) and not _is_ipv4_network(value) and _cidr_hint(value) != value:
        raise ValueError(f"has host bits set: write the network itself, {_cidr_hint(value)!r}")
    return value


IPV4_CIDR = Rule(
    _is_ipv4_network,
    "is no IPv4 network: write an address and a prefix length, e.g. '10.20.0.0/16'",
    # `cidrsubnet` takes host bits away, so that only a network without any is itself.
    "can(cidrnetmask({value})) && try(cidrsubnet({value}, 0, 0) == {value}, false)",
)
IPV6_CIDR = Rule(
    _is_ipv6_network,
    "is no IPv6 network: write e.g. '2001:db8::/56'",
    'can(cidrhost({value}, 0)) && strcontains({value}, ":")',
)
ANY_CIDR = Rule(
    lambda value: _is_ipv4_network(value) or _is_ipv6_network(value),
    "is no network: write an address and a prefix length, e.g. '10.20.0.0/16'",
    "can(cidrhost({value}, 0))",
)
ARN = matches(
    r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12}|aws|aws-managed|cloudfront)?:.+",
    "is no ARN: write e.g. 'arn:aws:iam::111122223333:role/deploy'",
)
ACCOUNT_ID = matches(r"[0-9]{12}", "is no AWS account id: write its 12 digits in quotes, e.g. '111122223333'")
REGION = matches(r"[a-z]{2}(-[a-z]+)+-[0-9]", "is no AWS region: write e.g. 'eu-central-1'")
ORGANIZATION_ID = matches(r"o-[a-z0-9]{10,32}", "is no organisation id: write e.g. 'o-a1b2c3d4e5'")
VPC_ID = matches(r"vpc-([0-9a-f]{8}|[0-9a-f]{17})", "is no VPC id: write e.g. 'vpc-0a1b2c3d4e5f60718'")
VPC_ENDPOINT_ID = matches(
    r"vpce-([0-9a-f]{8}|[0-9a-f]{17})", "is no VPC endpoint id: write e.g. 'vpce-0a1b2c3d4e5f60718'"
)
# docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html; dots are legal and break TLS host names.
BUCKET_NAME = matches(
    r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]",
    "is no usable bucket name: write 3 to 63 lower-case letters, digits and hyphens, no dots (they break TLS), e.g. 'acme-uploads'",
)

Ipv4Cidr = Annotated[str, AfterValidator(_explain_cidr), TOKEN, IPV4_CIDR]
"""An IPv4 network in CIDR notation without host bits, or a token."""
Ipv6Cidr = Annotated[str, TOKEN, IPV6_CIDR]
"""An IPv6 network in CIDR notation, or a token."""
Cidr = Annotated[str, TOKEN, ANY_CIDR]
"""A network of either family, or a token."""
Arn = Annotated[str, TOKEN, ARN]
"""An Amazon Resource Name, or a token."""
PrincipalArn = Annotated[
    str,
    TOKEN,
    ARN,
    # What is known is judged where the policy is written, by the control that forbids users there.
    Rule(
        lambda _: True,
        "must name a role or an account: no user, whose access keys work from everywhere, and no wildcard",
        'can(regex("^arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:(root$|(role|assumed-role)/[^*?]+$)", {value}))',
    ),
]
"""The ARN of a role or of an account's root that a policy lets in, or a token."""
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
Text = Annotated[str, Field(min_length=1)]
"""A string that is not empty."""
Number = Annotated[int, TOKEN]
"""A whole number, or a token; annotate it with `between(...)` for a range."""
