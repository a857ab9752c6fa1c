"""Generated passwords, and values that are given: neither is written out."""

from typing import Any

import pytest

from secureinfra.aws.secretsmanager.random_password import GeneratedPassword
from secureinfra.aws.ssm.parameter import Parameter, ParameterConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import synthesize, test_stack


def made(password: GeneratedPassword) -> tuple[dict[str, Any], str]:
    stack = test_stack()
    Parameter(stack, "pepper", ParameterConfig(generated=password))
    document = synthesize(stack)
    (block,) = document["ephemeral"]["aws_secretsmanager_random_password"].values()
    (parameter,) = document["resource"]["aws_ssm_parameter"].values()
    return {name: value for name, value in block.items() if name != "//"}, parameter["value_wo"]


def test_password_is_an_ephemeral_resource() -> None:
    block, value = made(GeneratedPassword())
    assert block == {"password_length": 32, "exclude_characters": "\"'/@\\ ", "require_each_included_type": True}
    assert value == "${ephemeral.aws_secretsmanager_random_password.pepper_password.random_password}"


def test_value_is_json_with_fields_beside_it() -> None:
    fields = {"username": "shop", "host": "${aws_db_instance.shop.address}"}
    _, value = made(GeneratedPassword(exclude_punctuation=True, exclude_characters=None, key="secret", fields=fields))
    password = "ephemeral.aws_secretsmanager_random_password.pepper_password.random_password"
    assert (
        value
        == f'${{jsonencode({{"username" = "shop", "host" = aws_db_instance.shop.address, "secret" = {password}}})}}'
    )


def test_refuses_a_field_in_the_place_of_the_password() -> None:
    with pytest.raises(ConfigError, match=r"has 'password': that is the place of the password\. Remove it"):
        made(GeneratedPassword(fields={"password": "x"}))


def test_refuses_short_passwords() -> None:
    with pytest.raises(ConfigError, match="between 20 and 4096 characters"):
        made(GeneratedPassword(length=12))


def test_refuses_a_value_that_is_written_out_without_repeating_it() -> None:
    with pytest.raises(ConfigError, match=r"test/pepper: value is written out: it would be in the code") as refused:
        Parameter(test_stack(), "pepper", value="hunter2-hunter2")
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    "value",
    [
        "${random_password.pepper.result}",
        "${data.aws_ssm_parameter.pepper.value}",
        "x-${tls_private_key.a.private_key_pem}",
    ],
)
def test_refuses_a_value_that_is_in_the_state(value: str) -> None:
    with pytest.raises(ConfigError, match="keeps it in the state"):
        Parameter(test_stack(), "pepper", value=value)


@pytest.mark.parametrize("value", ["${var.pepper}", "${ephemeral.vault_kv_secret_v2.pepper.data}", "${local.pepper}"])
def test_takes_references(value: str) -> None:
    stack = test_stack()
    Parameter(stack, "pepper", value=value)
    document = synthesize(stack)
    (parameter,) = document["resource"]["aws_ssm_parameter"].values()
    assert parameter["value_wo"] == value
    assert "ephemeral" not in document
