"""Controls on CloudTrail: the trail and its bucket."""

from typing import Any

import pytest

from secureinfra.controls import Control
from secureinfra.controls.cloudtrail import trail as cloudtrail
from tests.controls.judge import failure, findings, status

FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
FULL = {"is_multi_region_trail": True, "s3_bucket_name": "logs"}


def trail(**arguments: Any) -> dict[str, Any]:
    return {"t": arguments}


def unknown(control: Control, **arguments: Any) -> str:
    return status(control, variable={"x": {}}, aws_cloudtrail=trail(**arguments))


def test_multi_region() -> None:
    control = cloudtrail.MULTI_REGION
    assert status(control, aws_cloudtrail=trail(is_multi_region_trail=True)) == "passed"
    assert "is_multi_region_trail is not set -> is_multi_region_trail = true" in failure(
        control, aws_cloudtrail=trail()
    )
    partly = trail(is_multi_region_trail=True, include_global_service_events=False)
    assert "include_global_service_events = false" in failure(control, aws_cloudtrail=partly)
    assert unknown(control, is_multi_region_trail="${var.x}") == "unknown"
    assert unknown(control, is_multi_region_trail="${var.x}", include_global_service_events=False) == "failed"


@pytest.mark.parametrize("control", [cloudtrail.MULTI_REGION, cloudtrail.MANAGEMENT_EVENTS])
def test_second_trail_beside_a_full_one(control: Control) -> None:
    data = {
        "s3_bucket_name": "data",
        "event_selector": [{"include_management_events": False, "read_write_type": "WriteOnly"}],
    }
    assert status(control, aws_cloudtrail={"data": data}) == "failed"
    both = findings(control, aws_cloudtrail={"data": data, "full": FULL})
    assert [(finding.address, finding.status) for finding in both] == [
        ("aws_cloudtrail.data", "not applicable"),
        ("aws_cloudtrail.full", "passed"),
    ]
    for lack in (
        {"enable_logging": False},
        {"is_multi_region_trail": False},
        {"event_selector": data["event_selector"]},
    ):
        assert status(control, aws_cloudtrail={"data": data, "full": {**FULL, **lack}}) == "failed"
    open = {"data": data, "full": {**FULL, "enable_logging": "${var.x}"}}
    assert status(control, variable={"x": {}}, aws_cloudtrail=open) == "unknown"


def test_logging() -> None:
    assert status(cloudtrail.LOGGING, aws_cloudtrail=trail()) == "passed"
    assert "enable_logging = false" in failure(cloudtrail.LOGGING, aws_cloudtrail=trail(enable_logging=False))
    assert unknown(cloudtrail.LOGGING, enable_logging="${var.x}") == "unknown"


def test_validated() -> None:
    control = cloudtrail.VALIDATED
    assert status(control, aws_cloudtrail=trail(enable_log_file_validation="true")) == "passed"
    assert "enable_log_file_validation is not set" in failure(control, aws_cloudtrail=trail())
    assert unknown(control, enable_log_file_validation="${var.x}") == "unknown"


def test_encrypted() -> None:
    control = cloudtrail.ENCRYPTED
    own = trail(kms_key_id="${aws_kms_key.k.arn}")
    assert status(control, aws_cloudtrail=own, aws_kms_key={"k": {}}) == "passed"
    assert "kms_key_id is not set" in failure(control, aws_cloudtrail=trail())
    assert status(control, aws_cloudtrail=trail(kms_key_id="alias/aws/cloudtrail")) == "failed"
    assert unknown(control, kms_key_id="${var.x}") == "unknown"


def field(name: str, **tests: Any) -> dict[str, Any]:
    return {"field": name, **tests}


MANAGEMENT = field("eventCategory", equals=["Management"])


