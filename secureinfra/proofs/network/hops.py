"""Where routes lead: gateways, NAT, peering, transit gateways, firewalls, and what is not in the configuration."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from secureinfra.proofs.network.addresses import Spans, common
from secureinfra.proofs.network.groups import ANY_GROUP
from secureinfra.proofs.network.interfaces import Interface
from secureinfra.proofs.network.layout import Subnet, Vpc
from secureinfra.proofs.network.links import flag
from secureinfra.proofs.network.packets import ICMP, TCP, UDP, Step
from secureinfra.proofs.network.prefix_lists import service_of
from secureinfra.proofs.network.replies import returned
from secureinfra.proofs.network.routes import (
    APPLIANCE,
    ATTACHMENT,
    EGRESS_ONLY,
    ELSEWHERE,
    INTERNET,
    LOCAL,
    NAT,
    PEERING,
    SERVICE,
    TRANSIT,
    Route,
    Table,
)
from secureinfra.proofs.network.transit import other_side
from secureinfra.proofs.network.walk import INTERNET as THE_INTERNET
from secureinfra.proofs.network.walk import OUTSIDE, Goal, State, Walk, best
from secureinfra.terraform.unknown import Unknown, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block

__all__ = ["follow", "from_internet", "from_outside"]

# What brings packets from networks that are not in the configuration.
_CONNECTIONS = (
    "aws_vpn_gateway",
    "aws_vpn_gateway_attachment",
    "aws_vpn_connection",
    "aws_ec2_client_vpn_endpoint",
    "aws_ec2_client_vpn_network_association",
    "aws_ec2_transit_gateway_vpc_attachment",
    "aws_vpc_peering_connection",
    "aws_vpc_peering_connection_accepter",
    "aws_networkmanager_vpc_attachment",
    "aws_vpclattice_service_network_vpc_association",
    "aws_dx_gateway_association",
)
_WITHOUT_CHECK = ("aws_instance", "aws_network_interface")


def follow(walk: Walk, subnet: Subnet, route: Route, state: State) -> None:
    """Packets that a route takes go on to its target.

    Args:
        walk: the walk.
        subnet: the subnet whose table has the route.
        route: the route.
        state: the packets.
    """
    if route.kind in walk.mode.avoid and route.kind != APPLIANCE:
        walk.stop(Step(f"{route.step.text} is left out", route.step.block, route.step.at))
        return
    if route.kind in _TARGETS and route.target is not None:
        _TARGETS[route.kind](walk, subnet, route.target, state)
    elif route.kind == LOCAL:
        walk.enter(subnet.vpc, state, subnet)
    elif route.kind == INTERNET:
        _internet_gateway(walk, subnet.vpc, route, state)
    elif route.kind == EGRESS_ONLY:
        _egress_only(walk, subnet.vpc, route, state)
    elif route.kind == ELSEWHERE:
        _elsewhere(walk, state, route.doubt or f"where {route.step.text} leads")


def _internet_gateway(walk: Walk, vpc: Vpc, route: Route, state: State) -> None:
    step = Step(f"the internet gateway of {vpc.key}", route.target)
    public = walk.to(state, walk.network.layout.spaces[4].public()) if state.packets.version == 4 else state
    if public is None:
        walk.stop(Step(f"{step.text} forwards nothing to private addresses", route.target))
        return
    state, packets, sender = public, public.packets, public.packets.sender
    if sender is None or sender.subnet.vpc is not vpc:
        # docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html: it translates addresses of its own VPC.
        if sender is not None or state.start is not None or walk.mode.sure:
            walk.stop(Step(f"{step.text} forwards only what has a public address in its VPC", route.target))
            return
        _to_internet(walk, state.at(step, doubt="whether the source has a public address"))
        return
    has = sender.public if packets.version == 4 else sender.ipv6
    if has is False:
        kind = "public IPv4" if packets.version == 4 else "IPv6"
        walk.stop(Step(f"{sender.key} has no {kind} address, and {step.text} needs one", sender.block))
    elif has is True or not walk.mode.sure:
        _to_internet(walk, state.at(step, doubt="" if has is True else has.text))


def _egress_only(walk: Walk, vpc: Vpc, route: Route, state: State) -> None:
    sender = state.packets.sender
    if walk.mode.reply:
        walk.stop(
            Step(f"{route.step.text}: an egress-only gateway allows no connection from outside", route.step.block)
        )
        return
    if sender is not None and (sender.subnet.vpc is not vpc or sender.ipv6 is False):
        walk.stop(Step(f"{sender.key} has no IPv6 address in {vpc.key}", sender.block))
        return
    unsure = sender is None or is_unknown(sender.ipv6)
    if not (unsure and walk.mode.sure):
        doubt = "" if not unsure else f"whether {sender.key if sender else 'the source'} has an IPv6 address"
        _to_internet(walk, state.at(Step("the egress-only internet gateway", route.target), doubt=doubt))


def _unless_blocked(walk: Walk, state: State, *, inwards: bool) -> State | None:
    """The packets, unless the account may block public access."""
    block = None if walk.mode.reply else walk.network.blocks_public(inwards=inwards)
    if block is None:
        return state
    return None if walk.mode.sure else state.at(doubt=f"whether {block.address} blocks it")


def _to_internet(walk: Walk, state: State) -> None:
    allowed = _unless_blocked(walk, state, inwards=False)
    if allowed is None:
        return
    state = allowed
    if walk.goal.place == THE_INTERNET:
        walk.arrived.append(state)
    elif walk.goal.interface is not None and state.packets.version == 6:
        # An IPv6 address is the same on the internet.
        outside = state.at(Step("the internet"), packets=replace(state.packets, sender=None))
        from_internet(walk, outside)


def from_internet(walk: Walk, state: State) -> None:
    """Packets come in by the internet gateway of the goal's VPC."""
    interface = walk.goal.interface
    if interface is None:
        return
    vpc, held = interface.subnet.vpc, state
    if not walk.mode.reply:
        has = interface.public if state.packets.version == 4 else interface.ipv6
        if has is False:
            kind = "public IPv4" if state.packets.version == 4 else "IPv6"
            walk.stop(Step(f"{interface.key} has no {kind} address", interface.block))
            return
        if isinstance(has, Unknown):
            if walk.mode.sure:
                return
            held = state.at(doubt=has.text)
    allowed = _unless_blocked(walk, held, inwards=True)
    edge = walk.network.tables.unknown_edge
    if edge and allowed is not None:
        allowed = None if walk.mode.sure else allowed.at(doubt=f"which gateway {edge} is for")
    table = walk.network.tables.of_gateway(vpc)
    if allowed is not None and table is None:
        walk.enter(vpc, allowed)
    elif allowed is not None and table is not None:
        _from_edge(walk, vpc, table, allowed)


