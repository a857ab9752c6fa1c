"""What the tests of tables share: stacks, and what a stack holds for a table."""

import json
from typing import Any

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.testing import synthesize, test_stack


def table_of(stack: Any) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"]["aws_dynamodb_table"].values()
    return dict(block)


def statements_of(stack: Any, address: str) -> list[dict[str, Any]]:
    type, name = address.split(".")
    found: list[dict[str, Any]] = json.loads(synthesize(stack)["resource"][type][name]["policy"])["Statement"]
    return found


def role_in(stack: Any) -> SecureRole:
    return SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))


def granted_to(stack: Any) -> list[dict[str, Any]]:
    return statements_of(stack, "aws_iam_role_policy.service_permissions")


def in_a_region(region: str = "eu-central-1") -> Any:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region=region))
    return stack
