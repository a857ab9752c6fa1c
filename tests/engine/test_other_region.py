"""Another region by each resource's own argument, which provider 6 has."""

from typing import Any

import pytest

from secureinfra.aws.acm.certificate import Certificate, CertificateConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.s3.bucket import SecureBucket
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.aws.wafv2.web_acl import WebAcl
from secureinfra.aws.wafv2.web_acl_config import WebAclConfig
from secureinfra.engine._cdk import TerraformStack
from secureinfra.engine.other_region import OtherRegion, region_argument
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.engine.stack import state_of
from secureinfra.engine.whole_app import complaint
from secureinfra.errors import ConfigError
from secureinfra.testing import synthesize, test_stack


def provider(stack: TerraformStack, id: str = "aws", **values: Any) -> AwsProvider:
    return AwsProvider(stack, id, AwsProviderConfig(**{"region": "eu-central-1", "provider_major": 6, **values}))


def test_resources_name_the_region_and_global_ones_do_not() -> None:
    stack = test_stack()
    aws = provider(stack)
    SecureBucket(stack, "home")
    bucket = SecureBucket(stack, "away", provider=aws.in_region("us-east-1"))
    trust = ServiceTrust(service="ecs-tasks")
    role = SecureRole(stack, "role", RoleConfig(trust=trust), provider=aws.in_region("us-east-1"))
    bucket.grant_read(role, prefix="in/")
    document = synthesize(stack)
    buckets = document["resource"]["aws_s3_bucket"]
    assert buckets["away_bucket"]["region"] == "us-east-1"
    assert "region" not in buckets["home_bucket"]
    assert document["resource"]["aws_kms_key"]["away_key"]["region"] == "us-east-1"
    assert "region" not in document["resource"]["aws_iam_role"]["role"]
    # Both share a bucket for access logs with others of their region only; its address is that of an aliased provider.
    assert sorted(name for name in buckets if name.startswith("access_logs")) == [
        "access_logs_bucket",
        "access_logs_us_east_1_bucket",
    ]
    assert [block["region"] for block in document["provider"]["aws"]] == ["eu-central-1"]
    assert AwsProvider.region_of(bucket) == AwsProvider.region_of(bucket.key) == "us-east-1"


def test_arns_and_zones_are_of_the_region() -> None:
    stack = test_stack()
    network = SecureVpc(
        stack, "network", VpcConfig(cidr="10.20.0.0/16"), provider=provider(stack).in_region("us-east-1")
    )
    assert network.availability_zones == ["us-east-1a", "us-east-1b", "us-east-1c"]
    trust = str(synthesize(stack)["resource"]["aws_iam_role"]["network_flow_logs_writer_role"]["assume_role_policy"])
    assert "arn:${data.aws_partition.current.partition}:ec2:us-east-1:" in trust


def test_with_an_aliased_provider_of_another_account() -> None:
    stack = test_stack()
    provider(stack)
    audit = provider(stack, "audit", alias="audit", region="eu-west-1")
    key = SecureKey(stack, "key", provider=audit.in_region("us-east-1"))
    assert key.used_provider == OtherRegion("aws.audit", "us-east-1")
    block = synthesize(stack)["resource"]["aws_kms_key"]["key"]
    assert (block["provider"], block["region"]) == ("aws.audit", "us-east-1")


def test_own_region_and_token() -> None:
    stack = test_stack()
    aws = provider(stack)
    assert aws.in_region("eu-central-1") is aws
    key = SecureKey(stack, "key", provider=aws.in_region("${var.region}"))
    assert AwsProvider.region_of(key) is None
    assert key.region == "${var.region}"


def test_copies_are_not_needed_nor_passed_to_modules() -> None:
    stack = test_stack()
    provider(stack)
    key = SecureKey(stack, "key")
    assert AwsProvider.for_region(key, "us-east-1") == OtherRegion("aws", "us-east-1")
    module = test_stack("named")
    state_of(module).module, state_of(module).provider_major = "main", 6
    assert AwsProvider.for_region(SecureKey(module, "main"), "us-east-1") == OtherRegion("aws", "us-east-1")


def test_cloudfront_needs_no_alias() -> None:
    stack = test_stack()
    edge = provider(stack).in_region("us-east-1")
    Certificate(
        stack, "certificate", CertificateConfig(domain_name="example.com", zone_id="Z0123456789ABC"), provider=edge
    )
    WebAcl(stack, "firewall", WebAclConfig(scope="CLOUDFRONT"), provider=edge)
    assert "precondition" not in str(synthesize(stack)["resource"]["aws_wafv2_web_acl"])
    WebAcl(stack, "other", WebAclConfig(scope="CLOUDFRONT"))
    with pytest.raises(
        ConfigError, match=r"CloudFront is managed. Pass provider=aws.in_region\('us-east-1'\), where aws is the"
    ):
        synthesize(stack)


def test_what_must_be_in_one_region_is_still_told() -> None:
    stack = test_stack()
    key = SecureKey(stack, "key", provider=provider(stack).in_region("us-east-1"))
    SecureBucket(stack, "bucket", key=key)
    assert "key='test/key' is in us-east-1, and test/bucket in eu-central-1" in str(complaint(state_of(stack)))


@pytest.mark.parametrize("major", [None, 5])
def test_refuses_other_majors(major: int | None) -> None:
    stack = test_stack()
    with pytest.raises(
        ConfigError, match=r"in_region\('us-east-1'\) needs AWS provider 6, and this stack is written for"
    ):
        provider(stack, provider_major=major).in_region("us-east-1")


def test_refuses_what_is_no_region() -> None:
    with pytest.raises(ConfigError, match=r"test/aws: in_region\('virginia'\) is not an AWS region"):
        provider(test_stack()).in_region("virginia")


def test_old_arguments_of_the_same_name() -> None:
    assert region_argument("resource", "aws_iam_role", "us-east-1") == {}
    assert region_argument("resource", "aws_sns_topic", None) == {}
    assert region_argument("resource", "random_id", "us-east-1") == {}
    assert region_argument("ephemeral", "aws_secretsmanager_random_password", "us-east-1") == {}
    for section, type in (("resource", "aws_config_aggregate_authorization"), ("ephemeral", "aws_ssm_parameter")):
        with pytest.raises(
            ConfigError, match=f"{type}: whether its argument 'region' says where it is, is not known. Use an"
        ):
            region_argument(section, type, "us-east-1")


def test_refuses_a_region_of_another_partition() -> None:
    aws = provider(test_stack(), region="cn-north-1")
    with pytest.raises(
        ConfigError, match=r"in_region\('us-east-1'\): us-east-1 is in partition aws, and cn-north-1 in aws-cn: an"
    ):
        aws.in_region("us-east-1")
    assert aws.in_region("cn-northwest-1") == OtherRegion("aws", "cn-northwest-1")
