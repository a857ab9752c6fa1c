"""The question of `secureinfra path`: what gets from one name to another, by any path."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from secureinfra.errors import ConfigError
from secureinfra.proofs.network.mediated import mediated
from secureinfra.proofs.network.model import Network
from secureinfra.proofs.network.names import ends, known_names, traffic_of
from secureinfra.proofs.network.packets import Step
from secureinfra.proofs.network.paths import NOT_REACHABLE, REACHABLE, UNKNOWN, Answer, End, Traffic, routed
from secureinfra.suggest import did_you_mean

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["path_between"]

_WORST = (REACHABLE, UNKNOWN, NOT_REACHABLE)


def path_between(
    configurations: Sequence[Configuration],
    source: str,
    target: str,
    port: str | None = None,
    *,
    routed_only: bool = False,
) -> Answer:
    """Whether anything gets from one name to another.

    Args:
        configurations: where to look; a path stays within one of them.
        source: an address, the path of a construct, a CIDR block, or `internet`.
        target: the same.
        port: as `traffic_of` reads it; all traffic by default.
        routed_only: leave out paths on which a load balancer, CloudFront or API Gateway answers for the target.

    Raises:
        ConfigError: a name or port is not known.
    """
    traffic = traffic_of(port)
    networks = [Network.of(configuration) for configuration in configurations]
    found = [(network, ends(network, source), ends(network, target)) for network in networks]
    for position, name in ((1, source), (2, target)):
        if not any(held[position] for held in found):
            known = [known for network in networks for known in known_names(network)]
            hint = did_you_mean(name, known, "Name an address, a construct, a CIDR block, or internet.", cutoff=0.4)
            raise ConfigError(f"{name!r} is not in the network of this configuration. {hint}")
    answers = [
        _between(network, one, other, traffic, routed_only)
        for network, sources, targets in found
        for one in sources
        for other in targets
        if one.interface is not None or other.interface is not None
    ]
    if not answers and any(sources and targets for _, sources, targets in found):
        raise ConfigError(f"{source} and {target} are both outside of the network. One of them must be in a subnet.")
    if not answers:
        doubt = f"how the configuration of {source} and that of {target} are connected"
        return Answer(UNKNOWN, source, target, doubts=(doubt,))
    return _worst(answers, source, target)


def _between(network: Network, source: End, target: End, traffic: Traffic, routed_only: bool) -> Answer:
    answer = routed(network, source, target, traffic)
    if answer.verdict == REACHABLE or routed_only:
        return answer
    other = mediated(network, source, target, traffic)
    if other is None or _WORST.index(other.verdict) > _WORST.index(answer.verdict):
        return answer
    if other.verdict == answer.verdict == NOT_REACHABLE:
        answer.stops += [stop for stop in other.stops if stop not in answer.stops]
        return answer
    return other if other.verdict == REACHABLE or answer.verdict == NOT_REACHABLE else answer


def _worst(answers: Sequence[Answer], source: str, target: str) -> Answer:
    """The answer for all ends together: reachable if one is, not reachable only if none is."""
    first = min(answers, key=lambda answer: _WORST.index(answer.verdict))
    if first.verdict == NOT_REACHABLE:
        stops: dict[Step, None] = {stop: None for answer in answers for stop in answer.stops}
        return Answer(NOT_REACHABLE, first.source if len(answers) == 1 else source, target, stops=list(stops))
    return first
