"""The VPC that a construct is given: a construct that has one, or an id."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from secureinfra.config.rules import VPC_ID
from secureinfra.errors import ConfigError


@runtime_checkable
class HasVpc(Protocol):
    """Anything that has a VPC: a `SecureVpc`."""

    @property
    def vpc_id(self) -> str:
        """Id of the VPC."""
        ...


def vpc_id_of(path: str, vpc: HasVpc | str | None, vpc_id: str | None) -> str:
    """The id of the one VPC that is given.

    Args:
        path: the construct's, for errors.
        vpc: what has a VPC, or its id.
        vpc_id: its id.

    Raises:
        ConfigError: none or two are given, or it is not the id of a VPC.
    """
    if (vpc is None) == (vpc_id is None):
        raise ConfigError(
            f"{path}: it needs one VPC, or AWS uses the default one: give vpc=network, or vpc_id='vpc-...'."
        )
    given = vpc_id if vpc is None else getattr(vpc, "vpc_id", vpc)
    if not isinstance(given, str) or VPC_ID.complaint(given):
        raise ConfigError(f"{path}: vpc={given!r} {VPC_ID.message}.")
    return given
