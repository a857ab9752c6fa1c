"""What a caller may choose about a network firewall: what it lets through, and which known threats it drops first."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.aws.cloudwatch_log_group import RetentionDays
from secureinfra.config import Config
from secureinfra.values import Arn, Ipv4Cidr, is_token, matches

# docs.aws.amazon.com/network-firewall/latest/APIReference/API_CreateFirewall.html
FIREWALL_NAME = matches(r"[a-zA-Z0-9-]{1,116}", "is no name of a firewall: write up to 116 letters, digits and '-'")
_DOMAIN = matches(
    r"\.?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]",
    "is no domain: write 'api.example.com', or '.example.com' for it and all below it; lower case, no '*'",
)
# "You can only add a rule group appended with StrictOrder if the policy uses strict order":
# docs.aws.amazon.com/network-firewall/latest/developerguide/aws-managed-rule-groups-domain-list.html
_MANAGED = matches(
    r"[A-Za-z0-9]+StrictOrder", "is no rule group that fits: write the name that ends with 'StrictOrder'"
)
_STRICT_ARN = matches(
    r"arn:[^:]*:network-firewall:[^:]*:[^:]*:stateful-rulegroup/.+", "is no stateful rule group: write its ARN"
)
_PORTS = matches(
    r"[1-9][0-9]{0,4}(:[1-9][0-9]{0,4})?", "is no port: write e.g. '443', or '8000:8100' for a range of ports"
)
_RULE_NAME = matches(r"[a-z][a-z0-9-]{0,62}", "is no name of a rule: write lower-case letters, digits and '-'")

# A capacity cannot be changed later, and all of a policy's stateful groups may have 30,000 together
# (docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html).
DOMAINS_CAPACITY, RULES_CAPACITY = 2000, 500
# A rule for TLS and one for HTTP.
_RULES_FOR_A_DOMAIN = 2
_PLACES = {"home": "$HOME_NET", "internet": "$EXTERNAL_NET"}


class FirewallRule(Config):
    """One kind of connection that is let through, besides those to the allowed domains."""

    name: Annotated[str, _RULE_NAME]
    """What it is for; its number in the rule group comes from it."""
    protocol: Literal["TCP", "UDP", "ICMP", "TLS", "HTTP", "SSH", "SMTP", "NTP"]
    """Protocol; `TLS` and those after it are recognised by what is said, on any port."""
    source: Literal["home", "internet"] | Ipv4Cidr = "home"
    """Who calls: `home` (the VPC and `home_networks`), `internet` (all others), or a network."""
    destination: Literal["home", "internet"] | Ipv4Cidr
    """Who is called: `home`, `internet`, or a network."""
    ports: Annotated[str, _PORTS] | None = None
    """Port or range of ports (`8000:8100`); needed for TCP and UDP."""

    def problems(self) -> Iterator[str]:
        """TCP and UDP name their ports, ICMP has none."""
        if self.protocol in ("TCP", "UDP") and self.ports is None:
            yield f"name={self.name!r} lets {self.protocol} through on every port. Add ports, e.g. ports='5432'."
        if self.protocol == "ICMP" and self.ports is not None:
            yield f"name={self.name!r} ports={self.ports!r} means nothing: ICMP has no ports. Leave ports out."
        if self.ports is None or is_token(self.ports):
            return
        first, _, last = self.ports.partition(":")
        if not int(first) <= int(last or first) <= 65535:
            yield f"name={self.name!r} ports={self.ports!r} is no range: write two ports up to 65535, the smaller one first."

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
            "rule_option": [{"keyword": "sid", "settings": [str(sid)]}],
        }


class NetworkFirewallConfig(Config):
    """What a caller may choose about a network firewall."""

    name: Annotated[str, FIREWALL_NAME] | None = None
    """Name of the firewall; by default the construct's path with '-'. Changing it replaces the firewall."""
    allowed_domains: tuple[Annotated[str, _DOMAIN], ...] = ()
    """Domains that may be called over HTTPS and HTTP: `api.example.com`, or `.example.com` for it and all below it."""
    rules: tuple[FirewallRule, ...] = ()
    """Further connections that are let through."""
    home_networks: tuple[Ipv4Cidr, ...] = ()
    """Networks behind the firewall besides the VPC's own, e.g. those of VPCs that reach it through a transit gateway."""
    managed_rule_groups: tuple[Annotated[str, _MANAGED], ...] = (
        "AbusedLegitMalwareDomainsStrictOrder",
        "AbusedLegitBotNetCommandAndControlDomainsStrictOrder",
        "MalwareDomainsStrictOrder",
        "BotNetCommandAndControlDomainsStrictOrder",
    )
    """AWS's own rule groups, which drop known threats before anything is let through; those on domains and signatures are
    free of charge."""
    rule_group_arns: tuple[Annotated[Arn, _STRICT_ARN], ...] = ()
    """Stateful rule groups of your own in strict order, judged after AWS's and before what is let through here."""
    log_retention_in_days: RetentionDays = 365
    """How long CloudWatch keeps alerts and flows, one of its periods; 0 keeps them for ever."""
    protect: bool = True
    """Nobody deletes the firewall before its protection is taken off; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """Names are there once, and the lists fit their capacity."""
        names = [rule.name for rule in self.rules]
        named = {"allowed_domains": self.allowed_domains, "rules": names}
        named |= {"managed_rule_groups": self.managed_rule_groups, "rule_group_arns": self.rule_group_arns}
        for field, values in named.items():
            for twice in sorted({value for value in values if list(values).count(value) > 1}):
                yield f"{field} names {twice!r} twice: name each once."
        for field, count, most in (
            ("allowed_domains", len(self.allowed_domains), DOMAINS_CAPACITY // _RULES_FOR_A_DOMAIN),
            ("rules", len(names), RULES_CAPACITY),
        ):
            if count > most:
                yield (
                    f"{field} holds {count}, more than the {most} that its rule group has room for. Name domains with all "
                    "below them ('.example.com'), or wider networks."
                )
        if not (self.allowed_domains or self.rules or self.managed_rule_groups or self.rule_group_arns):
            yield (
                "managed_rule_groups=() leaves the policy without any rule group: known threats would be told apart from "
                "nothing (Security Hub's NetworkFirewall.3). Name at least one, or leave it out for AWS's."
            )

    def sids(self) -> dict[str, int]:
        """A number for each rule that comes from its name, so that alerts keep their meaning when others come and go."""
        numbers: dict[str, int] = {}
        for name in sorted(rule.name for rule in self.rules):
            number = 1_000_000 + zlib.crc32(name.encode()) % 1_000_000
            while number in numbers.values():
                number += 1
            numbers[name] = number
        return numbers
