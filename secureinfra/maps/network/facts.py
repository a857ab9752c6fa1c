"""What a network map shows, before anything has a place in the picture."""

from __future__ import annotations

from dataclasses import dataclass, field

from secureinfra.maps.shapes import Where

__all__ = [
    "INTERNET",
    "TIERS",
    "Badge",
    "Bar",
    "Cell",
    "Chip",
    "NetworkFacts",
    "Outside",
    "Permission",
    "Service",
    "Tier",
    "VpcFacts",
]

INTERNET = "internet"
TIERS = ("public", "firewall", "private", "isolated", "unknown")
"""Kinds of tiers, from the outside inwards."""


@dataclass(frozen=True)
class Cell:
    """The subnets of a tier in one zone.

    Args:
        subnets: the range of each, with its block.
    """

    subnets: tuple[tuple[str, Where], ...]


@dataclass(frozen=True)
class Chip:
    """A NAT gateway or firewall endpoint in one zone."""

    text: str
    where: Where


@dataclass
class Bar:
    """A security group.

    Args:
        key: its address.
        label: its name, short.
        about: what uses it, or its description.
        sure: whether something that uses it says in which subnets; else it stands where its rules suggest.
        exposed: `reachable` (proved), `open` (the rule is open), `no route` (the rule is open, and proved to be without effect),
            or empty.
        open_to: what the internet may send to it, e.g. `tcp 443`.
        tags: short words beside it: ranges within the VPC that it accepts, a web ACL, other tiers.
        services: what its interface endpoints lead to.
        why: why it stands there.
        users: the addresses of what uses it.
    """

    key: str
    label: str
    about: str
    where: Where
    sure: bool = False
    exposed: str = ""
    open_to: tuple[str, ...] = ()
    tags: list[str] = field(default_factory=list)
    services: tuple[str, ...] = ()
    why: str = ""
    users: tuple[str, ...] = ()


@dataclass
class Tier:
    """Subnets with one way out.

    Args:
        kind: one of `TIERS`.
        way: in words, e.g. `out through NAT`.
        next: the kind of hop that its default route leads to; empty without one.
        cells: by zone.
        chips: by zone.
        bars: in the order in which they stand.
    """

    kind: str
    way: str
    next: str = ""
    cells: dict[str, Cell] = field(default_factory=dict)
    chips: dict[str, list[Chip]] = field(default_factory=dict)
    bars: list[Bar] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Its name."""
        return self.kind.capitalize()


@dataclass(frozen=True)
class Outside:
    """Another network: the internet, a range, or what is not known."""

    key: str
    label: str
    about: str


@dataclass(frozen=True)
class Service:
    """An AWS service with a gateway endpoint.

    Args:
        key: the address of the endpoint.
        label: its name.
    """

    key: str
    label: str
    where: Where


@dataclass(frozen=True)
class Permission:
    """What one end may send to the other.

    Args:
        source: the key of a bar or of what is outside.
        target: the key of a bar, of what is outside, or of a service.
        ports: e.g. `tcp 443`, in order.
        rules: the blocks that allow it.
        one_sided: whether the group on the other side has no rule for it.
    """

    source: str
    target: str
    ports: tuple[str, ...]
    rules: tuple[Where, ...]
    one_sided: bool = False


@dataclass(frozen=True)
class Badge:
    """A safeguard of a VPC that is there, or one that is missing."""

    text: str
    where: Where
    missing: bool = False


@dataclass
class VpcFacts:
    """One VPC.

    Args:
        key: its address.
        label: its name.
        ranges: its networks, as written.
        zones: their keys, in order, with their labels.
        gateway: its internet gateway.
        tiers: in order.
        outsides: what is beyond it.
        services: behind gateway endpoints.
        between: from group to group.
        inwards: from outside to a group.
        outwards: from a group to the outside or to a service.
        badges: its safeguards.
        unplaced: groups that no rule and no resource places.
        groups: how many groups it has, those that are folded into one included.
        rules: how many rules its groups have.
        drawn: how many of them are in the picture.
    """

    key: str
    label: str
    ranges: str
    where: Where
    zones: dict[str, str] = field(default_factory=dict)
    gateway: Where | None = None
    tiers: list[Tier] = field(default_factory=list)
    outsides: dict[str, Outside] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    between: list[Permission] = field(default_factory=list)
    inwards: list[Permission] = field(default_factory=list)
    outwards: list[Permission] = field(default_factory=list)
    badges: list[Badge] = field(default_factory=list)
    unplaced: list[Bar] = field(default_factory=list)
    groups: int = 0
    rules: int = 0
    drawn: int = 0

    @property
    def bars(self) -> dict[str, Bar]:
        """Every group that is drawn, by key."""
        return {bar.key: bar for tier in self.tiers for bar in tier.bars}


@dataclass
class NetworkFacts:
    """All VPCs of a configuration.

    Args:
        name: of the configuration.
        region: where its provider works; empty if that is not known.
        vpcs: in order.
        left_out: what the map never draws, with its number.
        resources: how many resources there are in all.
    """

    name: str
    region: str
    vpcs: list[VpcFacts]
    left_out: dict[str, int]
    resources: int
