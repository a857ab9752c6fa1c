"""Controls on who may call Lambda functions."""

from typing import Any

import pytest

from secureinfra.controls.lambda_ import access as lambda_access
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}
DATA: dict[str, Any] = {"aws_partition": {"p": {}}}


def permission(**arguments: Any) -> dict[str, Any]:
    return {"p": {"action": "lambda:InvokeFunction", "function_name": "f", **arguments}}


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({"principal": "s3.amazonaws.com"}, "passed"),
        ({"principal": "*"}, "failed"),
        ({"principal": "*", "source_arn": "arn:aws:s3:::b"}, "failed"),
        ({"principal": "*", "principal_org_id": "o-1"}, "passed"),
        ({"principal": "*", "principal_org_id": "${var.x}"}, "unknown"),
        ({"principal": "${var.x}"}, "unknown"),
        ({"principal": "logs.${var.x}.amazonaws.com"}, "passed"),
        ({"principal": "${aws_iam_role.r.arn}"}, "passed"),
    ],
)
def test_not_public(arguments: dict[str, Any], answer: str) -> None:
    held = permission(**arguments)
    control = lambda_access.NOT_PUBLIC
    assert status(control, variable=X, aws_lambda_permission=held, aws_iam_role={"r": {}}) == answer
    assert not control.waivable


def test_not_public_layer() -> None:
    control = lambda_access.NOT_PUBLIC
    assert 'principal = "*"' in failure(control, aws_lambda_layer_version_permission=permission(principal="*"))
    limited = permission(principal="*", organization_id="o-1")
    assert status(control, aws_lambda_layer_version_permission=limited) == "passed"


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({"principal": "s3.amazonaws.com", "source_arn": "${aws_s3_bucket.b.arn}"}, "passed"),
        ({"principal": "s3.amazonaws.com", "source_account": "111122223333"}, "passed"),
        ({"principal": "alexa-appkit.amazon.com", "event_source_token": "skill"}, "passed"),
        ({"principal": "s3.amazonaws.com"}, "failed"),
        ({"principal": "s3.amazonaws.com", "source_arn": "*"}, "failed"),
        ({"principal": "s3.amazonaws.com", "source_arn": "arn:aws:s3:::*"}, "failed"),
        ({"principal": "s3.amazonaws.com", "source_arn": "arn:aws:s3:::acme-in"}, "passed"),
        ({"principal": "sns.amazonaws.com", "source_arn": "arn:aws:sns:*:*:t"}, "failed"),
        ({"principal": "events.amazonaws.com", "source_arn": "arn:aws:events:*:111122223333:rule/*"}, "passed"),
        ({"principal": "s3.amazonaws.com", "source_arn": "${var.x}"}, "unknown"),
        ({"principal": "s3.amazonaws.com", "source_arn": "${var.x}", "source_account": "111122223333"}, "passed"),
        (
            {"principal": "apigateway.amazonaws.com", "source_arn": "${aws_apigatewayv2_api.a.arn}/*/GET/orders/{id}"},
            "passed",
        ),
        ({"principal": "apigateway.amazonaws.com", "source_arn": "${aws_apigatewayv2_api.a.arn}/${var.x}"}, "passed"),
        ({"principal": "logs.${var.x}.amazonaws.com"}, "failed"),
        ({"principal": "logs.${data.aws_partition.p.dns_suffix}"}, "unknown"),
        ({"principal": "logs.${data.aws_partition.p.dns_suffix}", "source_arn": "arn"}, "passed"),
        ({"principal": "${var.x}"}, "unknown"),
        ({"principal": "111122223333"}, "not applicable"),
        ({"principal": "arn:aws:iam::${var.x}:role/r"}, "not applicable"),
        ({"principal": "${aws_iam_role.r.arn}"}, "not applicable"),
        ({"principal": "*"}, "not applicable"),
    ],
)
def test_source_limited(arguments: dict[str, Any], answer: str) -> None:
    sections = {"variable": X, "data": DATA, "aws_iam_role": {"r": {}}, "aws_s3_bucket": {"b": {}}}
    held = permission(**arguments)
    assert status(lambda_access.SOURCE_LIMITED, **sections, aws_lambda_permission=held) == answer


def test_url_authenticated() -> None:
    def judged(value: str) -> str:
        url = {"u": {"function_name": "f", "authorization_type": value}}
        return status(lambda_access.URL_AUTHENTICATED, variable=X, aws_lambda_function_url=url)

    assert judged("AWS_IAM") == "passed"
    assert judged("NONE") == "failed"
    assert judged("${var.x}") == "unknown"


@pytest.mark.parametrize(
    ("cors", "answer"),
    [
        (None, "passed"),
        ({"allow_origins": ["https://example.com"]}, "passed"),
        ({"allow_origins": ["https://example.com", "${var.x}", "*"]}, "failed"),
        ({"allow_origins": ["https://*"]}, "failed"),
        ({"allow_origins": ["https://example.com", "${var.x}"]}, "unknown"),
        ({"allow_origins": "${var.x}"}, "unknown"),
    ],
)
def test_url_cors(cors: Any, answer: str) -> None:
    url = {"u": {"function_name": "f", "cors": cors}}
    assert status(lambda_access.URL_CORS, variable=X, aws_lambda_function_url=url) == answer


@pytest.mark.parametrize("type", ["aws_lambda_permission", "aws_lambda_layer_version_permission"])
@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("lambda:InvokeFunction", "passed"),
        ("lambda:invokefunctionurl", "passed"),
        ("lambda:GetLayerVersion", "passed"),
        ("lambda:*", "failed"),
        ("*", "failed"),
        ("lambda:UpdateFunctionCode", "failed"),
        ("${var.x}", "unknown"),
    ],
)
def test_action_narrow(type: str, action: str, answer: str) -> None:
    held = {type: permission(action=action, principal="arn:aws:iam::999999999999:root")}
    assert status(lambda_access.ACTION_NARROW, variable=X, **held) == answer
