"""The AWS provider: its region, allowed accounts and default tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between
from secureinfra.config.rules import REGION, AccountId, Arn, Number, Region, Text
from secureinfra.engine._cdk import TerraformStack
from secureinfra.engine.construct import SecureConstruct
from secureinfra.engine.other_region import OtherRegion
from secureinfra.engine.provider_major import narrow, provider_major_of, require_major
from secureinfra.engine.stack import configure
from secureinfra.engine.text import readable
from secureinfra.errors import ConfigError
from secureinfra.facts.partitions import apart
from secureinfra.facts.provider import PROVIDER_SOURCE, provider_version
from secureinfra.facts.tokens import is_token


class AssumeRole(Config):
    """The role that Terraform assumes before it does anything."""

    role_arn: Arn
    """Role to assume."""
    external_id: Text | None = None
    """External id that the role's trust policy requires."""
    session_name: Text | None = None
    """Name of the session in CloudTrail."""
    duration: Text | None = None
    """How long the session lasts, as Terraform writes it: `1h`, `30m`."""


class AwsProviderConfig(Config):
    """Where a stack is built and how everything in it is tagged."""

    region: Region
    """Region of every resource that uses this provider."""
    allowed_account_ids: tuple[AccountId, ...] = ()
    """Terraform refuses to work in any other account; name them, so that a wrong profile cannot hit production."""
    owner: Text | None = None
    """Tag `owner`: the team responsible for the resources."""
    environment: Literal["production", "staging", "development", "sandbox"] | None = None
    """Tag `environment`; a `sandbox` may also be destroyed by Terraform (`configure`)."""
    data_classification: Text | None = None
    """Tag `data-classification`, e.g. `confidential`."""
    tags: Mapping[str, str] = {}
    """Additional default tags."""
    assume_role: AssumeRole | None = None
    """The role that Terraform assumes."""
    alias: Text | None = None
    """Name of an additional provider, for a second region or account."""
    max_retries: Annotated[Number, between(0, 100, "tries")] | None = None
    """How often a throttled call is retried."""
    provider_major: Literal[5, 6] | None = None
    """Major version of the AWS provider. Without it the output suits both 5 and 6; with `6`, constructs may use what only 6
    has, which was checked against its schema, not with the provider itself. All providers of a stack share it."""

    def problems(self) -> Iterator[Problem]:
        """A tag has one value."""
        named = {"owner": self.owner, "environment": self.environment, "data-classification": self.data_classification}
        for tag, value in named.items():
            if value and self.tags.get(tag, value) != value:
                what = f"sets {tag!r} to {self.tags[tag]!r}, and {tag.replace('-', '_')}={value!r} to another value"
                yield Problem(("tags", tag), what, instead="Leave one of the two out", subject="tags")