def _from_edge(walk: Walk, vpc: Vpc, table: Table, state: State) -> None:
    """docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html: what comes in is routed by the gateway's table."""
    for taken in table.taken(vpc, state.packets.version):
        held = walk.to(state, taken.must if walk.mode.sure else taken.may)
        if held is None:
            continue
        route = taken.route
        if route.kind == LOCAL:
            walk.enter(vpc, held)
        elif route.kind == APPLIANCE and route.target is not None:
            appliance(walk, None, route.target, held.at(route.step))
        elif not walk.mode.sure:
            _elsewhere(walk, held, route.doubt or f"where {route.step.text} leads")


def from_outside(walk: Walk, state: State, doubt: str) -> None:
    """Packets come from a network that is not in the configuration, by a way that is not known."""
    interface = walk.goal.interface
    vpc = interface.subnet.vpc if interface is not None else None
    if vpc is None or vpc.block is None or walk.network.configuration.of_type(*_CONNECTIONS):
        _elsewhere(walk, state, doubt)
    else:
        walk.stop(Step(f"nothing connects {vpc.key} to other networks", vpc.block))


def _nat(walk: Walk, subnet: Subnet, gateway: Block, state: State) -> None:
    if walk.mode.reply:
        walk.stop(Step(f"{gateway.address} replaces the source, so that it is no reply", gateway))
        return
    if state.packets.protocol not in (TCP, UDP, ICMP) and state.packets.version == 4:
        walk.stop(Step(f"{gateway.address} forwards tcp, udp and icmp only", gateway))
        return
    in_subnets = walk.network.interfaces.by_key.get(gateway.address, ())
    if not in_subnets:
        _regional_nat(walk, subnet.vpc, gateway, state)
    for nat in in_subnets:
        for held in [state] if nat.subnet is subnet else walk.filtered(nat.subnet, False, state):
            answer = returned(walk, held, nat)
            if answer is None:
                walk.stop(Step(f"no reply gets from {gateway.address} to {_start(held)}", gateway))
                continue
            replaced = replace(
                held.packets,
                version=4,
                sources=nat.networks.get(4, ()),
                one_source=True,
                sender=nat,
                destinations=_translated(walk, held),
            )
            step = Step(f"{gateway.address} replaces the source by its own address", gateway)
            moved = replace(held.at(step, packets=replaced), start=nat)
            for doubt in answer:
                moved = moved.at(doubt=doubt)
            walk.then(f"leave {nat.key}", moved, lambda nat=nat, moved=moved: walk.emit(nat.subnet, moved))  # type: ignore[misc]


