"""Principals that can be granted access: a role of this library, or the ARN of a role managed elsewhere."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from secureinfra.config.rules import ARN, is_token
from secureinfra.engine.arguments import expected
from secureinfra.errors import ConfigError
from secureinfra.policy import Principal, Statement


@runtime_checkable
class Grantee(Protocol):
    """A principal whose identity policy this library writes: `SecureRole`, or anything with the same members."""

    @property
    def arn(self) -> str:
        """Its ARN, usually a reference."""
        ...

    def add_to_policy(self, statement: Statement) -> None:
        """Add a statement to its identity policy."""
        ...


def principal_of(grantee: Grantee | str, where: str) -> Principal:
    """The grantee as a resource policy names it.

    Raises:
        ConfigError: it is neither a role nor the ARN of one; `*`, account roots and users are not accepted.
    """
    if not isinstance(grantee, str):
        expected(where, "grantee", grantee, Grantee)
    arn = grantee if isinstance(grantee, str) else grantee.arn
    if not is_token(arn) and (ARN.complaint(arn) or ":role/" not in arn or "*" in arn):
        raise ConfigError(
            f"{where}: grantee {arn!r} is not a role: a grant names one role. Pass a SecureRole, or the ARN of a role, "
            "e.g. 'arn:aws:iam::111122223333:role/reader'."
        )
    return Principal.arns(arn)
