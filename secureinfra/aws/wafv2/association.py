"""Resources that a web ACL of scope REGIONAL can protect, and names of associations."""

from __future__ import annotations

import re

from secureinfra.config.rule import matches
from secureinfra.config.rules import is_token
from secureinfra.engine.has_arn import HasArn, arn_of
from secureinfra.engine.naming import words
from secureinfra.errors import ConfigError
from secureinfra.facts.arns import ACCOUNT_ID, REGION, START

# docs.aws.amazon.com/waf/latest/APIReference/API_AssociateWebACL.html
GUARDED = matches(
    f"{START}(?:elasticloadbalancing:{REGION}:{ACCOUNT_ID}:loadbalancer/app/.+"
    f"|apigateway:{REGION}::/restapis/[^/]+/stages/[^/]+|appsync:{REGION}:{ACCOUNT_ID}:apis/.+"
    f"|cognito-idp:{REGION}:{ACCOUNT_ID}:userpool/.+|apprunner:{REGION}:{ACCOUNT_ID}:service/.+"
    f"|ec2:{REGION}:{ACCOUNT_ID}:verified-access-instance/.+)",
    "is nothing that a regional web ACL guards",
    "give an application load balancer, a stage of a REST API, a GraphQL API, a user pool, "
    "an App Runner service or a Verified Access instance",
)
_REFERENCE = re.compile(r"\$\{(?:data\.)?(aws_\w+)\.")
_NEVER = {
    "aws_apigatewayv2_api": "AWS WAF knows no HTTP APIs: put a CloudFront distribution with a web ACL before it",
    "aws_apigatewayv2_stage": "AWS WAF knows no HTTP APIs: put a CloudFront distribution with a web ACL before it",
    "aws_api_gateway_rest_api": "AWS WAF guards stages: give the aws_api_gateway_stage",
}
_DISTRIBUTION = re.compile(r"\$\{(?:data\.)?aws_cloudfront_distribution\.|" + START + "cloudfront:")


def arn_to_guard(path: str, scope: str, resource: HasArn | str) -> str:
    """The ARN of the resource to protect.

    Args:
        path: the web ACL's, for errors.
        scope: the web ACL's.
        resource: an object with an ARN, or the ARN.

    Raises:
        ConfigError: a web ACL of this scope cannot protect it.
    """
    arn = arn_of(resource)
    if arn is None:
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
    """Name of an association: as given, or derived from the resource it protects.

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
