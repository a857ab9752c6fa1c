"""ExistingRole: somebody to grant to, whose own policy is written beside what the role has."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.iam.role_policy import ExistingRole, ExistingRoleConfig
from secureinfra.aws.kms.key import SecureKey
from secureinfra.config.waiver import Waiver
from secureinfra.engine import Grantee
from secureinfra.errors import ConfigError, ControlError
from secureinfra.policy import Statement
from secureinfra.testing import addresses, synthesize, test_stack

ETL = "arn:aws:iam::111122223333:role/team/etl"
OBJECTS = "arn:aws:s3:::bucket/*"


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="test", owner="tests", until="2099-12-31")


def test_defaults() -> None:
    stack = test_stack()
    ExistingRole(stack, "etl", ExistingRoleConfig(arn=ETL))
    assert addresses(synthesize(stack)) == []


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = ExistingRoleConfig(arn=ETL, name="etl", waivers=(waiver("iam-policy-no-service-wildcard"),))
    role = ExistingRole(stack, "etl", config)
    SecureKey(stack, "data").grant_decrypt(role)
    role.allow(Statement(actions=("sqs:*",), resources=("arn:aws:sqs:eu-central-1:111122223333:jobs",)))
    matches_snapshot(stack)


def test_is_a_grantee() -> None:
    role = ExistingRole(test_stack(), "etl", ExistingRoleConfig(arn=ETL))
    assert isinstance(role, Grantee)
    assert (role.arn, role.name) == (ETL, "etl")


def test_reference_needs_the_name() -> None:
    stack = test_stack()
    config = ExistingRoleConfig(arn="${var.etl_arn}", name="${var.etl_name}")
    ExistingRole(stack, "etl", config).allow(Statement(actions=("s3:GetObject",), resources=(OBJECTS,)))
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    assert policy["role"] == "${var.etl_name}"
    judged = json.dumps(policy["lifecycle"]["precondition"])
    assert "var.etl_arn" in judged
    assert "var.etl_name" in judged


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ({}, "lacks 'arn'"),
        ({"arn": "etl"}, "is not an ARN"),
        ({"arn": "arn:aws:iam::111122223333:user/ada"}, "is not a role"),
        ({"arn": "arn:aws:iam::111122223333:role/*"}, "is not a role"),
        ({"arn": "arn:aws:iam::1234:role/etl"}, "is not an ARN"),
        ({"arn": ETL, "name": "other"}, "is not the role of arn="),
        ({"arn": "${var.etl_arn}"}, "cannot be taken from it. Add name="),
        ({"arn": "arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/x"}, "belongs to AWS"),
        ({"arn": "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/x"}, "belongs to AWS"),
    ],
)
def test_refuses(choices: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=f"test/etl: ExistingRoleConfig .*{words}"):
        ExistingRole(test_stack(), "etl", ExistingRoleConfig(**choices))


def test_refuses_broad_statement() -> None:
    role = ExistingRole(test_stack(), "etl", ExistingRoleConfig(arn=ETL))
    with pytest.raises(ControlError, match="test/etl: Action 's3:\\*' breaks control iam-policy-no-service-wildcard"):
        role.allow(Statement(actions=("s3:*",), resources=(OBJECTS,)))


def test_addresses() -> None:
    stack = test_stack()
    role = ExistingRole(stack, "etl", ExistingRoleConfig(arn=ETL))
    role.allow(Statement(actions=("s3:GetObject",), resources=(OBJECTS,)))
    assert addresses(synthesize(stack)) == ["aws_iam_role_policy.etl_permissions"]
