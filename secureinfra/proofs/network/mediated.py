"""Hops that answer for what is behind them: load balancers, CloudFront and API Gateway open a connection of their own."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from secureinfra.proofs.network.addresses import Spans, common
from secureinfra.proofs.network.interfaces import Interface
from secureinfra.proofs.network.links import number
from secureinfra.proofs.network.model import Network
from secureinfra.proofs.network.packets import ALL_PORTS, TCP, UDP, Step
from secureinfra.proofs.network.paths import NOT_REACHABLE, REACHABLE, UNKNOWN, Answer, End, Traffic, routed
from secureinfra.proofs.network.walk import INTERNET, OUTSIDE
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node

__all__ = ["Mediators", "mediated"]

_BALANCERS = ("aws_lb", "aws_alb")
_TARGET_GROUPS = ("aws_lb_target_group", "aws_alb_target_group")
_LISTENERS = ("aws_lb_listener", "aws_alb_listener")
_RULES = ("aws_lb_listener_rule", "aws_alb_listener_rule")
_CLOUDFRONT = "cloudfront.origin-facing"
"""The prefix list of CloudFront's servers: docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/LocationsOfEdgeServers.html"""
_SERVICE, _ENDPOINT = "aws_vpc_endpoint_service", "aws_vpc_endpoint"
_GROUP_OF_ACTION = ("target_group_arn", "forward.target_group.arn")


@dataclass(frozen=True)
class _Behind:
    """What a mediator opens connections to.

    Args:
        key: the address of what is behind it.
        ports: the ports to which it connects.
        block: where that is written.
        sure: whether it does for sure.
        protocols: the protocols of the connections.
    """

    key: str
    ports: Spans
    block: Block
    sure: bool = True
    protocols: tuple[int, ...] = (TCP,)


@dataclass
class _Mediator:
    """One mediator.

    Args:
        key: its address.
        block: its block.
        listens: the protocols and ports on which it is reached.
        behind: what it connects to.
    """

    key: str
    block: Block
    listens: list[tuple[int, Spans]] = field(default_factory=list)
    behind: list[_Behind] = field(default_factory=list)


