"""Controls on an account's contacts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each, written

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

_CONTACT = "aws_account_alternate_contact"

SECURITY_CONTACT = Control(
    id="account-security-contact",
    title="AWS knows whom to call about security",
    why="a warning from AWS about an abused account goes to a mailbox that nobody reads",
    row="account-security-contact",
    mend='Write an aws_account_alternate_contact with alternate_contact_type = "SECURITY", e-mail address and phone number.',
)


@SECURITY_CONTACT.check(_CONTACT)
def _security_contact(contact: Block, configuration: Configuration) -> Iterator[Failure]:
    """A configuration that registers contacts is where this one belongs; one that registers none says nothing about it."""
    kind = contact.get("alternate_contact_type")
    if kind != "SECURITY":
        others = configuration.of_type(_CONTACT)
        if any_of(others, lambda other: other.get("alternate_contact_type") == "SECURITY"):
            raise NotApplicable("another contact here is for security")
        yield Failure(
            written("alternate_contact_type", kind),
            'a contact with alternate_contact_type = "SECURITY" too',
            at="alternate_contact_type",
        )
        return

    def judge(name: str) -> Iterator[Failure]:
        if not contact.has(name):
            yield Failure(written(name, contact.get(name)), f"{name} is set", at=name)

    yield from each(("email_address", "phone_number"), judge)
