"""DNS firewall: a VPC resolves named domains and AWS's own names only, so that data cannot leave in queries."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.networkfirewall.config import DOMAIN
from secureinfra.aws.wiring.vpc_id import HasVpc, vpc_id_of
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem, last_of
from secureinfra.config.rule import matches
from secureinfra.config.rules import TOKEN, is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.engine.naming import derived_name

__all__ = ["DnsFirewall", "DnsFirewallConfig"]

# docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_CreateFirewallRuleGroup.html: 64 characters, of which
# the names of the domain lists need some; no digits alone.
DNS_FIREWALL_NAME = matches(
    r"[0-9]*[a-zA-Z_' -][a-zA-Z0-9_' -]*",
    "is not a name of a DNS firewall",
    "write letters, digits, '-', '_' and spaces, and not digits alone",
)
DNS_FIREWALL_NAME_LENGTH = matches(r".{1,54}", "is not a name of a DNS firewall", "write 1 to 54 characters")
_LIST_ID = matches(
    r"rslvr-fdl-[0-9a-f]{1,64}",
    "is not the id of a domain list",
    "write 'rslvr-fdl-...', as `aws route53resolver list-firewall-domain-lists` shows it",
)

# Names of AWS's services, of their endpoints in the VPC and of instances; the partition's own suffix comes first. Nobody but
# AWS runs name servers below them, so that no query for them reaches a customer.
_NAMES_OF_AWS = ("*.api.aws", "*.compute.internal", "*.ec2.internal")

# The lowest is evaluated first: docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-settings.html.
# What is known to be bad comes before what is allowed; numbers of lists are derived from their ids.
_BLOCKED, _LISTS, _MANY, _ALLOWED, _AWS, _OTHERS = 100, 1000, 5000, 7000, 8000, 9000
# AWS keeps 100 and below, and 9900 and above, for Firewall Manager.
_ASSOCIATION = 101


class DnsFirewallConfig(Config):
    """What a caller may choose about a DNS firewall."""

    name: Annotated[str, DNS_FIREWALL_NAME, DNS_FIREWALL_NAME_LENGTH] | None = None
    """Name of the rule group; by default the construct's path with '-'. Changing it replaces the rules."""
    allowed_domains: tuple[Annotated[str, DOMAIN], ...] = ()
    """Domains that may be resolved: `api.example.com`, or `.example.com` for it and its subdomains; private hosted zones too.
    Names of AWS's services and of instances always may."""
    blocked_domains: tuple[Annotated[str, DOMAIN], ...] = ()
    """Domains that are not resolved although a wider one is allowed."""
    blocked_domain_list_ids: tuple[Annotated[str, TOKEN, _LIST_ID], ...] = ()
    """Domain lists that are blocked before anything is allowed, e.g. AWS's own lists of known threats, whose ids differ by
    region."""
    other_domains: Literal["block", "alert"] = "block"
    """What happens to queries for all other domains: no answer, or an answer and an alert in the query log, for a first look."""
    protect: bool = True
    """Protection of the association with the VPC against removal; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Each domain and list is named once, and addresses do not depend on the order of the code."""
        for field in ("allowed_domains", "blocked_domains", "blocked_domain_list_ids"):
            values = getattr(self, field)
            for twice in sorted({value for value in values if values.count(value) > 1}):
                at = (field, last_of(values, twice))
                yield Problem(at, f"names {twice!r} twice", instead="Name each once", subject=field)
        for number, id in enumerate(self.blocked_domain_list_ids):
            if is_token(id):
                what, why = f"holds {id!r}", "its rule would have no stable address"
                at = ("blocked_domain_list_ids", number)
                yield Problem(at, what, why, "Write the id itself", subject="blocked_domain_list_ids")


