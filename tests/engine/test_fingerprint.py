"""Fingerprints of resources: others for any argument, the same for any order of the code."""

from typing import Any

from secureinfra.aws.kms.key import SecureKey
from secureinfra.engine import Resource
from secureinfra.engine._cdk import TerraformVariable
from secureinfra.engine.fingerprint import fingerprint
from secureinfra.testing import test_stack


def found(*names: str, value: str = "a", stack: Any = None) -> dict[str, str]:
    owner = SecureKey(stack or test_stack(), "data")
    return fingerprint([Resource(owner, name, "aws_sns_topic", display_name=value) for name in names])


def test_changes_with_an_argument_and_not_with_the_order() -> None:
    assert found("one", "two") == found("two", "one")
    assert found("one", "two") != found("one", "two", value="b")
    assert found("one") != found("one", "two")


def test_what_is_referred_to_is_compared_by_terraform() -> None:
    assert "references" not in found("one")
    references = found("one", value="${aws_lambda_function.orders.invoke_arn}")["references"]
    assert references == "${sha256(jsonencode([aws_lambda_function.orders.invoke_arn]))}"


def test_addresses_do_not_count() -> None:
    def of(address: str) -> dict[str, str]:
        return found("one", value="${aws_api_gateway_method." + address + ".http_method}")

    assert of("before")["arguments"] == of("after")["arguments"]
    assert found("one", value="$${not.a.reference}").keys() == {"arguments"}


def test_placeholders_of_the_engine_do_not_count_in_order() -> None:
    def with_variables(*names: str) -> dict[str, str]:
        stack = test_stack()
        variables = {name: TerraformVariable(stack, name, type="string").string_value for name in names}
        return found("one", value=variables["name"], stack=stack)

    assert with_variables("name") == with_variables("other", "name")
    assert with_variables("name")["references"] == "${sha256(jsonencode([var.name]))}"
