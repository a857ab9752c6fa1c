"""Who can be granted access: a role of ours, or an ARN that Terraform or somebody else knows."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from secureinfra.errors import ConfigError
from secureinfra.policy import Principal, Statement
from secureinfra.values import ARN, is_token


@runtime_checkable
class Grantee(Protocol):
    """A principal whose own policy we write: `SecureRole`, or anything shaped like it."""

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
        ConfigError: it is neither a role of ours nor the ARN of one; `*`, account-wide roots and users are no grantees.
    """
    arn = grantee if isinstance(grantee, str) else grantee.arn
    if not is_token(arn) and (ARN.complaint(arn) or ":role/" not in arn or "*" in arn):
        raise ConfigError(
            f"{where}: grantee {arn!r} is no role: a grant names one role. Pass a SecureRole, or the ARN of a role, "
            "e.g. 'arn:aws:iam::111122223333:role/reader'."
        )
    return Principal.arns(arn)
