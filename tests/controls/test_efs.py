"""Controls on EFS file systems."""

from typing import Any

from secureinfra.controls import efs
from tests.controls.judge import failure, status


def files(**arguments: Any) -> dict[str, Any]:
    return {"variable": {"x": {}}, "aws_efs_file_system": {"f": arguments}}


def test_encrypted() -> None:
    assert status(efs.ENCRYPTED, **files(encrypted=True)) == "passed"
    assert "encrypted is not set (AWS takes False) -> encrypted = true" in failure(efs.ENCRYPTED, **files())
    assert status(efs.ENCRYPTED, **files(encrypted=False)) == "failed"
    assert status(efs.ENCRYPTED, **files(encrypted="${var.x}")) == "unknown"


def test_customer_key() -> None:
    own: dict[str, Any] = {"aws_kms_key": {"k": {}}}
    assert status(efs.CUSTOMER_KEY, **own, **files(kms_key_id="${aws_kms_key.k.arn}")) == "passed"
    assert "kms_key_id is not set" in failure(efs.CUSTOMER_KEY, **files(encrypted=True))
    assert status(efs.CUSTOMER_KEY, **files(kms_key_id="alias/aws/elasticfilesystem")) == "failed"
    assert status(efs.CUSTOMER_KEY, **files(kms_key_id="${var.x}")) == "unknown"
