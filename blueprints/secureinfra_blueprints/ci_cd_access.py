"""CI/CD access: one place for Terraform's states, and for each delivery two roles that GitHub Actions takes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra import (
    Config,
    GitHubActionsRoles,
    GitHubActionsRolesConfig,
    GitHubOidcProvider,
    GitHubOidcProviderConfig,
    SecureConstruct,
    StateBackend,
    StateBackendConfig,
    is_token,
    matches,
)

_WORD = matches(
    r"[a-z][a-z0-9-]{0,30}", "is no name: write up to 31 lower-case letters, digits and '-', a letter first"
)
# What the blueprint's own parts are called.
_TAKEN = ("github", "state")


class Delivery(GitHubActionsRolesConfig):
    """What one team delivers: from which repositories and branches, and what its roles may do."""

    name: Annotated[str, _WORD]
    """What the delivery is called; part of its roles' addresses."""


class CiCdAccessConfig(Config):
    """What a caller may choose about access for CI/CD."""

    state: StateBackendConfig
    """Where Terraform's states lie: `bucket`, `region` and `account_id`, and who else may use them."""
    deliveries: tuple[Delivery, ...]
    """Who delivers, each with a plan role and an apply role, and states that the others do not reach."""
    oidc_provider: Literal["new", "existing"] = "new"
    """Make GitHub's identity provider, or use the one of the account: AWS takes one for each account."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones, on everything made."""

    def problems(self) -> Iterator[str]:
        """Each delivery has a name and states of its own."""
        if not self.deliveries:
            yield "deliveries=() names none: there would be states that nobody uses. Add a delivery, with name and repositories."
        names = [delivery.name for delivery in self.deliveries]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"deliveries holds {name!r} twice: each has roles of its own. Rename one."
        for name in sorted(set(names) & set(_TAKEN)):
            yield f"deliveries holds {name!r}, which is a part of the blueprint itself. Call it something else."
        for inner, outer in self._overlaps():
            yield (
                f"deliveries {inner.name!r} keeps states below {inner.prefix!r}, which {outer.name!r} reaches with "
                f"{outer.prefix!r}: it would read and overwrite them. Give one of them a state_prefix of its own."
            )

    def _overlaps(self) -> Iterator[tuple[Delivery, Delivery]]:
        known = [delivery for delivery in self.deliveries if not is_token(delivery.prefix)]
        for position, one in enumerate(known):
            for other in known[position + 1 :]:
                inner, outer = (one, other) if len(one.prefix) >= len(other.prefix) else (other, one)
                if inner.prefix.startswith(outer.prefix):
                    yield inner, outer


class CiCdAccess(SecureConstruct):
    """Access by which workflows plan and apply Terraform without a stored key, each no further than its own states.

    Creates the bucket and key for the states, GitHub's identity provider unless the account has it, and for each
    delivery a role that plans and reads no data, and a role that applies from a protected environment. None of the roles
    can change anything that is made here: administrators apply the stack of this blueprint.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: where the states lie, and who delivers.
        provider: an additional provider, for another account.

    Raises:
        ConfigError: a value is refused, or a statement breaks a control that no waiver covers.

    Example:
        `CiCdAccess(stack, "ci", CiCdAccessConfig(state=StateBackendConfig(bucket="acme-state", region="eu-central-1",
        account_id="111122223333"), deliveries=(Delivery(name="shop", repositories=(GitHubRepository(name="acme/shop"),)),)))`
    """

    config: CiCdAccessConfig

    def __init__(self, scope: Construct, id: str, config: CiCdAccessConfig, *, provider: Any = None) -> None:
        super().__init__(scope, id, config, provider=provider)
        state = config.state
        self.state = StateBackend(self, "state", state.model_copy(update={"tags": {**config.tags, **state.tags}}))
        self.oidc: GitHubOidcProvider | None = None
        if config.oidc_provider == "new":
            self.oidc = GitHubOidcProvider(self, "github", GitHubOidcProviderConfig(tags=config.tags))
        self.roles = {delivery.name: self._make_roles(delivery) for delivery in config.deliveries}

    def _make_roles(self, delivery: Delivery) -> GitHubActionsRoles:
        tagged = delivery.model_copy(update={"tags": {**self.config.tags, **delivery.tags}})
        return GitHubActionsRoles(self, delivery.name, tagged, state=self.state, oidc=self.oidc)
