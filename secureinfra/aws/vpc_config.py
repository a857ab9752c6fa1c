"""What a caller may choose about a VPC, and which choices go together."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.aws.cloudwatch_log_group import RETENTION_DAYS
from secureinfra.aws.vpc_cidr_plan import LETTERS, widest_prefix
from secureinfra.aws.vpc_cidr_ranges import range_problems
from secureinfra.config import Config
from secureinfra.controls import vpc
from secureinfra.values import Ipv4Cidr, Number, OrganizationId, Text, between, is_token, matches, one_of

Tier = Literal["public", "private", "isolated", "firewall"]

_SERVICE = matches(
    r"[a-z0-9-]+(\.[a-z0-9-]+)*", "is no service: write its name without the region's part, e.g. 'ecr.api', or a bundle"
)
_FOREIGN_BUCKET = matches(
    r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "is no bucket's name: write one whole name, e.g. 'aws-codedeploy-eu-central-1'"
)

BUNDLES = {
    "session-manager": ("ssm", "ssmmessages", "ec2messages"),
    "containers": ("ecr.api", "ecr.dkr", "logs"),
    "secrets": ("secretsmanager", "kms"),
}
"""Interface endpoints that belong together, by the name of the bundle."""


class VpcConfig(Config):
    """What a caller may choose about a VPC."""

    cidr: Ipv4Cidr | None = None
    """The network, /16 to about /23; a /16 leaves room for everything. Or `ipam_pool_id` and `netmask_length`. AWS advises
    against 172.17.0.0/16, which some of its services use within instances."""
    ipam_pool_id: (
        Annotated[str, matches(r"ipam-pool-[0-9a-f]+", "is no IPAM pool id: write 'ipam-pool-...'")] | None
    ) = None
    """IPAM pool that gives the network."""
    netmask_length: Annotated[Number, between(16, 28, "bits")] | None = None
    """How large a network the pool gives."""
    secondary_cidrs: tuple[Ipv4Cidr, ...] = ()
    """Further networks, for subnets of your own; the network ACLs and endpoints treat them like the first. Which ones AWS
    permits depends on the first (`vpc_cidr_ranges`)."""
    zones: Annotated[
        int | tuple[Text, ...], vpc.SEVERAL_ZONES.keeps(lambda z: (z if isinstance(z, int) else len(z)) >= 2)
    ] = 3
    """How many zones (the region's `a`, `b`, `c` ...), or their names where an account lacks one of those letters. Add new
    names at the end: `nat="single"` stands in the first."""
    reserved_zones: Literal[4, 8] = 4
    """For how many zones addresses are set aside; it cannot be changed later without renumbering."""
    tiers: tuple[Tier, ...] = ("public", "private", "isolated")
    """Which kinds of subnet: public (load balancers, NAT), private (services), isolated (databases; no way out), and
    firewall, through whose endpoints private subnets get out: nothing gets out until a `NetworkFirewall` stands there."""
    nat: Literal["none", "single", "per_zone"] = "none"
    """How private subnets reach the internet: not at all, through one NAT gateway (about 35 USD a month and traffic), or
    through one in each zone, which survives the loss of a zone."""
    ipv6: bool = False
    """IPv6 addresses too; private subnets get out through an egress-only gateway if `nat` lets them out at all."""
    flow_logs: Annotated[Literal["cloudwatch", "s3", "none"], vpc.FLOW_LOGGED.keeps(lambda to: to != "none")] = (
        "cloudwatch"
    )
    """Where records of all traffic go; S3 costs about half."""
    flow_logs_retention_days: Annotated[
        Number,
        one_of(*RETENTION_DAYS),
        vpc.FLOW_LOGS_RETAINED.keeps(lambda days: days == 0 or days >= 365, "({value} == 0 || {value} >= 365)"),
    ] = 365
    """How long they are kept in CloudWatch; 0 keeps them for ever."""
    flow_logs_interval_seconds: Literal[60, 600] = 600
    """How often they are written: 60 seconds costs more and shows more."""
    gateway_endpoints: Annotated[bool, vpc.GATEWAY_ENDPOINTS.keeps()] = True
    """Reach S3 and DynamoDB without the internet; free."""
    endpoints: tuple[Annotated[str, _SERVICE], ...] = ()
    """Interface endpoints by service (`ecr.api`), bundle (`session-manager`, `containers`, `secrets`) or full service name
    (`com.amazonaws.vpce.eu-central-1.vpce-svc-...`); each costs about 8 USD a month in each zone."""
    endpoints_without_policy: Annotated[
        tuple[Text, ...], vpc.ENDPOINTS_SCOPED.keeps(lambda services: not services)
    ] = ()
    """Services among them whose endpoint takes no policy, or that callers without credentials use (`execute-api`)."""
    organization_id: OrganizationId | None = None
    """Endpoints admit principals of this organisation instead of this account alone."""
    readable_buckets: tuple[Annotated[str, _FOREIGN_BUCKET], ...] = ()
    """Buckets of others that may be read through the S3 endpoint without own credentials, besides those of images and
    packages: installers of agents, e.g. `aws-codedeploy-eu-central-1`."""
    block_public_access: Literal["block-ingress", "block-bidirectional"] | None = None
    """Block the internet for all VPCs of the account and region, whatever their routes say."""
    block_public_access_exclusion: Literal["allow-egress", "allow-bidirectional"] | None = None
    """Except this VPC from that block."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    @property
    def letters(self) -> tuple[str, ...]:
        """The zones' letters, from which every key comes."""
        return tuple(LETTERS[: self.zones]) if isinstance(self.zones, int) else tuple(zone[-1] for zone in self.zones)

    def problems(self) -> Iterator[str]:
        """Networks must be large enough and apart, zones distinct, and tiers fit the way out."""
        yield from self._network_problems()
        yield from self._zone_problems()
        yield from self._tier_problems()
        if len(set(self.services())) != len(self.services()):
            yield f"endpoints={list(self.endpoints)} names a service twice (bundles included): name each once."
        for name in self.endpoints_without_policy:
            if name not in self.services():
                yield f"endpoints_without_policy names {name!r}, which is none of the endpoints: {', '.join(self.services())}."
        for name in self.endpoints:
            if name in ("s3", "dynamodb"):
                yield f"endpoints names {name!r}, which the gateway endpoint reaches free of charge: leave it out."
            near = difflib.get_close_matches(name, BUNDLES, n=1, cutoff=0.8)
            if near and name not in BUNDLES:
                yield f"endpoints names {name!r}, which is no service and no bundle. Did you mean {near[0]!r}?"

    def _tier_problems(self) -> Iterator[str]:
        if not self.tiers or len(set(self.tiers)) != len(self.tiers):
            yield f"tiers={list(self.tiers)} must name each tier once: write e.g. ('public', 'private')."
        if self.nat != "none" and "public" not in self.tiers:
            yield f"nat={self.nat!r} needs the public tier, where NAT gateways stand: add 'public' to tiers, or nat='none'."
        if self.nat != "none" and "private" not in self.tiers:
            yield f"nat={self.nat!r} serves nobody: only private subnets go out through it. Add 'private' to tiers."
        if "firewall" not in self.tiers:
            return
        if self.nat == "none":
            yield "tiers names 'firewall' with nat='none': nothing would pass it. Write nat='per_zone', or leave the tier out."
        if self.ipv6:
            # An egress-only gateway takes no route table of its own, which would lead answers back through the firewall.
            yield (
                "tiers names 'firewall' with ipv6=True: answers would come back past the firewall, which then drops the "
                "connection. Leave ipv6 out."
            )

    def services(self) -> tuple[str, ...]:
        """The services of all interface endpoints, bundles resolved."""
        return tuple(service for name in self.endpoints for service in BUNDLES.get(name, (name,)))

    def _network_problems(self) -> Iterator[str]:
        if (self.cidr is None) == (self.ipam_pool_id is None):
            yield "needs either cidr, e.g. '10.20.0.0/16', or ipam_pool_id and netmask_length, and not both."
            return
        if self.ipam_pool_id is not None and self.netmask_length is None:
            yield "ipam_pool_id needs netmask_length: how large a network the pool gives, e.g. netmask_length=16."
        prefix = self._prefix()
        if prefix is not None and self.tiers:
            yield from self._size_problems(prefix)
        first = None if self.cidr is None or is_token(self.cidr) else self.cidr
        yield from range_problems(first, [cidr for cidr in self.secondary_cidrs if not is_token(cidr)])
        for cidr in self.secondary_cidrs:
            if "TfToken[" in cidr:
                # The engine numbers its placeholders in the order of their making: an address must not hang on that.
                yield (
                    "secondary_cidrs holds a placeholder of the engine, from which no stable address can be made. "
                    "Write the reference itself, e.g. '${var.pods_cidr}'."
                )

    def _prefix(self) -> int | None:
        if self.cidr is not None:
            return None if is_token(self.cidr) else ipaddress.ip_network(self.cidr).prefixlen
        return self.netmask_length if isinstance(self.netmask_length, int) else None

    def _size_problems(self, prefix: int) -> Iterator[str]:
        given = f"cidr={self.cidr!r}" if self.cidr else f"netmask_length={self.netmask_length}"
        widest = widest_prefix(self.tiers, self.reserved_zones)
        if prefix < 16:
            yield f"{given} is too large: AWS gives a VPC a /16 at most. Use a /16, e.g. '10.20.0.0/16'."
        elif prefix > widest:
            yield (
                f"{given} is too small: {len(self.letters)} zones x {len(self.tiers)} tiers need "
                f"{len(self.letters) * len(self.tiers)} subnets of /28 or larger, with room kept for {self.reserved_zones} zones. "
                f"Use a /{widest} or larger, e.g. '10.20.0.0/16'."
            )

    def _zone_problems(self) -> Iterator[str]:
        if isinstance(self.zones, int):
            if not 1 <= self.zones <= self.reserved_zones:
                more = ", or reserved_zones=8" if self.reserved_zones == 4 and self.zones <= 8 else ""
                yield (
                    f"zones={self.zones} is out of range: addresses are set aside for {self.reserved_zones} zones. "
                    f"Use 1 to {self.reserved_zones}{more}."
                )
            return
        for zone in self.zones:
            if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-[0-9](-[a-z]+-[0-9])?[a-h]", zone):
                yield f"zones names {zone!r}, which is no availability zone: write e.g. 'eu-central-1a'; it must be known at synthesis."
            elif zone[-1] not in LETTERS[: self.reserved_zones]:
                yield f"zones names {zone!r}, whose letter has no addresses set aside: use reserved_zones=8."
        if len({zone[-1] for zone in self.zones}) != len(self.zones):
            yield f"zones={list(self.zones)} names a letter twice: each zone once."
