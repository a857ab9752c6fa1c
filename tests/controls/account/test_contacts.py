"""Contacts of an account."""

from typing import Any

import pytest

from secureinfra.controls.account import contacts as account
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
    assert 'alternate_contact_type = "BILLING" -> another contact with' in failure(
        account.SECURITY_CONTACT, aws_account_alternate_contact={"b": both["b"]}
    )


def test_primary_contact() -> None:
    def primary(**others: Any) -> dict[str, Any]:
        whole = {"full_name": "Ada", "phone_number": "+49 30 1", "address_line_1": "Street 1", **others}
        return {"aws_account_primary_contact": {"c": whole}}

    control = account.PRIMARY_CONTACT
    assert status(control, **primary()) == "passed"
    for name in ("full_name", "phone_number", "address_line_1"):
        assert f"{name} is not set" in failure(control, **primary(**{name: None}))
    assert status(control, variable={"x": {}}, **primary(phone_number="${var.x}")) == "unknown"


def test_other_contacts() -> None:
    def kinds(**addresses: str) -> dict[str, Any]:
        held = {
            kind: {"alternate_contact_type": kind.upper(), "email_address": address}
            for kind, address in addresses.items()
        }
        return {"aws_account_alternate_contact": held}

    control = account.OTHER_CONTACTS
    whole = {"security": "s@example.com", "billing": "b@example.com", "operations": "o@example.com"}
    assert status(control, **kinds(**whole)) == "passed"
    assert status(control, **kinds(security="s@example.com")) == "not applicable"
    assert "no contact for OPERATIONS" in failure(control, **kinds(billing="b@example.com"))
    assert "no contact for BILLING" in failure(control, **kinds(operations="o@example.com"))
    same = {**whole, "billing": "s@example.com"}
    assert "the address of the contact for security" in failure(control, **kinds(**same))
    assert status(control, variable={"x": {}}, **kinds(**{**whole, "billing": "${var.x}"})) == "unknown"
