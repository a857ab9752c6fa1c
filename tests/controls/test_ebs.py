"""Controls on the keys of EBS volumes; those on single arguments are tested with the account's."""

from typing import Any

import pytest

from secureinfra.controls import ebs
from secureinfra.controls.control import Control
from tests.controls.judge import failure, status


@pytest.mark.parametrize(
    ("control", "type", "argument"),
    [
        (ebs.VOLUME_CUSTOMER_KEY, "aws_ebs_volume", "kms_key_id"),
        (ebs.DEFAULT_KEY, "aws_ebs_default_kms_key", "key_arn"),
    ],
)
def test_volume_customer_key_default_key(control: Control, type: str, argument: str) -> None:
    def judged(value: Any) -> dict[str, Any]:
        return {"variable": {"x": {}}, "aws_kms_key": {"k": {}}, type: {"r": {argument: value}}}

    assert status(control, **judged("${aws_kms_key.k.arn}")) == "passed"
    assert status(control, **judged("${var.x}")) == "unknown"
    assert "alias/aws/ebs" in failure(control, **judged("arn:aws:kms:eu-west-1:111122223333:alias/aws/ebs"))
    assert f"{argument} is not set" in failure(control, **judged(None))