def _regional_nat(walk: Walk, vpc: Vpc, gateway: Block, state: State) -> None:
    """A NAT gateway in no subnet, whose own route table leads to the internet gateway, which it cannot be created without:
    docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html."""
    reader = walk.network.layout.reader
    if text_of(gateway.get("availability_mode", "zonal")) != "regional":
        _elsewhere(walk, state, f"in which subnet {gateway.address} is")
        return
    for block in walk.network.configuration.of_type("aws_route"):
        if gateway in reader.links(block, "route_table_id", gateway.type).any:
            _elsewhere(walk, state, f"what {block.address} adds to the routes of {gateway.address}")
            return
    if state.packets.protocol == TCP and state.start is not None:
        reply = State(state.packets.reply())
        back = walk.fork(Goal(state.start), walk.mode._replace(reply=True))
        found = best(back.run(lambda held: held.enter(vpc, reply)).arrived)
        for stop in () if found else back.stops:
            walk.stop(stop)
        if found is None:
            walk.stop(Step(f"no reply gets from {gateway.address} to {_start(state)}", gateway))
            return
        for doubt in found.doubts:
            state = state.at(doubt=doubt)
    outside = replace(state.packets, version=4, destinations=_translated(walk, state), sender=None)
    public = walk.to(state.at(packets=outside), walk.network.layout.spaces[4].public())
    if public is not None:
        step = Step(f"{gateway.address} replaces the source by an address of its own", gateway)
        _to_internet(walk, replace(public.at(step), start=None))


def _translated(walk: Walk, state: State) -> Spans:
    """NAT64: docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html."""
    if state.packets.version == 4:
        return state.packets.destinations
    return walk.network.layout.spaces[4].internet()


def _start(state: State) -> str:
    return state.start.key if state.start is not None else "the source"


def _peering(walk: Walk, subnet: Subnet, connection: Block, state: State) -> None:
    vpc = subnet.vpc
    other, doubt = other_side(connection, vpc, walk.network.layout)
    # docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html: no transit, from or to what is not in the two VPCs.
    held = walk.coming(state, vpc.networks.get(state.packets.version, ()))
    if held is None:
        walk.stop(Step(f"{connection.address} is not transitive: the source is not in {vpc.key}", connection))
        return
    if other is None:
        _elsewhere(walk, held, doubt)
        return
    inside = walk.to(held, other.networks.get(state.packets.version, ()))
    if inside is None:
        walk.stop(Step(f"{connection.address} is not transitive: the destination is not in {other.key}", connection))
    elif not (doubt and walk.mode.sure):
        walk.enter(other, inside.at(Step(f"{connection.address} leads to {other.key}", connection), doubt=doubt))


