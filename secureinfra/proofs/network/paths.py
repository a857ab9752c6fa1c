"""What reaches what: routed paths between two places, with what they depend on and what stops the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from secureinfra.proofs.network.addresses import Spans
from secureinfra.proofs.network.groups import ANY_GROUP, NO_GROUP
from secureinfra.proofs.network.hops import follow, from_internet, from_outside
from secureinfra.proofs.network.interfaces import Interface
from secureinfra.proofs.network.model import Network
from secureinfra.proofs.network.packets import ALL_PORTS, ICMP, ICMPV6, TCP, UDP, Packets, Step, without_repeats
from secureinfra.proofs.network.walk import INTERNET, OUTSIDE, Goal, Mode, State, Walk, best
from secureinfra.terraform.unknown import is_unknown

__all__ = ["NOT_REACHABLE", "REACHABLE", "UNKNOWN", "Answer", "End", "Traffic", "routed"]

REACHABLE, NOT_REACHABLE, UNKNOWN = "reachable", "not reachable", "unknown"
_TYPES: Spans = ((0, 256),)


class End(NamedTuple):
    """One end of a path: an interface, or a place.

    Args:
        name: what it is called.
        interface: the interface; `None` for a place.
        place: `internet`, `outside`, or a service with a gateway endpoint.
        networks: the addresses of a place, by version; all of it if none are given.
    """

    name: str
    interface: Interface | None = None
    place: str = ""
    networks: dict[int, Spans] = {}


class Traffic(NamedTuple):
    """Which packets a question is about.

    Args:
        protocol: its number; `None` for all.
        ports: of tcp and udp.
    """

    protocol: int | None = None
    ports: Spans = ALL_PORTS


@dataclass
class Answer:
    """Whether packets get from one end to the other.

    Args:
        verdict: `reachable`, `not reachable` or `unknown`.
        source: the name of the source.
        target: the name of the target.
        traffic: what gets there, e.g. `tcp 443`; empty if nothing does.
        steps: what it passes, in order.
        doubts: what decides, if the verdict is `unknown`.
        stops: what stops packets, if the verdict is `not reachable`.
        mediated: whether a load balancer, CloudFront or API Gateway answers for the target on the way.
    """

    verdict: str
    source: str
    target: str
    traffic: str = ""
    steps: tuple[Step, ...] = ()
    doubts: tuple[str, ...] = ()
    stops: list[Step] = field(default_factory=list)
    mediated: bool = False


def routed(
    network: Network,
    source: End,
    target: End,
    traffic: Traffic = Traffic(),
    *,
    avoid: frozenset[str] = frozenset(),
    lost: frozenset[str] = frozenset(),
) -> Answer:
    """Whether packets get from one end to the other without a hop that answers for the other end.

    Args:
        network: where.
        source: one end.
        target: the other.
        traffic: which packets.
        avoid: kinds of hops that are taken to be closed: `nat`, `egress-only`, or `appliance`, which are firewalls.
        lost: the keys of subnets that are taken to be lost.
    """
    perhaps, stops = _arrivals(network, source, target, traffic, Mode(False, avoid=avoid, lost=lost))
    best_of_them, stops = best(perhaps), without_repeats(stops)
    if best_of_them is None:
        if network.unread:
            doubt = f"what {network.unread} contains"
            return Answer(UNKNOWN, source.name, target.name, doubts=(doubt,), stops=stops)
        # Without one, what could lead there leads in a circle, or one end has no address of the other's version.
        nothing = [Step(f"no route leads from {source.name} to {target.name}")]
        return Answer(NOT_REACHABLE, source.name, target.name, stops=stops or nothing)
    surely, _ = _arrivals(network, source, target, traffic, Mode(True, avoid=avoid, lost=lost))
    found = best(surely)
    if found is not None:
        return Answer(REACHABLE, source.name, target.name, found.packets.traffic, found.steps)
    doubts = best_of_them.doubts or (f"which addresses {source.name} and {target.name} get",)
    return Answer(UNKNOWN, source.name, target.name, best_of_them.packets.traffic, best_of_them.steps, doubts)


def _arrivals(
    network: Network, source: End, target: End, traffic: Traffic, mode: Mode
) -> tuple[list[State], list[Step]]:
    goal = Goal(target.interface, "" if target.interface is not None else target.place)
    found: list[State] = []
    stops: list[Step] = []
    for packets in _packets(network, source, target, traffic, mode):
        walk = Walk(network, goal, mode, follow, source.name)
        walk.run(lambda held, packets=packets: _start(held, source, State(packets, start=source.interface)))  # type: ignore[misc]
        _collect(walk, found, stops, source.place)
        if source.interface is not None and goal.interface is not None and packets.version == 4:
            found += _over_internet(network, source, target, packets, mode)
        if walk.gave_up and not mode.sure:
            found.append(State(packets, doubts=("more paths than can be followed: gave up",)))
    return found, stops


def _collect(walk: Walk, found: list[State], stops: list[Step], source: str = "") -> None:
    for state in walk.arrived:
        answer, why = answered(walk, state, source)
        if answer is not None:
            found.append(answer)
        stops += [stop for stop in why if stop not in stops]
    stops += [stop for stop in walk.stops if stop not in stops]


def _start(walk: Walk, source: End, state: State) -> None:
    if source.interface is not None:
        walk.leave(source.interface, state)
    elif source.place == OUTSIDE:
        from_outside(walk, state, f"how {source.name} is connected")
    else:
        from_internet(walk, state)


def _packets(network: Network, source: End, target: End, traffic: Traffic, mode: Mode) -> Iterator[Packets]:
    for version in (4, 6):
        sources = _addresses(network, source, version, mode)
        destinations = _addresses(network, target, version, mode)
        if not sources or not destinations:
            continue
        for protocol in network.protocols if traffic.protocol is None else (traffic.protocol,):
            if protocol == (ICMPV6 if version == 4 else ICMP):
                continue
            ports = traffic.ports if protocol in (TCP, UDP) else _TYPES if protocol in (ICMP, ICMPV6) else ALL_PORTS
            yield Packets(
                version,
                protocol,
                sources,
                destinations,
                ports,
                one_source=_is_one(source),
                one_destination=_is_one(target),
                sender=source.interface,
                receiver=target.interface,
            )


def _is_one(end: End) -> bool:
    """Whether it has one address, rather than any of those that it may have."""
    return end.interface is not None and not {ANY_GROUP, NO_GROUP}.intersection(end.interface.groups)


def _addresses(network: Network, end: End, version: int, mode: Mode) -> Spans:
    space = network.layout.spaces[version]
    if end.interface is not None:
        has = True if version == 4 else end.interface.ipv6
        if has is False or (mode.sure and is_unknown(has)):
            return ()
        return end.interface.networks.get(version, ())
    if end.networks:
        return end.networks.get(version, ())
    return space.internet() if end.place == INTERNET else space.apart(end.place)


def answered(walk: Walk, state: State, source: str = "") -> tuple[State | None, Sequence[Step]]:
    """The packets that arrived, with what their replies depend on; `None` if no reply gets back, with what stops it.

    Of protocols other than tcp one packet is enough to do harm. Only what comes from the internet needs a route back then:
    docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html calls a subnet without one private.

    Args:
        walk: the walk that arrived.
        state: the packets.
        source: the place from which they came, if it is not an interface.
    """
    tcp, goal, start = state.packets.protocol == TCP, walk.goal, state.start
    came_in = goal.interface is not None and (
        source == INTERNET or any(step == Step("the internet") for step in state.steps)
    )
    if not tcp and not came_in:
        return state, ()
    reply = State(state.packets.reply(), start=goal.interface)
    back = walk.fork(Goal(start) if start is not None else Goal(place=source), walk.mode._replace(reply=True, acls=tcp))
    if goal.interface is not None:
        own = goal.interface
        back.run(lambda held: held.emit(own.subnet, reply))
    elif start is None:
        return state, ()
    elif goal.place in (INTERNET, OUTSIDE):
        back.run(lambda held: from_internet(held, reply))
    else:
        back.run(lambda held: held.enter(start.subnet.vpc, reply))
    found = best(back.arrived)
    if found is None:
        return None, back.stops
    for doubt in found.doubts:
        state = state.at(doubt=doubt)
    return state, ()


def _over_internet(network: Network, source: End, target: End, packets: Packets, mode: Mode) -> list[State]:
    """Packets that leave for the internet and come in again to the public address of the target."""
    if target.interface is None or target.interface.public is False or INTERNET in mode.avoid:
        return []
    public = network.layout.spaces[4].internet()
    traffic = Traffic(packets.protocol, packets.ports)
    # Which public addresses both have is not known.
    out = End(f"the public address of {target.name}", None, INTERNET)
    outwards: list[State] = []
    for held in _packets(network, source, out, traffic, mode):
        if held.version == 4:
            walk = Walk(network, Goal(place=INTERNET), mode, follow)
            one = replace(held, one_destination=True)
            walk.run(lambda own, one=one: own.leave(source.interface, State(one, start=source.interface)))  # type: ignore[misc]
            _collect(walk, outwards, [])
    inwards: list[State] = []
    if outwards:
        walk = Walk(network, Goal(target.interface), mode, follow, "the internet")
        into = Packets(4, packets.protocol, public, target.interface.networks.get(4, ()), packets.ports, True, True)
        into = replace(into, receiver=target.interface)
        walk.run(lambda own: from_internet(own, State(into)))
        _collect(walk, inwards, [], INTERNET)
    first, second = best(outwards), best(inwards)
    if first is None or second is None:
        return []
    whole = replace(second, steps=(*first.steps, Step("the internet"), *second.steps))
    for doubt in first.doubts:
        whole = whole.at(doubt=doubt)
    return [whole]