@pytest.mark.parametrize(
    "selectors",
    [
        {},
        {"event_selector": [{}]},
        {"event_selector": [{"read_write_type": "All", "include_management_events": True}]},
        {"event_selector": [{"read_write_type": "ReadOnly"}, {"read_write_type": "WriteOnly"}]},
        {"advanced_event_selector": [{"field_selector": [MANAGEMENT]}]},
        {
            "advanced_event_selector": [
                {"field_selector": [MANAGEMENT, field("readOnly", equals=["true"])]},
                {"field_selector": [MANAGEMENT, field("readOnly", equals=["false"])]},
            ]
        },
    ],
)
def test_management_events(selectors: dict[str, Any]) -> None:
    assert status(cloudtrail.MANAGEMENT_EVENTS, aws_cloudtrail=trail(**selectors)) == "passed"


@pytest.mark.parametrize(
    ("selectors", "lost"),
    [
        ({"event_selector": [{"read_write_type": "WriteOnly"}]}, "read"),
        ({"event_selector": [{"read_write_type": "ReadOnly"}]}, "write"),
        ({"event_selector": [{"include_management_events": False}]}, "read"),
        ({"event_selector": [{"exclude_management_event_sources": ["kms.amazonaws.com"]}]}, "write"),
        (
            {"advanced_event_selector": [{"field_selector": [MANAGEMENT, field("readOnly", equals=["false"])]}]},
            "read",
        ),
        (
            {
                "advanced_event_selector": [
                    {"field_selector": [MANAGEMENT, field("eventSource", not_equals=["kms.amazonaws.com"])]}
                ]
            },
            "write",
        ),
        ({"advanced_event_selector": [{"field_selector": [field("eventCategory", equals=["Data"])]}]}, "read"),
    ],
)
def test_management_events_lost(selectors: dict[str, Any], lost: str) -> None:
    said = failure(cloudtrail.MANAGEMENT_EVENTS, aws_cloudtrail=trail(**selectors))
    assert f"no selector records all management {lost} events" in said


@pytest.mark.parametrize(
    "selectors",
    [
        {"event_selector": [{"read_write_type": "${var.x}"}]},
        {"event_selector": [{"include_management_events": "${var.x}"}]},
        {"advanced_event_selector": [{"field_selector": [field("${var.x}", equals=["Management"])]}]},
        {"dynamic": {"event_selector": [{"for_each": "${var.x}", "content": {}}]}},
    ],
)
def test_management_events_nobody_knows(selectors: dict[str, Any]) -> None:
    assert unknown(cloudtrail.MANAGEMENT_EVENTS, **selectors) == "unknown"


def test_to_cloudwatch() -> None:
    control = cloudtrail.TO_CLOUDWATCH
    group, role = "${aws_cloudwatch_log_group.g.arn}:*", "${aws_iam_role.r.arn}"
    beside: dict[str, Any] = {"aws_cloudwatch_log_group": {"g": {}}, "aws_iam_role": {"r": {}}}
    full = trail(cloud_watch_logs_group_arn=group, cloud_watch_logs_role_arn=role)
    assert status(control, aws_cloudtrail=full, **beside) == "passed"
    half = failure(control, aws_cloudtrail=trail(cloud_watch_logs_group_arn=group), **beside)
    assert half.endswith("cloud_watch_logs_role_arn is not set -> cloud_watch_logs_role_arn = an ARN")
    assert len(failure(control, aws_cloudtrail=trail()).splitlines()) == 2
    assert unknown(control, cloud_watch_logs_group_arn="${var.x}", cloud_watch_logs_role_arn="r") == "unknown"


def with_bucket(name: Any = "${aws_s3_bucket.b.id}", **types: Any) -> dict[str, Any]:
    return {"aws_cloudtrail": trail(s3_bucket_name=name), "aws_s3_bucket": {"b": {"bucket": "logs"}}, **types}


def access_block(**flags: Any) -> dict[str, Any]:
    held = {"bucket": "${aws_s3_bucket.b.id}", **dict.fromkeys(FLAGS, True), **flags}
    return {"aws_s3_bucket_public_access_block": {"p": held}}


