"""Network hub: a VPC whose outbound traffic passes a firewall, with private access to AWS and a record of DNS queries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra import (
    AccountId,
    Config,
    Construct,
    DnsFirewall,
    DnsFirewallConfig,
    FirewallRule,
    Ipv4Cidr,
    KeyConfig,
    LogRetention,
    NetworkFirewall,
    NetworkFirewallConfig,
    OrganizationId,
    Problem,
    QueryLog,
    QueryLogConfig,
    Resource,
    SecureConstruct,
    SecureKey,
    SecureVpc,
    Text,
    VpcConfig,
    is_token,
    matches,
)

_PRINCIPAL = matches(
    r"[0-9]{12}|arn:aws[a-z-]*:organizations::[0-9]{12}:(organization|ou)/o-[a-z0-9]+(/ou-[a-z0-9-]+)?",
    "is not a principal to share with",
    "write an account's id in quotes, or the ARN of an organization or one of its units",
)
_ACCOUNT = re.compile(r"[0-9]{12}")
_FIREWALL = "networkfirewall-"
_ORGANIZATION = re.compile(r":organizations::[0-9]{12}:(?:organization|ou)/(o-[a-z0-9]+)")
# A reference to a variable, local or attribute, from whose words an address can be made.
_REFERENCE = re.compile(r"\$\{[A-Za-z_][\w.-]*\}")


class NetworkHubConfig(Config):
    """What a caller may choose about a network hub."""

    cidr: Ipv4Cidr
    """The network, a /16 to /22, e.g. `10.20.0.0/16`, which leaves room to grow. Another one replaces everything."""
    zones: int | tuple[Text, ...] = 3
    """Number of zones, or their names, e.g. `[eu-central-1a, eu-central-1b]`; each costs about 330 USD a month for firewall
    and NAT."""
    reserved_zones: Literal[4, 8] = 4
    """Number of zones that the address plan reserves room for. A change gives subnets other addresses and replaces them."""
    nat: Literal["single", "per_zone"] = "per_zone"
    """One NAT gateway for all zones, or one in each, which survives the loss of a zone."""
    allowed_domains: tuple[Text, ...] = ()
    """Domains that may be called over HTTPS and HTTP: `api.example.com`, or `.example.com` for it and its subdomains. Other
    domains are blocked."""
    resolvable_domains: tuple[Text, ...] = ()
    """Further domains that may be resolved, e.g. those of private hosted zones and of connections in `rules`: queries for all but
    these, `allowed_domains` and names of AWS get no answer, since data could leave in them."""
    other_domains: Literal["block", "alert"] = "block"
    """What happens to queries for all other domains: no answer, or an answer and an alert in the query log, for a first look."""
    rules: tuple[FirewallRule, ...] = ()
    """Other connections that the firewall allows, e.g. from load balancers in public subnets to private ones:
    `{name: web, protocol: TCP, destination: home, ports: "8080"}`."""
    managed_rule_groups: tuple[Text, ...] = NetworkFirewallConfig().managed_rule_groups
    """AWS's own rule groups, which drop known threats first; those on domains and signatures are free of charge."""
    endpoints: tuple[Text, ...] = ("session-manager", "secrets", "logs", "sts")
    """Interface endpoints by service (`ecr.api`) or bundle (`session-manager`, `containers`, `secrets`), so that calls to AWS
    stay within the network; each costs about 8 USD a month in each zone. S3 and DynamoDB are always included, free."""
    organization_id: OrganizationId | None = None
    """Endpoints allow principals of this organization, e.g. `o-a1b2c3d4e5`, and its data, instead of this account's only. By
    default that of the organization or unit that `shared_with` names."""
    readable_buckets: tuple[Text, ...] = ()
    """Other public buckets that may be read through the S3 endpoint without credentials of this account, e.g. for agent
    installers: `aws-codedeploy-eu-central-1`."""
    resource_accounts: tuple[AccountId, ...] = ()
    """Accounts of others whose data may be reached through the endpoints, e.g. buckets of a partner."""
    shared_with: tuple[Annotated[str, _PRINCIPAL], ...] = ()
    """Accounts, organizational units or the whole organization that may place resources in the private and isolated subnets,
    and use the endpoints; accounts outside of it are refused."""
    flow_logs_interval_seconds: Literal[60, 600] = 600
    """How often flow logs are written: 60 seconds costs more and shows more detail. A change replaces the flow log."""
    log_retention_days: LogRetention = 365
    """How long flows, alerts of the firewall and DNS queries are kept, one of CloudWatch's periods of a year or longer."""
    protect: bool = True
    """Deletion protection for firewall and key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """What network and firewall would refuse, told at once with the rest."""
        yield from self.refusals(self.network(), self.firewall(), self.names())
        for twice in sorted({name for name in self.shared_with if self.shared_with.count(name) > 1}):
            at = ("shared_with", self.shared_with.index(twice, self.shared_with.index(twice) + 1))
            yield Problem(at, f"names {twice!r} twice", instead="Name each once", subject="shared_with")
        for number, principal in enumerate(self.shared_with):
            if is_token(principal) and not _REFERENCE.fullmatch(principal):
                # The engine numbers its placeholders in order of creation: an address must not depend on that.
                what = f"holds {principal!r}, from which no stable address can be made"
                advice = "Write the reference itself, e.g. '${var.unit_arn}'"
                yield Problem(("shared_with", number), what, instead=advice, subject="shared_with")
        yield from self._organization_problems()

    def _organization_problems(self) -> Iterator[Problem]:
        named = sorted({*self._organizations(), *([self.organization_id] if self.organization_id else [])})
        if len(named) > 1 and not any(map(is_token, named)):
            what, why = f"names two organizations, {' and '.join(named)}", "subnets are shared within one"
            yield Problem("shared_with", what, why, "Name one", subject="shared_with")
        if self.organization_id is None and not named and any(map(is_token, self.shared_with)):
            what, why = "needs organization_id", "the endpoints must allow principals that only Terraform will know"
            advice = "Add the organization's id, e.g. 'o-a1b2c3d4e5'"
            yield Problem("shared_with", what, why, advice, subject="shared_with")

    def _organizations(self) -> set[str]:
        """The organizations whose ARNs, or units' ARNs, are named."""
        return {found[1] for name in self.shared_with if (found := _ORGANIZATION.search(name))}

    def network(self) -> VpcConfig:
        """The network's part. Accounts that place resources in shared subnets reach AWS through the endpoints."""
        organization = self.organization_id or next(iter(sorted(self._organizations())), None)
        participants = () if organization else tuple(name for name in self.shared_with if _ACCOUNT.fullmatch(name))
        return VpcConfig(
            cidr=self.cidr,
            zones=self.zones,
            reserved_zones=self.reserved_zones,
            tiers=("public", "private", "isolated", "firewall"),
            nat=self.nat,
            endpoints=self.endpoints,
            organization_id=organization,
            accounts=tuple(dict.fromkeys(participants)),
            resource_accounts=self.resource_accounts,
            readable_buckets=self.readable_buckets,
            flow_logs_interval_seconds=self.flow_logs_interval_seconds,
            flow_logs_retention_days=self.log_retention_days,
            tags=self.tags,
            waivers=tuple(waiver for waiver in self.waivers if not waiver.control.startswith(_FIREWALL)),
        )

    def firewall(self) -> NetworkFirewallConfig:
        """The firewall's part."""
        return NetworkFirewallConfig(
            allowed_domains=self.allowed_domains,
            rules=self.rules,
            managed_rule_groups=self.managed_rule_groups,
            log_retention_in_days=self.log_retention_days,
            protect=self.protect,
            tags=self.tags,
            waivers=tuple(waiver for waiver in self.waivers if waiver.control.startswith(_FIREWALL)),
        )

    def names(self) -> DnsFirewallConfig:
        """The DNS firewall's part."""
        return DnsFirewallConfig(
            allowed_domains=tuple(dict.fromkeys((*self.allowed_domains, *self.resolvable_domains))),
            other_domains=self.other_domains,
            protect=self.protect,
            tags=self.tags,
        )


