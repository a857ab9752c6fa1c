"""Walks packets through a network: breadth first over places and sets of packets.

A walk is sure or not. A sure walk follows only what holds for every value that is not known, so that what arrives is
reachable. The other follows what holds for some value, so that what does not arrive is not reachable.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from secureinfra.facts.spans import without
from secureinfra.proofs.network.acls import Acl
from secureinfra.proofs.network.addresses import Spans, common, covers
from secureinfra.proofs.network.interfaces import Interface
from secureinfra.proofs.network.layout import Subnet, Vpc
from secureinfra.proofs.network.model import Network
from secureinfra.proofs.network.packets import Packets, Step, passed
from secureinfra.proofs.network.routes import LOCAL, Route

__all__ = ["INTERNET", "OUTSIDE", "Goal", "Mode", "State", "Walk", "best"]

INTERNET, OUTSIDE = "internet", "outside"
_MOST_STEPS = 20_000


class Goal(NamedTuple):
    """Where packets must arrive.

    Args:
        interface: an interface; `None` for another place.
        place: `internet`; `outside`, which is any network that is not in the configuration; or a service with a gateway endpoint.
    """

    interface: Interface | None = None
    place: str = ""

    @property
    def name(self) -> str:
        """What it is called."""
        return self.interface.key if self.interface is not None else f"the {self.place}"


class Mode(NamedTuple):
    """How a walk goes.

    Args:
        sure: follow only what holds whatever the values are that are not known.
        reply: the packets answer others: groups let them pass, and no address is replaced.
        acls: network ACLs are asked.
        avoid: kinds of hops that are taken to be closed, such as `nat` or `appliance`.
        lost: the keys of subnets that are taken to be lost, with all that is in them.
    """

    sure: bool
    reply: bool = False
    acls: bool = True
    avoid: frozenset[str] = frozenset()
    lost: frozenset[str] = frozenset()


@dataclass(frozen=True)
class State:
    """Packets on their way.

    Args:
        packets: the set.
        steps: what they have passed.
        doubts: what their way depends on.
        start: the interface that sent them, or that replaced their source last; `None` for what is outside.
    """

    packets: Packets
    steps: tuple[Step, ...] = ()
    doubts: tuple[str, ...] = ()
    start: Interface | None = None

    def at(self, *steps: Step, doubt: str = "", packets: Packets | None = None) -> State:
        """The state one step further."""
        doubts = (*self.doubts, doubt) if doubt and doubt not in self.doubts else self.doubts
        return replace(self, packets=packets or self.packets, steps=(*self.steps, *steps), doubts=doubts)


Follow = Callable[["Walk", Subnet, Route, State], None]


@dataclass
class Walk:
    """One walk.

    Args:
        network: where.
        goal: where to.
        mode: how.
        follow: takes packets on from a route to its target.
        source: the name of where packets come from, if it is not an interface.
    """

    network: Network
    goal: Goal
    mode: Mode
    follow: Follow
    source: str = ""
    arrived: list[State] = field(default_factory=list)
    stops: list[Step] = field(default_factory=list)
    _queue: deque[Callable[[], None]] = field(default_factory=deque)
    _seen: set[tuple[object, ...]] = field(default_factory=set)
    gave_up: bool = False

    def fork(self, goal: Goal, mode: Mode) -> Walk:
        """Another walk in the same network."""
        return Walk(self.network, goal, mode, self.follow, self.source)

    def run(self, *starts: Callable[[Walk], None]) -> Walk:
        """Follow all packets from some starts until they arrive or are stopped."""
        for start in starts:
            start(self)
        for _ in range(_MOST_STEPS):
            if not self._queue:
                return self
            self._queue.popleft()()
        self.gave_up = True
        return self

    def then(self, place: str, state: State, step: Callable[[], None]) -> None:
        """Go on at a place, unless the same packets have been there."""
        key = (place, state.packets, bool(state.doubts), state.start)
        if key not in self._seen:
            self._seen.add(key)
            self._queue.append(step)

    def stop(self, step: Step) -> None:
        """Remember what stops packets."""
        if step not in self.stops:
            self.stops.append(step)

    # Interfaces and subnets.

    def leave(self, interface: Interface, state: State) -> None:
        """Packets leave an interface: its groups are asked, then its subnet."""
        if interface.type == "aws_nat_gateway":
            self.stop(Step(f"{interface.key} starts no connections", interface.block))
            return
        if self.mode.sure and not interface.sure:
            return
        for held in self.grouped(interface, "egress", state.at(doubt=interface.doubt)):
            self.then(f"leave {interface.subnet.key}", held, lambda held=held: self.emit(interface.subnet, held))  # type: ignore[misc]

    def grouped(self, interface: Interface, way: str, state: State) -> list[State]:
        """What the groups of an interface allow."""
        if self.mode.reply or not interface.groups:
            return [state]
        inwards = way == "ingress"
        areas = self.network.groups.areas(interface.groups, way, state.packets, source=inwards)
        found = passed(state.packets, areas, source=inwards, sure=self.mode.sure)
        if not found:
            side = "from" if inwards else "to"
            group = self.network.groups.by_key[interface.groups[0]]
            other = self._other(state, inwards)
            text = f"{', '.join(interface.groups)}: no {way} rule allows {{}} {side} {other}"
            self.stop(Step(text, group.block, "", state.packets.traffic))
        return [state.at(step, doubt=doubt, packets=packets) for packets, step, doubt in found]

    def _other(self, state: State, inwards: bool) -> str:
        other = state.packets.sender if inwards else state.packets.receiver
        if other is not None:
            return str(other.key)
        if inwards:
            return state.start.key if state.start is not None else self.source
        return self.goal.name

    def emit(self, subnet: Subnet, state: State) -> None:
        """Packets leave a subnet, or stay within it."""
        if subnet.key in self.mode.lost:
            self.stop(Step(f"{subnet.key} is lost", subnet.block))
            return
        own = subnet.networks.get(state.packets.version, ())
        inside = self.to(state, own)
        if inside is not None and self._is_goal_in(subnet):
            self._deliver(subnet, inside)
        rest = without(state.packets.destinations, own)
        whole = tuple(rest) == state.packets.destinations
        if not rest or (self.mode.sure and state.packets.one_destination and not whole):
            return
        outside = state.at(packets=replace(state.packets, destinations=tuple(rest)))
        for held in self.filtered(subnet, True, outside):
            self.then(f"route {subnet.key}", held, lambda held=held: self._route(subnet, held))  # type: ignore[misc]

    def filtered(self, subnet: Subnet, outwards: bool, state: State) -> list[State]:
        """What the network ACL of a subnet allows."""
        if not self.mode.acls:
            return [state]
        acls = self.network.acls.of(subnet)
        states = [state]
        if self.mode.sure:
            for acl in acls:
                states = [held for before in states for held in self._through(acl, outwards, before)]
            return states
        found = [held for acl in acls for held in self._through(acl, outwards, state)]
        if len(acls) > 1:
            return [held.at(doubt=f"which network ACL {subnet.key} has") for held in found]
        return found

    def _through(self, acl: Acl, outwards: bool, state: State) -> list[State]:
        areas = acl.areas(outwards, state.packets.version, state.packets.protocol)
        found = passed(state.packets, areas, source=not outwards, sure=self.mode.sure)
        if not found:
            way = "outbound" if outwards else "inbound"
            what = "the reply" if self.mode.reply else "it"
            self.stop(Step(f"{acl.key} denies {what}: {way} {{}}", acl.block, "", state.packets.traffic))
        plain = acl.block is None and acl.open and not acl.entries
        return [state.at(*([] if plain else [step]), doubt=doubt, packets=packets) for packets, step, doubt in found]

    def enter(self, vpc: Vpc, state: State, before: Subnet | None = None) -> None:
        """Packets enter the subnets of a VPC.

        Args:
            vpc: the VPC.
            state: the packets.
            before: the subnet from which they come, whose ACL is not asked again.
        """
        interface = self.goal.interface
        if interface is None or interface.subnet.vpc is not vpc:
            return
        subnet = interface.subnet
        held = self.to(state, subnet.networks.get(state.packets.version, ()))
        if held is None or subnet.key in self.mode.lost:
            return
        for inside in [held] if subnet is before else self.filtered(subnet, False, held):
            self._deliver(subnet, inside)

    def _is_goal_in(self, subnet: Subnet) -> bool:
        return self.goal.interface is not None and self.goal.interface.subnet is subnet

    def _deliver(self, subnet: Subnet, state: State) -> None:
        interface = self.goal.interface
        held = self.to(state, interface.networks.get(state.packets.version, ())) if interface is not None else None
        if interface is None or held is None:
            return
        if self.mode.reply:
            self.arrived.append(held)
            return
        if interface.type == "aws_nat_gateway":
            # docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html: only replies come back through it.
            self.stop(Step(f"{interface.key} accepts no connections", interface.block))
            return
        if self.mode.sure and not interface.sure:
            return
        for inside in self.grouped(interface, "ingress", held):
            self.arrived.append(inside.at(doubt=interface.doubt))

    def to(self, state: State, spans: Spans) -> State | None:
        """The packets to some addresses; those to one that is not known only if it surely is one of them."""
        packets = state.packets
        both = common(packets.destinations, spans)
        if not both or (self.mode.sure and packets.one_destination and both != packets.destinations):
            return None
        return state if both == packets.destinations else state.at(packets=replace(packets, destinations=both))

    def coming(self, state: State, spans: Spans) -> State | None:
        """The packets from some addresses; those from one that is not known only if it surely is one of them."""
        packets = state.packets
        both = common(packets.sources, spans)
        if not both or (self.mode.sure and packets.one_source and both != packets.sources):
            return None
        return state if both == packets.sources else state.at(packets=replace(packets, sources=both))

    # Routes.

    def _route(self, subnet: Subnet, state: State) -> None:
        tables = self.network.tables.of(subnet)
        if self.mode.sure and len(tables) > 1:
            return
        for table in tables:
            taken_any = False
            doubt = f"which route table {subnet.key} has" if len(tables) > 1 else ""
            for taken in table.taken(subnet.vpc, state.packets.version):
                held = self.to(state, taken.must if self.mode.sure else taken.may)
                if held is None:
                    continue
                taken_any = True
                route = taken.route
                unsure = ""
                if not covers(taken.must, held.packets.destinations):
                    unsure = route.doubt or route.match.doubt or f"which route of {table.key} takes it"
                step = () if route.kind == LOCAL else (route.step,)
                self.follow(self, subnet, route, held.at(*step, doubt=doubt).at(doubt=unsure))
            if not taken_any:
                self.stop(Step(f"{table.key} has no route to {self.goal.name}", table.block))


def best(states: Iterable[State]) -> State | None:
    """The state that depends on the least, and of these the shortest."""
    return min(states, key=lambda state: (len(state.doubts), len(state.steps)), default=None)
