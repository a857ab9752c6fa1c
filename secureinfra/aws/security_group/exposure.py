"""How far a rule opens a group: ports that are never open to the internet, and networks as large as the internet."""

from __future__ import annotations

from collections.abc import Iterable

from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import ALL_TRAFFIC, Port
from secureinfra.controls import Control
from secureinfra.controls.security_group import group as controls
from secureinfra.controls.shared.traffic import RISKY_PORTS
from secureinfra.facts import networks

_OWN_CONTROL = {
    22: controls.NO_SSH_FROM_INTERNET,
    3389: controls.NO_RDP_FROM_INTERNET,
    139: controls.NO_CIFS_FROM_INTERNET,
    445: controls.NO_CIFS_FROM_INTERNET,
}
WEB = (Port.HTTP, Port.HTTPS)


def closed_to_internet(port: Port) -> tuple[Control, str] | None:
    """The control that never allows a port from the internet, and the services that the port would expose."""
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
    return peer.network is not None and networks.is_internet(peer.network)


def is_wide(peer: Peer) -> bool:
    """Whether it is a public network with more addresses than one owner is likely to have."""
    return peer.network is not None and networks.is_wide(peer.network)


def add_up_to_internet(peers: Iterable[Peer]) -> bool:
    """Whether public networks together are larger than the largest that one rule may name."""
    held = [networks.without_nat64(peer.network) for peer in peers if peer.network is not None]
    spans = {
        version: [one for network in held if network.version == version for one in networks.public_spans(network)]
        for version in (4, 6)
    }
    return any(networks.add_up_to_internet(version, found) for version, found in spans.items())


def narrow_enough(peer: Peer, *, wide: bool) -> str:
    """The condition that Terraform checks for a network that is unknown until it runs; `{value}` stands for it.

    Args:
        peer: the network.
        wide: whether a waiver allows a wide one.
    """
    version = 6 if peer.kind == "cidr_ipv6" else 4
    least = (networks.INTERNET_BELOW if wide else networks.WIDE_BELOW)[version]
    own = ", ".join(f'"{cidr}"' for cidr in networks.PRIVATE[version])
    length = 'tonumber(split("/", {value})[1])'
    within = (
        f'{length} >= tonumber(split("/", own)[1]) && '
        'cidrhost(join("/", [split("/", {value})[0], split("/", own)[1]]), 0) == cidrhost(own, 0)'
    )
    return f"try({length} >= {least} || anytrue([for own in [{own}] : {within}]), false)"


def web_port(expected: tuple[Port, ...]) -> str:
    """The condition for a port that is unknown until Terraform runs, if only these may be opened."""
    return f"contains([{', '.join(str(port.first) for port in expected)}], tonumber({{value}}))"


def no_risky_port() -> str:
    """The condition for a port that is unknown until Terraform runs, if a waiver allows others than web ports."""
    return f"!contains([{', '.join(str(port) for port in RISKY_PORTS)}], tonumber({{value}}))"
