"""How far a rule opens a group: which ports the internet never reaches, and what is as large as the internet."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from secureinfra.aws.peers import Network, Peer
from secureinfra.aws.ports import ALL_TRAFFIC, Port
from secureinfra.controls import Control
from secureinfra.controls import security_group as controls
from secureinfra.controls.reading.traffic import RISKY_PORTS

_OWN_CONTROL = {
    22: controls.NO_SSH_FROM_INTERNET,
    3389: controls.NO_RDP_FROM_INTERNET,
    139: controls.NO_CIFS_FROM_INTERNET,
    445: controls.NO_CIFS_FROM_INTERNET,
}
WEB = (Port.HTTP, Port.HTTPS)

# Networks that no packet from the internet comes from.
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8")
_PRIVATE_IPV6 = ("fc00::/7", "fe80::/10")
_OWN = tuple(ipaddress.ip_network(cidr) for cidr in (*_PRIVATE, *_PRIVATE_IPV6))
# All of IPv4 as a NAT gateway shows it to IPv6: docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-nat64-dns64.html
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")

# A public network with a shorter prefix counts as the internet: no one owner has more, and a few would make the whole.
_INTERNET_BELOW = {4: 8, 6: 32}
# A public network with a shorter prefix needs a waiver: /24 and /48 are the smallest that one owner announces.
_WIDE_BELOW = {4: 24, 6: 48}


def closed_to_internet(port: Port) -> tuple[Control, str] | None:
    """The control that keeps a port shut to the internet whatever the reason, and the services that it would open."""
    if port.protocol == ALL_TRAFFIC or (port.holds(0) and port.holds(65535)):
        return controls.NOT_ALL_PORTS_FROM_INTERNET, "every service"
    risky = [number for number in RISKY_PORTS if port.holds(number)]
    if not risky:
        return None
    names = [f"{number} ({RISKY_PORTS[number]})" for number in risky[:4]]
    more = [f"{len(risky) - 4} more"] if len(risky) > 4 else []
    control = next((_OWN_CONTROL[number] for number in risky if number in _OWN_CONTROL), None)
    return control or controls.NO_RISKY_PORT_FROM_INTERNET, ", ".join([*names, *more])


def is_internet(peer: Peer) -> bool:
    """Whether it is the internet, or so large a part of it that a few rules could make up the whole."""
    network = _embedded(peer.network)
    return network is not None and not _is_private(network) and network.prefixlen < _INTERNET_BELOW[network.version]


def is_wide(peer: Peer) -> bool:
    """Whether it is a public network with more addresses than one owner is likely to have."""
    network = _embedded(peer.network)
    return network is not None and not _is_private(network) and network.prefixlen < _WIDE_BELOW[network.version]


def add_up_to_internet(peers: Iterable[Peer]) -> bool:
    """Whether public networks together are larger than the largest that one rule may name."""
    networks = [network for peer in peers if (network := peer.network) is not None and not _is_private(network)]
    shares = {4: 0.0, 6: 0.0}
    for version in (4, 6):
        own = [network for network in networks if network.version == version]
        for network in ipaddress.collapse_addresses(own):  # type: ignore[type-var]
            shares[version] += 2.0 ** (_INTERNET_BELOW[version] - network.prefixlen)
    return max(shares.values()) > 1


def narrow_enough(peer: Peer, *, wide: bool) -> str:
    """What Terraform must find true of a network that only it knows, `{value}` standing for it.

    Args:
        peer: the network.
        wide: whether a waiver permits a wide one.
    """
    version = 6 if peer.kind == "cidr_ipv6" else 4
    least = (_INTERNET_BELOW if wide else _WIDE_BELOW)[version]
    own = ", ".join(f'"{cidr}"' for cidr in (_PRIVATE_IPV6 if version == 6 else _PRIVATE))
    length = 'tonumber(split("/", {value})[1])'
    within = (
        f'{length} >= tonumber(split("/", own)[1]) && '
        'cidrhost(join("/", [split("/", {value})[0], split("/", own)[1]]), 0) == cidrhost(own, 0)'
    )
    return f"try({length} >= {least} || anytrue([for own in [{own}] : {within}]), false)"


def web_port(expected: tuple[Port, ...]) -> str:
    """What Terraform must find true of a port that only it knows, when only these may be opened."""
    return f"contains([{', '.join(str(port.first) for port in expected)}], tonumber({{value}}))"


def no_risky_port() -> str:
    """What Terraform must find true of a port that only it knows, when a waiver permits others than the web's."""
    return f"!contains([{', '.join(str(port) for port in RISKY_PORTS)}], tonumber({{value}}))"


def _embedded(network: Network | None) -> Network | None:
    """The IPv4 network that a NAT64 one stands for; any other as it is."""
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_NAT64):
        first = int(network.network_address) & 0xFFFFFFFF
        return ipaddress.IPv4Network((first, network.prefixlen - 96))
    return network


def _is_private(network: Network) -> bool:
    return any(network.version == own.version and network.subnet_of(own) for own in _OWN)  # type: ignore[arg-type]