class Mediators:
    """All load balancers, distributions and API gateways.

    Args:
        network: where they are.
    """

    def __init__(self, network: Network) -> None:
        self.network, self.reader = network, network.reader
        self.by_key: dict[str, _Mediator] = {}
        self._targets: dict[str, list[_Behind]] = {}
        self._read_targets()
        self._read_listeners()
        self._read_classic()
        self._read_distributions()
        self._read_gateways()
        self._read_endpoint_services()

    @classmethod
    def of(cls, network: Network) -> Mediators:
        """Those of a network, read once."""
        return _mediators_of(network)

    def _mediator(self, block: Block) -> _Mediator:
        return self.by_key.setdefault(block.address, _Mediator(block.address, block))

    def _read_targets(self) -> None:
        configuration = self.network.configuration
        members = ("aws_instance", "aws_network_interface", *_BALANCERS, "aws_autoscaling_group")
        for block in configuration.of_type("aws_lb_target_group_attachment", "aws_alb_target_group_attachment"):
            self._join(block, "target_group_arn", self.reader.links(block, "target_id", *members).any, block, "port")
        for block in configuration.of_type("aws_autoscaling_attachment"):
            held = self.reader.links(block, "autoscaling_group_name", "aws_autoscaling_group").any
            self._join(block, "lb_target_group_arn", held, block, "")
        for block in configuration.of_type("aws_autoscaling_group"):
            self._join(block, "target_group_arns", [block], block, "")
        for block in configuration.of_type("aws_ecs_service"):
            for node in block.blocks("load_balancer"):
                self._join(node, "target_group_arn", [block], block, "container_port")

    def _join(self, node: Node, path: str, members: Iterable[Block], block: Block, port: str) -> None:
        for group in self.reader.links(node, path, *_TARGET_GROUPS).any:
            value = node.get(port) if port else None
            given = group.get("port") if value is None else value
            by = _protocols(group.get("protocol"))
            for member in members:
                behind = _Behind(member.address, _one(given), block, protocols=by)
                self._targets.setdefault(group.address, []).append(behind)

    def _read_listeners(self) -> None:
        configuration = self.network.configuration
        of_listener: dict[str, list[_Mediator]] = {}
        for block in configuration.of_type(*_LISTENERS):
            for balancer in self.reader.links(block, "load_balancer_arn", *_BALANCERS).any:
                found = self._mediator(balancer)
                found.listens += [(protocol, _one(block.get("port"))) for protocol in _protocols(block.get("protocol"))]
                of_listener.setdefault(block.address, []).append(found)
                self._add_actions(found, block, "default_action")
        for block in configuration.of_type(*_RULES):
            for listener in self.reader.links(block, "listener_arn", *_LISTENERS).any:
                for found in of_listener.get(listener.address, ()):
                    self._add_actions(found, block, "action")

    def _add_actions(self, found: _Mediator, block: Block, name: str) -> None:
        for node in block.blocks(name):
            for path in _GROUP_OF_ACTION:
                for group in self.reader.links(node, path, *_TARGET_GROUPS).any:
                    found.behind += self._targets.get(group.address, ())

    def _read_classic(self) -> None:
        configuration = self.network.configuration
        attached = [(block, block) for block in configuration.of_type("aws_elb")]
        for block in configuration.of_type("aws_elb_attachment"):
            attached += [(block, held) for held in self.reader.links(block, "elb", "aws_elb").any]
        for holder, balancer in attached:
            found = self._mediator(balancer)
            path = "instances" if holder is balancer else "instance"
            members = self.reader.links(holder, path, "aws_instance").any
            for node in balancer.blocks("listener"):
                found.listens.append((TCP, _one(node.get("lb_port"))))
                ports = _one(node.get("instance_port"))
                found.behind += [_Behind(member.address, ports, holder) for member in members]

    def _read_distributions(self) -> None:
        for block in self.network.configuration.of_type("aws_cloudfront_distribution"):
            found = self._mediator(block)
            for node in block.blocks("origin"):
                for held in self.reader.links(node, "domain_name", *_BALANCERS, "aws_elb", "aws_instance").any:
                    found.behind.append(_Behind(held.address, ALL_PORTS, block))

    def _read_gateways(self) -> None:
        """An HTTP API reaches private balancers by a VPC link, whose interfaces are in the VPC."""
        configuration = self.network.configuration
        for block in configuration.of_type("aws_apigatewayv2_integration"):
            links = self.reader.links(block, "connection_id", "aws_apigatewayv2_vpc_link").any
            balancers = [
                balancer
                for listener in self.reader.links(block, "integration_uri", *_LISTENERS).any
                for balancer in self.reader.links(listener, "load_balancer_arn", *_BALANCERS).any
            ]
            for link in links:
                found = self._mediator(link)
                found.behind += [_Behind(balancer.address, ALL_PORTS, block) for balancer in balancers]
                for api in self.reader.links(block, "api_id", "aws_apigatewayv2_api").any:
                    self._mediator(api).behind.append(_Behind(link.address, ALL_PORTS, block))
        for block in configuration.of_type("aws_api_gateway_vpc_link"):
            for balancer in self.reader.links(block, "target_arns", *_BALANCERS).any:
                self._mediator(block).behind.append(_Behind(balancer.address, ALL_PORTS, block, False))

    def _read_endpoint_services(self) -> None:
        """PrivateLink: a network with an endpoint reaches the load balancer, without a route to its VPC."""
        configuration = self.network.configuration
        behind: dict[str, list[str]] = {}
        for block in configuration.of_type(_SERVICE):
            held = self.reader.links(block, "network_load_balancer_arns", *_BALANCERS).any
            behind[block.address] = [balancer.address for balancer in held]
            self._mediator(block).behind += [
                _Behind(key, ALL_PORTS, block, False, (TCP, UDP)) for key in behind[block.address]
            ]
        for block in configuration.of_type(_ENDPOINT):
            for service in self.reader.links(block, "service_name", _SERVICE).any:
                for key in behind.get(service.address, ()):
                    self._mediator(block).behind.append(_Behind(key, ALL_PORTS, block, False, (TCP, UDP)))


@functools.lru_cache(maxsize=8)
def _mediators_of(network: Network) -> Mediators:
    return Mediators(network)


def _one(value: object) -> Spans:
    port = number(value)
    return ((port, port + 1),) if port is not None else ALL_PORTS


def _protocols(value: object) -> tuple[int, ...]:
    """The protocols of a listener or a target group; both for one that is not known."""
    if is_unknown(value):
        return (TCP, UDP)
    return {"UDP": (UDP,), "QUIC": (UDP,), "TCP_UDP": (TCP, UDP), "TCP_QUIC": (TCP, UDP)}.get(
        str(value).upper(), (TCP,)
    )


def mediated(network: Network, source: End, target: End, traffic: Traffic) -> Answer | None:
    """The path on which something answers for the target; `None` if nothing in the configuration does.

    Args:
        network: where.
        source: one end.
        target: the other, an interface.
        traffic: what the target gets.
    """
    mediators = Mediators.of(network)
    found: Answer | None = None
    if target.interface is None or traffic.protocol not in (None, TCP, UDP):
        return None
    for answer in _by(network, mediators, source, target, traffic, ()):
        if answer.verdict == REACHABLE:
            return answer
        if found is None or answer.verdict == UNKNOWN:
            found = answer
    return found


