"""CI/CD access: Terraform state storage, and for each delivery two roles that GitHub Actions can assume."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra import (
    Config,
    Construct,
    GitHubActionsRoles,
    GitHubActionsRolesConfig,
    GitHubOidcProvider,
    GitHubOidcProviderConfig,
    Problem,
    SecureConstruct,
    StateBackend,
    StateBackendConfig,
    is_token,
    matches,
)

_WORD = matches(
    r"[a-z][a-z0-9-]{0,30}", "is not a name", "write up to 31 lower-case letters, digits and '-', a letter first"
)
# What the blueprint's own parts are called.
_TAKEN = ("github", "state")


class Delivery(GitHubActionsRolesConfig):
    """What one team delivers: from which repositories and branches, and what its roles may do."""

    name: Annotated[str, _WORD]
    """Name of the delivery, part of its roles' addresses."""


class CiCdAccessConfig(Config):
    """What a caller may choose about access for CI/CD."""

    state: StateBackendConfig
    """Where Terraform state is stored: `bucket`, `region` and `account_id`, and which other roles may use it. Another
    `bucket` replaces the bucket with all states, which Terraform refuses while it is protected."""
    deliveries: tuple[Delivery, ...]
    """The deliveries, each with a plan role, an apply role and a prefix for its states."""
    oidc_provider: Literal["new", "existing"] = "new"
    """Create GitHub's identity provider, or use the account's existing one: AWS allows one for each account."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags, on everything created."""

    def problems(self) -> Iterator[Problem]:
        """Each delivery has a name and states of its own."""
        if not self.deliveries:
            why, advice = "no role would use the states", "Add a delivery, with name and repositories"
            yield Problem("deliveries", "names none", why, advice)
        names = [delivery.name for delivery in self.deliveries]
        for name in sorted({name for name in names if names.count(name) > 1}):
            again = names.index(name, names.index(name) + 1)
            at, what = ("deliveries", again, "name"), f"holds {name!r} twice"
            yield Problem(at, what, "each has roles of its own", "Rename one", subject="deliveries")
        for name in sorted(set(names) & set(_TAKEN)):
            at, what = (
                ("deliveries", names.index(name), "name"),
                f"holds {name!r}, which is a part of the blueprint itself",
            )
            yield Problem(at, what, instead="Call it something else", subject="deliveries")
        for inner, outer in self._overlaps():
            yield Problem(
                ("deliveries", names.index(inner.name)),
                f"keeps states below {inner.prefix!r}, which {outer.name!r} reaches with {outer.prefix!r}",
                "it would read and overwrite them",
                "Give one of them a state_prefix of its own",
            )

    def _overlaps(self) -> Iterator[tuple[Delivery, Delivery]]:
        known = [delivery for delivery in self.deliveries if not is_token(delivery.prefix)]
        for position, one in enumerate(known):
            for other in known[position + 1 :]:
                inner, outer = (one, other) if len(one.prefix) >= len(other.prefix) else (other, one)
                if inner.prefix.startswith(outer.prefix):
                    yield inner, outer


class CiCdAccess(SecureConstruct):
    """Roles that let GitHub Actions plan and apply Terraform without stored keys, each limited to its own states.

    Creates the bucket and key for the states, GitHub's identity provider unless the account has it, and for each
    delivery a role that plans and reads no data, and a role that applies from a protected environment. None of the roles
    can change anything that is made here: administrators apply the stack of this blueprint.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: where states are stored, and the deliveries.
        provider: an additional provider, for another account.

    Raises:
        ConfigError: a value is refused, or a statement breaks a control that no waiver covers.

    Example:
        `CiCdAccess(stack, "ci", CiCdAccessConfig(state=StateBackendConfig(bucket="acme-state", region="eu-central-1",
        account_id="111122223333"), deliveries=(Delivery(name="shop", repositories=(GitHubRepository(name="acme/shop"),)),)))`
    """

    config: CiCdAccessConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: CiCdAccessConfig,
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        state = config.state
        self.state = StateBackend(self, "state", state.model_copy(update={"tags": {**config.tags, **state.tags}}))
        self.oidc: GitHubOidcProvider | None = None
        if config.oidc_provider == "new":
            self.oidc = GitHubOidcProvider(self, "github", GitHubOidcProviderConfig(tags=config.tags))
        self.roles = {delivery.name: self._make_roles(delivery) for delivery in config.deliveries}

    def _make_roles(self, delivery: Delivery) -> GitHubActionsRoles:
        tagged = delivery.model_copy(update={"tags": {**self.config.tags, **delivery.tags}})
        return GitHubActionsRoles(self, delivery.name, tagged, state=self.state, oidc=self.oidc)
