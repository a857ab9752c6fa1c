"""Trails: with their bucket, key, log group and role, and why others do not fit."""

from typing import Any

import pytest

from secureinfra.adopt.adopt import Adoption, adopt
from secureinfra.adopt.existing import Unfit
from secureinfra.adopt.kinds.trails import candidate
from secureinfra.adopt.project import program_of
from tests.adopt.states import ACCOUNT, REGION, bucket, estate, key, policy, resource, role, setting

GROUP_ARN = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/audit/events"
WRITES = policy(
    {
        "Sid": "Write",
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::acme-audit/AWSLogs/{ACCOUNT}/*",
        "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
    }
)


def trail(**values: Any) -> dict[str, Any]:
    usual = {
        "id": "audit",
        "name": "audit",
        "arn": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/audit",
        "home_region": REGION,
        "s3_bucket_name": "acme-audit",
        "kms_key_id": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234-data",
        "cloud_watch_logs_group_arn": f"{GROUP_ARN}:*",
        "cloud_watch_logs_role_arn": f"arn:aws:iam::{ACCOUNT}:role/worker",
        "is_multi_region_trail": True,
        "enable_logging": True,
    }
    return resource("aws_cloudtrail.audit", **{**usual, **values})


def around() -> list[dict[str, Any]]:
    return [
        key(),
        bucket("audit"),
        setting("policy", "audit", policy=WRITES),
        resource(
            "aws_cloudwatch_log_group.events",
            id="/audit/events",
            name="/audit/events",
            arn=GROUP_ARN,
            retention_in_days=731,
        ),
        role(),
        resource("aws_iam_role_policy.deliver", id="worker:deliver", role="worker", name="deliver", policy=policy()),
    ]


def adopted(*resources: dict[str, Any]) -> Adoption:
    return adopt(estate(*resources), "audit")


def named(**values: Any) -> Any:
    there = estate(*around(), trail(**values))
    return candidate(there, there.of("aws_cloudtrail")[0]).config.named


def test_everything_of_a_trail() -> None:
    found = adopted(*around(), trail())
    assert found.left_out == ()
    assert found.without_construct == ()
    assert found.imports == {
        "aws_kms_key.data_key": "1234-data",
        "aws_s3_bucket.audit_bucket_bucket": "acme-audit",
        "aws_s3_bucket_policy.audit_bucket_policy": "acme-audit",
        "aws_cloudtrail.audit_trail_trail": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/audit",
        "aws_cloudwatch_log_group.audit_trail_events_log_group": "/audit/events",
        "aws_iam_role.audit_trail_delivery_role": "worker",
        "aws_iam_role_policy.audit_trail_delivery_permissions": "worker:deliver",
    }
    main = program_of(found)
    assert 'log_group_name="/audit/events", log_group_retention_days=731' in " ".join(main.split())
    assert 'audit_trail.delivery_role.inline.add_override("name", "deliver")' in main
    # What the bucket allows is carried over, and its files get the trail's key.
    assert "audit_bucket.policy.add(" in main
    assert (
        'LogBucket(stack, "audit-bucket", LogBucketConfig(name="acme-audit", expiration_days=None), key=data)'
        in " ".join(main.split()).replace("( ", "(").replace(", )", ")")
    )


def test_a_trail_without_a_key_gets_one() -> None:
    found = adopted(*around()[1:], trail(kms_key_id=""))
    assert 'key=SecureKey(stack, "audit-own-key")' in " ".join(program_of(found).split())
    assert any(
        "new log files are encrypted with a key of its own" in note for note in found.outcomes[-1].candidate.notes
    )


def test_its_role_is_by_itself_without_the_trail() -> None:
    found = adopted(*around(), trail(sns_topic_name="files"))
    assert "aws_iam_role.worker_role" in found.imports
    ((existing, why),) = found.left_out
    assert existing.type == "aws_cloudtrail"
    assert "notifies a topic of each file (files)" in why


def test_events() -> None:
    classic = {
        "read_write_type": "WriteOnly",
        "data_resource": [
            {"type": "AWS::S3::Object", "values": ["arn:aws:s3:::acme-photos/"]},
            {"type": "AWS::Lambda::Function", "values": ["arn:aws:lambda"]},
        ],
    }
    first, second = named(event_selector=[classic])["data_events"]
    assert first.named == {
        "name": "AWS::S3::Object",
        "resource_type": "AWS::S3::Object",
        "read_only": False,
        "arns_starting_with": ("arn:aws:s3:::acme-photos/",),
    }
    assert "arns_starting_with" not in second.named
    fields = [
        {"field": "eventCategory", "equals": ["Data"]},
        {"field": "resources.type", "equals": ["AWS::DynamoDB::Table"]},
        {"field": "readOnly", "equals": ["true"]},
    ]
    management = {"name": "all", "field_selector": [{"field": "eventCategory", "equals": ["Management"]}]}
    (only,) = named(advanced_event_selector=[management, {"name": "tables", "field_selector": fields}])["data_events"]
    assert only.named == {"name": "tables", "resource_type": "AWS::DynamoDB::Table", "read_only": True}
    assert named(insight_selector=[{"insight_type": "ApiCallRateInsight"}])["insights"] is True


def test_the_organization_comes_from_the_policy() -> None:
    there = estate(
        bucket("audit"),
        setting("policy", "audit", policy=WRITES.replace(f"{ACCOUNT}/", "o-a1b2c3d4e5/")),
        trail(is_organization_trail=True),
    )
    assert candidate(there, there.of("aws_cloudtrail")[0]).config.named["organization_id"] == "o-a1b2c3d4e5"


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"s3_bucket_name": "elsewhere"}, "its bucket elsewhere is not in this state"),
        ({"s3_key_prefix": "audit"}, r"delivers below a prefix \(audit\)"),
        ({"home_region": "us-east-1"}, "--region us-east-1"),
        ({"is_organization_trail": True}, "no bucket policy in this state names the organization"),
        (
            {
                "advanced_event_selector": [
                    {"name": "net", "field_selector": [{"field": "eventCategory", "equals": ["NetworkActivity"]}]}
                ]
            },
            "its event selector 'net' selects by what SecureTrail does not",
        ),
    ],
)
def test_refuses_what_does_not_fit(values: dict[str, Any], why: str) -> None:
    with pytest.raises(Unfit, match=why):
        named(**values)
