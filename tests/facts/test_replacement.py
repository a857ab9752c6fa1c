"""Which changes replace a resource, by what the provider plans."""

import pytest

from secureinfra.facts.replacement import ABSENT, replaces


@pytest.mark.parametrize(
    ("type", "path", "old", "new", "answer"),
    [
        ("aws_s3_bucket", "bucket", "a", "b", True),
        ("aws_s3_bucket", "force_destroy", False, True, False),
        ("aws_kms_key", "multi_region", ABSENT, True, True),
        ("aws_kms_key", "enable_key_rotation", ABSENT, True, False),
        ("aws_security_group", "description", "a", "b", True),
        ("aws_flow_log", "max_aggregation_interval", 600, 60, True),
        ("aws_no_such_type", "name", "a", "b", None),
    ],
)
def test_what_the_provider_does(type: str, path: str, old: object, new: object, answer: bool | None) -> None:
    assert replaces(type, path, old, new) is answer


def test_the_majors_differ() -> None:
    assert replaces("aws_s3_bucket", "bucket_namespace", ABSENT, "x", major=6) is True
    assert replaces("aws_s3_bucket", "bucket_namespace", ABSENT, "x", major=5) is False
    assert replaces("aws_s3_bucket", "bucket_namespace", ABSENT, "x") is True
    assert replaces("aws_sns_topic", "region", "eu-west-1", "eu-west-2", major=6) is True
    assert replaces("aws_sns_topic", "region", "eu-west-1", "eu-west-2", major=5) is False


@pytest.mark.parametrize(
    ("type", "path", "old", "new", "answer"),
    [
        ("aws_ami", "ebs_block_device", ABSENT, "x", True),
        ("aws_ami", "ebs_block_device", "x", ABSENT, False),
        ("aws_amplify_app", "description", "x", ABSENT, True),
        ("aws_amplify_app", "description", "x", "y", False),
        ("aws_cognito_user_pool_domain", "certificate_arn", ABSENT, "x", True),
        ("aws_cognito_user_pool_domain", "certificate_arn", "x", "y", False),
        ("aws_instance", "enable_primary_ipv6", True, False, True),
        ("aws_instance", "enable_primary_ipv6", False, True, False),
        ("aws_vpc", "instance_tenancy", "default", "dedicated", True),
        ("aws_vpc", "instance_tenancy", ABSENT, "dedicated", None),
        ("aws_acm_certificate", "tags", ABSENT, "x", False),
        ("aws_networkfirewall_rule_group", "rule_group.rule_variables", ABSENT, "x", None),
    ],
)
def test_conditions(type: str, path: str, old: object, new: object, answer: bool | None) -> None:
    assert replaces(type, path, old, new, major=5) is answer


def test_what_the_provider_decides_in_code_is_not_known() -> None:
    assert replaces("aws_acm_certificate", "domain_name", "a", "b", major=6) in (None, True)
    path = "transit_gateway_attachment_id"
    assert replaces("aws_ec2_transit_gateway_route_table_association", path, "a", "b", major=5) is None
