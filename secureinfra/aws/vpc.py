"""VPC: three tiers of subnets, closed defaults, recorded traffic, private ways to AWS."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.s3_log_bucket import LogBucket
from secureinfra.aws.security_group import SecurityGroup
from secureinfra.aws.vpc_cidr_plan import ipv6_slot, slot, widest_prefix
from secureinfra.aws.vpc_config import VpcConfig
from secureinfra.aws.vpc_endpoint import add_gateway_endpoints, add_interface_endpoints
from secureinfra.aws.vpc_flow_log import log_flows
from secureinfra.aws.vpc_network_acl import guard_tier, words
from secureinfra.engine import Data, Resource, SecureConstruct
from secureinfra.values import is_token


class SecureVpc(SecureConstruct):
    """A network in which nothing is reachable, and nothing gets out, until somebody asks for it.

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
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.subnets: dict[str, Resource] = {}
        self.route_tables: dict[str, Resource] = {}
        self.endpoint_security_group: SecurityGroup | None = None
        self.vpc = self._make_vpc()
        self._add_secondary_cidrs()
        self._empty_the_defaults()
        self._known_zones()
        for tier in config.tiers:
            self._add_subnets(tier)
        self._add_gateways()
        self._add_routes()
        for tier in config.tiers:
            guard_tier(self, tier)
        log_flows(self, flow_log_bucket)
        if config.gateway_endpoints:
            add_gateway_endpoints(self)
        add_interface_endpoints(self)
        self._block_public_access()

    @property
    def vpc_id(self) -> str:
        """Reference to the VPC's id."""
        return self.vpc.ref("id")

    @property
    def cidr(self) -> str:
        """The network: as given, or a reference when IPAM gives it."""
        return self.config.cidr or self.vpc.ref("cidr_block")

    def subnet_ids(self, tier: str) -> list[str]:
        """References to the subnets of a tier, in the order of the zones.

        Args:
            tier: `public`, `private` or `isolated`.
        """
        return [
            self.subnets[f"{tier}-{letter}"].ref("id")
            for letter in self.config.letters
            if f"{tier}-{letter}" in self.subnets
        ]

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
    def route_table_ids(self) -> list[str]:
        """References to all route tables but the emptied default one."""
        return [table.ref("id") for table in self.route_tables.values()]

    def zone(self, letter: str) -> str:
        """The name of a zone."""
        if isinstance(self.config.zones, int):
            return f"{self.region}{letter}"
        return next(zone for zone in self.config.zones if zone.endswith(letter))

    def named(self, name: str) -> dict[str, str]:
        """Tags with a name that the console shows."""
        return {"Name": f"{self.path}/{name}", **self.config.tags}

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
        widest = widest_prefix(config.tiers, config.reserved_zones)
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
        """Adopt what AWS makes with every VPC, without any rule: empty lists remove rules, absent ones leave them."""
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

    def _add_subnets(self, tier: str) -> None:
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
                cidr_block=slot(tier, letter, self.config.reserved_zones).within(self.cidr),
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

    def _add_gateways(self) -> None:
        if "public" in self.config.tiers:
            self.internet_gateway = Resource(
                self,
                "internet-gateway",
                "aws_internet_gateway",
                vpc_id=self.vpc_id,
                tags=self.named("internet-gateway"),
            )
        if self.config.ipv6 and self.config.nat != "none":
            self.egress_gateway = Resource(
                self,
                "egress-gateway",
                "aws_egress_only_internet_gateway",
                vpc_id=self.vpc_id,
                tags=self.named("egress-gateway"),
            )
        self.nat_gateways = {letter: self._add_nat_gateway(letter) for letter in self._nat_letters()}

    def _nat_letters(self) -> tuple[str, ...]:
        if self.config.nat == "none":
            return ()
        return self.config.letters if self.config.nat == "per_zone" else self.config.letters[:1]

    def _add_nat_gateway(self, letter: str) -> Resource:
        address = Resource(self, f"nat-{letter}-address", "aws_eip", domain="vpc", tags=self.named(f"nat-{letter}"))
        return Resource(
            self,
            f"nat-{letter}",
            "aws_nat_gateway",
            depends_on=[self.internet_gateway],
            allocation_id=address.ref("id"),
            subnet_id=self.subnets[f"public-{letter}"].ref("id"),
            tags=self.named(f"nat-{letter}"),
        )

    def _add_routes(self) -> None:
        """One table for all public and one for all isolated subnets; one for each private one, whose NAT may differ."""
        for tier in self.config.tiers:
            for letter in self.config.letters:
                name = f"{tier}-{letter}" if tier == "private" else tier
                if name not in self.route_tables:
                    self.route_tables[name] = self._add_route_table(name, tier, letter)
                Resource(
                    self,
                    f"{tier}-{letter}-association",
                    "aws_route_table_association",
                    subnet_id=self.subnets[f"{tier}-{letter}"].ref("id"),
                    route_table_id=self.route_tables[name].ref("id"),
                )

    def _add_route_table(self, name: str, tier: str, letter: str) -> Resource:
        table = Resource(self, f"{name}-routes", "aws_route_table", vpc_id=self.vpc_id, tags=self.named(name))
        ways: dict[str, dict[str, Any]] = {}
        if tier == "public":
            ways["internet"] = {"destination_cidr_block": "0.0.0.0/0", "gateway_id": self.internet_gateway.ref("id")}
            if self.config.ipv6:
                ways["internet-ipv6"] = {
                    "destination_ipv6_cidr_block": "::/0",
                    "gateway_id": self.internet_gateway.ref("id"),
                }
        if tier == "private" and self.nat_gateways:
            nat = self.nat_gateways.get(letter) or next(iter(self.nat_gateways.values()))
            ways["internet"] = {"destination_cidr_block": "0.0.0.0/0", "nat_gateway_id": nat.ref("id")}
            if self.config.ipv6:
                gateway = self.egress_gateway.ref("id")
                ways["internet-ipv6"] = {"destination_ipv6_cidr_block": "::/0", "egress_only_gateway_id": gateway}
        for way, arguments in ways.items():
            Resource(self, f"{name}-to-{way}", "aws_route", route_table_id=table.ref("id"), **arguments)
        return table

    def _block_public_access(self) -> None:
        if self.config.block_public_access_exclusion:
            Resource(
                self,
                "public-access-exclusion",
                "aws_vpc_block_public_access_exclusion",
                vpc_id=self.vpc_id,
                internet_gateway_exclusion_mode=self.config.block_public_access_exclusion,
            )
        if self.config.block_public_access:
            Resource(
                self,
                "public-access-block",
                "aws_vpc_block_public_access_options",
                internet_gateway_block_mode=self.config.block_public_access,
            )
