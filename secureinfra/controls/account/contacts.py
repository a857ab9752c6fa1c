"""Controls on an account's contacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_set
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_CONTACT = "aws_account_alternate_contact"

SECURITY_CONTACT = Control(
    id="account-security-contact",
    title="The account has an alternate contact for security",
    why="AWS would send a warning about an abused account to a mailbox that is not read",
    row="account-security-contact",
    fix='Write an aws_account_alternate_contact with alternate_contact_type = "SECURITY", an email address and a phone number.',
)


@SECURITY_CONTACT.check(_CONTACT)
def _security_contact(contact: Block, configuration: Configuration) -> Iterator[Failure]:
    """Checked only in a configuration that has contacts; one without them may rely on another configuration."""
    kind = contact.get("alternate_contact_type")
    if kind != "SECURITY":
        others = configuration.of_type(_CONTACT)
        if any_of(others, lambda other: other.get("alternate_contact_type") == "SECURITY" and other.surely(contact)):
            raise NotApplicable("another contact in this configuration is for security")
        yield Failure(
            written("alternate_contact_type", kind),
            'another contact with alternate_contact_type = "SECURITY"',
            at="alternate_contact_type",
        )
        return

    def judge(name: str) -> Iterator[Failure]:
        if not contact.has(name):
            yield Failure(written(name, contact.get(name)), f"{name} is set", at=name)

    yield from each(("email_address", "phone_number"), judge)


PRIMARY_CONTACT = Control(
    id="account-primary-contact",
    title="The primary contact of the account has a name, a telephone number and an address",
    why="AWS could not reach the owner before it suspends the account",
    row="account-primary-contact",
    fix="Set full_name, phone_number and address_line_1 in the aws_account_primary_contact.",
)
PRIMARY_CONTACT.check("aws_account_primary_contact")(
    all_hold(*(argument(name, is_set, f"{name} is set") for name in ("full_name", "phone_number", "address_line_1")))
)

OTHER_CONTACTS = Control(
    id="account-other-contacts",
    title="The account has contacts for billing and for operations, apart from that for security",
    why="warnings about costs and outages would reach people who do not act on them",
    row="account-other-contacts",
    fix='Write an aws_account_alternate_contact for "BILLING" and one for "OPERATIONS", each with an address of its own.',
)
_OTHERS = {"BILLING": "OPERATIONS", "OPERATIONS": "BILLING"}


@OTHER_CONTACTS.check(_CONTACT)
def _other_contacts(contact: Block, configuration: Configuration) -> Iterator[Failure]:
    """Checked where one of the two is written; a configuration without them may rely on another one."""
    kind = contact.get("alternate_contact_type")
    if kind == "SECURITY":
        raise NotApplicable("it is the contact for security")
    every = configuration.of_type(_CONTACT)
    other = _OTHERS.get(str(kind), "")
    if not any_of(every, lambda one: one.get("alternate_contact_type") == other and one.surely(contact)):
        yield Failure(f"no contact for {other}", f'a contact with alternate_contact_type = "{other}"')
    address = contact.get("email_address")
    security = [one for one in every if one.get("alternate_contact_type") == "SECURITY"]
    if any_of(security, lambda one: one.get("email_address") == address):
        yield Failure("the address of the contact for security", "an address of its own", at="email_address")
