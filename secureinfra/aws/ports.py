"""Ports: protocol and range, with a name that addresses can hold."""

from __future__ import annotations

from dataclasses import dataclass

from secureinfra.errors import ConfigError

# Administration, databases, caches, remote desktops, cluster control: what EC2.19 lists and its neighbours.
# docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19
RISKY = {
    20: "FTP data",
    21: "FTP",
    22: "SSH",
    23: "Telnet",
    25: "SMTP",
    110: "POP3",
    135: "RPC",
    139: "NetBIOS",
    143: "IMAP",
    445: "SMB",
    1433: "SQL Server",
    1434: "SQL Server browser",
    1521: "Oracle",
    2375: "Docker",
    2376: "Docker",
    2379: "etcd",
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
    6379: "Redis",
    6443: "Kubernetes API",
    8080: "HTTP proxies",
    8088: "HTTP proxies",
    8888: "HTTP proxies and notebooks",
    9042: "Cassandra",
    9092: "Kafka",
    9200: "Elasticsearch",
    9300: "Elasticsearch",
    10250: "kubelet",
    11211: "memcached",
    27017: "MongoDB",
}


@dataclass(frozen=True)
class Port:
    """A protocol and a closed range of ports.

    Args:
        protocol: `tcp`, `udp`, `icmp`, `icmpv6` or `-1` for all.
        first: first port; for ICMP the type.
        last: last port; for ICMP the code.
    """

    protocol: str
    first: int
    last: int

    @classmethod
    def tcp(cls, first: int, last: int | None = None) -> Port:
        """A TCP port, or a range of them.

        Raises:
            ConfigError: a number is no port, or the range runs backwards.
        """
        return cls._range("tcp", first, last)

    @classmethod
    def udp(cls, first: int, last: int | None = None) -> Port:
        """A UDP port, or a range of them.

        Raises:
            ConfigError: a number is no port, or the range runs backwards.
        """
        return cls._range("udp", first, last)

    @classmethod
    def ping(cls) -> Port:
        """Echo requests of ICMP."""
        return cls("icmp", 8, -1)

    @classmethod
    def all_traffic(cls) -> Port:
        """Every protocol and port; for rules between two groups only."""
        return cls("-1", -1, -1)

    @classmethod
    def _range(cls, protocol: str, first: int, last: int | None) -> Port:
        last = first if last is None else last
        if not (0 <= first <= last <= 65535):
            raise ConfigError(
                f"Port.{protocol}({first}, {last}) is no range of ports: write 0 to 65535, the lower one first."
            )
        return cls(protocol, first, last)

    @property
    def name(self) -> str:
        """How addresses call it: `tcp-443`, `tcp-8000-8010`, `icmp-8`, `all`."""
        if self.protocol == "-1":
            return "all"
        if self.first == self.last or self.last == -1:
            return f"{self.protocol}-{self.first}"
        return f"{self.protocol}-{self.first}-{self.last}"

    def risky(self) -> tuple[str, ...]:
        """The well-known services within it that the internet must never reach."""
        if self.protocol == "-1":
            return ("every service",)
        if self.protocol not in ("tcp", "udp"):
            return ()
        return tuple(f"{port} ({name})" for port, name in RISKY.items() if self.first <= port <= self.last)

    @property
    def is_web(self) -> bool:
        """Whether it is HTTP or HTTPS."""
        return self in (Port("tcp", 80, 80), Port("tcp", 443, 443))
