"""The traffic that a security group or network ACL rule matches: a protocol and its ports, either of which may be unknown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from secureinfra.controls.shared.arguments import number
from secureinfra.facts.spans import Span
from secureinfra.terraform.unknown import UnknownValueError, is_unknown

ALL = "-1"
TCP, UDP = "tcp", "udp"
# docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html; the provider accepts `all` for -1.
_NAMES = {"all": ALL, "1": "icmp", "6": TCP, "17": UDP, "58": "icmpv6"}
_LAST = 65535

# Administration, databases, caches, file sharing, remote desktops, cluster control: the list of EC2.19, and related
# ports. docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19
RISKY_PORTS = {
    20: "FTP data",
    21: "FTP",
    22: "SSH",
    23: "Telnet",
    25: "SMTP",
    110: "POP3",
    111: "RPC of Unix",
    135: "RPC of Windows",
    137: "NetBIOS",
    138: "NetBIOS",
    139: "NetBIOS",
    143: "IMAP",
    161: "SNMP",
    389: "LDAP",
    445: "SMB",
    873: "rsync",
    1433: "SQL Server",
    1434: "SQL Server browser",
    1521: "Oracle",
    2049: "NFS",
    2181: "ZooKeeper",
    2375: "Docker",
    2376: "Docker",
    2379: "etcd",
    2380: "etcd",
    2483: "Oracle",
    2484: "Oracle",
    3000: "development servers",
    3306: "MySQL",
    3389: "RDP",
    4333: "mSQL",
    5000: "development servers",
    5432: "PostgreSQL",
    5439: "Redshift",
    5500: "VNC listener",
    5601: "Kibana",
    5900: "VNC",
    5901: "VNC",
    5984: "CouchDB",
    5985: "WinRM",
    5986: "WinRM",
    6379: "Redis",
    6443: "Kubernetes API",
    7000: "Cassandra",
    7001: "Cassandra and WebLogic",
    7199: "Cassandra",
    8020: "Hadoop",
    8080: "HTTP proxies",
    8086: "InfluxDB",
    8088: "HTTP proxies and Hadoop",
    8888: "HTTP proxies and notebooks",
    9042: "Cassandra",
    9092: "Kafka",
    9160: "Cassandra",
    9200: "Elasticsearch",
    9300: "Elasticsearch",
    10250: "kubelet",
    10255: "kubelet",
    11211: "memcached",
    27017: "MongoDB",
    27018: "MongoDB",
    27019: "MongoDB",
    50070: "Hadoop",
}


@dataclass(frozen=True)
class Traffic:
    """A protocol and a closed range of ports.

    Args:
        protocol: a name, a number, `-1` or `all`, as written.
        first: the first port, as written; a missing port and -1 mean all.
        last: the last port, as written.
    """

    protocol: Any
    first: Any = None
    last: Any = None

    @property
    def kind(self) -> str:
        """The protocol as AWS names it: `tcp`, `udp`, `icmp`, `icmpv6`, the number of another, `-1` for all.

        Raises:
            UnknownValueError: only Terraform knows.
        """
        if is_unknown(self.protocol):
            raise UnknownValueError(self.protocol)
        text = ALL if self.protocol is None else str(self.protocol).strip().lower()
        return _NAMES.get(text, text)

    @property
    def ports(self) -> Span:
        """Its ports, if the protocol has ports.

        Raises:
            UnknownValueError: only Terraform knows.
        """
        return _port(self.first, 0), _port(self.last, _LAST) + 1

    def is_of(self, protocol: str) -> bool:
        """Whether it includes a protocol, alone or as one of all."""
        return self.kind in (ALL, protocol)

    def holds(self, port: int, *protocols: str) -> bool:
        """Whether it includes a port.

        Args:
            port: its number.
            protocols: `tcp`, `udp`; both by default.
        """
        if self.kind == ALL:
            return True
        return self.kind in (protocols or (TCP, UDP)) and both(
            lambda: _port(self.first, 0) <= port, lambda: port <= _port(self.last, _LAST)
        )

    def is_only(self, port: int) -> bool:
        """Whether it is one TCP port and nothing else."""
        return self.kind == TCP and self.ports == (port, port + 1)

    def is_all_of(self, protocol: str) -> bool:
        """Whether it includes every port of a protocol; port 0 is not used."""
        if self.kind == ALL:
            return True
        return self.kind == protocol and both(
            lambda: _port(self.first, 0) <= 1, lambda: _port(self.last, _LAST) >= _LAST
        )

    def overlaps(self, other: Traffic) -> bool:
        """Whether both include a common port or message type."""
        if ALL in (self.kind, other.kind):
            return True
        if self.kind != other.kind or self.kind not in (TCP, UDP):
            return self.kind == other.kind
        return self.ports[0] < other.ports[1] and other.ports[0] < self.ports[1]

    def __str__(self) -> str:
        """How messages show it: `tcp 443`, `udp 4000-4010`, `all traffic`."""
        if is_unknown(self.protocol):
            return str(self.protocol.text)
        if self.kind == ALL:
            return "all traffic"
        if self.kind not in (TCP, UDP):
            return self.kind
        ends = [getattr(end, "text", None) or str(_port(end, other)) for end, other in self._ends]
        return f"{self.kind} {'-'.join(dict.fromkeys(ends))}"

    @property
    def _ends(self) -> tuple[tuple[Any, int], tuple[Any, int]]:
        return (self.first, 0), (self.last, _LAST)


def both(*questions: Callable[[], bool]) -> bool:
    """Whether the answer to every question is yes; one no is decisive even if another question has no answer.

    Raises:
        UnknownValueError: no answer is no, and one is missing.
    """
    unknown: UnknownValueError | None = None
    for question in questions:
        try:
            if not question():
                return False
        except UnknownValueError as error:
            unknown = unknown or error
    if unknown is not None:
        raise unknown
    return True


def _port(value: Any, open_end: int) -> int:
    known = number(value)
    return open_end if known is None or known < 0 else int(known)
