"""Controls on Lambda functions."""

import datetime
from typing import Any

import pytest

from secureinfra.controls.control import Control
from secureinfra.controls.lambda_ import function as lambda_function
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}
SUBNETS = {"a": {"availability_zone": "a"}, "b": {"availability_zone": "b"}}
EDGE = {
    "d": {
        "default_cache_behavior": {
            "lambda_function_association": {"lambda_arn": "${aws_lambda_function.f.qualified_arn}"}
        }
    }
}


def function(**arguments: Any) -> dict[str, Any]:
    return {"f": arguments}


@pytest.mark.parametrize(
    ("control", "good", "bad", "unknown"),
    [
        (lambda_function.IN_VPC, {"vpc_config": {"subnet_ids": ["a"]}}, {}, {"vpc_config": {"subnet_ids": "${var.x}"}}),
        (
            lambda_function.IN_VPC,
            {"vpc_config": {"subnet_ids": ["${var.x}"]}},
            {"vpc_config": {"subnet_ids": []}},
            {"dynamic": {"vpc_config": {"for_each": "${var.x}", "content": {}}}},
        ),
        (
            lambda_function.TRACED,
            {"tracing_config": {"mode": "Active"}},
            {"tracing_config": {"mode": "PassThrough"}},
            {"tracing_config": {"mode": "${var.x}"}},
        ),
        (
            lambda_function.CONCURRENCY_LIMITED,
            {"reserved_concurrent_executions": 10},
            {"reserved_concurrent_executions": -1},
            {"reserved_concurrent_executions": "${var.x}"},
        ),
        (
            lambda_function.CODE_SIGNED,
            {"code_signing_config_arn": "${aws_lambda_code_signing_config.c.arn}"},
            {},
            {"code_signing_config_arn": "${var.x}"},
        ),
        (
            lambda_function.RUNTIME_SUPPORTED,
            {"runtime": "python3.14"},
            {"runtime": "python3.9"},
            {"runtime": "${var.x}"},
        ),
    ],
)
def test_in_vpc_traced_concurrency_limited_code_signed_runtime_supported(
    control: Control, good: dict[str, Any], bad: dict[str, Any], unknown: dict[str, Any]
) -> None:
    sections = {"variable": X, "aws_lambda_code_signing_config": {"c": {}}}
    assert status(control, **sections, aws_lambda_function=function(**good)) == "passed"
    assert failure(control, aws_lambda_function=function(**bad))
    assert status(control, **sections, aws_lambda_function=function(**unknown)) == "unknown"


def test_runtime_supported(monkeypatch: pytest.MonkeyPatch) -> None:
    control = lambda_function.RUNTIME_SUPPORTED
    assert 'runtime = "go1.x", deprecated' in failure(control, aws_lambda_function=function(runtime="go1.x"))
    assert status(control, aws_lambda_function=function(package_type="Image")) == "not applicable"
    assert status(control, aws_lambda_function=function(runtime="python9.99")) == "passed"

    class Later(datetime.date):
        @classmethod
        def today(cls) -> "Later":
            return cls(2027, 7, 1)

    assert status(control, aws_lambda_function=function(runtime="java21")) == "passed"
    monkeypatch.setattr(datetime, "date", Later)
    assert status(control, aws_lambda_function=function(runtime="java17")) == "failed"


@pytest.mark.parametrize(
    ("subnets", "answer"),
    [
        (["${aws_subnet.a.id}", "${aws_subnet.b.id}"], "passed"),
        (["${aws_subnet.a.id}"], "failed"),
        ("${var.x}", "unknown"),
        ([], "not applicable"),
    ],
)
def test_vpc_multi_az(subnets: Any, answer: str) -> None:
    held = function(vpc_config={"subnet_ids": subnets})
    control = lambda_function.VPC_MULTI_AZ
    assert status(control, variable=X, aws_lambda_function=held, aws_subnet=SUBNETS) == answer
    assert status(control, aws_lambda_function=function()) == "not applicable"


@pytest.mark.parametrize("control", [lambda_function.IN_VPC, lambda_function.TRACED, lambda_function.DEAD_LETTERS])
def test_in_vpc_traced_dead_letters_at_the_edge(control: Control) -> None:
    assert status(control, aws_lambda_function=function(), aws_cloudfront_distribution=EDGE) == "not applicable"


def test_code_signed_image() -> None:
    control = lambda_function.CODE_SIGNED
    assert status(control, aws_lambda_function=function(package_type="Image")) == "not applicable"


CALLED = "${aws_lambda_function.f.function_name}"


def permission(principal: str) -> dict[str, Any]:
    return {"aws_lambda_permission": {principal.strip("${}"): {"function_name": CALLED, "principal": principal}}}


@pytest.mark.parametrize(
    ("sections", "answer"),
    [
        ({}, "failed"),
        (permission("s3.amazonaws.com"), "failed"),
        (permission("apigateway.amazonaws.com"), "not applicable"),
        (permission("${var.x}"), "unknown"),
        (
            {
                "aws_lambda_permission": {
                    **permission("${var.x}")["aws_lambda_permission"],
                    **permission("sns.amazonaws.com")["aws_lambda_permission"],
                }
            },
            "failed",
        ),
        ({"aws_lambda_event_source_mapping": {"m": {"function_name": CALLED}}}, "not applicable"),
        ({"aws_lambda_function_url": {"u": {"function_name": CALLED}}}, "not applicable"),
        (
            {
                "aws_lambda_alias": {"live": {"function_name": CALLED}},
                "aws_lambda_event_source_mapping": {"m": {"function_name": "${aws_lambda_alias.live.arn}"}},
            },
            "not applicable",
        ),
        (
            {
                "aws_lambda_function_event_invoke_config": {
                    "c": {"function_name": CALLED, "destination_config": {"on_failure": {"destination": "arn"}}}
                }
            },
            "passed",
        ),
        ({"aws_lambda_function_event_invoke_config": {"c": {"function_name": CALLED}}}, "failed"),
        ({"aws_lambda_function_event_invoke_config": {"c": {"function_name": "${var.x}"}}}, "unknown"),
    ],
)
def test_dead_letters(sections: dict[str, Any], answer: str) -> None:
    assert status(lambda_function.DEAD_LETTERS, variable=X, aws_lambda_function=function(), **sections) == answer


def test_dead_letters_in_a_queue() -> None:
    control = lambda_function.DEAD_LETTERS
    queue = function(dead_letter_config={"target_arn": "${aws_sqs_queue.q.arn}"})
    assert status(control, aws_lambda_function=queue, aws_sqs_queue={"q": {}}) == "passed"
    unknown = function(dead_letter_config={"target_arn": "${var.x}"})
    assert status(control, variable=X, aws_lambda_function=unknown) == "unknown"
