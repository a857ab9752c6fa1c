"""Cognito user pool: two factors, attacks blocked, accounts that no plan deletes, clients without secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.cognito.attributes import ATTRIBUTE_NAME, STANDARD, UserAttribute
from secureinfra.aws.cognito.client import UserPoolClientConfig
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Arn, CertificateArn, Number, Text, is_token
from secureinfra.controls import cognito as controls
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.engine.naming import shortened
from secureinfra.engine.provider_major import provider_major_of
from secureinfra.errors import ConfigError
from secureinfra.facts.edge_region import EDGE_REGION

__all__ = ["UserPool", "UserPoolConfig"]

_LONGEST_NAME = 128
_POOL_NAME = matches(
    r"[\w\s+=,.@-]{1,128}", "is not a name of a user pool", "write up to 128 letters, digits, ' +=,.@-'"
)
_PREFIX = matches(
    r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "is not a prefix of a domain", "write lower-case letters, digits and '-'"
)
_DOMAIN = matches(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,63}", "is not a domain name", example="login.example.com")
_NAME = matches(r"[a-z0-9-]{1,60}", "is not a name", "write lower-case letters, digits and '-'")


class UserPoolConfig(Config):
    """What a caller may choose about a user pool. How users sign in, and their attributes, are decided once and for all."""

    name: Annotated[str, _POOL_NAME] | None = None
    """Name of the pool; by default the construct's path. Another name replaces the pool, with all its users."""
    sign_in: Literal["email", "username"] = "email"
    """What users sign in with. It cannot be changed: the pool would be replaced, with all its users."""
    attributes: dict[str, UserAttribute] = {}
    """Attributes of your own, by name without `custom:`. AWS neither changes nor removes one; more can be added."""
    self_registration: bool = False
    """Anyone may register; by default administrators invite users."""
    mfa: Annotated[Literal["ON", "OPTIONAL"], controls.MFA.keeps(lambda mfa: mfa == "ON", '{value} == "ON"')] = "ON"
    """Whether all users need a second factor (an authenticator app), or those that set one up."""
    threat_protection: Annotated[bool, controls.THREATS_BLOCKED.keeps()] = True
    """Leaked passwords are blocked, and with `email_source_arn` or `provider_major=6` unusual sign-ins too; needs the Plus tier,
    which costs more for each active user."""
    minimum_password_length: Annotated[Number, between(8, 99, "characters")] = 14
    """Least number of characters of a password, 8 to 99."""
    password_history_size: Annotated[Number, between(0, 24, "passwords")] = 5
    """How many earlier passwords cannot be used again; only with `threat_protection`."""
    temporary_password_validity_days: Annotated[Number, between(1, 7, "days")] = 1
    """How long an invitation is valid, 1 to 7 days."""
    email_source_arn: Arn | None = None
    """Identity of SES that sends the mails; by default Cognito's own, 50 mails a day at most."""
    from_email_address: Text | None = None
    """Sender of the mails, of that identity."""
    domain_prefix: Annotated[str, _PREFIX] | None = None
    """Beginning of the sign-in pages' address below `amazoncognito.com`, unique in the region."""
    domain_name: Annotated[str, _DOMAIN] | None = None
    """Own domain of the sign-in pages, with a certificate."""
    certificate_arn: CertificateArn | None = None
    """Certificate of that domain, in us-east-1."""
    protect: Annotated[bool, controls.DELETION_PROTECTED.keeps()] = True
    """Deletion protection, and Terraform refuses to destroy the pool; the `sandbox` environment turns both off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Names of attributes, mails and domains go together."""
        for name in self.attributes:
            if complaint := ATTRIBUTE_NAME.complaint(name):
                yield Problem(("attributes", name), complaint, subject=f"attributes {name!r}")
            elif name in STANDARD:
                what = "is an attribute that each user has"
                yield Problem(("attributes", name), what, instead="Leave it out", subject=f"attributes {name!r}")
        if len(self.attributes) > 50:
            yield Problem(
                "attributes", f"has {len(self.attributes)}", "a pool has 50 at most", "Leave some out", "attributes"
            )
        if (self.email_source_arn is None) != (self.from_email_address is None):
            field = "email_source_arn" if self.email_source_arn is None else "from_email_address"
            yield Problem(field, "is missing", "SES sends as an address of an identity", "Give both, or neither")
        if (self.domain_name is None) != (self.certificate_arn is None):
            field = "domain_name" if self.domain_name is None else "certificate_arn"
            yield Problem(field, "is missing", "a domain needs its certificate", "Give both, or neither")
        if self.domain_name is not None and self.domain_prefix is not None:
            yield Problem("domain_prefix", "is given beside domain_name", "a pool has one domain here", "Leave one out")
        certificate = self.certificate_arn
        if certificate is not None and not is_token(certificate) and certificate.split(":")[3] != EDGE_REGION:
            yield Problem(
                "certificate_arn", f"is not in {EDGE_REGION}", "CloudFront serves the domain", "Make it there"
            )


