"""Controls on the environment variables of Lambda functions."""

from typing import Any

import pytest

from secureinfra.controls.lambda_ import environment as lambda_environment
from tests.controls.judge import failure, status
from tests.controls.shared.test_credentials import ACCESS_KEY

X: dict[str, Any] = {"x": {}}


def function(variables: Any, **arguments: Any) -> dict[str, Any]:
    return {"f": {"environment": {"variables": variables}, **arguments}}


@pytest.mark.parametrize(
    ("variables", "key", "answer"),
    [
        ({"A": "b"}, "${aws_kms_key.k.arn}", "passed"),
        ({"A": "b"}, None, "failed"),
        ({"A": "b"}, "alias/aws/lambda", "failed"),
        ({"A": "b"}, "${var.x}", "unknown"),
        ("${var.x}", None, "unknown"),
        ("${var.x}", "${aws_kms_key.k.arn}", "passed"),
        ({}, "${aws_kms_key.k.arn}", "not applicable"),
    ],
)
def test_environment_customer_key(variables: Any, key: Any, answer: str) -> None:
    sections = {"variable": X, "aws_kms_key": {"k": {}}}
    held = function(variables, kms_key_arn=key)
    assert status(lambda_environment.ENVIRONMENT_CUSTOMER_KEY, **sections, aws_lambda_function=held) == answer


def test_environment_customer_key_without_variables() -> None:
    control = lambda_environment.ENVIRONMENT_CUSTOMER_KEY
    assert status(control, aws_lambda_function={"f": {}}) == "not applicable"


@pytest.mark.parametrize(
    ("variables", "answer"),
    [
        ({"TABLE": "${aws_dynamodb_table.t.name}", "LEVEL": "info"}, "passed"),
        ({"SECRET_ARN": "${aws_secretsmanager_secret.s.arn}"}, "passed"),
        (None, "passed"),
        ({"LEVEL": "${var.x}"}, "unknown"),
        ({"LEVEL": "${var.x}", "DB_PASSWORD": "hunter2"}, "failed"),
        ("${var.x}", "unknown"),
        ('${merge(var.x, {"DB_PASSWORD" = "hunter2"})}', "failed"),
        ({"KEY": ACCESS_KEY}, "failed"),
        ({"DB": "${random_password.p.result}"}, "failed"),
    ],
)
def test_environment_no_secrets(variables: Any, answer: str) -> None:
    sections = {
        "variable": X,
        "aws_dynamodb_table": {"t": {}},
        "aws_secretsmanager_secret": {"s": {}},
        "random_password": {"p": {}},
    }
    control = lambda_environment.ENVIRONMENT_NO_SECRETS
    assert status(control, **sections, aws_lambda_function=function(variables)) == answer


def test_environment_no_secrets_does_not_show_them() -> None:
    held = function({"DB_PASSWORD": "hunter2", "KEY": ACCESS_KEY})
    said = failure(lambda_environment.ENVIRONMENT_NO_SECRETS, aws_lambda_function=held)
    assert "environment.variables.DB_PASSWORD: DB_PASSWORD contains a literal value ->" in said
    assert "environment.variables.KEY: KEY contains an AWS access key ->" in said
    assert "hunter2" not in said
    assert ACCESS_KEY not in said