def _by(
    network: Network, mediators: Mediators, source: End, target: End, traffic: Traffic, seen: tuple[str, ...]
) -> Iterator[Answer]:
    for mediator in mediators.by_key.values():
        for behind in mediator.behind:
            ports = common(traffic.ports, behind.ports)
            if behind.key != target.name or not ports or mediator.key in seen:
                continue
            for protocol in behind.protocols:
                if traffic.protocol not in (None, protocol):
                    continue
                for second in _second_leg(network, mediator, target, Traffic(protocol, ports)):
                    for first in _first_leg(network, mediators, source, mediator, protocol, (*seen, mediator.key)):
                        yield _joined(first, second, mediator, behind, source, target)


def _second_leg(network: Network, mediator: _Mediator, target: End, traffic: Traffic) -> Iterator[Answer]:
    """From the mediator to what is behind it."""
    if mediator.block.type in (_SERVICE, _ENDPOINT):
        named = "an endpoint of " if mediator.block.type == _SERVICE else ""
        doubt = f"whether {named}{mediator.key} is accepted, and the rules of {target.name} allow its clients"
        yield Answer(UNKNOWN, mediator.key, target.name, doubts=(doubt,))
        return
    interfaces = _distinct(network.interfaces.by_key.get(mediator.key, ()))
    if not interfaces:
        if mediator.block.type == "aws_cloudfront_distribution":
            place = {version: space.apart(_CLOUDFRONT) for version, space in network.layout.spaces.items()}
            yield routed(network, End(mediator.key, None, INTERNET, place), target, traffic)
        elif mediator.block.type == "aws_apigatewayv2_api":
            yield Answer(REACHABLE, mediator.key, target.name)
        else:
            yield Answer(UNKNOWN, mediator.key, target.name, doubts=(f"how {mediator.key} reaches {target.name}",))
    for interface in interfaces:
        answer = routed(network, End(mediator.key, interface), target, traffic)
        kind = mediator.block.get("load_balancer_type", "application")
        if answer.verdict == NOT_REACHABLE and kind != "application" and mediator.block.type in _BALANCERS:
            # docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation
            doubt = f"whether {mediator.key} keeps the address of the client, and {target.name} allows it"
            answer = Answer(UNKNOWN, mediator.key, target.name, doubts=(doubt,))
        yield answer


def _first_leg(
    network: Network, mediators: Mediators, source: End, mediator: _Mediator, protocol: int, seen: tuple[str, ...]
) -> Iterator[Answer]:
    """From the source to the mediator, directly or by another one."""
    if source.name == mediator.key:
        yield Answer(REACHABLE, source.name, mediator.key)
        return
    if mediator.block.type == _SERVICE:
        # Endpoints are in networks; the internet has none. Those of this configuration are mediators themselves.
        if source.place == OUTSIDE:
            doubts = (f"whether an endpoint of {mediator.key} is in {source.name}",)
            yield Answer(UNKNOWN, source.name, mediator.key, doubts=doubts)
        return
    interfaces = _distinct(network.interfaces.by_key.get(mediator.key, ()))
    if not interfaces or mediator.block.type == "aws_apigatewayv2_vpc_link":
        public = End("the internet", None, INTERNET)
        if source.place == INTERNET:
            yield Answer(REACHABLE, source.name, mediator.key)
        elif not interfaces:
            yield routed(network, source, public, Traffic(TCP, ((80, 81), (443, 444))))
    listened = [ports for its, ports in mediator.listens if its == protocol]
    for interface in interfaces:
        for ports in dict.fromkeys(listened) if mediator.listens else [ALL_PORTS]:
            yield routed(network, source, End(mediator.key, interface), Traffic(protocol, ports))
        yield from _by(network, mediators, source, End(mediator.key, interface), Traffic(protocol, ALL_PORTS), seen)


def _joined(first: Answer, second: Answer, mediator: _Mediator, behind: _Behind, source: End, target: End) -> Answer:
    verdicts = (first.verdict, second.verdict)
    verdict = NOT_REACHABLE if NOT_REACHABLE in verdicts else UNKNOWN if UNKNOWN in verdicts else REACHABLE
    hop = Step(f"{mediator.key} answers, and connects to {target.name}", behind.block)
    doubts = tuple(dict.fromkeys((*first.doubts, *second.doubts)))
    stops = [stop for answer in (first, second) if answer.verdict == NOT_REACHABLE for stop in answer.stops]
    steps = (*first.steps, hop, *second.steps)
    return Answer(verdict, source.name, target.name, second.traffic, steps, doubts, stops, mediated=True)


def _distinct(interfaces: Iterable[Interface]) -> list[Interface]:
    """Interfaces of one resource that differ in what decides on paths."""
    found: dict[object, Interface] = {}
    for interface in interfaces:
        found.setdefault((interface.subnet.key, interface.groups), interface)
    return list(found.values())
