"""Routes of an HTTP API, as AWS writes them and as addresses have them, and what is logged of their requests."""

from __future__ import annotations

import re

from secureinfra.engine.naming import words
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement

_ROUTE = re.compile(
    r"(ANY|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (/|(/[A-Za-z0-9._~!$&'()*,;=:@%-]+|/\{[A-Za-z0-9._:-]+\+?\})+)|\$default"
)
# docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html: no header, query or body, which may
# hold credentials.
LOGGED = {
    "requestId": "$context.requestId",
    "time": "$context.requestTime",
    "ip": "$context.identity.sourceIp",
    "userAgent": "$context.identity.userAgent",
    "caller": "$context.identity.userArn",
    "subject": "$context.authorizer.claims.sub",
    "authorizerError": "$context.authorizer.error",
    "routeKey": "$context.routeKey",
    "path": "$context.path",
    "protocol": "$context.protocol",
    "status": "$context.status",
    "responseLength": "$context.responseLength",
    "latency": "$context.responseLatency",
    "integrationError": "$context.integrationErrorMessage",
}


def route_name(path: str, route: str) -> str:
    """The name of a route in addresses.

    What a path takes from the caller has a name of its own, so that `/orders/{id}` and `/orders/id` are two addresses.

    Args:
        path: the API's, for errors.
        route: method and path, or `$default`.

    Raises:
        ConfigError: it is not a route.
    """
    if not _ROUTE.fullmatch(route):
        raise ConfigError(
            f"{path}: add_route({route!r}) is not a route: write a method and a path, e.g. 'POST /orders/{{id}}', or '$default'."
        )
    name = words(re.sub(r"\{([^}+]+)\+?\}", r"any-\1", route))
    return f"{name}-root" if route.endswith(" /") else name


def may_invoke(execution_arn: str, method: str, path: str) -> Statement:
    """What a role needs to call a route or method that IAM decides on.

    Args:
        execution_arn: what permissions name of the API.
        method: e.g. `POST`, or `ANY`.
        path: its path; what it takes from the caller becomes `*`.
    """
    anything = re.sub(r"\{[^}]+\}", "*", path)
    verb = {"ANY": "*", "$default": "*"}.get(method, method)
    return Statement(actions=("execute-api:Invoke",), resources=(f"{execution_arn}/*/{verb}{anything}",))
