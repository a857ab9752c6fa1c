"""Methods of a REST API: their paths, who may call them, and the function that answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from secureinfra.aws.lambda_.function import Function
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.engine.naming import words
from secureinfra.errors import ConfigError

_METHODS = ("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")
_PATH = re.compile(r"/|(/(\{[A-Za-z0-9._-]+\+?\}|[A-Za-z0-9._~:,=-]+))+")


@dataclass(frozen=True)
class RestAuthorizer:
    """What decides on the callers of a method; made by the API.

    Args:
        kind: `COGNITO_USER_POOLS`, `AWS_IAM` or `CUSTOM`, as methods name it.
        owner: the API that made it; for IAM, none.
        resource: the authorizer; for IAM, none.
    """

    kind: str
    owner: SecureConstruct | None = None
    resource: Resource | None = None


IAM = RestAuthorizer("AWS_IAM")


def method_name(path: str, method: str, resource_path: str) -> str:
    """The name of a method in addresses.

    Args:
        path: the API's, for errors.
        method: e.g. `POST`.
        resource_path: e.g. `/orders/{id}`.

    Raises:
        ConfigError: it is not a method, or not a path.
    """
    if method not in _METHODS or not _PATH.fullmatch(resource_path):
        raise ConfigError(
            f"{path}: add_method({method!r}, {resource_path!r}) is not a method and a path: write e.g. 'POST', '/orders/{{id}}'. "
            f"Methods are {', '.join(_METHODS)}."
        )
    return words(f"{method} {_name_of(resource_path)}")


def resource_at(api: SecureConstruct, rest_api: Resource, resource_path: str) -> str:
    """Reference to the id of a path's resource, made with those above it where they are not there yet.

    Args:
        api: the API's construct.
        rest_api: the API.
        resource_path: e.g. `/orders/{id}`.
    """
    parent = rest_api.ref("root_resource_id")
    parts = [part for part in resource_path.split("/") if part]
    for number, part in enumerate(parts, 1):
        id = f"resource-{words(_name_of('/'.join(parts[:number])))}"
        known = api.resources.get(id) if id in api.resources else None
        if known is None:
            known = Resource(
                api,
                id,
                "aws_api_gateway_resource",
                rest_api_id=rest_api.ref("id"),
                parent_id=parent,
                path_part=part,
            )
        elif known.attributes["path_part"] != part:
            raise ConfigError(
                f"{api.path}: {part!r} and {known.attributes['path_part']!r} would share an address. Change one of the paths."
            )
        parent = known.ref("id")
    return parent


def invocations(execution_arn: str, stage: str, method: str, resource_path: str) -> str:
    """What permissions name for a method: stage, method and path, with `*` for what a path takes from the caller."""
    verb = "*" if method == "ANY" else method
    anything = re.sub(r"\{[^}]+\}", "*", resource_path)
    return f"{execution_arn}/{stage}/{verb}{anything}"


def write_method(
    api: SecureConstruct,
    rest_api: Resource,
    name: str,
    method: str,
    resource_id: str,
    function: Function,
    authorizer: RestAuthorizer | None,
    scopes: Sequence[str],
) -> Iterator[Resource]:
    """The method and its integration."""
    chosen = authorizer.resource if authorizer else None
    made = Resource(
        api,
        f"method-{name}",
        "aws_api_gateway_method",
        rest_api_id=rest_api.ref("id"),
        resource_id=resource_id,
        http_method=method,
        authorization=authorizer.kind if authorizer else "NONE",
        authorizer_id=chosen.ref("id") if chosen else None,
        authorization_scopes=list(scopes) or None,
    )
    yield made
    yield Resource(
        api,
        f"integration-{name}",
        "aws_api_gateway_integration",
        rest_api_id=rest_api.ref("id"),
        resource_id=resource_id,
        http_method=made.ref("http_method"),
        type="AWS_PROXY",
        integration_http_method="POST",
        uri=function.invoke_arn,
    )


def _name_of(resource_path: str) -> str:
    return re.sub(r"\{([^}]+)\}", r"any-\1", resource_path).strip("/") or "root"
