"""Ids that a configuration gives for what exists: import blocks for them, and for what follows from them."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.cloudtrail.trail import SecureTrail, TrailConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.s3.bucket import BucketConfig, SecureBucket
from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.engine._cdk import TerraformStack
from secureinfra.errors import ConfigError
from secureinfra.modules.build.build import build
from secureinfra.policy import Statement
from secureinfra.testing import synthesize, test_stack

TRUST = ServiceTrust(service="ecs-tasks")
ARN = "arn:aws:cloudtrail:eu-central-1:123456789012:trail/audit"


def imports(make: Callable[[TerraformStack], Any]) -> dict[str, str]:
    stack = test_stack()
    make(stack)
    return {one["to"]: one["id"] for one in synthesize(stack).get("import", ())}


def test_a_bucket_with_its_settings() -> None:
    config = BucketConfig(name="acme-uploads", adopt={"bucket": "acme-uploads", "policy": True, "versioning": True})
    assert imports(lambda stack: SecureBucket(stack, "uploads", config)) == {
        "aws_s3_bucket.uploads_bucket": "acme-uploads",
        "aws_s3_bucket_policy.uploads_policy": "acme-uploads",
        "aws_s3_bucket_versioning.uploads_versioning": "acme-uploads",
    }


def test_a_key_with_its_alias() -> None:
    config = KeyConfig(alias="shop", adopt={"key": "1234abcd", "alias": True})
    assert imports(lambda stack: SecureKey(stack, "data", config)) == {
        "aws_kms_key.data_key": "1234abcd",
        "aws_kms_alias.data_alias": "alias/shop",
    }


def test_a_role_with_its_policies() -> None:
    audit = "arn:aws:iam::aws:policy/SecurityAudit"
    config = RoleConfig(
        trust=TRUST,
        name="worker",
        managed_policy_arns=(audit,),
        adopt={"role": "worker", "permissions": True, "policy-SecurityAudit": True},
    )

    def make(stack: TerraformStack) -> None:
        role = SecureRole(stack, "worker", config)
        role.allow(Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::acme/*",)))

    assert imports(make) == {
        "aws_iam_role.worker_role": "worker",
        "aws_iam_role_policy.worker_permissions": "worker:permissions",
        "aws_iam_role_policy_attachment.worker_policy_SecurityAudit": f"worker/{audit}",
    }


def test_a_network() -> None:
    config = VpcConfig(
        cidr="10.20.0.0/16",
        zones=("eu-central-1a", "eu-central-1b"),
        tiers=("public", "private"),
        adopt={
            "vpc": "vpc-1",
            "public-a": "subnet-1",
            "public-routes": "rtb-1",
            "public-a-association": True,
            "public-to-internet": True,
        },
    )
    assert imports(lambda stack: SecureVpc(stack, "network", config)) == {
        "aws_vpc.network_vpc": "vpc-1",
        "aws_subnet.network_public_a": "subnet-1",
        "aws_route_table.network_public_routes": "rtb-1",
        "aws_route_table_association.network_public_a_association": "subnet-1/rtb-1",
        "aws_route.network_public_to_internet": "rtb-1_0.0.0.0/0",
    }


def test_a_group_keeps_its_name_and_description() -> None:
    def group(**adopt: str) -> Any:
        stack = test_stack()
        given = {"security-group": "sg-1"} if adopt else {}
        SecurityGroup(stack, "web", SecurityGroupConfig(description="Web", adopt=given), vpc_id="vpc-0a1b2c3d4e5f60718")
        document = synthesize(stack)
        return document["resource"]["aws_security_group"]["web_security_group"]["lifecycle"], document.get("import")

    lifecycle, imported = group(given="sg-1")
    assert lifecycle["ignore_changes"] == ["description", "name", "name_prefix"]
    assert imported == [{"to": "aws_security_group.web_security_group", "id": "sg-1"}]
    assert "ignore_changes" not in group()[0]


def test_a_trail_with_what_is_within_it() -> None:
    adopt = {"trail": ARN, "events/log-group": "/audit"}
    config = TrailConfig(name="audit", log_group_name="/audit", adopt=adopt)
    assert imports(lambda stack: SecureTrail(stack, "audit", config)) == {
        "aws_cloudtrail.audit_trail": ARN,
        "aws_cloudwatch_log_group.audit_events_log_group": "/audit",
    }


def test_what_has_no_id_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    config = KeyConfig(alias="shop", adopt={"key": "1234abcd"})
    stack = test_stack()
    SecureKey(stack, "data", config)
    stack.node.root.synth()  # type: ignore[attr-defined]
    said = " ".join(capsys.readouterr().err.split())
    assert "data: adopt has no id for 'alias', which Terraform creates." in said


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (
            BucketConfig(adopt={"bucket": "acme-uploads"}),
            r"adopt\['bucket'\]='acme-uploads' would be replaced: .* name of its own",
        ),
        (
            BucketConfig(name="acme-a", adopt={"bucket": "acme-b"}),
            "it is called 'acme-a', and Terraform cannot rename it",
        ),
        (
            BucketConfig(name="acme-a", adopt={"buckett": "acme-a"}),
            "names nothing that the construct has.* Did you mean 'bucket'",
        ),
        (BucketConfig(name="acme-a", adopt={"policy": True}), "does not follow from the other ids"),
    ],
)
def test_refuses_ids_that_do_not_fit(config: BucketConfig, why: str) -> None:
    stack = test_stack()
    SecureBucket(stack, "uploads", config)
    with pytest.raises(Exception, match=why):
        stack.node.root.synth()  # type: ignore[attr-defined]


def test_a_module_takes_none() -> None:
    stack, _ = build(SecureKey, KeyConfig(adopt={"key": "1234abcd"}))
    with pytest.raises(Exception, match="adopt has no place in a module"):
        stack.node.root.synth()  # type: ignore[attr-defined]


def test_refuses_what_is_not_an_id() -> None:
    with pytest.raises(ConfigError, match="is not an import id"):
        KeyConfig(adopt={"key": " "}).require("data")
