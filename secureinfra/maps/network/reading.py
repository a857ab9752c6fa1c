"""The facts of a network map, read from a configuration by the network of the proofs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from secureinfra.maps.labels import label_of, region_of, text, where_of
from secureinfra.maps.network.bars import add_bars
from secureinfra.maps.network.facts import INTERNET, Badge, NetworkFacts, Outside, Service, VpcFacts
from secureinfra.maps.network.names import service_label
from secureinfra.maps.network.permissions import add_permissions
from secureinfra.maps.network.tiers import add_tiers
from secureinfra.proofs.network.model import Network
from secureinfra.proofs.network.prefix_lists import service_of
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.proofs.network.layout import Vpc
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["network_facts"]

_NEVER_DRAWN = {
    "network ACL rule": ("aws_network_acl_rule",),
    "route table": ("aws_route_table", "aws_default_route_table"),
}
_GATEWAYS = ("aws_internet_gateway", "aws_internet_gateway_attachment")


def network_facts(configuration: Configuration) -> NetworkFacts:
    """What there is to draw of the network of a configuration."""
    network = Network.of(configuration)
    vpcs = [vpc for vpc in network.layout.vpcs.values() if vpc.block is not None and (vpc.subnets or _is_own(vpc))]
    left_out = {name: len(configuration.of_type(*types)) for name, types in _NEVER_DRAWN.items()}
    resources = sum(block.section != "data" for block in configuration.blocks)
    found = sorted((_vpc(network, vpc) for vpc in vpcs), key=lambda facts: (facts.label, facts.key))
    return NetworkFacts(configuration.name, region_of(configuration), found, left_out, resources)


def _is_own(vpc: Vpc) -> bool:
    return vpc.block is not None and vpc.block.section != "data"


def _vpc(network: Network, vpc: Vpc) -> VpcFacts:
    block = vpc.block
    assert block is not None  # noqa: S101 - those of the configuration only
    facts = VpcFacts(vpc.key, label_of(block), text(block.get("cidr_block"), "range not known"), where_of(block))
    facts.gateway = next(
        (
            where_of(held)
            for held in network.configuration.of_type(*_GATEWAYS)
            if network.layout.vpc_named(held, "vpc_id") is vpc
        ),
        None,
    )
    tiers = add_tiers(facts, network, vpc)
    add_bars(facts, network, vpc, tiers)
    gateways = [
        held for held in _endpoints(network, vpc) if text(held.get("vpc_endpoint_type"), "Gateway") == "Gateway"
    ]
    add_permissions(facts, network, vpc, gateways)
    for endpoint in gateways:
        label = service_label(service_of(endpoint) or endpoint.name)
        facts.services.setdefault(endpoint.address, Service(endpoint.address, label, where_of(endpoint)))
    facts.services = dict(sorted(facts.services.items(), key=lambda held: (held[1].label, held[0])))
    if facts.gateway is not None:
        facts.outsides.setdefault(INTERNET, Outside(INTERNET, "Internet", "any address"))
    facts.outsides = dict(sorted(facts.outsides.items(), key=lambda item: (item[0] != INTERNET, item[0])))
    facts.badges = _badges(network, vpc)
    return facts


def _endpoints(network: Network, vpc: Vpc) -> list[Block]:
    found = network.configuration.of_type("aws_vpc_endpoint")
    return [block for block in found if network.layout.vpc_named(block, "vpc_id") is vpc]


def _badges(network: Network, vpc: Vpc) -> list[Badge]:
    """The safeguards of a VPC; what is not known is left out."""
    configuration, block = network.configuration, vpc.block
    if block is None or block.section == "data":
        return []

    def one(types: tuple[str, ...], there: str, missing: str = "") -> list[Badge]:
        held = [each for each in configuration.of_type(*types) if _names(network, each, vpc)]
        if held:
            return [Badge(there, where_of(held[0]))]
        return [Badge(missing, where_of(block), missing=True)] if missing else []

    badges = one(("aws_flow_log",), "flow logs", "no flow logs")
    badges += one(("aws_route53_resolver_query_log_config_association",), "DNS log")
    closed = [held for held in configuration.of_type("aws_default_security_group") if _names(network, held, vpc)]
    if closed and not any(held.blocks("ingress") or held.blocks("egress") for held in closed):
        badges.append(Badge("defaults closed", where_of(closed[0])))
    elif block.type == "aws_vpc":
        badges.append(Badge("default group open", where_of(block), missing=True))
    return badges


def _names(network: Network, block: Block, vpc: Vpc) -> bool:
    for path in ("vpc_id", "resource_id"):
        value = block.get(path)
        if value is not None and (is_unknown(value) or value):
            return network.layout.vpc_named(block, path) is vpc
    return False
