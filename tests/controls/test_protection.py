"""What stands in for something else is not a protection where nobody knows whether it is there."""

from pathlib import Path
from typing import Any

import pytest

from secureinfra.check.run import run_controls
from secureinfra.controls import ecr
from secureinfra.controls.account import access_analyzer, contacts
from secureinfra.controls.cloudtrail import trail
from secureinfra.controls.control import Control
from secureinfra.controls.detection import config_recorder, guardduty, inspector, securityhub
from secureinfra.controls.ec2 import instance_role
from secureinfra.controls.s3.access import NOT_PUBLIC
from secureinfra.controls.s3.bucket import VERSIONED
from secureinfra.controls.vpc import network_acl
from secureinfra.terraform.model.configuration import Configuration
from tests.controls.judge import findings

HOST = "/ssm/managed-instance/default-ec2-instance-management-role"
RULE = {
    "network_acl_id": "${aws_network_acl.n.id}",
    "protocol": "tcp",
    "from_port": 22,
    "to_port": 22,
    "cidr_block": "0.0.0.0/0",
}

CASES: list[tuple[Control, str, dict[str, Any], dict[str, Any]]] = [
    (trail.MULTI_REGION, "aws_cloudtrail", {"is_multi_region_trail": True}, {"aws_cloudtrail": {"own": {}}}),
    (
        access_analyzer.EXTERNAL_ACCESS,
        "aws_accessanalyzer_analyzer",
        {"type": "ACCOUNT"},
        {"aws_accessanalyzer_analyzer": {"own": {"type": "ACCOUNT_UNUSED_ACCESS"}}},
    ),
    (
        contacts.SECURITY_CONTACT,
        "aws_account_alternate_contact",
        {"alternate_contact_type": "SECURITY", "name": "n", "title": "t", "email_address": "e", "phone_number": "p"},
        {"aws_account_alternate_contact": {"own": {"alternate_contact_type": "BILLING"}}},
    ),
    (
        instance_role.SSM_MANAGED,
        "aws_ssm_service_setting",
        {"setting_id": HOST},
        {
            "aws_instance": {"own": {"iam_instance_profile": "${aws_iam_instance_profile.p.name}"}},
            "aws_iam_instance_profile": {"p": {"role": "${aws_iam_role.r.name}"}},
            "aws_iam_role": {"r": {"name": "r"}},
        },
    ),
    (
        inspector.ENABLED,
        "aws_inspector2_enabler",
        {"account_ids": ["1"], "resource_types": ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE"]},
        {"aws_inspector2_enabler": {"own": {"account_ids": ["1"], "resource_types": ["EC2"]}}},
    ),
    (
        config_recorder.SWITCHED_ON,
        "aws_config_configuration_recorder_status",
        {"name": "main", "is_enabled": True},
        {"aws_config_configuration_recorder": {"own": {"name": "main"}}},
    ),
    (
        config_recorder.DELIVERED,
        "aws_config_delivery_channel",
        {"s3_bucket_name": "b"},
        {"aws_config_configuration_recorder": {"own": {"name": "main"}}},
    ),
    (
        securityhub.BENCHMARK_CHECKED,
        "aws_securityhub_standards_subscription",
        {"standards_arn": "arn:aws:securityhub:eu-west-1::standards/cis-aws-foundations-benchmark/v/5.0.0"},
        {"aws_securityhub_account": {"own": {}}},
    ),
    (
        guardduty.RUNTIME_WATCHED,
        "aws_guardduty_organization_configuration_feature",
        {"name": "RUNTIME_MONITORING", "auto_enable": "ALL"},
        {"aws_guardduty_detector": {"own": {}}},
    ),
    (
        ecr.SCANNED,
        "aws_ecr_registry_scanning_configuration",
        {"rule": {"scan_frequency": "SCAN_ON_PUSH", "repository_filter": {"filter": "*", "filter_type": "WILDCARD"}}},
        {"aws_ecr_repository": {"own": {"name": "own"}}},
    ),
    (
        trail.BUCKET_PRIVATE,
        "aws_s3_account_public_access_block",
        dict.fromkeys(
            ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"), True
        ),
        {"aws_cloudtrail": {"own": {"s3_bucket_name": "${aws_s3_bucket.b.id}"}}, "aws_s3_bucket": {"b": {}}},
    ),
    (
        network_acl.ACL_NO_ADMIN_PORTS,
        "aws_network_acl_rule",
        {**RULE, "rule_number": 1, "rule_action": "deny"},
        {
            "aws_network_acl": {"n": {}},
            "aws_network_acl_rule": {"own": {**RULE, "rule_number": 2, "rule_action": "allow"}},
        },
    ),
]


def answers(control: Control, type: str, protector: dict[str, Any], others: dict[str, Any]) -> set[str]:
    resources = {**others, type: {**others.get(type, {}), "protector": protector}}
    return {
        one.status
        for one in findings(control, variable={"n": {}, "on": {}}, **resources)
        if not one.address.endswith(("protector", "protector[0]"))
    }


@pytest.mark.parametrize(("control", "type", "protector", "others"), CASES, ids=[case[0].id for case in CASES])
def test_what_may_not_be_there(control: Control, type: str, protector: dict[str, Any], others: dict[str, Any]) -> None:
    assert not answers(control, type, protector, others) & {"failed", "unknown"}
    assert not answers(control, type, {**protector, "count": 1}, others) & {"failed", "unknown"}
    assert answers(control, type, {**protector, "count": 0}, others) & {"failed"}
    assert answers(control, type, {**protector, "count": "${var.n}"}, others) & {"unknown"}
    assert answers(control, type, {**protector, "lifecycle": {"enabled": "${var.on}"}}, others) & {"unknown"}
    assert answers(control, type, {**protector, "lifecycle": {"ignore_changes": "all"}}, others) & {"unknown"}


def test_a_block_that_is_attached_and_ignores_its_arguments(tmp_path: Path) -> None:
    flags = "".join(
        f"  {name} = true\n"
        for name in ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    )
    code = f"""
        resource "aws_s3_bucket" "b" {{ bucket = "b" }}
        resource "aws_s3_bucket_public_access_block" "b" {{
          bucket = aws_s3_bucket.b.id
        {flags}
          lifecycle {{ IGNORED }}
        }}
        removed {{
          from = aws_s3_bucket_versioning.b
          lifecycle {{ destroy = false }}
        }}
    """
    for ignored, answer in (("ignore_changes = all", "unknown"), ("ignore_changes = [bucket]", "not applicable")):
        (tmp_path / "main.tf").write_text(code.replace("IGNORED", ignored))
        (held,) = Configuration.load(tmp_path)
        found = {
            one.control.id: one
            for one in run_controls(held, [NOT_PUBLIC, VERSIONED])
            if one.address == "aws_s3_bucket.b"
        }
        assert found["s3-bucket-not-public"].status == answer
        assert found["s3-bucket-versioned"].status == "failed", "a removed block is not there"
        assert answer != "unknown" or "has ignore_changes = all" in found["s3-bucket-not-public"].found
