"""VPC: three tiers of subnets, closed defaults, recorded traffic, private ways to AWS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from constructs import Construct

from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.security_group.group import SecurityGroup
from secureinfra.aws.vpc.cidr_plan import SMALLEST_PREFIX, ipv6_slot, widest_prefix
from secureinfra.aws.vpc.config import Tier, VpcConfig
from secureinfra.aws.vpc.encryption_control import control_encryption
from secureinfra.aws.vpc.endpoint import add_gateway_endpoints, add_interface_endpoints
from secureinfra.aws.vpc.flow_log import log_flows
from secureinfra.aws.vpc.network import Network
from secureinfra.aws.vpc.network_acl import guard_tier
from secureinfra.aws.vpc.routing import make_gateways, make_routes
from secureinfra.aws.vpc.subnet_cidrs import subnet_cidr
from secureinfra.config.rules import is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import AwsProvider, Data, Resource, SecureConstruct
from secureinfra.engine.naming import words
from secureinfra.engine.provider_major import require_major
from secureinfra.errors import ConfigError
from secureinfra.facts.partitions import partition_of

__all__ = ["SecureVpc"]


@declares(
    module="vpc",
    page="network",
    asks=("cidr",),
    yours=(
        "Security groups of what runs in the network.",
        "Monitoring of the flow logs.",
        "An address range that overlaps with no network it will be connected to.",
    ),
)
class SecureVpc(SecureConstruct):
    """A VPC with no inbound or outbound access until you allow it.

    Creates the VPC; public, private and isolated subnets in each zone, with route tables and a network ACL for each
    tier; the adopted and emptied defaults (security group, ACL, route table); flow logs with their log group, key and
    role; and gateway endpoints for S3 and DynamoDB. NAT gateways, interface endpoints and IPv6 on request.

    Addresses, subnets and gateways are keyed by zone letter and tier, so that growth moves nothing
    (`vpc_cidr_plan` has the plan).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: the network, and what to choose.
        flow_log_bucket: where flow logs go with `flow_logs="s3"`; by default a bucket of its own.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or the choices do not go together.

    Example:
        `SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=3, nat="per_zone"))`
    """

    config: VpcConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: VpcConfig,
        *,
        flow_log_bucket: LogBucket | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        if flow_log_bucket is not None and config.flow_logs != "s3":
            raise ConfigError(
                f"{self.path}: flow_log_bucket is given, but flow_logs={config.flow_logs!r}: nothing would reach the bucket. "
                "Write flow_logs='s3', or leave flow_log_bucket out."
            )
        if config.nat == "regional":
            require_major(self, 6, "nat='regional'")
            self._refuse_regional_nat_elsewhere()
        self.subnets: dict[str, Resource] = {}
        # A `NetworkFirewall` sets the endpoint of each zone here.
        self.firewall_endpoint: Callable[[str], str] | None = None
        self.vpc = self._make_vpc()
        self._network = Network(self, config, self.vpc, self.cidr, self.subnets)
        self._add_secondary_cidrs()
        self._empty_the_defaults()
        self._known_zones()
        for tier in config.tiers:
            self._add_subnets(tier)
        network = self._network
        gateways = make_gateways(network)
        self.internet_gateway = gateways.internet
        self.egress_gateway = gateways.egress
        self.nat_gateways = dict(gateways.nat)
        self.route_tables = make_routes(network, gateways, lambda: self.firewall_endpoint)
        for tier in config.tiers:
            guard_tier(network, tier)
        log_flows(network, flow_log_bucket)
        if config.gateway_endpoints:
            add_gateway_endpoints(network, self.route_table_ids)
        self._endpoint_group = add_interface_endpoints(network)
        self._block_public_access()
        control_encryption(network, gateways)

    @property
    def vpc_id(self) -> str:
        """Reference to the VPC's id."""
        return self.vpc.ref("id")

    @property
    def cidr(self) -> str:
        """The network: as given, or a reference when IPAM gives it or the engine has a placeholder for it."""
        given: str | None = self.config.cidr
        # The engine loses the braces of a placeholder within a function's arguments, where the subnets need it.
        return self.vpc.ref("cidr_block") if given is None or "TfToken[" in given else given

    def subnet_ids(self, tier: Tier) -> list[str]:
        """References to the subnets of a tier, in the order of the zones; empty where the VPC has no such tier.

        Args:
            tier: `public`, `private`, `isolated`, `intra` or `firewall`.
        """
        return self._network.subnet_ids(tier)

    @property
    def public_subnet_ids(self) -> list[str]:
        """References to the public subnets."""
        return self.subnet_ids("public")

    @property
    def private_subnet_ids(self) -> list[str]:
        """References to the private subnets."""
        return self.subnet_ids("private")

    @property
    def isolated_subnet_ids(self) -> list[str]:
        """References to the isolated subnets."""
        return self.subnet_ids("isolated")

    @property
    def availability_zones(self) -> list[str]:
        """The zones' names, in the order of the subnets: as given, or references."""
        return [self.zone(letter) for letter in self.config.letters]

    @property
    def nat_public_ips(self) -> list[str]:
        """References to the addresses from which private subnets appear on the internet, for allow lists of others."""
        name = "nat-regional" if self.config.nat == "regional" else "nat"
        return [self.resources[f"{name}-{letter}-address"].ref("public_ip") for letter in self.nat_gateways]

    @property
    def route_table_ids(self) -> list[str]:
        """References to all route tables but the emptied default one."""
        return [table.ref("id") for table in self.route_tables.values()]

    @property
    def endpoint_security_group(self) -> SecurityGroup:
        """The group before the interface endpoints: `service.allow_to(network.endpoint_security_group, Port.tcp(443))`.

        Raises:
            ConfigError: the VPC has no interface endpoint.
        """
        if self._endpoint_group is None:
            raise ConfigError(
                f"{self.path}: it has no interface endpoint, so no group before one: ask for one in its VpcConfig, e.g. "
                "endpoints=('session-manager',)."
            )
        return self._endpoint_group

    def prefix_list_id(self, service: Literal["s3", "dynamodb"]) -> str:
        """Reference to the networks of a service behind a gateway endpoint, for rules of security groups.

        Args:
            service: `s3` or `dynamodb`.

        Raises:
            ConfigError: the VPC has no gateway endpoints.

        Example:
            `service.allow_to(Peer.prefix_list(network.prefix_list_id("s3"), name="s3"), Port.tcp(443))`
        """
        if f"endpoint-{service}" not in self.resources:
            raise ConfigError(
                f"{self.path}: it has no gateway endpoint for {service!r}, so no prefix list of one: leave "
                "gateway_endpoints on, and name 's3' or 'dynamodb'."
            )
        return self.resources[f"endpoint-{service}"].ref("prefix_list_id")

    def zone(self, letter: str) -> str:
        """The name of a zone."""
        if isinstance(self.config.zones, int):
            return f"{self.region}{letter}"
        return next(zone for zone in self.config.zones if zone.endswith(letter))

    def named(self, name: str) -> dict[str, str]:
        """Tags with a name that the console shows."""
        return self._network.named(name)

    def _refuse_regional_nat_elsewhere(self) -> None:
        """AWS announced it for all commercial regions; GovCloud and China have no regional NAT gateways:
        aws.amazon.com/about-aws/whats-new/2025/11/aws-nat-gateway-regional-availability."""
        region = AwsProvider.region_of(self)
        if region and partition_of(region) in ("aws-us-gov", "aws-cn"):
            raise ConfigError(
                f"{self.path}: nat='regional' is not offered in {region} (partition {partition_of(region)}). Write nat='per_zone'."
            )

    def _make_vpc(self) -> Resource:
        config = self.config
        vpc = Resource(
            self,
            "vpc",
            "aws_vpc",
            cidr_block=config.cidr,
            ipv4_ipam_pool_id=config.ipam_pool_id,
            ipv4_netmask_length=config.netmask_length,
            assign_generated_ipv6_cidr_block=True if config.ipv6 else None,
            enable_dns_support=True,
            enable_dns_hostnames=True,
            tags={"Name": self.path, **config.tags},
        )
        widest = SMALLEST_PREFIX if config.all_chosen else widest_prefix(config.tiers, config.reserved_zones)
        for field, value in (("cidr", config.cidr), ("netmask_length", config.netmask_length)):
            if value is not None and is_token(value):
                length = 'tonumber(element(split("/", {value}), 1))' if field == "cidr" else "{value}"
                message = f"{field} must leave room for every subnet: use a /16 to /{widest}"
                vpc.demand(f"{field}_size", value, f"{length} >= 16 && {length} <= {widest}", message)
        return vpc

    def _add_secondary_cidrs(self) -> None:
        for cidr in self.config.secondary_cidrs:
            id = f"cidr-{words(cidr)}"
            Resource(self, id, "aws_vpc_ipv4_cidr_block_association", vpc_id=self.vpc_id, cidr_block=cidr)

    def _empty_the_defaults(self) -> None:
        """Adopt the default resources of the VPC, without any rule: empty lists remove rules, missing ones keep them."""
        Resource(
            self,
            "default-security-group",
            "aws_default_security_group",
            vpc_id=self.vpc_id,
            ingress=[],
            egress=[],
            tags=self.named("default-do-not-use"),
        )
        Resource(
            self,
            "default-acl",
            "aws_default_network_acl",
            # Subnets leave and return to the default ACL as others are made: docs of the resource advise to ignore them.
            ignore_changes=["subnet_ids"],
            default_network_acl_id=self.vpc.ref("default_network_acl_id"),
            tags=self.named("default-do-not-use"),
        )
        Resource(
            self,
            "default-routes",
            "aws_default_route_table",
            default_route_table_id=self.vpc.ref("default_route_table_id"),
            route=[],
            tags=self.named("default-do-not-use"),
        )

    def _known_zones(self) -> None:
        self._zones = Data(
            self,
            "zones",
            "aws_availability_zones",
            state="available",
            filter=[{"name": "zone-name", "values": [self.zone(letter) for letter in self.config.letters]}],
        )

    def _add_subnets(self, tier: Tier) -> None:
        for letter in self.config.letters:
            ipv6: dict[str, Any] = {}
            if self.config.ipv6:
                ipv6 = {
                    "ipv6_cidr_block": ipv6_slot(tier, letter).within(self.vpc.ref("ipv6_cidr_block")),
                    "assign_ipv6_address_on_creation": False,
                }
            subnet = Resource(
                self,
                f"{tier}-{letter}",
                "aws_subnet",
                vpc_id=self.vpc_id,
                availability_zone=self.zone(letter),
                cidr_block=subnet_cidr(self.config.subnet_cidrs, tier, letter, self.config.reserved_zones, self.cidr),
                depends_on=self._networks_first(tier, letter),
                map_public_ip_on_launch=False,
                tags={**self.named(f"{tier}-{letter}"), "tier": tier},
                **ipv6,
            )
            if isinstance(self.config.zones, int):
                names = self._zones.ref("names")[2:-1]
                subnet.require(
                    f'${{contains({names}, "{self.zone(letter)}")}}',
                    f"{self.path}: this account has no zone {letter!r} here: name the zones, e.g. zones=('ap-northeast-1a', "
                    "'ap-northeast-1c').",
                )
            self.subnets[f"{tier}-{letter}"] = subnet

    def _networks_first(self, tier: Tier, letter: str) -> list[Resource]:
        """The further networks of the VPC, for a subnet that may be in one of them."""
        chosen = f"{tier}-{letter}" in self.config.subnet_cidrs
        ids = (f"cidr-{words(cidr)}" for cidr in self.config.secondary_cidrs if chosen)
        return [one for one in map(self.resources.get, ids) if isinstance(one, Resource)]

    def _block_public_access(self) -> None:
        exclusions: list[Resource] = []
        if self.config.block_public_access_exclusion:
            exclusion = Resource(
                self,
                "public-access-exclusion",
                "aws_vpc_block_public_access_exclusion",
                vpc_id=self.vpc_id,
                internet_gateway_exclusion_mode=self.config.block_public_access_exclusion,
            )
            exclusions.append(exclusion)
        if self.config.block_public_access:
            Resource(
                self,
                "public-access-block",
                "aws_vpc_block_public_access_options",
                # First the exclusion, or this VPC's traffic would stop in between. AWS accepts it without a block:
                # docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa-basics.html
                depends_on=exclusions,
                internet_gateway_block_mode=self.config.block_public_access,
            )
