"""Who may call a route of an HTTP API: holders of a token, principals of IAM, or those that a function accepts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from secureinfra.aws.lambda_.function import Function
from secureinfra.config.rule import matches
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError

_NAME = matches(r"[a-z0-9-]{1,60}", "is not a name", "write lower-case letters, digits and '-'")
_ISSUER = matches(r"https://[^/@\s]+(/\S*)?", "is not an issuer", "its tokens are verified over HTTPS")


@dataclass(frozen=True)
class Authorizer:
    """What decides on the callers of a route; made by the API.

    Args:
        kind: `JWT`, `AWS_IAM` or `CUSTOM`, as routes name it.
        owner: the API that made it; for IAM, none.
        resource: the authorizer; for IAM, none.
    """

    kind: str
    owner: SecureConstruct | None = None
    resource: Resource | None = None

    @property
    def id(self) -> str | None:
        """Reference to the authorizer's id; none for IAM."""
        return self.resource.ref("id") if self.resource else None


IAM = Authorizer("AWS_IAM")


def jwt_authorizer(api: SecureConstruct, api_id: str, name: str, issuer: str, audience: Sequence[str]) -> Authorizer:
    """Accept tokens of one issuer that were issued for one of these clients.

    Raises:
        ConfigError: the name is taken, the issuer has no HTTPS, or no audience is named.
    """
    _refuse_name(api, name)
    if complaint := _ISSUER.complaint(issuer):
        raise ConfigError(f"{api.path}: add_jwt_authorizer({name!r}) issuer={issuer!r} {complaint}.")
    if isinstance(audience, str) or not audience:
        raise ConfigError(
            f"{api.path}: add_jwt_authorizer({name!r}) names no audience: every token of the issuer would be accepted, those for "
            "other applications too. Give the ids of your clients: audience=(...)."
        )
    resource = Resource(
        api,
        f"authorizer-{name}",
        "aws_apigatewayv2_authorizer",
        api_id=api_id,
        name=name,
        authorizer_type="JWT",
        identity_sources=["$request.header.Authorization"],
        jwt_configuration={"issuer": issuer, "audience": list(audience)},
    )
    return Authorizer("JWT", api, resource)


def function_authorizer(
    api: SecureConstruct, api_id: str, name: str, function: Function, header: str, ttl_seconds: int
) -> Authorizer:
    """Have a function decide, which answers `{"isAuthorized": true}` or false.

    Raises:
        ConfigError: the name is taken.
    """
    _refuse_name(api, name)
    resource = Resource(
        api,
        f"authorizer-{name}",
        "aws_apigatewayv2_authorizer",
        api_id=api_id,
        name=name,
        authorizer_type="REQUEST",
        authorizer_uri=function.invoke_arn,
        authorizer_payload_format_version="2.0",
        enable_simple_responses=True,
        # Requests without the header are rejected at once, and answers are remembered for its value.
        identity_sources=[f"$request.header.{header}"],
        authorizer_result_ttl_in_seconds=ttl_seconds,
    )
    return Authorizer("CUSTOM", api, resource)


def _refuse_name(api: SecureConstruct, name: str) -> None:
    if complaint := _NAME.complaint(name):
        raise ConfigError(f"{api.path}: authorizer {name!r} {complaint}.")
    if f"authorizer-{name}" in api.resources:
        raise ConfigError(f"{api.path}: it has an authorizer {name!r} already. Use another name.")
