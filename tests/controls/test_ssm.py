"""Controls on Systems Manager."""

from typing import Any

import pytest

from secureinfra.controls import ssm
from tests.controls.judge import failure, status
from tests.controls.shared.test_credentials import ACCESS_KEY

X: dict[str, Any] = {"x": {}}


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({"name": "/db/password", "type": "SecureString", "value": "${var.x}"}, "passed"),
        ({"name": "/net/vpc", "type": "String", "value": "vpc-1"}, "passed"),
        ({"name": "/net/vpc", "type": "String", "value": "${aws_vpc.v.id}"}, "passed"),
        ({"name": "/db/password", "type": "String", "value": "hunter2"}, "failed"),
        ({"name": "/db/password", "type": "String", "value": "${var.x}"}, "failed"),
        ({"name": "/${var.x}/password", "type": "String", "insecure_value": "${var.x}"}, "failed"),
        ({"name": "/db/password", "type": "String", "value_wo": "${var.x}"}, "failed"),
        ({"name": "/app/key", "type": "String", "value": ACCESS_KEY}, "failed"),
        ({"name": "/app/db", "type": "StringList", "value": "a,${random_password.p.result}"}, "failed"),
        ({"name": "/app/level", "type": "String", "value": "${var.x}"}, "unknown"),
        ({"name": "/db/password", "type": "${var.x}", "value": "a"}, "unknown"),
    ],
)
def test_secret_encrypted(arguments: dict[str, Any], answer: str) -> None:
    sections = {"variable": X, "aws_vpc": {"v": {}}, "random_password": {"p": {}}}
    assert status(ssm.SECRET_ENCRYPTED, **sections, aws_ssm_parameter={"p": arguments}) == answer


def test_secret_encrypted_does_not_show_it() -> None:
    plain = {"p": {"name": "/db/password", "type": "String", "value": "hunter2"}}
    said = failure(ssm.SECRET_ENCRYPTED, aws_ssm_parameter=plain)
    assert 'type = "String", and its value is a literal value -> type = "SecureString"' in said
    assert "hunter2" not in said


def test_customer_key() -> None:
    def judged(**arguments: Any) -> str:
        sections = {"variable": X, "aws_kms_key": {"k": {}}}
        return status(ssm.CUSTOMER_KEY, **sections, aws_ssm_parameter={"p": arguments})

    assert judged(type="SecureString", key_id="${aws_kms_key.k.arn}") == "passed"
    assert judged(type="SecureString", key_id="alias/aws/ssm") == "failed"
    assert judged(type="SecureString") == "failed"
    assert judged(type="SecureString", key_id="${var.x}") == "unknown"
    assert judged(type="${var.x}") == "unknown"
    assert judged(type="String") == "not applicable"


def test_documents_not_public() -> None:
    sharing = "/ssm/documents/console/public-sharing-permission"

    def judged(id: str, value: str) -> str:
        held = {"s": {"setting_id": id, "setting_value": value}}
        return status(ssm.DOCUMENTS_NOT_PUBLIC, variable=X, aws_ssm_service_setting=held)

    assert judged(sharing, "Disable") == "passed"
    assert judged(sharing, "Enable") == "failed"
    assert judged(sharing, "${var.x}") == "unknown"
    assert judged(f"arn:aws:ssm:${{var.x}}:111122223333:servicesetting{sharing}", "Enable") == "failed"
    assert judged("${var.x}", "Enable") == "unknown"
    assert judged("/ssm/parameter-store/default-parameter-tier", "Enable") == "not applicable"
    assert judged("/ssm/${var.x}/tier", "Enable") == "not applicable"


def test_document_not_public() -> None:
    def judged(**arguments: Any) -> str:
        return status(ssm.DOCUMENT_NOT_PUBLIC, variable=X, aws_ssm_document={"d": arguments})

    assert judged() == "passed"
    assert judged(permissions={"type": "Share", "account_ids": "111122223333,444455556666"}) == "passed"
    assert judged(permissions={"type": "Share", "account_ids": "All"}) == "failed"
    assert judged(permissions={"type": "Share", "account_ids": "${var.x}"}) == "unknown"
    assert judged(permissions="${var.x}") == "unknown"


def test_automation_logged() -> None:
    def setting(id: str, value: str) -> dict[str, Any]:
        return {"aws_ssm_service_setting": {"s": {"setting_id": id, "setting_value": value}}}

    destination, control = "/ssm/automation/customer-script-log-destination", ssm.AUTOMATION_LOGGED
    assert status(control, **setting(destination, "CloudWatch")) == "passed"
    assert 'setting_value = "None"' in failure(control, **setting(destination, "None"))
    assert status(control, variable={"x": {}}, **setting(destination, "${var.x}")) == "unknown"
    assert status(control, variable={"x": {}}, **setting("${var.x}", "CloudWatch")) == "unknown"
    assert status(control, **setting("/ssm/parameter-store/high-throughput-enabled", "true")) == "not applicable"
