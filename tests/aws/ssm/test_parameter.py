"""Parameter: value, key, name, grants."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.secretsmanager.random_password import GeneratedPassword
from secureinfra.aws.ssm.parameter import Parameter, ParameterConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack


def parameter_of(stack: Any) -> dict[str, Any]:
    (parameter,) = synthesize(stack)["resource"]["aws_ssm_parameter"].values()
    return dict(parameter)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Parameter(stack, "pepper")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = ParameterConfig(
        name="/shop/token", description="Token", value_version=3, tier="Advanced", protect=False, tags={"team": "shop"}
    )
    Parameter(stack, "token", config, key=SecureKey(stack, "data"), value="${var.token}")
    matches_snapshot(stack)


def test_secret_encrypted_with_a_customer_key() -> None:
    stack = test_stack()
    Parameter(stack, "pepper")
    parameter = parameter_of(stack)
    assert (parameter["type"], parameter["key_id"]) == ("SecureString", "${aws_kms_key.pepper_key.arn}")


def test_value_is_write_only() -> None:
    stack = test_stack()
    Parameter(stack, "pepper")
    parameter = parameter_of(stack)
    assert "value" not in parameter
    assert parameter["value_wo"].startswith("${ephemeral.")


def test_grant_read_names_this_parameter_and_its_key() -> None:
    stack = test_stack()
    role = SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    Parameter(stack, "pepper").grant_read(role)
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    on_parameter, on_key = json.loads(policy["policy"])["Statement"]
    assert on_parameter["Action"] == ["ssm:GetParameter", "ssm:GetParameters"]
    assert on_parameter["Resource"] == ["${aws_ssm_parameter.pepper_parameter.arn}"]
    assert (on_key["Action"], on_key["Resource"]) == (["kms:Decrypt"], ["${aws_kms_key.pepper_key.arn}"])
    assert on_key["Condition"]["StringEquals"]["kms:ViaService"][0].startswith("ssm.")


def test_refuses_to_grant_to_an_arn() -> None:
    with pytest.raises(ConfigError, match="a parameter has no policy of its own"):
        Parameter(test_stack(), "pepper").grant_read("arn:aws:iam::111122223333:role/reader")  # type: ignore[arg-type]


def test_refuses_names_that_aws_reserves() -> None:
    with pytest.raises(ConfigError, match="AWS reserves these names"):
        Parameter(test_stack(), "pepper", ParameterConfig(name="/aws/pepper"))
    with pytest.raises(ConfigError, match=r"the name '/ssm-tools/pepper', which comes from the path"):
        Parameter(test_stack("ssm-tools"), "pepper")


def test_refuses_values_longer_than_the_tier() -> None:
    long = GeneratedPassword(length=4096, fields={"a": "b"})
    with pytest.raises(ConfigError, match=r"is more than a Standard parameter holds, 4096"):
        Parameter(test_stack(), "pepper", ParameterConfig(generated=long))
    Parameter(test_stack(), "pepper", ParameterConfig(generated=long, tier="Advanced"))


def test_refuses_two_values() -> None:
    config = ParameterConfig(generated=GeneratedPassword(length=40))
    with pytest.raises(ConfigError, match="both value and generated"):
        Parameter(test_stack(), "pepper", config, value="${var.key}")


def test_addresses() -> None:
    stack = test_stack()
    Parameter(stack, "pepper")
    assert addresses(synthesize(stack)) == [
        "aws_kms_alias.pepper_key_alias",
        "aws_kms_key.pepper_key",
        "aws_ssm_parameter.pepper_parameter",
    ]
