"""Controls on who may call routes and methods of API Gateway."""

import pytest

from secureinfra.controls.apigateway import access
from tests.controls.spec import Spec

SPECS = [
    Spec(
        access.ROUTE_AUTHORIZED,
        "aws_apigatewayv2_route",
        {"api_id": "a", "route_key": "GET /orders", "authorization_type": "JWT"},
        also=[{"authorization_type": "AWS_IAM"}, {"authorization_type": "CUSTOM", "route_key": "$connect"}],
        fails=[
            ({"authorization_type": None}, "authorization_type is not set (AWS defaults to 'NONE')"),
            ({"authorization_type": "NONE", "route_key": "$default"}, 'authorization_type = "NONE"'),
            ({"authorization_type": None, "route_key": "$connect"}, "authorization_type is not set"),
        ],
        unknown=["authorization_type", "route_key"],
        spared=[{"route_key": "send", "authorization_type": None}],
    ),
    Spec(
        access.METHOD_AUTHORIZED,
        "aws_api_gateway_method",
        {"rest_api_id": "a", "resource_id": "r", "http_method": "GET", "authorization": "COGNITO_USER_POOLS"},
        also=[{"authorization": "AWS_IAM"}],
        fails=[({"authorization": "NONE"}, 'authorization = "NONE"')],
        unknown=["authorization", "http_method", "api_key_required"],
        spared=[
            {"authorization": "NONE", "http_method": "OPTIONS"},
            {"authorization": "NONE", "api_key_required": True},
        ],
    ),
    Spec(
        access.INTEGRATION_TLS,
        "aws_apigatewayv2_integration",
        {
            "api_id": "a",
            "integration_type": "HTTP_PROXY",
            "connection_type": "VPC_LINK",
            "tls_config": {"server_name_to_verify": "internal.example.com"},
        },
        fails=[({"tls_config": None}, "no tls_config block")],
        unknown=["connection_type", "tls_config"],
        spared=[{"connection_type": None}, {"connection_type": "INTERNET", "tls_config": None}],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
