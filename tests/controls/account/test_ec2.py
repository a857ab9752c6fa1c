"""Controls on what an account lays down for EC2, EBS and Systems Manager documents: one resource, one argument."""

from typing import Any

import pytest

from secureinfra.controls.account import ec2 as ec2_account
from secureinfra.controls.control import Control
from tests.controls.judge import failure, status


@pytest.mark.parametrize(
    ("control", "type", "argument", "good", "bad"),
    [
        (ec2_account.ACCOUNT_IMDSV2, "aws_ec2_instance_metadata_defaults", "http_tokens", "required", "optional"),
        (ec2_account.ACCOUNT_IMDSV2, "aws_ec2_instance_metadata_defaults", "http_tokens", "required", None),
        (
            ec2_account.IMAGES_NOT_PUBLIC,
            "aws_ec2_image_block_public_access",
            "state",
            "block-new-sharing",
            "unblocked",
        ),
    ],
)
def test_account_imdsv2_images_not_public(control: Control, type: str, argument: str, good: Any, bad: Any) -> None:
    def held(value: Any) -> dict[str, Any]:
        return {"r": {} if value is None else {argument: value}}

    assert status(control, **{type: held(good)}) == "passed"
    assert f"{type}.r {argument}: {argument}" in failure(control, **{type: held(bad)})
    assert status(control, variable={"x": {}}, **{type: held("${var.x}")}) == "unknown"
    # Another configuration may lay it down.
    assert status(control, aws_instance={"i": {}}) == ""
