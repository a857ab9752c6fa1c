"""What a web ACL of scope REGIONAL may guard, and how an association is called."""

from __future__ import annotations

import re
from typing import Protocol, runtime_checkable

from secureinfra.engine.naming import words
from secureinfra.errors import ConfigError
from secureinfra.values import is_token, matches


@runtime_checkable
class HasArn(Protocol):
    """Anything with an ARN, such as a load balancer of this library."""

    @property
    def arn(self) -> str:
        """Its ARN."""
        ...


# docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
GUARDED = matches(
    r"arn:aws[a-z-]*:(?:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:loadbalancer/app/.+"
    r"|apigateway:[a-z0-9-]+::/restapis/[^/]+/stages/[^/]+|appsync:[a-z0-9-]+:[0-9]{12}:apis/.+"
    r"|cognito-idp:[a-z0-9-]+:[0-9]{12}:userpool/.+|apprunner:[a-z0-9-]+:[0-9]{12}:service/.+"
    r"|ec2:[a-z0-9-]+:[0-9]{12}:verified-access-instance/.+)",
    "is nothing that a regional web ACL guards: give an application load balancer, a stage of a REST API, a GraphQL API, a "
    "user pool, an App Runner service or a Verified Access instance",
)
_REFERENCE = re.compile(r"\$\{(?:data\.)?(aws_\w+)\.")
_NEVER = {
    "aws_apigatewayv2_api": "AWS WAF knows no HTTP APIs: put a CloudFront distribution with a web ACL before it",
    "aws_apigatewayv2_stage": "AWS WAF knows no HTTP APIs: put a CloudFront distribution with a web ACL before it",
    "aws_api_gateway_rest_api": "AWS WAF guards stages: give the aws_api_gateway_stage",
}
_DISTRIBUTION = re.compile(r"\$\{(?:data\.)?aws_cloudfront_distribution\.|arn:aws[a-z-]*:cloudfront:")


def arn_to_guard(path: str, scope: str, resource: HasArn | str) -> str:
    """The ARN of what is to be guarded.

    Args:
        path: the web ACL's, for errors.
        scope: the web ACL's.
        resource: an object with an ARN, or the ARN.

    Raises:
        ConfigError: it is nothing that a web ACL of this scope guards.
    """
    arn = resource if isinstance(resource, str) else getattr(resource, "arn", None)
    if not isinstance(arn, str):
        raise ConfigError(
            f"{path}: associate({resource!r}) names nothing with an ARN. Pass a load balancer, or an ARN."
        )
    if scope == "CLOUDFRONT":
        raise ConfigError(
            f"{path}: associate({arn!r}) is not for scope='CLOUDFRONT': such a web ACL guards distributions, which name it "
            "themselves. Pass it as Distribution(..., web_acl=...), or set WebAclConfig(scope='REGIONAL')."
        )
    if _DISTRIBUTION.match(arn):
        raise ConfigError(
            f"{path}: associate({arn!r}) names a distribution, which scope='REGIONAL' cannot guard. Set "
            "WebAclConfig(scope='CLOUDFRONT') with a provider of us-east-1, and pass it as Distribution(..., web_acl=...)."
        )
    if (reference := _REFERENCE.match(arn)) and reference[1] in _NEVER:
        raise ConfigError(f"{path}: associate({arn!r}) is in vain: {_NEVER[reference[1]]}.")
    if complaint := GUARDED.complaint(arn):
        raise ConfigError(f"{path}: associate({arn!r}) {complaint}.")
    return arn


def association_id(path: str, resource: HasArn | str, id: str | None) -> str:
    """What an association is called: as asked, or what it guards, in words.

    Raises:
        ConfigError: what it guards is a token of the engine, whose number would change with the order of the code.
    """
    if id is None:
        id = _name_of(resource)
        if "TfToken[" in id:
            raise ConfigError(
                f"{path}: what only Terraform knows needs an id: its address must not depend on the order of the code. Add id='...'."
            )
    return f"association-{words(id)}"


def _name_of(resource: HasArn | str) -> str:
    node = getattr(resource, "node", None)
    if node is not None:
        return str(node.id)
    text = resource if isinstance(resource, str) else resource.arn
    # Of an ARN, what comes after the account; of a reference, its address.
    return text.removesuffix(".arn}") if is_token(text) else text.split(":", 5)[-1]
