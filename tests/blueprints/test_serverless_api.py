"""ServerlessApi: every route needs a token, functions use their table only, and what is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra import ConfigError, ImageCode, S3Code
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from secureinfra_blueprints.serverless_api import ServerlessApi, ServerlessApiConfig

CODE = S3Code(bucket="acme-builds", key="orders.zip", object_version="3sL4kqtJlcpXroDTDmJ")
IMAGE = ImageCode(uri=f"111122223333.dkr.ecr.eu-central-1.amazonaws.com/orders@sha256:{'0a' * 32}")
REQUIRED: dict[str, Any] = {"code": CODE}
FULLEST: dict[str, Any] = {
    "code": CODE,
    "handler": "orders.handler",
    "job_handler": "jobs.handler",
    "routes": ("GET /orders/{id}", "POST /orders"),
    "hash_key": "customer",
    "range_key": "placed_at",
    "callback_urls": ("https://shop.example.com/signed-in",),
    "sign_in_prefix": "acme-shop",
    "allow_origins": ("https://shop.example.com",),
    "domain_name": "api.example.com",
    "zone_id": "Z0123456789ABCDEFGHIJ",
    "certificate_arn": "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-4123-8123-1234567890ab",
    "alarm_emails": ("ops@example.com",),
    "tags": {"cost-center": "shop"},
}


def document_of(**values: Any) -> dict[str, Any]:
    stack = test_stack("acme")
    ServerlessApi(stack, "orders", ServerlessApiConfig(**values))
    return synthesize(stack)


@pytest.mark.parametrize("values", [REQUIRED, FULLEST], ids=["defaults", "fullest"])
def test_snapshot(values: dict[str, Any], matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    ServerlessApi(stack, "orders", ServerlessApiConfig(**values))
    matches_snapshot(stack)


@pytest.mark.parametrize("values", [REQUIRED, FULLEST, {"code": IMAGE}], ids=["defaults", "fullest", "image"])
def test_meets_every_control(values: dict[str, Any]) -> None:
    assert_meets(document_of(**values))


def test_every_route_needs_a_token_of_the_pool() -> None:
    resources = document_of(**FULLEST)["resource"]
    routes = resources["aws_apigatewayv2_route"].values()
    assert sorted(route["route_key"] for route in routes) == ["GET /orders/{id}", "POST /orders"]
    assert {route["authorization_type"] for route in routes} == {"JWT"}
    (authorizer,) = resources["aws_apigatewayv2_authorizer"].values()
    assert authorizer["jwt_configuration"]["audience"] == [
        "${aws_cognito_user_pool_client.orders_users_client_application.id}"
    ]


@pytest.mark.parametrize("role", ["orders_function_role", "orders_worker_role"])
def test_functions_use_their_table_and_queue_only(role: str) -> None:
    policies = document_of(**FULLEST)["resource"]["aws_iam_role_policy"].values()
    held = [json.loads(one["policy"]) for one in policies if one["role"] == f"${{aws_iam_role.{role}.id}}"]
    statements = [statement for policy in held for statement in policy["Statement"]]
    used = {action.partition(":")[0] for statement in statements for action in statement["Action"]}
    assert used == {"dynamodb", "kms", "logs", "sqs", "xray"}
    tables = {
        resource
        for statement in statements
        for resource in statement["Resource"]
        if any(action.startswith("dynamodb:") for action in statement["Action"])
    }
    assert tables <= {"${aws_dynamodb_table.orders_table.arn}", "${aws_dynamodb_table.orders_table.arn}/index/*"}


def test_queue_hides_messages_six_times_as_long_as_its_function_runs() -> None:
    resources = document_of(**FULLEST)["resource"]
    queue, function = (
        resources["aws_sqs_queue"]["orders_jobs_queue"],
        resources["aws_lambda_function"]["orders_worker_function"],
    )
    assert queue["visibility_timeout_seconds"] == 6 * function["timeout"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"domain_name": "api.example.com"}, "zone_id is missing"),
        ({"callback_urls": ("https://shop.example.com",)}, "sign_in_prefix and callback_urls go together"),
        ({"code": IMAGE, "job_handler": "jobs.handler"}, "job_handler goes with code of a runtime"),
        ({"routes": ("GET /orders", "GET /orders")}, "routes holds a route twice"),
        ({"routes": ("orders",)}, "is not a route"),
        ({"runtime": "python3.6"}, "python3.6"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        document_of(**{**REQUIRED, **values})
    assert message in str(refused.value)


def test_addresses() -> None:
    found = addresses(document_of(**FULLEST))
    for address in (
        "aws_apigatewayv2_api.orders_api",
        "aws_cognito_user_pool.orders_users_pool",
        "aws_dynamodb_table.orders_table",
        "aws_lambda_function.orders_function",
        "aws_lambda_function.orders_worker_function",
        "aws_sqs_queue.orders_jobs_queue",
    ):
        assert address in found, address
