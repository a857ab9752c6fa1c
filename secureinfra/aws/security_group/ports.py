"""Ports: protocol and range, with a name for addresses and descriptions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from secureinfra.config.rules import is_token
from secureinfra.facts.tokens import shown

__all__ = ["Port"]

ALL_TRAFFIC = "-1"
_RANGED = ("tcp", "udp")
_ICMP = ("icmp", "icmpv6")
# AWS requires ports with these protocols, and uses names instead of numbers for them.
# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
_NAMED_PROTOCOLS = {1: "Port.icmp", 6: "Port.tcp", 17: "Port.udp", 58: "Port.icmpv6"}


@dataclass(frozen=True)
class Port:
    """A protocol and a closed range of ports.

    An invalid port is reported by the group that receives it, with that group's path.

    Args:
        protocol: `tcp`, `udp`, `icmp`, `icmpv6`, the number of another protocol, or `-1` for all.
        first: first port, or a token; for ICMP the type, -1 for all.
        last: last port, or a token; for ICMP the code, -1 for all.
        label: its name in addresses, for a port that is unknown until Terraform runs.

    Example:
        `Port.tcp(443)`, `Port.tcp(8000, 8010)`, `Port.udp(53)`, `Port.POSTGRESQL`
    """

    protocol: str
    first: float | str = -1
    last: float | str = -1
    label: str = field(default="", compare=False)

    # Not a field of the dataclass: code that prints all fields (e.g. hypothesis) would recurse forever.
    if TYPE_CHECKING:
        HTTP: ClassVar[Port]
        HTTPS: ClassVar[Port]
        SSH: ClassVar[Port]
        DNS_UDP: ClassVar[Port]
        DNS_TCP: ClassVar[Port]
        NFS: ClassVar[Port]
        LDAPS: ClassVar[Port]
        POSTGRESQL: ClassVar[Port]
        MYSQL: ClassVar[Port]
        SQL_SERVER: ClassVar[Port]
        ORACLE: ClassVar[Port]
        REDSHIFT: ClassVar[Port]
        MONGODB: ClassVar[Port]
        REDIS: ClassVar[Port]
        MEMCACHED: ClassVar[Port]
        KAFKA_TLS: ClassVar[Port]
        OPENSEARCH: ClassVar[Port]

    @classmethod
    def tcp(cls, first: float | str, last: float | str | None = None, *, name: str = "") -> Port:
        """A TCP port, or a range of them.

        Args:
            first: the port, 0 to 65535, or a token.
            last: the last port of a range.
            name: its name in addresses, if it is a placeholder of the engine.
        """
        return cls("tcp", first, first if last is None else last, name)

    @classmethod
    def udp(cls, first: float | str, last: float | str | None = None, *, name: str = "") -> Port:
        """A UDP port, or a range of them.

        Args:
            first: the port, 0 to 65535, or a token.
            last: the last port of a range.
            name: its name in addresses, if it is a placeholder of the engine.
        """
        return cls("udp", first, first if last is None else last, name)

    @classmethod
    def icmp(cls, type: int = -1, code: int = -1) -> Port:
        """Messages of ICMP for IPv4: of all types, of one type, or of one type and code."""
        return cls("icmp", type, code)

    @classmethod
    def icmpv6(cls, type: int = -1, code: int = -1) -> Port:
        """Messages of ICMP for IPv6: of all types, of one type, or of one type and code."""
        return cls("icmpv6", type, code)

    @classmethod
    def ping(cls) -> Port:
        """Echo requests of ICMP for IPv4."""
        return cls.icmp(8, 0)

    @classmethod
    def ip_protocol(cls, number: int) -> Port:
        """A protocol that has no ports, by its number: 50 for ESP, 47 for GRE."""
        return cls(str(number))

    @classmethod
    def all_tcp(cls) -> Port:
        """Every TCP port."""
        return cls.tcp(0, 65535)

    @classmethod
    def all_traffic(cls) -> Port:
        """Every protocol and port, e.g. between the members of a cluster."""
        return cls(ALL_TRAFFIC)

    @property
    def name(self) -> str:
        """Its name in addresses: `tcp-443`, `tcp-8000-8010`, `icmp-8`, `all`."""
        if self.protocol == ALL_TRAFFIC:
            return "all"
        if self.label:
            return f"{self.protocol}-{self.label}"
        if self.protocol not in (*_RANGED, *_ICMP):
            return f"protocol-{self.protocol}"
        numbers = [self.first] if self.first == self.last else [self.first, self.last]
        if self.protocol in _ICMP:
            numbers = [number for number in numbers if number != -1]
        return "-".join([self.protocol, *(_words(number) for number in numbers)])

    def __str__(self) -> str:
        """Its name in errors and descriptions: `tcp 443`, `tcp 8000-8010`, `all traffic`."""
        if self.protocol == ALL_TRAFFIC:
            return "all traffic"
        return " ".join(self.name.split("-", 1))

    @property
    def from_port(self) -> float | str | None:
        """The rule's `from_port`; a protocol without ports has none, and AWS would not keep one."""
        return self.first if self.protocol in (*_RANGED, *_ICMP) else None

    @property
    def to_port(self) -> float | str | None:
        """The rule's `to_port`."""
        return self.last if self.protocol in (*_RANGED, *_ICMP) else None

    @property
    def tokens(self) -> list[float | str]:
        """Its parts that are unknown until Terraform runs."""
        return [number for number in dict.fromkeys((self.first, self.last)) if is_token(number)]

    def holds(self, port: int) -> bool:
        """Whether it allows a TCP or UDP port; an unknown port counts as no."""
        if self.protocol == ALL_TRAFFIC:
            return True
        if self.protocol not in _RANGED or not isinstance(self.first, int) or not isinstance(self.last, int):
            return False
        return self.first <= port <= self.last

    def overlaps(self, other: Port) -> bool:
        """Whether both allow some connection."""
        if ALL_TRAFFIC in (self.protocol, other.protocol):
            return True
        if self.protocol != other.protocol:
            return False
        known = [number for number in (self.first, self.last, other.first, other.last) if isinstance(number, int)]
        if len(known) < 4 or self.protocol not in _RANGED:
            return self == other
        return known[0] <= known[3] and known[2] <= known[1]

    def problem(self) -> str | None:
        """What is wrong with it, and what to write instead; `None` if it is valid."""
        if self.protocol == ALL_TRAFFIC:
            return None
        if self.protocol in _ICMP:
            return None if _is_icmp(self.first, self.last) else _NO_ICMP.format(self.protocol, self.first, self.last)
        if self.protocol not in _RANGED:
            return self._protocol_problem()
        if any(isinstance(number, float) or "TfToken[" in f"{number}" for number in self.tokens):
            # An engine's placeholder is numbered in order of creation: an address must not depend on that.
            return (
                None
                if self.label
                else f"Port.{self.protocol}({shown(self.first)}) is known to Terraform only: {_NAME_IT}"
            )
        return self._range_problem()

    def _range_problem(self) -> str | None:
        known = [number for number in (self.first, self.last) if not is_token(number)]
        in_range = all(type(number) is int and 0 <= number <= 65535 for number in known)
        if in_range and (len(known) < 2 or known[0] <= known[1]):  # type: ignore[operator]
            return None
        if texts := [number for number in known if isinstance(number, str)]:
            number = texts[0] if texts[0].isdecimal() else "443"
            return f"Port.{self.protocol}({texts[0]!r}) is a text: write a number, Port.{self.protocol}({number})."
        return (
            f"Port.{self.protocol}({self.first!r}, {self.last!r}) is not a range of ports: write 0 to 65535, the lower "
            "one first."
        )

    def _protocol_problem(self) -> str | None:
        number = int(self.protocol) if re.fullmatch(r"[0-9]{1,3}", self.protocol) else -1
        if number in _NAMED_PROTOCOLS:
            return (
                f"Port.ip_protocol({number}) lacks the ports that AWS requires: write {_NAMED_PROTOCOLS[number]}(...)."
            )
        if 0 <= number <= 255:
            return None
        return (
            f"Port({self.protocol!r}) is not a protocol: write Port.tcp(...), Port.udp(...), Port.icmp(...), "
            "Port.ip_protocol(0 to 255) or Port.all_traffic()."
        )


