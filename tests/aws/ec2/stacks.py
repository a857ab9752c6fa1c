"""What the tests of single instances share."""

import json
from typing import Any

from secureinfra.aws.ec2.config import DataVolume, InstanceConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.testing import synthesize

VPC, SUBNET = "vpc-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60718"
CONFIG = InstanceConfig(vpc_id=VPC, subnet_id=SUBNET)
WITH_DATA = InstanceConfig(vpc_id=VPC, subnet_id=SUBNET, volumes={"data": DataVolume(size_gib=100)})


def only(stack: Any, type: str) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"][type].values()
    return dict(block)


def instance_of(stack: Any) -> dict[str, Any]:
    return only(stack, "aws_instance")


def network_of(stack: Any, **settings: Any) -> SecureVpc:
    return SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2, **settings))


def operators(stack: Any) -> SecureRole:
    return SecureRole(stack, "operators", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))


def statements(stack: Any, type: str, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(synthesize(stack)["resource"][type][name]["policy"])["Statement"]
    return found
