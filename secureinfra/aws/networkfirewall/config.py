"""What a caller may choose about a network firewall: what it allows, and which known threats it drops first."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.aws.cloudwatch.log_group import RetentionDays
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem, last_of
from secureinfra.config.rule import matches
from secureinfra.config.rules import Arn, Ipv4Cidr, is_token

__all__ = ["FirewallRule", "NetworkFirewallConfig"]

# docs.aws.amazon.com/network-firewall/latest/APIReference/API_CreateFirewall.html
FIREWALL_NAME = matches(
    r"[a-zA-Z0-9-]{1,116}", "is not a name of a firewall", "write up to 116 letters, digits and '-'"
)
DOMAIN = matches(
    r"\.?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]",
    "is not a domain",
    "write 'api.example.com', or '.example.com' for it and all below it; lower case, no '*'",
)
# "You can only add a rule group appended with StrictOrder if the policy uses strict order":
# docs.aws.amazon.com/network-firewall/latest/developerguide/aws-managed-rule-groups-domain-list.html
_MANAGED = matches(
    r"[A-Za-z0-9]+StrictOrder", "is not a rule group that fits", "write the name that ends with 'StrictOrder'"
)
_STRICT_ARN = matches(
    r"arn:[^:]*:network-firewall:[^:]*:[^:]*:stateful-rulegroup/.+", "is not a stateful rule group", "write its ARN"
)
_PORTS = matches(
    r"[1-9][0-9]{0,4}(:[1-9][0-9]{0,4})?",
    "is not a port",
    "write one, or a range of ports ('8000:8100')",
    example="443",
)
_RULE_NAME = matches(r"[a-z][a-z0-9-]{0,62}", "is not a name of a rule", "write lower-case letters, digits and '-'")

# A capacity cannot be changed later, and all of a policy's stateful groups may have 30,000 together
# (docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html).
DOMAINS_CAPACITY, RULES_CAPACITY = 2000, 500
_FIRST_CAPACITIES = {"domains": 2000, "rules": 500}
# A rule for TLS and one for HTTP.
_RULES_FOR_A_DOMAIN = 2
_PLACES = {"home": "$HOME_NET", "internet": "$EXTERNAL_NET"}


def rule_group_name(firewall: str, id: str, capacity: int) -> str:
    """Name of a rule group. One of another capacity than the first release's has it in its name.

    A new capacity replaces the group, and the new one exists beside the old until the policy has changed over, so that
    both cannot have one name (the provider's `aws_networkfirewall_rule_group`: `name` and `capacity` replace).

    Args:
        firewall: name of the firewall.
        id: `domains` or `rules`.
        capacity: how much it has room for.
    """
    return f"{firewall}-{id}" if capacity == _FIRST_CAPACITIES[id] else f"{firewall}-{id}{capacity}"


class FirewallRule(Config):
    """One kind of connection that is allowed, in addition to those to the allowed domains."""

    name: Annotated[str, _RULE_NAME]
    """Name of the rule; its number in the rule group is derived from it."""
    protocol: Literal["TCP", "UDP", "ICMP", "TLS", "HTTP", "SSH", "SMTP", "NTP"]
    """Protocol; `TLS` and those after it are detected from the traffic, on any port. Of `ICMP`, network ACLs allow pings
    and their answers across the VPC's border."""
    source: Literal["home", "internet"] | Ipv4Cidr = "home"
    """Source of the connection: `home` (the VPC and `home_networks`), `internet` (all others), or a network."""
    destination: Literal["home", "internet"] | Ipv4Cidr
    """Destination of the connection: `home`, `internet`, or a network."""
    ports: Annotated[str, _PORTS] | None = None
    """Port or range of ports (`8000:8100`); needed for TCP and UDP."""

    def problems(self) -> Iterator[Problem]:
        """TCP and UDP name their ports, ICMP has none."""
        if self.protocol in ("TCP", "UDP") and self.ports is None:
            what = f"allows {self.protocol} on every port"
            yield Problem("name", what, instead=lambda words: f"Add ports, e.g. {words.setting('ports', '5432')}")
        if self.protocol == "ICMP" and self.ports is not None:
            yield Problem("ports", "means nothing", "ICMP has no ports", "Leave ports out")
        if self.ports is None or is_token(self.ports):
            return
        first, _, last = self.ports.partition(":")
        if not int(first) <= int(last or first) <= 65535:
            yield Problem("ports", "is not a range", instead="Write two ports up to 65535, the smaller one first")

    def render(self, sid: int) -> dict[str, Any]:
        """The rule as the provider takes it."""
        return {
            "action": "PASS",
            "header": [
                {
                    "protocol": self.protocol,
                    "source": _PLACES.get(self.source, self.source),
                    "source_port": "ANY",
                    "destination": _PLACES.get(self.destination, self.destination),
                    "destination_port": self.ports or "ANY",
                    "direction": "FORWARD",
                }
            ],
            "rule_option": [{"keyword": "sid", "settings": [str(sid)]}, *self._each_packet()],
        }

    def _each_packet(self) -> list[dict[str, Any]]:
        # Without a direction, the engine evaluates a TCP or UDP rule once, on the first packet, and then passes the
        # connection past the lists of known threats (aws.github.io/aws-security-services-best-practices, Network Firewall,
        # "Which rules need a flow: keyword"; FlowApplySignatureActions in Suricata's src/detect-engine-alert.c).
        return [{"keyword": "flow", "settings": ["to_server"]}] if self.protocol in ("TCP", "UDP") else []


class NetworkFirewallConfig(Config):
    """What a caller may choose about a network firewall."""

    name: Annotated[str, FIREWALL_NAME] | None = None
    """Name of the firewall; by default the construct's path with '-'. Changing it replaces the firewall."""
    allowed_domains: tuple[Annotated[str, DOMAIN], ...] = ()
    """Domains that are allowed over HTTPS and HTTP: `api.example.com`, or `.example.com` for it and its subdomains. Not
    `.amazonaws.com`: every customer of AWS has names below it."""
    rules: tuple[FirewallRule, ...] = ()
    """Other connections that are allowed."""
    home_networks: tuple[Ipv4Cidr, ...] = ()
    """Other networks behind the firewall, e.g. those of VPCs that reach it through a transit gateway."""
    managed_rule_groups: tuple[Annotated[str, _MANAGED], ...] = (
        "AbusedLegitMalwareDomainsStrictOrder",
        "AbusedLegitBotNetCommandAndControlDomainsStrictOrder",
        "MalwareDomainsStrictOrder",
        "BotNetCommandAndControlDomainsStrictOrder",
    )
    """AWS's own rule groups, which drop known threats before anything is allowed; those on domains and signatures are
    free of charge."""
    rule_group_arns: tuple[Annotated[Arn, _STRICT_ARN], ...] = ()
    """Your own stateful rule groups in strict order, evaluated after AWS's and before the rules here."""
    log_retention_in_days: RetentionDays = 365
    """How long CloudWatch keeps alerts and flows, one of its periods; 0 keeps them forever."""
    protect: bool = True
    """Deletion protection of the firewall; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Names are unique, and the lists fit their capacity."""
        names = [rule.name for rule in self.rules]
        named = {"allowed_domains": self.allowed_domains, "rules": names}
        named |= {"managed_rule_groups": self.managed_rule_groups, "rule_group_arns": self.rule_group_arns}
        for field, values in named.items():
            for twice in sorted({value for value in values if list(values).count(value) > 1}):
                at = (field, last_of(values, twice))
                yield Problem(at, f"names {twice!r} twice", instead="Name each once", subject=field)
        for field, count, most in (
            ("allowed_domains", len(self.allowed_domains), DOMAINS_CAPACITY // _RULES_FOR_A_DOMAIN),
            ("rules", len(names), RULES_CAPACITY),
        ):
            if count > most:
                what = f"holds {count}, more than the {most} that its rule group has room for"
                advice = "Name domains with all below them ('.example.com'), or wider networks"
                yield Problem(field, what, instead=advice, subject=field)
        if not (self.allowed_domains or self.rules or self.managed_rule_groups or self.rule_group_arns):
            yield Problem(
                "managed_rule_groups",
                "leaves the policy without any rule group",
                "known threats would not be dropped (Security Hub's NetworkFirewall.3)",
                "Name at least one, or leave it out for AWS's",
            )

    def sids(self) -> dict[str, int]:
        """A number for each rule, derived from its name, so that alerts keep their meaning when other rules change."""
        numbers: dict[str, int] = {}
        for name in sorted(rule.name for rule in self.rules):
            number = 1_000_000 + zlib.crc32(name.encode()) % 1_000_000
            while number in numbers.values():
                number += 1
            numbers[name] = number
        return numbers
