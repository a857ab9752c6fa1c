"""Contacts of an account."""

from typing import Any

import pytest

from secureinfra.controls import account
from tests.controls.judge import failure, findings, status

SECURITY = {
    "alternate_contact_type": "SECURITY",
    "email_address": "security@example.com",
    "phone_number": "+49 30 1234567",
}


@pytest.mark.parametrize(
    ("changed", "answer"),
    [
        ({}, "passed"),
        ({"email_address": ""}, "failed"),
        ({"phone_number": None}, "failed"),
        ({"alternate_contact_type": "BILLING"}, "failed"),
        ({"alternate_contact_type": "${var.x}"}, "unknown"),
        ({"email_address": "${var.x}"}, "unknown"),
    ],
)
def test_security_contact(changed: dict[str, Any], answer: str) -> None:
    held = {"c": {**SECURITY, **changed}}
    control = account.SECURITY_CONTACT
    assert status(control, variable={"x": {}}, aws_account_alternate_contact=held) == answer


def test_security_contact_beside_another() -> None:
    both = {"b": {**SECURITY, "alternate_contact_type": "BILLING"}, "s": SECURITY}
    found = findings(account.SECURITY_CONTACT, aws_account_alternate_contact=both)
    assert [finding.status for finding in found] == ["not applicable", "passed"]
    assert 'alternate_contact_type = "BILLING" -> a contact with' in failure(
        account.SECURITY_CONTACT, aws_account_alternate_contact={"b": both["b"]}
    )
