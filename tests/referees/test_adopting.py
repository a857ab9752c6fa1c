"""What exists on the emulated AWS is imported by ids that configurations take: the plan is as the import blocks say."""

import json
from pathlib import Path
from typing import Any

import pytest

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    BucketConfig,
    KeyConfig,
    RoleConfig,
    SecureBucket,
    SecureKey,
    SecureRole,
    SecureVpc,
    SecurityGroup,
    SecurityGroupConfig,
    ServiceTrust,
    Statement,
    VpcConfig,
)
from secureinfra.testing import synthesize, test_stack
from tests.referees import emulator
from tests.referees.adoption import REGION, SLOW, fates, policy
from tests.referees.runner import Terraform, for_emulator

pytestmark = pytest.mark.terraform


IDS: dict[str, Any] = {
    "aws_kms_key": {"data": {"description": "Data"}},
    "aws_kms_alias": {"data": {"name": "alias/ids", "target_key_id": "${aws_kms_key.data.key_id}"}},
    "aws_s3_bucket": {"uploads": {"bucket": "acme-ids-uploads"}},
    "aws_s3_bucket_policy": {
        "uploads": {
            "bucket": "${aws_s3_bucket.uploads.id}",
            "policy": policy("Deny", Principal="*", Action="s3:*", Resource="arn:aws:s3:::acme-ids-uploads/*"),
        }
    },
    "aws_iam_role": {
        "worker": {
            "name": "ids-worker",
            "assume_role_policy": policy(Principal={"Service": "ecs-tasks.amazonaws.com"}, Action="sts:AssumeRole"),
        }
    },
    "aws_iam_role_policy": {
        "worker": {
            "name": "permissions",
            "role": "${aws_iam_role.worker.id}",
            "policy": policy(Action=["s3:GetObject"], Resource="arn:aws:s3:::acme-ids-uploads/*"),
        }
    },
    "aws_vpc": {"main": {"cidr_block": "10.60.0.0/16"}},
    "aws_subnet": {
        letter: {
            "vpc_id": "${aws_vpc.main.id}",
            "cidr_block": f"10.60.{at}.0/24",
            "availability_zone": f"{REGION}{letter}",
        }
        for at, letter in enumerate("ab")
    },
    "aws_route_table": {"a": {"vpc_id": "${aws_vpc.main.id}"}},
    "aws_route_table_association": {
        "a": {"subnet_id": "${aws_subnet.a.id}", "route_table_id": "${aws_route_table.a.id}"}
    },
    "aws_security_group": {"web": {"name": "ids-web", "description": "Hand-made", "vpc_id": "${aws_vpc.main.id}"}},
}


BY_HAND = {
    "terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}},
    "provider": {"aws": [{"region": REGION}]},
    "resource": IDS,
}


def with_ids(ids: dict[str, str]) -> dict[str, Any]:
    """A stack whose configurations say what exists."""
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region=REGION))
    key = SecureKey(stack, "data", KeyConfig(alias="ids", adopt={"key": ids["aws_kms_key.data"], "alias": True}))
    bucket = BucketConfig(name="acme-ids-uploads", adopt={"bucket": "acme-ids-uploads", "policy": True})
    SecureBucket(stack, "uploads", bucket, key=key)
    trust = ServiceTrust(service="ecs-tasks")
    role = RoleConfig(trust=trust, name="ids-worker", adopt={"role": "ids-worker", "permissions": True})
    SecureRole(stack, "worker", role).allow(
        Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::acme-ids-uploads/*",))
    )
    config = VpcConfig(
        cidr="10.60.0.0/16",
        zones=(f"{REGION}a", f"{REGION}b"),
        tiers=("private",),
        subnet_cidrs={"private-a": "10.60.0.0/24", "private-b": "10.60.1.0/24"},
        adopt={
            "vpc": ids["aws_vpc.main"],
            "private-a": ids["aws_subnet.a"],
            "private-b": ids["aws_subnet.b"],
            "private-a-routes": ids["aws_route_table.a"],
            "private-a-association": True,
        },
    )
    network = SecureVpc(stack, "network", config)
    group = SecurityGroupConfig(description="Web", adopt={"security-group": ids["aws_security_group.web"]})
    SecurityGroup(stack, "web", group, vpc=network)
    document, _ = for_emulator(synthesize(stack))
    document["resource"].pop(SLOW, None)
    return document


def test_ids_that_configurations_take(tmp_path: Path) -> None:
    with emulator.running(tmp_path) as aws:
        by_hand = Terraform(tmp_path / "by-hand", BY_HAND, endpoint=aws.address)
        by_hand.init()
        by_hand.apply()
        held = json.loads(by_hand.run("show", "-json"))["values"]["root_module"]["resources"]
        stack = with_ids({one["address"]: one["values"]["id"] for one in held})
        shop = Terraform(tmp_path / "shop", stack, endpoint=aws.address)
        shop.init()
        shop.run("plan", "-input=false", "-out=plan")
        found = fates(shop.run("show", "-json", "plan"))
        imported = {address for address, fate in found.items() if fate != "create"}
        assert imported == {one["to"] for one in stack["import"]}
        assert len(imported) == len(held)
        shop.run("apply", "-input=false", "plan")
        assert shop.changes_of_second_plan() == ""
