"""CloudFront is one service for the whole world, managed in us-east-1: what belongs to it is refused elsewhere."""

from __future__ import annotations

from secureinfra.engine import AwsProvider, Resource, SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.values import is_token

EDGE_REGION = "us-east-1"


def known_region(construct: SecureConstruct) -> str | None:
    """The region that a construct's provider has, where the stack has an `AwsProvider` that says so."""
    address = construct.provider_alias or "aws"
    for other in construct.stack_state.constructs:
        if isinstance(other, AwsProvider) and other.address == address:
            region: str = other.config.region
            return None if is_token(region) else region
    return None


def refuse_other_region(construct: SecureConstruct, what: str) -> None:
    """Refuse, at synthesis, a provider of another region.

    Args:
        construct: whose provider it is.
        what: what must be in us-east-1, as the beginning of a sentence.

    Raises:
        ConfigError: the provider is known to have another region.
    """
    region = known_region(construct)
    if region not in (None, EDGE_REGION):
        raise ConfigError(
            f"{construct.path}: its provider has region {region!r}: {what} must be in {EDGE_REGION}, from where CloudFront "
            f"is managed. Add AwsProvider(stack, 'edge', AwsProviderConfig(region='{EDGE_REGION}', alias='edge')) and pass "
            "it as provider=."
        )


def demand_edge_region(resource: Resource, what: str) -> None:
    """Have Terraform refuse a provider of another region, which Python cannot know of a variable or another's provider.

    Args:
        resource: whose provider it is.
        what: as for `refuse_other_region`.
    """
    resource.demand(
        "region",
        resource.owner.region,
        f'{{value}} == "{EDGE_REGION}"',
        f"{what} must be in {EDGE_REGION}, from where CloudFront is managed. Pass a provider of that region as provider=",
    )
