"""What people call the ends of a path: addresses, construct paths, networks, `internet`."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from secureinfra.errors import ConfigError
from secureinfra.facts.networks import is_private, span
from secureinfra.proofs.network.addresses import Spans, common
from secureinfra.proofs.network.groups import ANY_GROUP
from secureinfra.proofs.network.interfaces import Interface
from secureinfra.proofs.network.layout import Subnet
from secureinfra.proofs.network.model import Network
from secureinfra.proofs.network.packets import ALL_PORTS, ICMP, TCP, UDP
from secureinfra.proofs.network.paths import End, Traffic
from secureinfra.proofs.network.prefix_lists import service_of
from secureinfra.proofs.network.walk import INTERNET, OUTSIDE
from secureinfra.suggest import did_you_mean
from secureinfra.terraform.unknown import Unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block

__all__ = ["anything_in", "ends", "is_port", "known_names", "traffic_of"]

_PROTOCOLS = {"tcp": TCP, "udp": UDP, "icmp": ICMP}


def ends(network: Network, name: str) -> list[End]:
    """What a name stands for: interfaces, or a place; several if a group, a VPC or a module is named.

    Args:
        network: where to look.
        name: an address, the path of a construct, a CIDR block, or `internet`.

    Returns:
        Nothing if it is not in this network.

    Raises:
        ConfigError: it is a block that has no network interface.
    """
    if name == INTERNET:
        return [End("the internet", None, INTERNET)]
    try:
        block = ipaddress.ip_network(name, strict=False)
    except ValueError:
        return _named(network, name)
    return list(_of_cidr(network, name, block))


def _named(network: Network, name: str) -> list[End]:
    layout, found = network.layout, network.configuration.block(name)
    if name in network.interfaces.by_key:
        return _distinct(network.interfaces.by_key[name])
    if name in layout.subnets:
        return [anything_in(layout.subnets[name])]
    if name in layout.vpcs:
        return [anything_in(subnet) for subnet in layout.vpcs[name].subnets]
    if found is not None and found.type == "aws_vpc_endpoint":
        return [End(name, None, service_of(found) or found.address)]
    if name in network.groups.by_key:
        return _distinct(held for held in network.interfaces.all() if name in held.groups)
    return _within(network, name, found)


def _within(network: Network, name: str, found: Block | None) -> list[End]:
    """What is in a module, made by a construct, or one of several instances."""
    instances = (f"{name}.", f"{name}[")
    within = [held for held in network.interfaces.all() if held.key.startswith(instances) or _is_path(held, name)]
    if within:
        return _distinct(within)
    subnets = [held for held in network.layout.subnets.values() if held.block is not None]
    if of_construct := [held for held in subnets if held.block and _is_below(held.block.construct_path, name)]:
        return [anything_in(held) for held in of_construct]
    if found is not None:
        raise ConfigError(
            f"{name} has no network interface that is known here. Name what is in a subnet, or the subnet."
        )
    return []


def _is_path(interface: Interface, name: str) -> bool:
    return interface.block is not None and _is_below(interface.block.construct_path, name)


def _is_below(path: str, name: str) -> bool:
    return bool(path) and f"/{path}/".find(f"/{name.strip('/')}/") >= 0


def _of_cidr(network: Network, name: str, block: ipaddress.IPv4Network | ipaddress.IPv6Network) -> Iterator[End]:
    spans: Spans = (span(block),)
    for subnet in network.layout.subnets.values():
        held = subnet.networks.get(block.version, ())
        match = network.layout.spaces[block.version].match(str(block))
        if both := common(held, match.may):
            yield anything_in(subnet, {block.version: both}, f"{name} in {subnet.key}")
    if not is_private(block):
        yield End(name, None, INTERNET, {block.version: spans})
    elif not any(common(vpc.networks.get(block.version, ()), spans) for vpc in network.layout.vpcs.values()):
        yield End(name, None, OUTSIDE, {block.version: spans})


def anything_in(
    subnet: Subnet, networks: dict[int, Spans] | None = None, name: str = "", group: str = ANY_GROUP
) -> End:
    """An interface that is only imagined: whatever is put into a subnet, with groups that allow all.

    Args:
        subnet: where.
        networks: its addresses; those of the subnet by default.
        name: what it is called; the subnet's address by default.
        group: `NO_GROUP` where its groups are none of those that rules name.
    """
    has = networks or subnet.networks
    interface = Interface(
        name or subnet.key,
        subnet.block,
        subnet,
        (group,),
        _perhaps(subnet.gives_public, f"whether what is in {subnet.key} has a public address"),
        _perhaps(subnet.gives_ipv6, f"whether what is in {subnet.key} has an IPv6 address") if has.get(6) else False,
        has,
    )
    return End(interface.key, interface)


def _perhaps(given: bool | Unknown, text: str) -> bool | Unknown:
    return Unknown(text) if given is False else given


def _distinct(interfaces: Iterable[Interface]) -> list[End]:
    """One end for all interfaces that differ in nothing that decides on paths."""
    found: dict[object, Interface] = {}
    for held in interfaces:
        public = held.public.text if isinstance(held.public, Unknown) else held.public
        ipv6 = held.ipv6.text if isinstance(held.ipv6, Unknown) else held.ipv6
        key = (held.subnet.key, held.groups, public, ipv6, held.type, tuple(held.networks.items()), held.doubt)
        found.setdefault(key, held)
    return [End(held.key, held) for held in found.values()]


def known_names(network: Network) -> list[str]:
    """Everything that can be named in a network."""
    found = [INTERNET, *network.interfaces.by_key, *network.layout.subnets, *network.layout.vpcs]
    found += [key for key, group in network.groups.by_key.items() if group.block is not None]
    found += [held.address for held in network.configuration.of_type("aws_vpc_endpoint")]
    paths = [held.block.construct_path for held in network.interfaces.all() if held.block is not None]
    paths += ["/".join(path.split("/")[:-1]) for path in paths]
    return list(dict.fromkeys([*found, *filter(None, paths)]))


def is_port(text: str) -> bool:
    """Whether a text is meant as a port, rather than as a path."""
    return text in _PROTOCOLS or re.fullmatch(r"(?:[a-z]+/)?\d+(?:-\d+)?", text) is not None


def traffic_of(text: str | None) -> Traffic:
    """What a port means: `443`, `tcp/443`, `udp/53`, `8000-8080`, `tcp`, `icmp`; all traffic if nothing is given.

    Raises:
        ConfigError: it is none of these.
    """
    if not text:
        return Traffic()
    name, slash, ports = text.partition("/")
    if not slash and name in _PROTOCOLS:
        return Traffic(_PROTOCOLS[name])
    if not slash:
        name, ports = "tcp", text
    first, _, last = ports.partition("-")
    if name not in ("tcp", "udp") or not first.isdigit() or not (last or first).isdigit():
        hint = did_you_mean(name, _PROTOCOLS, "Write 443, tcp/443, udp/53, 8000-8080, tcp or icmp.")
        raise ConfigError(f"port {text!r} is not a port. {hint}")
    start, end = int(first), int(last or first)
    if not 0 <= start <= end < ALL_PORTS[0][1]:
        raise ConfigError(f"port {text!r} is not between 0 and 65535. Write 443, tcp/443 or 8000-8080.")
    return Traffic(_PROTOCOLS[name], ((start, end + 1),))
