"""Contacts of the account: whom AWS calls about security, operations and bills."""

from __future__ import annotations

from typing import Annotated, Any

from constructs import Construct

from secureinfra.config import Config
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.values import AccountId, matches

# docs.aws.amazon.com/accounts/latest/reference/API_PutAlternateContact.html
_NAME = matches(r"[^\n]{1,64}", "is no name: write up to 64 characters, e.g. 'Security team'")
_TITLE = matches(r"[^\n]{1,50}", "is no title: write up to 50 characters, e.g. 'On-call engineer'")
_EMAIL = matches(
    r"[\w+=.#|!&-]{1,64}@[\w.-]{1,180}\.\w{1,8}",
    "is no e-mail address: write e.g. 'security@example.com', a team's mailbox",
)
_PHONE = matches(
    r"[ 0-9()+-]{1,25}", "is no telephone number: write digits, '+', '-', '()' and spaces, e.g. '+49 30 123456'"
)


class Contact(Config):
    """Somebody whom AWS writes to or calls: best a team's mailbox and number, which outlast each of its members."""

    name: Annotated[str, _NAME]
    """Name of the person or team, up to 64 characters."""
    title: Annotated[str, _TITLE]
    """What they are, up to 50 characters."""
    email_address: Annotated[str, _EMAIL]
    """Where AWS writes to."""
    phone_number: Annotated[str, _PHONE]
    """Where AWS calls, up to 25 characters."""


class AlternateContactsConfig(Config):
    """Whom AWS turns to, besides the root user's mailbox."""

    security: Contact
    """About abuse, leaked keys and anything else that concerns security (CIS 1.2, Account.1)."""
    operations: Contact | None = None
    """About maintenance and outages; by default the root user's mailbox."""
    billing: Contact | None = None
    """About bills; by default the root user's mailbox."""
    account_id: AccountId | None = None
    """A member account, set from the organisation's management account or its delegated administrator for account
    management; by default the account that Terraform runs in."""


class AlternateContacts(SecureConstruct):
    """AWS knows whom to call about security, and does not rely on somebody reading the root user's mail.

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

    def __init__(self, scope: Construct, id: str, config: AlternateContactsConfig, *, provider: Any = None) -> None:
        super().__init__(scope, id, config, provider=provider)
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
