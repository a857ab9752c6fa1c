"""Values with an ARN: an object of this or another library, or the ARN itself."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable


@runtime_checkable
class HasArn(Protocol):
    """Anything with an ARN, such as a load balancer of this library."""

    @property
    def arn(self) -> str:
        """Its ARN."""
        ...


def arn_of(given: Any) -> str | None:
    """The ARN, from a string or an object that has one; `None` for anything else."""
    arn = given if isinstance(given, str) else getattr(given, "arn", None)
    return arn if isinstance(arn, str) else None
