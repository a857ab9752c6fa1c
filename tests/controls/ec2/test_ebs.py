"""Controls on EBS volumes: encryption, keys, and who may share snapshots."""

from typing import Any

import pytest

from secureinfra.controls.control import Control
from secureinfra.controls.ec2 import ebs
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


@pytest.mark.parametrize(
    ("control", "type", "argument", "good", "bad"),
    [
        (ebs.DEFAULT_ENCRYPTION, "aws_ebs_encryption_by_default", "enabled", True, False),
        (ebs.DEFAULT_ENCRYPTION, "aws_ebs_encryption_by_default", "enabled", None, "false"),
        (
            ebs.SNAPSHOTS_NOT_PUBLIC,
            "aws_ebs_snapshot_block_public_access",
            "state",
            "block-all-sharing",
            "block-new-sharing",
        ),
        (ebs.VOLUME_ENCRYPTED, "aws_ebs_volume", "encrypted", True, False),
        (ebs.VOLUME_ENCRYPTED, "aws_ebs_volume", "encrypted", "true", None),
    ],
)
def test_default_encryption_snapshots_not_public_volume_encrypted(
    control: Control, type: str, argument: str, good: Any, bad: Any
) -> None:
    def held(value: Any) -> dict[str, Any]:
        return {"r": {} if value is None else {argument: value}}

    assert status(control, **{type: held(good)}) == "passed"
    assert f"{type}.r {argument}: {argument}" in failure(control, **{type: held(bad)})
    assert status(control, variable={"x": {}}, **{type: held("${var.x}")}) == "unknown"
