"""Endpoints that may subscribe to a topic: those that receive messages encrypted, in this account."""

from __future__ import annotations

from secureinfra.config.problem import breaks, error_of
from secureinfra.config.rule import Rule, matches
from secureinfra.config.rules import ARN, is_token
from secureinfra.controls import sns
from secureinfra.engine import Resource
from secureinfra.engine.naming import words
from secureinfra.errors import ConfigError

_EMAIL = matches(r"[^@\s]+@[^@\s]+\.[^@\s]+", "is not an email address", example="security@example.com")

# Firehose is left out: it needs its own role for each subscription.
_ENDPOINTS = {
    "https": matches(
        r"https://[^/@\s]+(/\S*)?",
        "is not an HTTPS address",
        "write 'https://host/path', without user and password, which would stand in the state",
    ),
    "email": _EMAIL,
    "email-json": _EMAIL,
    "sqs": ARN,
    "lambda": ARN,
    "application": ARN,
    "sms": matches(r"\+[1-9][0-9]{6,14}", "is not a telephone number", example="+4915112345678"),
}

# The protocol for each kind of construct that a topic delivers to.
PROTOCOLS = {"queue": "sqs", "function": "lambda"}


def endpoint_rule(path: str, protocol: str, endpoint: str) -> Rule:
    """The rule for endpoints of a protocol.

    Raises:
        ControlError: the protocol is plain `http`.
        ConfigError: the protocol is unknown, or the endpoint breaks its rule.
    """
    asked = f"subscribe({protocol!r}, {endpoint!r})"
    if protocol == "http" or endpoint.startswith("http://"):
        raise error_of(path, [breaks(asked, sns.SUBSCRIPTIONS_ENCRYPTED)])
    if protocol not in _ENDPOINTS:
        raise ConfigError(f"{path}: {asked} has an unknown protocol. Use one of {', '.join(_ENDPOINTS)}.")
    rule = _ENDPOINTS[protocol]
    if complaint := rule.complaint(endpoint):
        raise ConfigError(f"{path}: subscriber {endpoint!r} {complaint}.")
    return rule


def subscription_id(path: str, endpoint: str, id: str | None) -> str:
    """Name of a subscription: as given, or its endpoint in words.

    Raises:
        ConfigError: the endpoint is a token of the engine, whose number would change with the order of the code.
    """
    if id is None and "TfToken[" in endpoint:
        raise ConfigError(
            f"{path}: a subscriber that only Terraform knows needs an id: its address must not depend on the order of the "
            "code. Add id='...'."
        )
    return f"subscription-{words(id or endpoint.removeprefix('https://'))}"


def same_account(resource: Resource, arn: str, name: str) -> None:
    """Have Terraform reject an ARN of another account, which synthesis cannot detect."""
    own = resource.owner.account_id.removeprefix("${").removesuffix("}")
    resource.demand(
        name,
        arn,
        f'split(":", {{value}})[4] == {own}',
        f"{arn if not is_token(arn) else name} belongs to another account, which breaks control {sns.TOPIC_SAME_ACCOUNT.id}: "
        f"{sns.TOPIC_SAME_ACCOUNT.why}",
    )
