"""The theorem that the loss of one zone takes no path away from what is in several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.shared.zones import zone_of
from secureinfra.proofs.network.interfaces import Interface
from secureinfra.proofs.network.layout import Subnet
from secureinfra.proofs.network.model import Network
from secureinfra.proofs.network.paths import NOT_REACHABLE, REACHABLE, UNKNOWN, Answer, End, routed
from secureinfra.proofs.network.walk import INTERNET
from secureinfra.proofs.theorems.theorem import Result, Step, Theorem, broken, proved, unknown
from secureinfra.terraform.unknown import text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["ONE_ZONE_LOST", "THEOREMS"]

_INTERNET = End("the internet", None, INTERNET)
_MOST_PAIRS = 400
# They are parts of a path, rather than ends of one.
_HOPS = ("aws_nat_gateway", "aws_networkfirewall_firewall", "aws_vpc_endpoint")


def _one_zone_lost(configuration: Configuration) -> Iterator[Result]:
    network = Network.of(configuration)
    several = {
        key: held
        for key, held in network.interfaces.by_key.items()
        if held[0].type not in _HOPS and len({_zone(one) for one in held}) > 1
    }
    pairs = 0
    for key, interfaces in several.items():
        results = []
        for target, others in (("", []), *several.items()):
            if target == key:
                continue
            pairs += 1
            if pairs > _MOST_PAIRS:
                results.append(unknown(interfaces[0].block, f"gave up after {_MOST_PAIRS} pairs of resources"))
                break
            results.append(_kept(network, interfaces, others))
        order = ("BROKEN", "UNKNOWN", "PROVED")
        yield min(results, key=lambda result: order.index(result.verdict))


def _written(subnet: Subnet) -> list[str]:
    """The zone of a subnet, if it is written."""
    zone = zone_of(subnet.block) if subnet.block is not None else None
    return [] if zone is None else [text_of(zone)]


def _zone(interface: Interface) -> str:
    return next(iter(_written(interface.subnet)), f"the zone of {interface.subnet.key}")


def _kept(network: Network, sources: list[Interface], targets: list[Interface]) -> Result:
    """Whether a path that is there with all zones is there without any one of them; no targets stand for the internet."""
    subject = sources[0].block
    whole = _best(network, sources, targets, frozenset())
    if whole is not None and whole.verdict == UNKNOWN:
        return unknown(subject, f"whether there is a path to keep depends on {', '.join(whole.doubts[:3])}")
    if whole is None or whole.verdict != REACHABLE:
        return proved(subject, "there is no path to keep")
    zones = sorted({_zone(held) for held in sources})
    for zone in zones:
        lost = frozenset(subnet.key for subnet in network.layout.subnets.values() if _is_in(subnet, zone))
        left = _best(network, [held for held in sources if held.subnet.key not in lost], targets, lost)
        if left is None or left.verdict == NOT_REACHABLE:
            steps = [Step(stop.text, stop.block, stop.at) for stop in (left.stops if left else ())]
            return broken(
                subject, f"without {zone}, {whole.source} does not reach {whole.target}", steps, {"lost": zone}
            )
        if left.verdict != REACHABLE:
            return unknown(subject, f"without {zone}, it depends on {', '.join(left.doubts)}")
    unnamed = [held.subnet.key for held in sources if not _written(held.subnet)]
    if unnamed:
        return unknown(subject, f"the zone of {unnamed[0]} is not written")
    return proved(subject, "each path that it has stays without any one zone")


def _is_in(subnet: Subnet, zone: str) -> bool:
    return zone in _written(subnet) or zone == f"the zone of {subnet.key}"


def _best(network: Network, sources: list[Interface], targets: list[Interface], lost: frozenset[str]) -> Answer | None:
    ends = [End(held.key, held) for held in targets if held.subnet.key not in lost] if targets else [_INTERNET]
    found: Answer | None = None
    for source in sources:
        for end in ends:
            answer = routed(network, End(source.key, source), end, lost=lost)
            if answer.verdict == REACHABLE:
                return answer
            if found is None or found.verdict == NOT_REACHABLE:
                found = answer
    return found


ONE_ZONE_LOST = Theorem(
    id="one-zone-lost-keeps-paths",
    title="What is in several zones keeps its paths when one zone is lost",
    why="an outage of one zone would take down what is meant to survive it",
    scope=(
        "Resources with network interfaces in two or more zones, each path that they have to the internet and to one another, "
        "routed. Whether a resource itself goes on without a zone is not looked at."
    ),
    prove=_one_zone_lost,
)

THEOREMS = (ONE_ZONE_LOST,)