NAMES = ["${aws_s3_bucket.b.id}", "${aws_s3_bucket.b.bucket}", "logs", "${aws_s3_bucket_policy.p.bucket}"]
POLICY = {"p": {"bucket": "${aws_s3_bucket.b.id}", "policy": "{}"}}


@pytest.mark.parametrize("name", NAMES)
def test_bucket_private(name: str) -> None:
    control = cloudtrail.BUCKET_PRIVATE
    assert status(control, **with_bucket(name, aws_s3_bucket_policy=POLICY, **access_block())) == "passed"
    assert failure(control, **with_bucket(name, aws_s3_bucket_policy=POLICY)) == (
        "aws_s3_bucket.b : no aws_s3_bucket_public_access_block -> an aws_s3_bucket_public_access_block with all four arguments true"
    )


@pytest.mark.parametrize("flag", FLAGS)
def test_bucket_private_by_every_flag(flag: str) -> None:
    control = cloudtrail.BUCKET_PRIVATE
    said = failure(control, **with_bucket(**access_block(**{flag: False})))
    assert said == f"aws_s3_bucket_public_access_block.p {flag}: {flag} = false -> {flag} = true"
    assert status(control, **with_bucket(**access_block(**{flag: None}))) == "failed"
    assert status(control, variable={"x": {}}, **with_bucket(**access_block(**{flag: "${var.x}"}))) == "unknown"


def test_bucket_private_by_the_account() -> None:
    control = cloudtrail.BUCKET_PRIVATE
    account = {"a": dict.fromkeys(FLAGS, True)}
    assert status(control, **with_bucket(aws_s3_account_public_access_block=account)) == "passed"
    account["a"]["block_public_acls"] = False
    assert status(control, **with_bucket(aws_s3_account_public_access_block=account)) == "failed"


@pytest.mark.parametrize("control", [cloudtrail.BUCKET_PRIVATE, cloudtrail.BUCKET_LOGGED])
def test_bucket_elsewhere(control: Control) -> None:
    assert status(control, aws_cloudtrail=trail(s3_bucket_name="logs")) == "not applicable"
    looked_up = trail(s3_bucket_name="${data.aws_s3_bucket.b.id}")
    data = {"aws_s3_bucket": {"b": {"bucket": "logs"}}}
    assert status(control, data=data, aws_cloudtrail=looked_up) == "not applicable"
    assert unknown(control, s3_bucket_name="${var.x}") == "unknown"
    perhaps = {"b": {"bucket": "${var.x}"}}
    held = trail(s3_bucket_name="logs")
    assert status(control, variable={"x": {}}, aws_cloudtrail=held, aws_s3_bucket=perhaps) == "unknown"


@pytest.mark.parametrize("name", NAMES)
def test_bucket_logged(name: str) -> None:
    control = cloudtrail.BUCKET_LOGGED
    logging = {"l": {"bucket": "${aws_s3_bucket.b.id}", "target_bucket": "access-logs"}}
    found = with_bucket(name, aws_s3_bucket_policy=POLICY, aws_s3_bucket_logging=logging)
    assert status(control, **found) == "passed"
    assert failure(control, **with_bucket(name, aws_s3_bucket_policy=POLICY)) == (
        "aws_s3_bucket.b : no aws_s3_bucket_logging -> an aws_s3_bucket_logging for this bucket, with another bucket as the target"
    )


def test_bucket_logged_otherwise() -> None:
    control = cloudtrail.BUCKET_LOGGED
    inline = with_bucket(aws_s3_bucket={"b": {"logging": [{"target_bucket": "access-logs"}]}})
    assert status(control, **inline) == "passed"
    perhaps = {"l": {"bucket": "${var.x}", "target_bucket": "access-logs"}}
    assert status(control, variable={"x": {}}, **with_bucket(aws_s3_bucket_logging=perhaps)) == "unknown"
