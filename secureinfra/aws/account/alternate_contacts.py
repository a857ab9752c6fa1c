"""Alternate contacts of the account: the people AWS contacts about security, operations and billing."""

from __future__ import annotations

from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.config.rule import matches
from secureinfra.config.rules import AccountId
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["AlternateContacts", "AlternateContactsConfig", "Contact"]

# docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html
_NAME = matches(r"[^\n]{1,64}", "is not a name", "write up to 64 characters", example="Security team")
_TITLE = matches(r"[^\n]{1,50}", "is not a title", "write up to 50 characters", example="On-call engineer")
_EMAIL = matches(
    r"[\w+=.#|!&-]{1,64}@[\w.-]{1,180}\.\w{1,8}",
    "is not an email address",
    "write the address of a team's mailbox",
    example="security@example.com",
)
_PHONE = matches(
    r"[ 0-9()+-]{1,25}", "is not a telephone number", "write digits, '+', '-', '()' and spaces", example="+49 30 123456"
)


class Contact(Config):
    """A contact that AWS writes to or calls. Prefer a team's mailbox and number, which outlast its members."""

    name: Annotated[str, _NAME]
    """Name of the person or team, up to 64 characters."""
    title: Annotated[str, _TITLE]
    """Job title, up to 50 characters."""
    email_address: Annotated[str, _EMAIL]
    """Address that AWS writes to."""
    phone_number: Annotated[str, _PHONE]
    """Number that AWS calls, up to 25 characters."""


class AlternateContactsConfig(Config):
    """The contacts that AWS uses in addition to the root user's mailbox."""

    security: Contact
    """About abuse, leaked keys and anything else that concerns security (CIS 1.2, Account.1)."""
    operations: Contact | None = None
    """About maintenance and outages; by default the root user's mailbox."""
    billing: Contact | None = None
    """About bills; by default the root user's mailbox."""
    account_id: AccountId | None = None
    """A member account, set from the organization's management account or its delegated administrator for account
    management; by default the account that Terraform runs in. Another account replaces the contacts: the old one has none."""


@declares(module="account-contacts", page="account", needs=("security",))
class AlternateContacts(SecureConstruct):
    """AWS has a security contact, and does not depend on the root user's mailbox.

    Creates the account's contact for security, and those for operations and billing when they are given.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: the contacts.
        provider: an additional provider, for another account; contacts are the same in every region.

    Raises:
        ConfigError: there is no contact for security, or a value is refused.

    Example:
        `AlternateContacts(stack, "contacts", AlternateContactsConfig(security=Contact(name="Security team",
        title="On call", email_address="security@example.com", phone_number="+49 30 123456")))`
    """

    config: AlternateContactsConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: AlternateContactsConfig,
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_second(
            self,
            "an account has one contact of each kind, and each would overwrite the other's",
            "Remove one, or give each another account_id.",
            names=("account_id",),
        )
        self.security = self._register("security", config.security)
        self.operations = self._register("operations", config.operations) if config.operations else None
        self.billing = self._register("billing", config.billing) if config.billing else None

    def _register(self, kind: str, contact: Contact) -> Resource:
        return Resource(
            self,
            kind,
            "aws_account_alternate_contact",
            alternate_contact_type=kind.upper(),
            account_id=self.config.account_id,
            name=contact.name,
            title=contact.title,
            email_address=contact.email_address,
            phone_number=contact.phone_number,
        )