class AwsProvider(SecureConstruct):
    """The provider of a stack, with default tags on everything it creates.

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
        self._refuse_second()
        if config.provider_major is not None:
            narrow(self, self.path, config.provider_major)
        if config.environment and isinstance(scope, TerraformStack):
            configure(scope, environment=config.environment)

    def _refuse_second(self) -> None:
        """Terraform takes one provider for each address ("Duplicate provider configuration")."""
        made = (one for one in self.stack_state.constructs if isinstance(one, AwsProvider) and one is not self)
        other = next((one for one in made if one.address == self.address), None)
        if other is not None:
            raise ConfigError(
                f"{self.path}: the stack has the provider {self.address!r} already, {other.path!r}. Remove one of the two, or give "
                "this one another alias: AwsProviderConfig(alias='...')."
            )

    @classmethod
    def of(cls, construct: SecureConstruct) -> AwsProvider | None:
        """The provider that a construct uses; `None` if it is the engine's own, or created later.

        Args:
            construct: any construct of the stack.
        """
        address = construct.provider_alias or "aws"
        made = construct.stack_state.constructs
        return next((one for one in made if isinstance(one, AwsProvider) and one.address == address), None)

    @classmethod
    def region_of(cls, construct: SecureConstruct) -> str | None:
        """The region that a construct is in; `None` if it is not known at synthesis.

        Args:
            construct: any construct of the stack.
        """
        if construct.other_region:
            return _known(construct.other_region)
        provider = cls.of(construct)
        region = provider.config.region if provider else None
        return _known(region)

    @classmethod
    def for_region(cls, construct: SecureConstruct, region: str) -> AwsProvider | OtherRegion | str:
        """A provider for a region: the construct's own if it has that region, else a copy with the same account, role and tags.

        It belongs to the stack: every construct that needs the same region gets the same provider, with an alias such as
        `us_east_1`. A module declares no providers, so there it is the address of the provider that the caller passes.
        With `provider_major=6` there is no copy: resources name the region themselves (`in_region`).

        Args:
            construct: the construct whose provider is copied.
            region: its region, e.g. `us-east-1`.

        Raises:
            ConfigError: the construct's provider was not created before it, or another provider has the alias.
        """
        base = cls.of(construct)
        if base is not None and base.config.region == region:
            return base
        if said := apart(cls.region_of(construct), region):
            raise ConfigError(
                f"{construct.path}: it needs {region} as well, but {said}. Leave out there what needs {region}."
            )
        if provider_major_of(construct) == 6:
            return OtherRegion(construct.provider_alias or "aws", region)
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
                    f"{construct.path}: the alias {alias!r} is that of {other.path!r}, which is not a provider for {region} like "
                    f"{base.path!r}. Choose another alias for it."
                )
        return cls(construct.stack_state.stack, f"provider-{alias}", config)

    def in_region(self, region: Region) -> AwsProvider | OtherRegion:
        """This provider in another region, as `provider=` of a construct: with provider 6, each resource names its own region.

        Where resources were applied with an aliased provider before, provider 6 must have read them once, so that the state
        holds their region: `terraform init -upgrade`, then `terraform apply -refresh-only`, then this
        (Terraform AWS provider documentation, guide "Enhanced Region Support").

        Args:
            region: e.g. `us-east-1`.

        Raises:
            ConfigError: the stack is not written for provider 6, or it is not a region.

        Example:
            `WebAcl(stack, "firewall", WebAclConfig(scope="CLOUDFRONT"), provider=aws.in_region("us-east-1"))`
        """
        if not is_token(region) and (complaint := REGION.complaint(region)):
            raise ConfigError(f"{self.path}: in_region({region!r}) {complaint}.")
        require_major(self, 6, f"in_region({region!r})")
        if words := apart(_known(self.config.region), _known(region)):
            raise ConfigError(
                f"{self.path}: in_region({region!r}): {words}. Use an AwsProvider with credentials of that partition."
            )
        return self if region == self.config.region else OtherRegion(self.address, region)

    @property
    def address(self) -> str:
        """How a resource names this provider: `aws`, or `aws.` and the alias."""
        return f"aws.{self.config.alias}" if self.config.alias else "aws"

    def document(self) -> dict[str, Any]:
        """The provider block and the version constraints."""
        version = provider_version(self.stack_state.provider_major)
        return {
            "provider": {"aws": [self._block()]},
            # No `required_version`: checkov 3.3 cannot parse a plain string in this block and skips the whole file.
            "terraform": {"required_providers": {"aws": {"source": PROVIDER_SOURCE, "version": version}}},
        }

    def _block(self) -> dict[str, Any]:
        config = self.config
        block: dict[str, Any] = {"region": config.region, "default_tags": [{"tags": readable(self.default_tags)}]}
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
        """The tags on everything this provider creates."""
        named = {
            "owner": self.config.owner,
            "environment": self.config.environment,
            "data-classification": self.config.data_classification,
            "managed-by": "terraform",
        }
        return {**{name: value for name, value in named.items() if value}, **self.config.tags}


def _known(region: str | None) -> str | None:
    return None if is_token(region) else region
