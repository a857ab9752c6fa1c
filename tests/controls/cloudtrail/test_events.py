"""Controls on data events, insights and announcements of a trail."""

from typing import Any

import pytest

from secureinfra.controls import Control
from secureinfra.controls.cloudtrail import events as cloudtrail_events
from secureinfra.controls.cloudtrail.events import LAMBDA_CALLS, S3_READS, S3_WRITES
from tests.controls.judge import failure, findings, status

S3, LAMBDA = "AWS::S3::Object", "AWS::Lambda::Function"


def trail(**arguments: Any) -> dict[str, Any]:
    return {"t": arguments}


def basic(type: str, *values: str, **arguments: Any) -> dict[str, Any]:
    return trail(event_selector=[{"data_resource": [{"type": type, "values": list(values)}], **arguments}])


def advanced(type: str, *fields: dict[str, Any]) -> dict[str, Any]:
    about: list[dict[str, Any]] = [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": [type]},
    ]
    return trail(advanced_event_selector=[{"field_selector": [*about, *fields]}])


@pytest.mark.parametrize(
    ("control", "selected"),
    [
        (control, selected)
        for control in (S3_WRITES, S3_READS)
        for selected in (
            basic(S3, "arn:aws:s3"),
            basic(S3, "arn:aws:s3:::"),
            basic(S3, "arn:aws-us-gov:s3:::"),
            basic(S3, "arn:${data.aws_partition.current.partition}:s3:::"),
            advanced(S3),
            advanced(S3, {"field": "resources.ARN", "not_starts_with": ["${aws_s3_bucket.logs.arn}/"]}),
            advanced(S3, {"field": "resources.ARN", "starts_with": ["arn:aws:s3:::"]}),
        )
    ]
    + [
        (S3_WRITES, basic(S3, "arn:aws:s3", read_write_type="WriteOnly")),
        (S3_WRITES, advanced(S3, {"field": "readOnly", "equals": ["false"]})),
        (S3_READS, basic(S3, "arn:aws:s3", read_write_type="ReadOnly")),
        (S3_READS, advanced(S3, {"field": "readOnly", "equals": ["true"]})),
        (LAMBDA_CALLS, basic(LAMBDA, "arn:aws:lambda")),
        (LAMBDA_CALLS, advanced(LAMBDA)),
    ],
)
def test_s3_writes_s3_reads_lambda_calls(control: Control, selected: dict[str, Any]) -> None:
    partition: dict[str, Any] = {"aws_partition": {"current": {}}}
    assert status(control, data=partition, aws_cloudtrail=selected, aws_s3_bucket={"logs": {}}) == "passed"


@pytest.mark.parametrize(
    ("control", "selected"),
    [
        (control, selected)
        for control in (S3_WRITES, S3_READS)
        for selected in (
            trail(),
            basic(S3, "arn:aws:s3:::payments/"),
            basic(S3, "${aws_s3_bucket.logs.arn}/"),
            basic(S3, "arn:aws:s3:::${aws_s3_bucket.logs.id}/"),
            basic(S3),
            advanced(LAMBDA),
            advanced(S3, {"field": "resources.ARN", "starts_with": ["arn:aws:s3:::payments/"]}),
            advanced(S3, {"field": "resources.ARN", "equals": ["arn:aws:s3:::payments/x"]}),
            advanced(S3, {"field": "resources.ARN", "ends_with": ["x"]}),
            advanced(S3, {"field": "resources.ARN", "not_ends_with": ["t"]}),
            advanced(S3, {"field": "resources.ARN", "not_starts_with": ["arn:aws:s3"]}),
            advanced(S3, {"field": "resources.ARN", "not_starts_with": ["arn:"]}),
            advanced(S3, {"field": "resources.ARN", "not_starts_with": ["arn:aws:s3:::logs/", "arn:aws:s3:::"]}),
            advanced(S3, {"field": "eventName", "equals": ["PutObject"]}),
        )
    ]
    + [
        (S3_WRITES, basic(S3, "arn:aws:s3", read_write_type="ReadOnly")),
        (S3_WRITES, advanced(S3, {"field": "readOnly", "equals": ["true"]})),
        (S3_READS, basic(S3, "arn:aws:s3", read_write_type="WriteOnly")),
        (S3_READS, advanced(S3, {"field": "readOnly", "equals": ["false"]})),
        (LAMBDA_CALLS, trail()),
        (LAMBDA_CALLS, basic(LAMBDA, "arn:aws:lambda:eu-central-1:111122223333:function:f")),
        (LAMBDA_CALLS, basic(LAMBDA, "arn:aws:lambda", read_write_type="ReadOnly")),
    ],
)
def test_what_is_not_recorded(control: Control, selected: dict[str, Any]) -> None:
    said = failure(control, aws_cloudtrail=selected, aws_s3_bucket={"logs": {}})
    kind = {S3_WRITES: "write", S3_READS: "read", LAMBDA_CALLS: "write"}[control]
    assert f"no selector records all {kind} events of " in said


@pytest.mark.parametrize(
    ("control", "type"), [(S3_WRITES, S3), (S3_READS, S3), (LAMBDA_CALLS, LAMBDA)], ids=["write", "read", "call"]
)
def test_what_nobody_knows(control: Control, type: str) -> None:
    for selected in (
        basic(type, "${var.x}"),
        advanced(type, {"field": "readOnly", "equals": "${var.x}"}),
        advanced("${var.x}"),
    ):
        assert status(control, variable={"x": {}}, aws_cloudtrail=selected) == "unknown"


def test_another_trail_records_the_data() -> None:
    both = {"first": {}, **advanced(S3)}
    assert [finding.status for finding in findings(S3_WRITES, aws_cloudtrail=both)] == ["not applicable", "passed"]
    assert [finding.status for finding in findings(LAMBDA_CALLS, aws_cloudtrail=both)] == ["failed"] * 4


def test_insights() -> None:
    control = cloudtrail_events.INSIGHTS

    def insights(*kinds: str) -> dict[str, Any]:
        return trail(insight_selector=[{"insight_type": kind} for kind in kinds])

    assert status(control, aws_cloudtrail=insights("ApiErrorRateInsight", "ApiCallRateInsight")) == "passed"
    assert len(failure(control, aws_cloudtrail=trail()).splitlines()) == 2
    half = failure(control, aws_cloudtrail=insights("ApiCallRateInsight"))
    assert "no insight_selector for ApiErrorRateInsight" in half
    assert status(control, variable={"x": {}}, aws_cloudtrail=insights("ApiCallRateInsight", "${var.x}")) == "unknown"
    both = {"first": {}, **insights("ApiErrorRateInsight", "ApiCallRateInsight")}
    assert [finding.status for finding in findings(control, aws_cloudtrail=both)] == ["not applicable", "passed"]


def test_announced() -> None:
    control = cloudtrail_events.ANNOUNCED
    announced = trail(sns_topic_name="${aws_sns_topic.t.arn}")
    assert status(control, aws_cloudtrail=announced, aws_sns_topic={"t": {}}) == "passed"
    assert "sns_topic_name is not set" in failure(control, aws_cloudtrail=trail())
    assert status(control, variable={"x": {}}, aws_cloudtrail=trail(sns_topic_name="${var.x}")) == "unknown"
