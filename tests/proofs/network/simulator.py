"""A naive network: one packet after another, concrete addresses, nothing shared with the model that it is compared with."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

INTERNET = "internet"
_REFERENCE = re.compile(r"\$\{([a-z0-9_]+\.[a-z0-9_]+)\.[a-z0-9_]+\}")
_EPHEMERAL = (1024, 5000, 32768, 65535)
_TARGETS = ("gateway_id", "nat_gateway_id", "vpc_peering_connection_id", "transit_gateway_id")


@dataclass
class Rule:
    """One rule of a group or an entry of an ACL."""

    protocol: str
    first: int
    last: int
    cidr: str = ""
    group: str = ""
    allow: bool = True
    number: int = 0

    def fits(self, protocol: str, port: int, address: str) -> bool:
        same = self.protocol in ("-1", protocol)
        return same and (self.protocol == "-1" or self.first <= port <= self.last) and within(address, self.cidr)


@dataclass
class World:
    """Everything, by name."""

    vpcs: dict[str, str] = field(default_factory=dict)
    subnets: dict[str, tuple[str, str]] = field(default_factory=dict)
    tables: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    acls: dict[str, dict[str, list[Rule]]] = field(default_factory=dict)
    groups: dict[str, dict[str, list[Rule]]] = field(default_factory=dict)
    machines: dict[str, tuple[str, tuple[str, ...], bool]] = field(default_factory=dict)
    nats: dict[str, str] = field(default_factory=dict)
    peerings: dict[str, tuple[str, str]] = field(default_factory=dict)
    attachments: dict[str, tuple[str, str, list[str]]] = field(default_factory=dict)
    transit: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Packet:
    source: str
    destination: str
    protocol: str
    port: int
    sender: str
    reply: bool = False


def within(address: str, cidr: str) -> bool:
    return bool(cidr) and ipaddress.ip_address(address) in ipaddress.ip_network(cidr)


def named(value: Any) -> str:
    """`aws_vpc.v` of `${aws_vpc.v.id}`, anything else as it is."""
    found = _REFERENCE.fullmatch(str(value))
    return found[1] if found else str(value)


def world_of(resources: dict[str, dict[str, Any]], addresses: dict[str, str]) -> World:
    """The world that a configuration of references and literals describes."""
    world = World(addresses=addresses)

    def each(type: str) -> Iterator[tuple[str, dict[str, Any]]]:
        yield from ((f"{type}.{name}", block) for name, block in resources.get(type, {}).items())

    world.vpcs = {name: block["cidr_block"] for name, block in each("aws_vpc")}
    world.subnets = {name: (named(block["vpc_id"]), block["cidr_block"]) for name, block in each("aws_subnet")}
    for _, block in each("aws_route_table_association"):
        table = resources["aws_route_table"][named(block["route_table_id"]).partition(".")[2]]
        world.tables[named(block["subnet_id"])] = [
            (route["cidr_block"], named(next(route[name] for name in _TARGETS if name in route)))
            for route in table.get("route", [])
        ]
    for _, block in each("aws_network_acl"):
        for subnet in block["subnet_ids"]:
            world.acls[named(subnet)] = {way: list(_entries(block.get(way, []))) for way in ("ingress", "egress")}
    for name, block in each("aws_security_group"):
        world.groups[name] = {way: list(_rules(block.get(way, []))) for way in ("ingress", "egress")}
    for name, block in each("aws_instance"):
        subnet = named(block["subnet_id"])
        gives = resources["aws_subnet"][subnet.partition(".")[2]].get("map_public_ip_on_launch", False)
        groups = tuple(named(group) for group in block["vpc_security_group_ids"])
        world.machines[name] = (subnet, groups, block.get("associate_public_ip_address", gives))
    world.nats = {name: named(block["subnet_id"]) for name, block in each("aws_nat_gateway")}
    world.peerings = {
        name: (named(block["vpc_id"]), named(block["peer_vpc_id"]))
        for name, block in each("aws_vpc_peering_connection")
    }
    _read_transit(world, dict(each("aws_ec2_transit_gateway_vpc_attachment")), resources)
    return world


def _read_transit(world: World, attachments: dict[str, Any], resources: dict[str, dict[str, Any]]) -> None:
    for name, block in attachments.items():
        subnets = [named(subnet) for subnet in block["subnet_ids"]]
        world.attachments[name] = (named(block["transit_gateway_id"]), named(block["vpc_id"]), subnets)
    for association in resources.get("aws_ec2_transit_gateway_route_table_association", {}).values():
        routes: list[tuple[str, str]] = []
        for propagation in resources.get("aws_ec2_transit_gateway_route_table_propagation", {}).values():
            to = named(propagation["transit_gateway_attachment_id"])
            if propagation["transit_gateway_route_table_id"] == association["transit_gateway_route_table_id"]:
                routes.append((world.vpcs[world.attachments[to][1]], to))
        world.transit[named(association["transit_gateway_attachment_id"])] = routes


def _entries(blocks: Iterable[dict[str, Any]]) -> Iterator[Rule]:
    for block in sorted(blocks, key=lambda block: block["rule_no"]):
        if "cidr_block" in block:
            allow = block["action"] == "allow"
            yield Rule(block["protocol"], block["from_port"], block["to_port"], block["cidr_block"], "", allow)


def _rules(blocks: Iterable[dict[str, Any]]) -> Iterator[Rule]:
    for block in blocks:
        for cidr in block.get("cidr_blocks", []):
            yield Rule(block["protocol"], block["from_port"], block["to_port"], cidr)
        for group in block.get("security_groups", []):
            yield Rule(block["protocol"], block["from_port"], block["to_port"], group=named(group))


def connects(world: World, source: str, target: str, protocol: str, port: int, outside: str = "8.8.8.8") -> bool:
    """Whether a packet from one end gets to the other, and of tcp one comes back."""
    if source == INTERNET:
        return _from_internet(world, target, protocol, port, outside)
    if target == INTERNET:
        return _leg(world, source, world.addresses[source], outside, protocol, port, INTERNET)
    if _leg(world, source, world.addresses[source], world.addresses[target], protocol, port, target):
        return True
    public = world.machines[target][2]
    out = public and _leg(world, source, world.addresses[source], outside, protocol, port, INTERNET)
    return out and _from_internet(world, target, protocol, port, outside)


def _from_internet(world: World, target: str, protocol: str, port: int, outside: str) -> bool:
    subnet, _, public = world.machines[target]
    packet = Packet(outside, world.addresses[target], protocol, port, "")
    if not public or _enter(world, world.subnets[subnet][0], packet, "", target) != target:
        return False
    return _answers(world, target, packet, INTERNET, {"acl": protocol == "tcp"})


def _leg(
    world: World, start: str, source: str, destination: str, protocol: str, port: int, goal: str, hops: int = 0
) -> bool:
    packet = Packet(source, destination, protocol, port, start)
    end = _leave(world, start, packet, goal)
    if end in world.nats:
        back = Packet(destination, source, protocol, port, end, reply=True)
        if hops == 3:
            return False
        if protocol == "tcp" and not any(_back(world, world.nats[end], back, each, start) for each in _EPHEMERAL):
            return False
        return _leg(world, end, world.addresses[end], destination, protocol, port, goal, hops + 1)
    if end != goal:
        return False
    return protocol != "tcp" or _answers(world, goal, packet, start, {"acl": True})


def _answers(world: World, replier: str, packet: Packet, start: str, how: dict[str, bool]) -> bool:
    for port in _EPHEMERAL:
        sender = replier if replier != INTERNET else ""
        reply = Packet(packet.destination, packet.source, packet.protocol, port, sender, reply=True)
        if replier == INTERNET:
            subnet = world.nats[start] if start in world.nats else world.machines[start][0]
            if _enter(world, world.subnets[subnet][0], reply, "", start) == start:
                return True
        elif _back(world, world.machines[replier][0], reply, port, start, **how):
            return True
    return False


def _back(world: World, subnet: str, packet: Packet, port: int, start: str, *, acl: bool = True) -> bool:
    packet = Packet(packet.source, packet.destination, packet.protocol, port, packet.sender, reply=True)
    return _emit(world, subnet, packet, start, acl=acl) == start


def _leave(world: World, start: str, packet: Packet, goal: str) -> str:
    if start in world.nats:
        return _emit(world, world.nats[start], packet, goal)
    subnet, groups, _ = world.machines[start]
    if not _grouped(world, groups, "egress", packet, packet.destination, _groups(world, goal)):
        return ""
    return _emit(world, subnet, packet, goal)


def _groups(world: World, name: str) -> tuple[str, ...]:
    return world.machines[name][1] if name in world.machines else ()


def _grouped(world: World, groups: Iterable[str], way: str, packet: Packet, address: str, peers: Iterable[str]) -> bool:
    for group in groups:
        for rule in world.groups[group][way]:
            if rule.group and rule.group in peers:
                named_port = rule.protocol == "-1" or rule.first <= packet.port <= rule.last
                if rule.protocol in ("-1", packet.protocol) and named_port:
                    return True
            elif rule.fits(packet.protocol, packet.port, address):
                return True
    return False


def _acl(world: World, subnet: str, way: str, packet: Packet) -> bool:
    if subnet not in world.acls:
        return True
    address = packet.destination if way == "egress" else packet.source
    for rule in world.acls[subnet][way]:
        if rule.fits(packet.protocol, packet.port, address):
            return rule.allow
    return False


def _emit(world: World, subnet: str, packet: Packet, goal: str, *, acl: bool = True) -> str:
    vpc, cidr = world.subnets[subnet]
    if within(packet.destination, cidr):
        return _deliver(world, subnet, packet, goal)
    if acl and not _acl(world, subnet, "egress", packet):
        return ""
    routes = [*world.tables.get(subnet, []), (world.vpcs[vpc], "local")]
    fitting = [(ipaddress.ip_network(cidr).prefixlen, to) for cidr, to in routes if within(packet.destination, cidr)]
    target = max(fitting, key=lambda found: (found[0], found[1] != "local"), default=(0, ""))[1]
    if target == "local":
        return _enter(world, vpc, packet, subnet, goal, acl=acl)
    if target in world.nats:
        entered = world.nats[target] == subnet or not acl or _acl(world, world.nats[target], "ingress", packet)
        return target if entered and not packet.reply else ""
    return _beyond(world, target, vpc, packet, goal, acl=acl)


def _beyond(world: World, target: str, vpc: str, packet: Packet, goal: str, *, acl: bool) -> str:
    if target.startswith("aws_internet_gateway."):
        return _gateway(world, vpc, packet)
    if target in world.peerings:
        return _peering(world, world.peerings[target], vpc, packet, goal, acl=acl)
    return _transit(world, target, vpc, packet, goal, acl=acl)


def _gateway(world: World, vpc: str, packet: Packet) -> str:
    if ipaddress.ip_address(packet.destination).is_private and not within(packet.destination, "203.0.113.0/24"):
        return ""
    if packet.sender in world.nats:
        return INTERNET if world.subnets[world.nats[packet.sender]][0] == vpc else ""
    subnet, _, public = world.machines.get(packet.sender, ("", (), False))
    return INTERNET if public and world.subnets[subnet][0] == vpc else ""


def _peering(world: World, ends: tuple[str, str], vpc: str, packet: Packet, goal: str, *, acl: bool) -> str:
    other = ends[1] if ends[0] == vpc else ends[0]
    if not within(packet.source, world.vpcs[vpc]) or not within(packet.destination, world.vpcs[other]):
        return ""
    return _enter(world, other, packet, "", goal, acl=acl)


def _transit(world: World, gateway: str, vpc: str, packet: Packet, goal: str, *, acl: bool) -> str:
    for name, (own, of, subnets) in world.attachments.items():
        if own == gateway and of == vpc:
            if acl and not _acl(world, subnets[0], "ingress", packet):
                return ""
            for cidr, to in world.transit.get(name, []):
                if within(packet.destination, cidr):
                    # Groups of another VPC are not compared behind a transit gateway.
                    sender = packet.sender if packet.reply else f"behind {packet.sender}"
                    through = Packet(
                        packet.source, packet.destination, packet.protocol, packet.port, sender, packet.reply
                    )
                    return _emit(world, world.attachments[to][2][0], through, goal, acl=acl)
    return ""


def _enter(world: World, vpc: str, packet: Packet, before: str, goal: str, *, acl: bool = True) -> str:
    for name, (own, cidr) in world.subnets.items():
        if own == vpc and within(packet.destination, cidr):
            if name != before and acl and not _acl(world, name, "ingress", packet):
                return ""
            return _deliver(world, name, packet, goal)
    return ""


def _deliver(world: World, subnet: str, packet: Packet, goal: str) -> str:
    if goal in world.nats:
        return goal if packet.reply and packet.destination == world.addresses[goal] else ""
    if goal not in world.machines or packet.destination != world.addresses[goal] or world.machines[goal][0] != subnet:
        return ""
    if packet.reply:
        return goal
    allowed = _grouped(world, world.machines[goal][1], "ingress", packet, packet.source, _groups(world, packet.sender))
    return goal if allowed else ""
