"""The invariant that nothing gets from one place in the network to another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.errors import ConfigError
from secureinfra.proofs.network.names import traffic_of
from secureinfra.proofs.network.questions import path_between
from secureinfra.proofs.theorems.network import of_answer
from secureinfra.proofs.theorems.theorem import Result, Theorem

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["no_path"]


def no_path(
    source: str, target: str, port: str | int = "", *, routed: bool = False, id: str = "", why: str = ""
) -> Theorem:
    """An invariant: nothing gets from one place in the network to another.

    Args:
        source: an address, the path of a construct, a CIDR block, or `internet`.
        target: the same.
        port: `443`, `tcp/443`, `udp/53`, `8000-8080`, `tcp` or `icmp`; all traffic if not given.
        routed: leave out paths on which a load balancer, CloudFront or API Gateway answers for the target.
        id: what reports call it.
        why: what happens where it does not hold; starts in lower case.

    Raises:
        ConfigError: an end is not given, or the port is not a port.
    """
    if not all(isinstance(end, str) and end for end in (source, target)):
        raise ConfigError(f"no_path: source={source!r}, target={target!r} must be two names. Give both.")
    asked = str(port) if port else ""
    traffic_of(asked)

    def prove(configuration: Configuration) -> Iterator[Result]:
        answer = path_between([configuration], source, target, asked, routed_only=routed)
        subject = configuration.block(target) or configuration.block(source)
        yield of_answer(subject, [answer], f"nothing gets from {source} to {target}")

    title = f"nothing gets from {source} to {target}{f' by {asked}' if asked else ''}"
    scope = "An invariant of this project. What an instance forwards by itself is not followed."
    return Theorem(id or f"no-path: {title}", title, why or "an invariant of this project is broken", scope, prove)
