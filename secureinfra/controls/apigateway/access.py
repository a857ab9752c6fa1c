"""Controls on who may call routes and methods of API Gateway, and on how it calls private backends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, has_blocks, is_true, not_one_of, one_of, only_if

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block

ROUTE_AUTHORIZED = Control(
    id="apigatewayv2-route-authorized",
    title="Routes of HTTP and WebSocket APIs authorize their callers",
    why="anyone on the internet could call the route",
    row="apigw-route-authorization",
    fix='Set authorization_type = "JWT", "AWS_IAM" or "CUSTOM", with authorizer_id for the first and the last.',
)


def _is_authorized_here(route: Block) -> bool:
    """Whether the route decides: a connection of a WebSocket API is authorized once, by `$connect`."""
    # docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-control-access.html
    key = str(route.get("route_key", ""))
    return " " in key or key in ("$connect", "$default")


ROUTE_AUTHORIZED.check("aws_apigatewayv2_route")(
    only_if(
        _is_authorized_here,
        "messages of a WebSocket API are authorized by its route $connect",
        argument(
            "authorization_type",
            one_of("AWS_IAM", "JWT", "CUSTOM"),
            'authorization_type = "JWT", "AWS_IAM" or "CUSTOM"',
            absent="NONE",
        ),
    )
)

METHOD_AUTHORIZED = Control(
    id="api-gateway-method-authorized",
    title="Methods of REST APIs authorize their callers",
    why="anyone on the internet could call the method",
    row="apigw-method-authorization",
    fix='Set authorization = "AWS_IAM", "COGNITO_USER_POOLS" or "CUSTOM".',
)
METHOD_AUTHORIZED.check("aws_api_gateway_method")(
    # Browsers send preflight requests without credentials. An API key identifies a client.
    only_if(
        lambda method: method.get("http_method") != "OPTIONS",
        "browsers ask for OPTIONS without credentials",
        only_if(
            lambda method: not is_true(method.get("api_key_required")),
            "it requires an API key",
            argument("authorization", not_one_of("NONE", None), 'authorization = "AWS_IAM" or an authorizer'),
        ),
    )
)

INTEGRATION_TLS = Control(
    id="apigatewayv2-integration-tls",
    title="HTTP APIs call private backends over TLS",
    why="requests with their credentials could be read on the way to the backend",
    row="apigw-private-integration-tls",
    fix="Write tls_config { server_name_to_verify = the name in the backend's certificate }.",
)
INTEGRATION_TLS.check("aws_apigatewayv2_integration")(
    only_if(
        lambda integration: integration.get("connection_type", "INTERNET") == "VPC_LINK",
        "it does not use a VPC link",
        has_blocks("tls_config", "tls_config { server_name_to_verify = the name in the certificate }"),
    )
)
