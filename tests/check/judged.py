"""Reports on small configurations, for the tests of what is made of them."""

from __future__ import annotations

from typing import Any

from secureinfra.check.report import Report, judge
from secureinfra.terraform.model.configuration import Configuration

WAIVER = {"control": "kms-key-enabled", "reason": "retired", "owner": "crypto", "until": "2099-12-31"}


def keys(**blocks: Any) -> dict[str, Any]:
    """A document of KMS keys, each whole but for what is given: `k={"is_enabled": False}`."""
    whole = {"enable_key_rotation": True, "policy": '{"Statement": []}'}
    return {"resource": {"aws_kms_key": {name: {**whole, **block} for name, block in blocks.items()}}}


def report(document: dict[str, Any], *, packs: tuple[str, ...] = ("all",), name: str = "stack", **files: Any) -> Report:
    """What comes of a document in memory."""
    return judge([Configuration.of(document, name)], packs, **files)


def statuses(document: dict[str, Any], control: str, **arguments: Any) -> list[str]:
    """The answers of one control."""
    return [finding.status for finding in report(document, **arguments).findings if finding.control.id == control]
