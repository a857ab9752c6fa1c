"""What constructs that others deliver to have in common, so that a source needs to know none of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from secureinfra.aws.wiring.deliveries.matrix import DeliveryNeeds, delivery_of
from secureinfra.engine import Grantee, Resource, SecureConstruct
from secureinfra.engine.arguments import expected
from secureinfra.errors import ConfigError


@runtime_checkable
class Receiver(Protocol):
    """A construct that others deliver to, such as `Queue` or `SecureTopic`."""

    path: str

    @property
    def receives(self) -> str:
        """Its kind in the matrix."""
        ...

    @property
    def arn(self) -> str:
        """Its ARN."""
        ...

    def accept_delivery(self, delivery: DeliveryNeeds, source_arn: str) -> Sequence[Resource]:
        """Let a service deliver for a source, and use the key for it; what must exist before the first delivery."""
        ...

    def grant_delivery(self, role: Grantee) -> None:
        """Let a role deliver, and use the key for it."""
        ...


def checked(source: SecureConstruct, kind: str, target: Receiver) -> DeliveryNeeds:
    """The delivery from a source to a target.

    Args:
        source: the construct that delivers.
        kind: its kind in the matrix.
        target: what is to receive.

    Raises:
        ConfigError: the target is not a construct that others deliver to, AWS has no such delivery, or both are made by different
            providers of one stack.
    """
    expected(f"{source.path}: deliver_to", "target", target, Receiver)
    delivery = delivery_of(source.path, kind, target.receives)
    if getattr(target, "fifo", False) and not delivery.fifo:
        raise ConfigError(
            f"{source.path}: deliver_to({target.path!r}) is a FIFO queue, to which a {kind} does not deliver. Deliver to a standard queue."
        )
    if isinstance(target, SecureConstruct):
        # So that regions are compared when all providers are known.
        source.neighbors = [*source.neighbors, ("deliver_to", target)]
    return delivery
