"""What is attached to a block, as far as it is sure to be there."""

from typing import Any

import pytest

from secureinfra.controls.attachments import attached_surely
from secureinfra.terraform.configuration import Configuration
from secureinfra.terraform.unknown import UnknownValueError


def attached(acl: dict[str, Any], logging: dict[str, Any]) -> list[str]:
    resources = {
        "aws_wafv2_web_acl": {"w": acl},
        "aws_wafv2_web_acl_logging_configuration": {"l": {"resource_arn": "${aws_wafv2_web_acl.w.arn}", **logging}},
    }
    configuration = Configuration.of({"variable": {"n": {}}, "resource": resources}, name="test")
    (block,) = configuration.of_type("aws_wafv2_web_acl")
    found = attached_surely(block, "aws_wafv2_web_acl_logging_configuration", "resource_arn", configuration)
    return [one.address for one in found]


def test_attached_surely() -> None:
    name = "aws_wafv2_web_acl_logging_configuration.l"
    assert attached({}, {}) == [name]
    assert attached({}, {"resource_arn": "arn:aws:wafv2:other"}) == []
    assert attached({}, {"count": 1}) == [f"{name}[0]"]
    assert attached({}, {"count": 0}) == []
    assert attached({"count": "${var.n}"}, {"count": "${var.n}"}) == [name]
    assert attached({}, {"count": "${length(aws_wafv2_web_acl.w.*.arn)}"})


@pytest.mark.parametrize("logging", [{"count": "${var.n}"}, {"for_each": "${var.n}"}, {"resource_arn": "${var.n}"}])
def test_attached_surely_refuses_what_may_not_be_there(logging: dict[str, Any]) -> None:
    with pytest.raises(UnknownValueError):
        attached({}, logging)