@declares(
    module="dns-firewall",
    page="firewall",
    yours=(
        "Which domains your services resolve: start with `other_domains` set to `alert`, and read the query log.",
        "A record of the queries, e.g. by the blueprint `network-hub`.",
        "Resolvers of your own, whose queries leave by other ways.",
    ),
)
class DnsFirewall(SecureConstruct):
    """A DNS firewall that answers queries of a VPC for named domains and for names of AWS only.

    A network firewall never sees queries to the VPC's own resolver, through which a program can send data to any name
    server, packed into names. Creates the rule group with its domain lists and rules, its association with the VPC, and
    the setting that queries are refused while the firewall cannot be reached. Domains that are not named get NXDOMAIN; of an
    allowed domain the aliases (CNAME) that it leads to are trusted. Costs 0.60 USD for a million queries.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: which domains may be resolved.
        vpc: a `SecureVpc`, or anything else that has a `vpc_id`; or the id of a VPC.
        vpc_id: the id of a VPC, where there is no `vpc`.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or no VPC is given.

    Example:
        `DnsFirewall(stack, "names", DnsFirewallConfig(allowed_domains=("api.partner.example",)), vpc=network)`
    """

    config: DnsFirewallConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: DnsFirewallConfig = DnsFirewallConfig(),
        *,
        vpc: HasVpc | str | None = None,
        vpc_id: str | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.name = config.name or derived_name(self, DNS_FIREWALL_NAME, DNS_FIREWALL_NAME_LENGTH)
        self._vpc_id = vpc_id_of(self.path, vpc, vpc_id)
        self.rule_group = Resource(
            self, "rule-group", "aws_route53_resolver_firewall_rule_group", name=self.name, tags=config.tags or None
        )
        self._block()
        self._allow()
        self._associate()

    @property
    def rule_group_id(self) -> str:
        """Reference to the rule group's id, to associate other VPCs with."""
        return self.rule_group.ref("id")

    def _block(self) -> None:
        if self.config.blocked_domains:
            self._rule("blocked", self._list("blocked", _spelled(self.config.blocked_domains)), _BLOCKED, "BLOCK")
        for id, number in _numbers(self.config.blocked_domain_list_ids).items():
            self._rule(id, id, number, "BLOCK")

    def _allow(self) -> None:
        if self.config.allowed_domains:
            self._rule("allowed", self._list("allowed", _spelled(self.config.allowed_domains)), _ALLOWED, "ALLOW")
        names = (f"*.{self.dns_suffix}", *_NAMES_OF_AWS)
        self._rule("aws", self._list("aws", names), _AWS, "ALLOW")
        self._rule("others", self._list("others", ("*",)), _OTHERS, self.config.other_domains.upper())

    def _list(self, id: str, domains: Iterable[str]) -> str:
        """Reference to a domain list."""
        domain_list = Resource(
            self,
            f"{id}-domains",
            "aws_route53_resolver_firewall_domain_list",
            name=f"{self.name}-{id}",
            domains=list(domains),
            tags=self.config.tags or None,
        )
        return domain_list.ref("id")

    def _rule(self, id: str, list_id: str, priority: int, action: str) -> None:
        Resource(
            self,
            f"{id}-rule",
            "aws_route53_resolver_firewall_rule",
            name=id,
            firewall_rule_group_id=self.rule_group_id,
            firewall_domain_list_id=list_id,
            priority=priority,
            action=action,
            block_response="NXDOMAIN" if action == "BLOCK" else None,
            # The owner of an allowed domain decides where it leads; what is blocked is looked for behind aliases too.
            firewall_domain_redirection_action="TRUST_REDIRECTION_DOMAIN" if action == "ALLOW" else None,
        )

    def _associate(self) -> None:
        rules = [one for one in self.resources.values() if one.type == "aws_route53_resolver_firewall_rule"]
        Resource(
            self,
            "association",
            "aws_route53_resolver_firewall_rule_group_association",
            # Complete rules first: the last one blocks what the others allow.
            depends_on=rules,
            name=self.name,
            firewall_rule_group_id=self.rule_group_id,
            vpc_id=self._vpc_id,
            priority=_ASSOCIATION,
            mutation_protection=lambda: "ENABLED" if self.config.protect and self.stack_state.protects else "DISABLED",
            tags=self.config.tags or None,
        )
        # docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-vpc-configuration.html
        Resource(
            self,
            "failure",
            "aws_route53_resolver_firewall_config",
            resource_id=self._vpc_id,
            firewall_fail_open="DISABLED",
        )


def _spelled(domains: Iterable[str]) -> Iterator[str]:
    """Domains as DNS Firewall takes them, for which a domain and what is below it are two."""
    for domain in domains:
        yield domain.removeprefix(".")
        if domain.startswith("."):
            yield f"*{domain}"


def _numbers(ids: Iterable[str]) -> dict[str, int]:
    """A priority derived from each id, so that another list does not renumber those that are there."""
    numbers: dict[str, int] = {}
    for id in sorted(ids):
        number = _LISTS + zlib.crc32(id.encode()) % _MANY
        while number in numbers.values():
            number += 1
        numbers[id] = number
    return numbers
