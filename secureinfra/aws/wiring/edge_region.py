"""Resources of CloudFront must be in us-east-1, from where it is managed: other regions are refused."""

from __future__ import annotations

from secureinfra.engine import AwsProvider, Resource, SecureConstruct
from secureinfra.engine.provider_major import provider_major_of
from secureinfra.errors import ConfigError
from secureinfra.facts.edge_region import EDGE_REGION
from secureinfra.facts.partitions import apart


def refuse_other_region(construct: SecureConstruct, what: str) -> None:
    """Refuse, at synthesis, a provider of another region.

    Args:
        construct: whose provider it is.
        what: what must be in us-east-1, as the beginning of a sentence.

    Raises:
        ConfigError: the provider is known to have another region.
    """
    region = AwsProvider.region_of(construct)
    if region not in (None, EDGE_REGION):
        fix = f"Add AwsProvider(stack, 'edge', AwsProviderConfig(region='{EDGE_REGION}', alias='edge')) and pass it as provider=."
        if words := apart(region, EDGE_REGION):
            fix = f"Leave {type(construct).__name__} out there: {words}."
        elif provider_major_of(construct) == 6:
            fix = f"Pass provider=aws.in_region('{EDGE_REGION}'), where aws is the stack's AwsProvider."
        raise ConfigError(
            f"{construct.path}: its provider has region {region!r}: {what} must be in {EDGE_REGION}, from where CloudFront "
            f"is managed. {fix}"
        )


def demand_edge_region(resource: Resource, what: str) -> None:
    """Have Terraform reject a provider of another region, which Python cannot detect for a variable or an external
    provider.

    Args:
        resource: whose provider it is.
        what: as for `refuse_other_region`.
    """
    if resource.owner.region == EDGE_REGION:
        return
    resource.demand(
        "region",
        resource.owner.region,
        f'{{value}} == "{EDGE_REGION}"',
        f"{what} must be in {EDGE_REGION}, from where CloudFront is managed. Pass a provider of that region as provider=",
    )
