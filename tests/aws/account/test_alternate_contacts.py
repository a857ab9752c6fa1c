"""AlternateContacts: security always, the others on request."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.account.alternate_contacts import AlternateContacts, AlternateContactsConfig, Contact
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack

SECURITY = Contact(
    name="Security team", title="On call", email_address="security@example.com", phone_number="+49 30 123456"
)
OPERATIONS = Contact(
    name="Platform team", title="On call", email_address="platform@example.com", phone_number="(030) 123-457"
)
BILLING = Contact(
    name="Finance", title="Controller", email_address="finance+aws@example.com", phone_number="+49 30 123458"
)


def contacts_of(config: AlternateContactsConfig) -> dict[str, dict[str, Any]]:
    stack = test_stack()
    AlternateContacts(stack, "contacts", config)
    blocks = synthesize(stack)["resource"]["aws_account_alternate_contact"].values()
    return {block["alternate_contact_type"]: block for block in blocks}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    AlternateContacts(stack, "contacts", AlternateContactsConfig(security=SECURITY))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = AlternateContactsConfig(
        security=SECURITY, operations=OPERATIONS, billing=BILLING, account_id="111122223333"
    )
    AlternateContacts(stack, "contacts", config, provider="aws.other")
    matches_snapshot(stack)


def test_security_contact() -> None:
    contacts = contacts_of(AlternateContactsConfig(security=SECURITY))
    assert list(contacts) == ["SECURITY"]
    assert contacts["SECURITY"]["email_address"] == "security@example.com"
    assert contacts["SECURITY"]["phone_number"] == "+49 30 123456"


def test_each_kind_has_its_own_contact() -> None:
    contacts = contacts_of(AlternateContactsConfig(security=SECURITY, operations=OPERATIONS, billing=BILLING))
    assert {kind: block["name"] for kind, block in contacts.items()} == {
        "SECURITY": "Security team",
        "OPERATIONS": "Platform team",
        "BILLING": "Finance",
    }


def test_variables_are_judged_by_terraform() -> None:
    contact = SECURITY.model_copy(update={"email_address": "${var.mail}"})
    block = contacts_of(AlternateContactsConfig(security=contact, account_id="${var.member}"))["SECURITY"]
    conditions = " ".join(judged["condition"] for judged in block["lifecycle"]["precondition"])
    assert "var.mail" in conditions
    assert "var.member" in conditions


def test_refuses_account_without_security_contact() -> None:
    with pytest.raises(ConfigError, match="lacks 'security': it has no safe default"):
        AlternateContacts(test_stack(), "contacts", AlternateContactsConfig.of({"billing": BILLING}))


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("email_address", "security", "is not an email address"),
        ("phone_number", "call us", "is not a telephone number"),
        ("name", "x" * 65, "is not a name: write up to 64 characters"),
        ("title", "x" * 51, "is not a title: write up to 50 characters"),
    ],
)
def test_refuses_contact_that_aws_does_not_take(field: str, value: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Contact.of({**SECURITY.model_dump(), field: value})


def test_addresses() -> None:
    stack = test_stack()
    config = AlternateContactsConfig(security=SECURITY, operations=OPERATIONS, billing=BILLING)
    AlternateContacts(stack, "contacts", config)
    assert addresses(synthesize(stack)) == [
        "aws_account_alternate_contact.contacts_billing",
        "aws_account_alternate_contact.contacts_operations",
        "aws_account_alternate_contact.contacts_security",
    ]