_NAME_IT = "its rule would have no stable address. Add name='...' to it."
_NO_ICMP = (
    "Port.{0}({1!r}, {2!r}) is not a kind of message: write a type of 0 to 255 and a code of 0 to 255, or -1 for all; a "
    "code needs a type."
)


def _is_icmp(type: object, code: object) -> bool:
    return (
        isinstance(type, int)
        and isinstance(code, int)
        and -1 <= type <= 255
        and -1 <= code <= 255
        and (type != -1 or code == -1)
    )


def _words(number: object) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", str(number)).strip("-").lower()


Port.HTTP = Port.tcp(80)
Port.HTTPS = Port.tcp(443)
Port.SSH = Port.tcp(22)
Port.DNS_UDP = Port.udp(53)
Port.DNS_TCP = Port.tcp(53)
Port.NFS = Port.tcp(2049)
Port.LDAPS = Port.tcp(636)
Port.POSTGRESQL = Port.tcp(5432)
Port.MYSQL = Port.tcp(3306)
Port.SQL_SERVER = Port.tcp(1433)
Port.ORACLE = Port.tcp(1521)
Port.REDSHIFT = Port.tcp(5439)
Port.MONGODB = Port.tcp(27017)
Port.REDIS = Port.tcp(6379)
Port.MEMCACHED = Port.tcp(11211)
Port.KAFKA_TLS = Port.tcp(9094)
Port.OPENSEARCH = Port.tcp(9200)
