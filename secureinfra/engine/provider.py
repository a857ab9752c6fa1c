"""The AWS provider: where to build, for which accounts, tagged how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.config import Config
from secureinfra.engine._cdk import TerraformStack
from secureinfra.engine.construct import SecureConstruct
from secureinfra.engine.stack import configure
from secureinfra.errors import ConfigError
from secureinfra.values import AccountId, Arn, Number, Region, Text, between

PROVIDER_SOURCE = "hashicorp/aws"
# From 5.83 on there is delivery of logs by CloudFront and others, from 5.84 on listeners with security headers.
PROVIDER_VERSION = ">= 5.84.0, < 7.0.0"


class AssumeRole(Config):
    """The role that Terraform takes on before it does anything."""

    role_arn: Arn
    """Role to take on."""
    external_id: Text | None = None
    """Shared secret that the role's trust policy asks for."""
    session_name: Text | None = None
    """How the session is named in CloudTrail."""
    duration: Text | None = None
    """How long the session lasts, as Terraform writes it: `1h`, `30m`."""


class AwsProviderConfig(Config):
    """Where a stack is built and how everything in it is tagged."""

    region: Region
    """Region of every resource that uses this provider."""
    allowed_account_ids: tuple[AccountId, ...] = ()
    """Terraform refuses to work in any other account; name them, so that a wrong profile cannot hit production."""
    owner: Text | None = None
    """Tag `owner`: the team that answers for the resources."""
    environment: Literal["production", "staging", "development", "sandbox"] | None = None
    """Tag `environment`; a `sandbox` may also be destroyed by Terraform (`configure`)."""
    data_classification: Text | None = None
    """Tag `data-classification`, e.g. `confidential`."""
    tags: Mapping[str, str] = {}
    """Further default tags."""
    assume_role: AssumeRole | None = None
    """The role that Terraform takes on."""
    alias: Text | None = None
    """Name of an additional provider, for a second region or account."""
    max_retries: Annotated[Number, between(0, 100, "tries")] | None = None
    """How often a throttled call is tried again."""


class AwsProvider(SecureConstruct):
    """The provider of a stack, with default tags on everything it makes.

    Creates a `provider "aws"` block and the version constraints that this library is checked against. Pass it as
    `provider=` to a construct when it has an alias; without one, every construct of the stack uses it by itself.

    Args:
        scope: the stack.
        id: any; the provider has no address.
        config: region, accounts and tags.

    Raises:
        ConfigError: a value is refused.

    Example:
        `AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="payments", environment="production"))`
    """

    config: AwsProviderConfig

    def __init__(self, scope: Construct, id: str, config: AwsProviderConfig) -> None:
        super().__init__(scope, id, config)
        if config.environment and isinstance(scope, TerraformStack):
            configure(scope, environment=config.environment)

    @classmethod
    def of(cls, construct: SecureConstruct) -> AwsProvider | None:
        """The provider that a construct uses; `None` where it is the engine's own, or made later.

        Args:
            construct: any construct of the stack.
        """
        address = construct.provider_alias or "aws"
        made = construct.stack_state.constructs
        return next((one for one in made if isinstance(one, AwsProvider) and one.address == address), None)

    @classmethod
    def for_region(cls, construct: SecureConstruct, region: str) -> AwsProvider | str:
        """A provider for a further region, otherwise like the one that a construct uses: same account, role and tags.

        It belongs to the stack: whoever asks for the same region gets the same one, with the alias `us_east_1`. A module has
        none of its own, so that there it is the address of the one that a caller passes.

        Args:
            construct: whose provider it is like.
            region: its region, e.g. `us-east-1`.

        Raises:
            ConfigError: the construct's provider was not made before it, or another provider has the alias.
        """
        base = cls.of(construct)
        words = [base.config.alias] if base and base.config.alias else []
        alias = "_".join((*words, region.replace("-", "_")))
        if construct.stack_state.module:
            return f"aws.{alias}"
        if base is None:
            raise ConfigError(
                f"{construct.path}: a provider for {region} is made like that of the stack, which has none yet: write "
                f"AwsProvider(stack, 'aws', AwsProviderConfig(region=...)) before it."
            )
        config = base.config.model_copy(update={"region": region, "alias": alias})
        for other in construct.stack_state.constructs:
            if isinstance(other, AwsProvider) and other.config.alias == alias:
                if other.config == config:
                    return other
                raise ConfigError(
                    f"{construct.path}: the alias {alias!r} is that of {other.path!r}, which is no provider for {region} like "
                    f"{base.path!r}. Choose another alias for it."
                )
        return cls(construct.stack_state.stack, f"provider-{alias}", config)

    @property
    def address(self) -> str:
        """How a resource names this provider: `aws`, or `aws.` and the alias."""
        return f"aws.{self.config.alias}" if self.config.alias else "aws"

    def document(self) -> dict[str, Any]:
        """The provider block and the version constraints."""
        return {
            "provider": {"aws": [self._block()]},
            # No `required_version`: checkov 3.3 cannot parse a plain string in this block and skips the whole file.
            "terraform": {"required_providers": {"aws": {"source": PROVIDER_SOURCE, "version": PROVIDER_VERSION}}},
        }

    def _block(self) -> dict[str, Any]:
        config = self.config
        block: dict[str, Any] = {"region": config.region, "default_tags": [{"tags": self.default_tags}]}
        if config.alias:
            block["alias"] = config.alias
        if config.allowed_account_ids:
            block["allowed_account_ids"] = list(config.allowed_account_ids)
        if config.max_retries is not None:
            block["max_retries"] = config.max_retries
        if config.assume_role:
            block["assume_role"] = [config.assume_role.model_dump(exclude={"waivers"}, exclude_none=True)]
        return block

    @property
    def default_tags(self) -> dict[str, str]:
        """The tags on everything this provider makes."""
        named = {
            "owner": self.config.owner,
            "environment": self.config.environment,
            "data-classification": self.config.data_classification,
            "managed-by": "terraform",
        }
        return {**{name: value for name, value in named.items() if value}, **self.config.tags}
