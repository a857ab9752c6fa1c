"""Resources in another region than their provider's, by their own argument `region`, which came with provider 6."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from secureinfra.errors import ConfigError
from secureinfra.facts.deprecation import deprecated_in

# What is asked of any region gives the same.
_ANYWHERE = frozenset((("ephemeral", "aws_secretsmanager_random_password"),))


@dataclass(frozen=True)
class OtherRegion:
    """Another region of a provider; passed as `provider=` it has each resource name the region itself.

    Args:
        address: of the provider: `aws`, or `aws.` and its alias.
        region: e.g. `us-east-1`.
    """

    address: str
    region: str


def place_of(provider: Any, scope: object) -> tuple[str | None, str | None]:
    """The address of the provider that a construct uses, if it has an alias, and the region if it is another than its provider's.

    Args:
        provider: what the construct was given, if anything.
        scope: what it is in, which decides otherwise.

    Raises:
        ConfigError: it was not given a provider.
    """
    inherited: str | None = getattr(scope, "provider_alias", None)
    if provider is None:
        return inherited, getattr(scope, "other_region", None)
    address = (
        provider if isinstance(provider, str) else getattr(provider, "address", None) or getattr(provider, "fqn", None)
    )
    if not isinstance(address, str):
        raise ConfigError(
            f"provider={provider!r} is not a provider: give an AwsProvider or an address such as 'aws.us_east_1'."
        )
    named = isinstance(provider, str) or "." in address or "${" in address
    return (address or inherited) if named else inherited, provider.region if isinstance(
        provider, OtherRegion
    ) else None


def region_argument(section: str, type: str, region: str | None) -> Mapping[str, Any]:
    """The argument that puts a resource into another region; none for what AWS has once for all regions.

    Args:
        section: `resource` or `data`.
        type: the Terraform type.
        region: the other region; `None` for that of the provider.

    Raises:
        ConfigError: the type has an argument `region` that means something else, or is not in the packaged schema.
    """
    if region is None:
        return {}
    if (section, type) in _ANYWHERE:
        return {}
    takes, otherwise = _knows(section, type)
    if otherwise:
        raise ConfigError(
            f"{type}: whether its argument 'region' says where it is, is not known. Use an AwsProvider with an alias for {region}."
        )
    return {"region": region} if takes else {}


@functools.cache
def _knows(section: str, type: str) -> tuple[bool, bool]:
    """Whether a type has an argument `region`, and whether that is an old one with another meaning, which 6 deprecates."""
    if not type.startswith("aws_"):
        return False, False
    if section not in ("resource", "data"):
        # The packaged schemas have resources and data sources only.
        return False, True
    from secureinfra.terraform.schema.schema import VERSIONS, provider_schema  # noqa: PLC0415 - most stacks need no schema

    takes = "region" in provider_schema(VERSIONS[-1]).arguments(type, section)
    return takes, takes and any(deprecated_in({section: {type: {"x": {"region": "x"}}}}, 6))