@declares(
    module="user-pool",
    page="apis",
    yours=(
        "Clients: as written, no application can sign users in.",
        "Invitations, and what happens with lost devices.",
    ),
)
class UserPool(SecureConstruct):
    """A user pool whose users have two factors, that blocks what looks like an attack, and that no plan deletes.

    Creates the pool, what it does about risks, and the domain of its sign-in pages on request. `add_client` adds an
    application: a public client with the code flow and PKCE, without a secret, since Terraform would keep it in its state.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        provider: an additional provider, for another region.
        moved_from: the path that it had before, so that its resources move instead of being replaced.

    Raises:
        ConfigError: a value is refused.

    Example:
        `pool.add_client("shop", UserPoolClientConfig(callback_urls=("https://shop.example.com/signed-in",)))`
    """

    config: UserPoolConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: UserPoolConfig = UserPoolConfig(),
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.clients: dict[str, Resource] = {}
        self._servers: dict[str, Resource] = {}
        self.pool = self._make()
        if config.threat_protection:
            self._block_risks()
        if config.domain_prefix is not None or config.domain_name is not None:
            self.domain = Resource(
                self,
                "domain",
                "aws_cognito_user_pool_domain",
                user_pool_id=self.pool_id,
                domain=config.domain_name or config.domain_prefix,
                certificate_arn=config.certificate_arn,
            )

    @property
    def arn(self) -> str:
        """Reference to the pool's ARN."""
        return self.pool.ref("arn")

    @property
    def pool_id(self) -> str:
        """Reference to the pool's id."""
        return self.pool.ref("id")

    @property
    def issuer(self) -> str:
        """Issuer of its tokens, as an authorizer needs it."""
        return f"https://{self.pool.ref('endpoint')}"

    def client_id(self, name: str) -> str:
        """Reference to the id of a client, the audience of its tokens.

        Args:
            name: as given to `add_client`.

        Raises:
            ConfigError: there is no such client.
        """
        if name not in self.clients:
            raise ConfigError(f"{self.path}: it has no client {name!r}. It has: {', '.join(self.clients) or 'none'}.")
        return self.clients[name].ref("id")

    def add_client(self, name: str, config: UserPoolClientConfig = UserPoolClientConfig()) -> Resource:
        """Let an application sign users in.

        It may write what users may change of themselves, and no other attribute.

        Args:
            name: its name; part of the address.
            config: where users return to, and for how long they are signed in.

        Raises:
            ConfigError: the name is taken, or the pool has no sign-in pages that could send users back.
        """
        config = config.require(self.path)
        if complaint := _NAME.complaint(name):
            raise ConfigError(f"{self.path}: add_client({name!r}) {complaint}.")
        if name in self.clients:
            raise ConfigError(f"{self.path}: add_client({name!r}) is called already. Use another name.")
        if config.callback_urls and "domain" not in self.resources:
            raise ConfigError(
                f"{self.path}: add_client({name!r}) has callback_urls, and the pool has no sign-in pages. Set "
                "UserPoolConfig(domain_prefix='...')."
            )
        client = Resource(
            self,
            f"client-{name}",
            "aws_cognito_user_pool_client",
            # AWS refuses scopes of resource servers that are not there yet.
            depends_on=list(self._servers.values()),
            user_pool_id=self.pool_id,
            name=name,
            **config.arguments(self._written_by_users()),
        )
        self.clients[name] = client
        return client

    def add_resource_server(self, name: str, identifier: str, scopes: Mapping[str, str]) -> Resource:
        """Name an API and its scopes, which tokens of clients then carry as `identifier/scope`.

        Args:
            name: its name; part of the address.
            identifier: e.g. `https://api.example.com`.
            scopes: description of each scope, by its name.

        Raises:
            ConfigError: the name is taken, or there is no scope.
        """
        if complaint := _NAME.complaint(name):
            raise ConfigError(f"{self.path}: add_resource_server({name!r}) {complaint}.")
        if name in self._servers or not scopes:
            what = "is called already" if name in self._servers else "names no scope"
            raise ConfigError(
                f"{self.path}: add_resource_server({name!r}) {what}. Give each API a name and its scopes."
            )
        server = Resource(
            self,
            f"server-{name}",
            "aws_cognito_resource_server",
            user_pool_id=self.pool_id,
            identifier=identifier,
            name=name,
            scope=[{"scope_name": scope, "scope_description": about} for scope, about in sorted(scopes.items())],
        )
        self._servers[name] = server
        return server

    def _written_by_users(self) -> list[str]:
        own = (f"custom:{name}" for name, one in self.config.attributes.items() if one.written_by_users and one.mutable)
        return sorted(["email", "family_name", "given_name", "name", *own])

    def _make(self) -> Resource:
        config = self.config
        by_email = config.sign_in == "email"
        return Resource(
            self,
            "pool",
            "aws_cognito_user_pool",
            protect=config.protect,
            name=config.name or shortened(self.path.replace("/", "-"), _LONGEST_NAME),
            deletion_protection=lambda: "ACTIVE" if config.protect and self.stack_state.protects else "INACTIVE",
            user_pool_tier="PLUS" if config.threat_protection else "ESSENTIALS",
            username_attributes=["email"] if by_email else None,
            # Or `Ann` and `ann` would be two accounts; it cannot be changed later.
            username_configuration={"case_sensitive": False},
            auto_verified_attributes=["email"],
            user_attribute_update_settings={"attributes_require_verification_before_update": ["email"]},
            account_recovery_setting={"recovery_mechanism": [{"name": "verified_email", "priority": 1}]},
            admin_create_user_config={"allow_admin_create_user_only": not config.self_registration},
            mfa_configuration=config.mfa,
            software_token_mfa_configuration={"enabled": True},
            password_policy=self._password_policy(),
            user_pool_add_ons=self._add_ons(),
            email_configuration=self._mails(),
            schema=[config.attributes[name].block(name) for name in sorted(config.attributes)] or None,
            tags=config.tags or None,
        )

    def _password_policy(self) -> dict[str, Any]:
        required = {f"require_{kind}": True for kind in ("lowercase", "uppercase", "numbers", "symbols")}
        return {
            "minimum_length": self.config.minimum_password_length,
            **required,
            # A feature of the tiers Essentials and Plus.
            "password_history_size": self.config.password_history_size,
            "temporary_password_validity_days": self.config.temporary_password_validity_days,
        }

    def _add_ons(self) -> dict[str, Any] | None:
        if not self.config.threat_protection:
            return None
        return {
            "advanced_security_mode": "ENFORCED",
            "advanced_security_additional_flows": {"custom_auth_mode": "ENFORCED"},
        }

    def _mails(self) -> dict[str, Any] | None:
        if self.config.email_source_arn is None:
            return None
        return {
            "email_sending_account": "DEVELOPER",
            "source_arn": self.config.email_source_arn,
            "from_email_address": self.config.from_email_address,
        }

    def _block_risks(self) -> None:
        """What happens with risky sign-ins: without it AWS only records them."""
        Resource(
            self,
            "risks",
            "aws_cognito_risk_configuration",
            user_pool_id=self.pool_id,
            account_takeover_risk_configuration=self._takeovers(),
            compromised_credentials_risk_configuration={
                "event_filter": ["SIGN_IN", "SIGN_UP", "PASSWORD_CHANGE"],
                "actions": {"event_action": "BLOCK"},
            },
        )

    def _takeovers(self) -> dict[str, Any] | None:
        """What happens with sign-ins from unusual places or devices.

        AWS provider 5 takes it only together with an identity of SES, although nothing is mailed.
        """
        source = self.config.email_source_arn
        if source is None and provider_major_of(self) != 6:
            return None
        blocked = {"event_action": "BLOCK", "notify": False}
        asked = {"event_action": "MFA_REQUIRED", "notify": False}
        mails = {"source_arn": source, "from": self.config.from_email_address} if source is not None else None
        actions = {"high_action": blocked, "medium_action": asked, "low_action": asked}
        return {"actions": actions, "notify_configuration": mails}
