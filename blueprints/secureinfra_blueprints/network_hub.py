"""Network hub: a VPC whose way out is a firewall, with private ways to AWS and a record of traffic and DNS queries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra import (
    Config,
    ConfigError,
    FirewallRule,
    Ipv4Cidr,
    KeyConfig,
    NetworkFirewall,
    NetworkFirewallConfig,
    Number,
    OrganizationId,
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
    one_of,
)

_YEAR_AND_LONGER = (365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653)
_PRINCIPAL = matches(
    r"[0-9]{12}|arn:aws[a-z-]*:organizations::[0-9]{12}:(organization|ou)/o-[a-z0-9]+(/ou-[a-z0-9-]+)?",
    "is nobody to share with: write an account's id in quotes, or the ARN of an organisation or one of its units",
)
# A reference to a variable, local or attribute, from whose words an address can be made.
_REFERENCE = re.compile(r"\$\{[A-Za-z_][\w.-]*\}")


class NetworkHubConfig(Config):
    """What a caller may choose about a network hub."""

    cidr: Ipv4Cidr
    """The network, a /16 to /22, e.g. `10.20.0.0/16`, which leaves room for everything."""
    zones: int | tuple[Text, ...] = 3
    """How many zones, or their names, e.g. `[eu-central-1a, eu-central-1b]`; each costs about 330 USD a month for firewall
    and NAT."""
    reserved_zones: Literal[4, 8] = 4
    """For how many zones addresses are set aside; it cannot be changed later without renumbering."""
    nat: Literal["single", "per_zone"] = "per_zone"
    """One NAT gateway for all zones, or one in each, which survives the loss of a zone."""
    allowed_domains: tuple[Text, ...] = ()
    """Domains that may be called over HTTPS and HTTP: `api.example.com`, or `.example.com` for it and all below it. Nothing
    else gets out."""
    rules: tuple[FirewallRule, ...] = ()
    """Further connections that the firewall lets through, e.g. from load balancers in public subnets to private ones:
    `{name: web, protocol: TCP, destination: home, ports: "8080"}`."""
    managed_rule_groups: tuple[Text, ...] = NetworkFirewallConfig().managed_rule_groups
    """AWS's own rule groups, which drop known threats first; those on domains and signatures are free of charge."""
    endpoints: tuple[Text, ...] = ("session-manager", "secrets", "logs", "sts")
    """Interface endpoints by service (`ecr.api`) or bundle (`session-manager`, `containers`, `secrets`), so that calls to AWS
    stay within the network; each costs about 8 USD a month in each zone. Those for S3 and DynamoDB are there anyway, free."""
    organization_id: OrganizationId | None = None
    """Endpoints admit principals of this organisation, e.g. `o-a1b2c3d4e5`, instead of this account alone."""
    shared_with: tuple[Annotated[str, _PRINCIPAL], ...] = ()
    """Accounts, units or the whole of your organisation that may place resources in the private and isolated subnets; nobody
    outside of it can be named."""
    flow_logs_interval_seconds: Literal[60, 600] = 600
    """How often flow logs are written: 60 seconds costs more and shows more."""
    log_retention_days: Annotated[Number, one_of(*_YEAR_AND_LONGER)] = 365
    """How long flows, alerts of the firewall and DNS queries are kept, one of CloudWatch's periods of a year or longer."""
    protect: bool = True
    """Nobody deletes firewall and key by mistake; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """What network and firewall would refuse, told at once with the rest."""
        for part in (self.network(), self.firewall()):
            try:
                _ = part.tags
            except ConfigError as error:
                yield from str(error).splitlines()
        for twice in sorted({name for name in self.shared_with if self.shared_with.count(name) > 1}):
            yield f"shared_with names {twice!r} twice: name each once."
        for principal in self.shared_with:
            if is_token(principal) and not _REFERENCE.fullmatch(principal):
                # The engine numbers its placeholders in the order of their making: an address must not hang on that.
                yield (
                    f"shared_with holds {principal!r}, from which no stable address can be made. Write the reference itself, "
                    "e.g. '${var.unit_arn}'."
                )

    def network(self) -> VpcConfig:
        """The network's part."""
        return VpcConfig(
            cidr=self.cidr,
            zones=self.zones,
            reserved_zones=self.reserved_zones,
            tiers=("public", "private", "isolated", "firewall"),
            nat=self.nat,
            endpoints=self.endpoints,
            organization_id=self.organization_id,
            flow_logs_interval_seconds=self.flow_logs_interval_seconds,
            flow_logs_retention_days=self.log_retention_days,
            tags=self.tags,
            waivers=self.waivers,
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
        )


class NetworkHub(SecureConstruct):
    """A network that nothing leaves but what is named, and in which every flow and every name looked up is recorded.

    Creates the VPC in its zones with public, private, isolated and firewall subnets, flow logs, emptied defaults and
    endpoints for AWS's services; the firewall, through which private subnets get out and meet public ones; the record of
    DNS queries; one key for firewall and queries; and, for `shared_with`, a share of the subnets within the organisation.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: the network, and what may leave it.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `NetworkHub(stack, "hub", NetworkHubConfig(cidr="10.20.0.0/16", allowed_domains=(".amazonaws.com",)))`
    """

    config: NetworkHubConfig

    def __init__(self, scope: Construct, id: str, config: NetworkHubConfig, *, provider: Any = None) -> None:
        super().__init__(scope, id, config, provider=provider)
        about = KeyConfig(description=f"{self.path}: network", protect=config.protect, tags=config.tags)
        self.key = SecureKey(self, "key", about)
        self.network = SecureVpc(self, "network", config.network())
        self.firewall = NetworkFirewall(self, "firewall", config.firewall(), vpc=self.network, key=self.key)
        queries = QueryLogConfig(retention_in_days=config.log_retention_days, tags=config.tags)
        self.query_log = QueryLog(self, "dns", queries, vpc=self.network, key=self.key)
        if config.shared_with:
            self._share()

    def _share(self) -> None:
        """Share what workloads stand in; gateways, firewall and public subnets stay with this account."""
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
            # An account by its number, a unit by the end of its ARN: what it is called, not where it stands in the list.
            name = re.sub(r"[^a-z0-9]+", "-", principal.rpartition("/")[2]).strip("-")
            Resource(
                self,
                f"share-with-{name}",
                "aws_ram_principal_association",
                resource_share_arn=self.share.ref("arn"),
                principal=principal,
            )