class NetworkHub(SecureConstruct):
    """A network whose outbound traffic and DNS queries are limited to named destinations, with a record of both.

    Creates the VPC in its zones with public, private, isolated and firewall subnets, flow logs, emptied defaults and
    endpoints for AWS's services; the firewall, through which private subnets get out and meet public ones; the DNS
    firewall and the record of DNS queries; one key for firewall and queries; and, for `shared_with`, a share of the subnets
    within the organization.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: the network, and what may leave it.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `NetworkHub(stack, "hub", NetworkHubConfig(cidr="10.20.0.0/16", allowed_domains=("api.partner.example",)))`
    """

    config: NetworkHubConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: NetworkHubConfig,
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        about = KeyConfig(description=f"{self.path}: network", protect=config.protect, tags=config.tags)
        self.key = SecureKey(self, "key", about)
        self.network = SecureVpc(self, "network", config.network())
        self.firewall = NetworkFirewall(self, "firewall", config.firewall(), vpc=self.network, key=self.key)
        queries = QueryLogConfig(retention_in_days=config.log_retention_days, tags=config.tags)
        self.query_log = QueryLog(self, "dns", queries, vpc=self.network, key=self.key)
        self.names = DnsFirewall(self, "names", config.names(), vpc=self.network)
        if config.shared_with:
            self._share()

    def _share(self) -> None:
        """Share the subnets for workloads; gateways, firewall and public subnets are not shared."""
        self.share = Resource(
            self,
            "share",
            "aws_ram_resource_share",
            name=self.path.replace("/", "-"),
            allow_external_principals=False,
            tags=self.config.tags or None,
        )
        shared = {
            name: subnet for name, subnet in self.network.subnets.items() if name.startswith(("private", "isolated"))
        }
        for name, subnet in shared.items():
            Resource(
                self,
                f"share-{name}",
                "aws_ram_resource_association",
                resource_share_arn=self.share.ref("arn"),
                resource_arn=subnet.ref("arn"),
            )
        for principal in self.config.shared_with:
            # An account by its number, a unit by the end of its ARN: its name, not its position in the list.
            name = re.sub(r"[^a-z0-9]+", "-", principal.rpartition("/")[2]).strip("-")
            Resource(
                self,
                f"share-with-{name}",
                "aws_ram_principal_association",
                resource_share_arn=self.share.ref("arn"),
                principal=principal,
            )
