"""Inspector: everything that it can scan is scanned."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.detection.inspector import Inspector, InspectorConfig
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

WAIVER = Waiver(
    control="inspector-everything-scanned", reason="not sold in this region", owner="security", until="2099-12-31"
)


def enabler_of(stack: Any) -> Any:
    (enabler,) = synthesize(stack)["resource"]["aws_inspector2_enabler"].values()
    return enabler


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Inspector(stack, "inspector")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = InspectorConfig(
        resource_types=("ECR", "EC2"), account_ids=("111122223333", "${var.member}"), waivers=(WAIVER,)
    )
    Inspector(stack, "inspector", config, provider="aws.other")
    matches_snapshot(stack)


def test_enabled() -> None:
    stack = test_stack()
    Inspector(stack, "inspector")
    enabler = enabler_of(stack)
    assert enabler["resource_types"] == ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE"]
    assert enabler["account_ids"] == ["${data.aws_caller_identity.current.account_id}"]
    assert_meets(synthesize(stack), "all")


def test_everything_scanned_in_another_region() -> None:
    stack = test_stack()
    Inspector(stack, "inspector", provider="aws.other")
    enabler = enabler_of(stack)
    assert enabler["provider"] == "aws.other"
    assert enabler["account_ids"] == ["${data.aws_caller_identity.current_other.account_id}"]


@pytest.mark.parametrize("types", [("EC2", "ECR", "LAMBDA"), ("EC2",)])
def test_refuses_to_scan_less(types: Any) -> None:
    with pytest.raises(ControlError, match=r"resource_types=\('EC2'.* breaks control inspector-everything-scanned"):
        Inspector(test_stack(), "inspector", InspectorConfig(resource_types=types))


def test_waiver_scans_less_and_says_so() -> None:
    stack = test_stack()
    Inspector(stack, "inspector", InspectorConfig(resource_types=("LAMBDA", "EC2", "ECR"), waivers=(WAIVER,)))
    enabler = enabler_of(stack)
    assert enabler["resource_types"] == ["EC2", "ECR", "LAMBDA"]
    assert enabler["//"]["waivers"][0]["control"] == WAIVER.control
    assert_meets(synthesize(stack), "all")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"resource_types": ("EC2", "ECR", "LAMBDA_CODE")}, "has 'LAMBDA_CODE' without 'LAMBDA'"),
        ({"resource_types": ()}, r"resource_types=\(\) scans nothing"),
        ({"resource_types": ("EKS",)}, "must be 'EC2', 'ECR', 'LAMBDA' or 'LAMBDA_CODE'"),
        ({"account_ids": ("42",)}, "is not an AWS account id"),
    ],
)
def test_refuses_what_aws_would_refuse(values: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Inspector(test_stack(), "inspector", InspectorConfig(**values, waivers=(WAIVER,)))


def test_account_that_only_terraform_knows_is_judged_by_it() -> None:
    stack = test_stack()
    Inspector(stack, "inspector", InspectorConfig(account_ids=("${var.member}",)))
    (judged,) = enabler_of(stack)["lifecycle"]["precondition"]
    assert "var.member" in judged["condition"]


def test_addresses() -> None:
    stack = test_stack()
    Inspector(stack, "inspector")
    assert addresses(synthesize(stack)) == ["aws_inspector2_enabler.inspector_enabler"]
