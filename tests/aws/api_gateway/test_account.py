"""ApiGatewayAccount: one role for the logs of a region's REST APIs."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.api_gateway.account import ApiGatewayAccount
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    ApiGatewayAccount(stack, "api-logs")
    matches_snapshot(stack)


def test_role_can_write_before_aws_tests_it() -> None:
    stack = test_stack()
    ApiGatewayAccount(stack, "api-logs")
    (account,) = synthesize(stack)["resource"]["aws_api_gateway_account"].values()
    assert account["depends_on"] == ["aws_iam_role_policy_attachment.api_logs_policy"]


def test_refuses_a_second_one() -> None:
    stack = test_stack()
    ApiGatewayAccount(stack, "api-logs")
    with pytest.raises(ConfigError, match="a region has one role for the logs of its APIs"):
        ApiGatewayAccount(stack, "other")


def test_addresses() -> None:
    stack = test_stack()
    ApiGatewayAccount(stack, "api-logs")
    assert addresses(synthesize(stack)) == [
        "aws_api_gateway_account.api_logs_account",
        "aws_iam_role.api_logs_role",
        "aws_iam_role_policy_attachment.api_logs_policy",
    ]