def _transit(walk: Walk, subnet: Subnet, gateway: Block, state: State) -> None:
    transit = walk.network.transit
    attachments = transit.attachments(gateway, subnet.vpc)
    if not attachments:
        _elsewhere(walk, state, f"how {subnet.vpc.key} is attached to {gateway.address}")
        return
    for attachment in attachments:
        # docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
        within = [own for own in transit.subnets(attachment) if own.key not in walk.mode.lost]
        ways = [held for own in within for held in walk.filtered(own, False, state)]
        for held in ways[:1] if walk.mode.sure else ways:
            for taken in transit.taken(gateway, attachment, state.packets.version):
                inside = walk.to(held, taken.must if walk.mode.sure else taken.may)
                if inside is None:
                    continue
                doubt = (
                    ""
                    if inside.packets.destinations == common(inside.packets.destinations, taken.must)
                    else (taken.route.doubt or f"which route of {gateway.address} takes it")
                )
                here = _without_groups(inside, gateway).at(taken.route.step, doubt=doubt)
                if taken.route.kind == ATTACHMENT and taken.route.target is not None:
                    _attached(walk, taken.route.target, here)
                elif taken.route.kind == ELSEWHERE:
                    _elsewhere(walk, here, taken.route.doubt)
                else:
                    walk.stop(Step(f"{taken.route.step.text} to nowhere", taken.route.step.block))


def _without_groups(state: State, gateway: Block) -> State:
    # docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html#vpc-attachment-security: groups are compared if asked for.
    if gateway.get("security_group_referencing_support", "disable") == "enable":
        return state
    return state.at(packets=replace(state.packets, sender=None))


def _attached(walk: Walk, attachment: Block, state: State) -> None:
    for own in walk.network.transit.subnets(attachment):
        walk.then(f"leave {own.key}", state, lambda own=own: walk.emit(own, state))  # type: ignore[misc]


def appliance(walk: Walk, subnet: Subnet | None, block: Block, state: State) -> None:
    """Packets go through a firewall or an instance that may drop, pass on or answer them.

    Args:
        walk: the walk.
        subnet: the subnet from which they come; `None` for the internet gateway.
        block: the firewall, the Gateway Load Balancer endpoint, the instance or its interface.
        state: the packets.
    """
    if walk.mode.sure or (APPLIANCE in walk.mode.avoid and block.type not in _WITHOUT_CHECK):
        walk.stop(Step(f"{block.address} may drop it", block))
        return
    if block.type in _WITHOUT_CHECK and flag(block.get("source_dest_check"), True) is True:
        # docs.aws.amazon.com/vpc/latest/userguide/work-with-nat-instances.html#EIP_Disable_SrcDestCheck
        walk.stop(Step(f"{block.address} drops what is not for itself (source_dest_check)", block))
        return
    for own in walk.network.interfaces.by_key.get(block.address, ()):
        for held in [state] if own.subnet is subnet else walk.filtered(own.subnet, False, state):
            for inside in walk.grouped(own, "ingress", held):
                passed_on = inside.at(
                    Step(f"through {block.address}", block), doubt=f"whether {block.address} lets it through"
                )
                _again(walk, own, passed_on)
                if block.type != "aws_networkfirewall_firewall" and not walk.mode.reply:
                    own_source = replace(
                        passed_on.packets, sources=own.networks.get(state.packets.version, ()), sender=own
                    )
                    _again(walk, own, replace(passed_on, packets=own_source, start=own))


def _again(walk: Walk, own: Interface, state: State) -> None:
    for held in walk.grouped(own, "egress", state):
        walk.then(f"leave {own.subnet.key}", held, lambda held=held: walk.emit(own.subnet, held))  # type: ignore[misc]


def _elsewhere(walk: Walk, state: State, doubt: str) -> None:
    """What is not in the configuration may bring packets anywhere."""
    if walk.mode.sure:
        return
    there = state.at(doubt=doubt)
    if walk.goal.place in (THE_INTERNET, OUTSIDE):
        walk.arrived.append(there)
    elif walk.goal.interface is not None:
        sender = there.packets.sender
        known = sender if sender is None or ANY_GROUP in sender.groups else None
        walk.enter(walk.goal.interface.subnet.vpc, there.at(packets=replace(there.packets, sender=known)))


def _service(walk: Walk, _: Subnet, endpoint: Block, state: State) -> None:
    if walk.goal.place == (service_of(endpoint) or endpoint.address):
        walk.arrived.append(state.at(Step(f"{endpoint.address} takes it", endpoint)))


_TARGETS: dict[str, Callable[[Walk, Subnet, Block, State], None]] = {
    NAT: _nat,
    PEERING: _peering,
    TRANSIT: _transit,
    APPLIANCE: appliance,
    SERVICE: _service,
}
