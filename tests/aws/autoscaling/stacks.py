"""What the tests of fleets share."""

import json
from typing import Any

from secureinfra.aws.autoscaling.config import FleetConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.testing import synthesize

VPC = "vpc-0a1b2c3d4e5f60718"
SUBNETS = {"a": "subnet-0a1b2c3d4e5f60718", "b": "subnet-0a1b2c3d4e5f60719"}
CONFIG = FleetConfig(vpc_id=VPC, subnet_ids=SUBNETS)


def only(stack: Any, type: str) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"][type].values()
    return dict(block)


def operators(stack: Any) -> SecureRole:
    return SecureRole(stack, "operators", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))


def statements(stack: Any, type: str, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(synthesize(stack)["resource"][type][name]["policy"])["Statement"]
    return found
