"""What a caller may choose about a VPC, and which choices go together."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.aws.vpc.cidr_plan import LETTERS, widest_prefix
from secureinfra.aws.vpc.cidr_ranges import range_problems
from secureinfra.aws.vpc.subnet_cidrs import subnet_problems
from secureinfra.config.adopted import Adopted
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches, one_of
from secureinfra.config.rules import AccountId, Ipv4Cidr, Number, OrganizationId, Text, is_token
from secureinfra.controls.vpc import vpc
from secureinfra.controls.vpc.endpoint import ENDPOINTS_SCOPED
from secureinfra.controls.vpc.endpoint_services import GATEWAY_ENDPOINTS
from secureinfra.facts import retention
from secureinfra.suggest import did_you_mean

__all__ = ["VpcConfig"]

Tier = Literal["public", "private", "isolated", "intra", "firewall"]
EncryptionExclusion = Literal["virtual_private_gateway", "vpc_peering", "lambda", "vpc_lattice", "elastic_file_system"]

_SERVICE = matches(
    r"[a-z0-9-]+(\.[a-z0-9-]+)*",
    "is not a service",
    "write its name without the region's part, or a bundle",
    example="ecr.api",
)
_FOREIGN_BUCKET = matches(
    r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "is not a bucket's name",
    "write one whole name",
    example="aws-codedeploy-eu-central-1",
)

BUNDLES = {
    # Without ec2messages, which SSM Agent 3.3.40.0 and newer does not use and regions launched since 2024 do not have:
    # docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-setting-up-messageAPIs.html
    "session-manager": ("ssm", "ssmmessages"),
    "containers": ("ecr.api", "ecr.dkr", "logs"),
    "secrets": ("secretsmanager", "kms"),
}
"""Interface endpoints that belong together, by the name of the bundle."""


class VpcConfig(Config):
    """What a caller may choose about a VPC."""

    cidr: Ipv4Cidr | None = None
    """The network, /16 to about /23; a /16 leaves room to grow. Or `ipam_pool_id` and `netmask_length`. AWS advises
    against 172.17.0.0/16, which some of its services use within instances. Another network replaces the VPC and all in it; to
    grow, add `secondary_cidrs`."""
    ipam_pool_id: (
        Annotated[str, matches(r"ipam-pool-[0-9a-f]+", "is not an IPAM pool id", "write 'ipam-pool-...'")] | None
    ) = None
    """IPAM pool that gives the network."""
    netmask_length: Annotated[Number, between(16, 28, "bits")] | None = None
    """How large a network the pool gives. Another length replaces the VPC and all in it."""
    secondary_cidrs: tuple[Ipv4Cidr, ...] = ()
    """Additional networks, for your own subnets; network ACLs and endpoints treat them like the first. Which ones AWS
    allows depends on the first."""
    zones: Annotated[
        int | tuple[Text, ...], vpc.SEVERAL_ZONES.keeps(lambda z: (z if isinstance(z, int) else len(z)) >= 2)
    ] = 3
    """How many zones (the region's `a`, `b`, `c` ...), or their names where an account lacks one of those letters. Add new
    names at the end: `nat="single"` stands in the first."""
    reserved_zones: Literal[4, 8] = 4
    """Number of zones that the address plan reserves room for. A change gives subnets other addresses and replaces them."""
    subnet_cidrs: dict[str, Ipv4Cidr] = {}
    """Networks of subnets that the address plan is not to choose, by tier and zone letter: `{"private-a": "10.20.1.0/24"}`; for
    networks that exist already. Another one replaces the subnet and all in it. With all of them given, the VPC may be as small as
    they are."""
    tiers: tuple[Tier, ...] = ("public", "private", "isolated")
    """Which kinds of subnet: public (load balancers, NAT), private (services), isolated (databases; no internet
    access), intra (a second kind without internet access), and firewall, whose endpoints route traffic of private subnets: there
    is no outbound access until a `NetworkFirewall` exists."""
    nat: Literal["none", "single", "per_zone", "regional"] = "none"
    """How private subnets reach the internet: not at all, through one NAT gateway (about 35 USD a month and traffic), or
    through one in each zone, which survives the loss of a zone. With provider 6 also through one `regional` gateway with an
    address in each zone, which costs the same and needs no public subnets."""
    ipv6: bool = False
    """IPv6 addresses too; private subnets reach the internet through an egress-only gateway unless `nat` is `none`."""
    flow_logs: Annotated[Literal["cloudwatch", "s3", "none"], vpc.FLOW_LOGGED.keeps(lambda to: to != "none")] = (
        "cloudwatch"
    )
    """Destination of the flow logs, which record all traffic; S3 costs about half. Another destination replaces the flow
    log and leaves the log group with its records and its key behind, which Terraform manages no longer; a `sandbox` destroys them."""
    had_flow_log_bucket: bool = False
    """Leave the bucket and the key behind that the network had for `flow_logs="s3"`; by default they are destroyed when the
    destination becomes `cloudwatch`, and kept when it becomes another bucket."""
    flow_logs_retention_days: Annotated[
        Number,
        one_of(*retention.PERIODS),
        vpc.FLOW_LOGS_RETAINED.keeps(retention.is_long, retention.IS_LONG),
    ] = 365
    """How long they are kept in CloudWatch; 0 keeps them forever."""
    flow_logs_interval_seconds: Literal[60, 600] = 600
    """How often they are written: 60 seconds costs more and shows more detail. A change replaces the flow log, with a gap
    of some seconds in the record."""
    gateway_endpoints: Annotated[bool, GATEWAY_ENDPOINTS.keeps()] = True
    """Reach S3 and DynamoDB without the internet; free."""
    endpoints: tuple[Annotated[str, _SERVICE], ...] = ()
    """Interface endpoints by service (`ecr.api`), bundle (`session-manager`, `containers`, `secrets`) or full service name
    (`com.amazonaws.vpce.eu-central-1.vpce-svc-...`); each costs about 8 USD a month in each zone."""
    endpoints_without_policy: Annotated[tuple[Text, ...], ENDPOINTS_SCOPED.keeps(lambda services: not services)] = ()
    """Services among them whose endpoint takes no policy, or that callers without credentials use (`execute-api`)."""
    organization_id: OrganizationId | None = None
    """Endpoints allow principals of this organization, and its data, instead of this account's only."""
    accounts: tuple[AccountId, ...] = ()
    """Other accounts that work in the network, e.g. those that share its subnets: endpoints allow their principals and data
    like this account's."""
    resource_accounts: tuple[AccountId, ...] = ()
    """Accounts of others whose data may be reached through the endpoints with credentials of this account or organization,
    e.g. buckets of a partner."""
    readable_buckets: tuple[Annotated[str, _FOREIGN_BUCKET], ...] = ()
    """Other public buckets that may be read through the S3 endpoint without credentials of this account, in addition to
    those of images and packages, e.g. for agent installers: `aws-codedeploy-eu-central-1`."""
    encryption_control: Literal["monitor", "enforce"] | None = None
    """With provider 6: AWS watches whether traffic within the network is encrypted, or allows only what encrypts it. A network
    that exists starts with `monitor`. AWS charges for it by the hour."""
    encryption_exclusions: tuple[EncryptionExclusion, ...] = ()
    """What `enforce` does not hold for, in addition to the gateways to the internet that the network has."""
    block_public_access: Literal["block-ingress", "block-bidirectional"] | None = None
    """Block the internet for all VPCs of the account and region, whatever their routes say."""
    block_public_access_exclusion: Literal["allow-egress", "allow-bidirectional"] | None = None
    """Exclude this VPC from that block."""
    adopt: Adopted = {}
    """Import ids of what exists already, by role in the construct, which are imported instead of created:
    `{"vpc": "vpc-0a1b2c3d4e5f60718", "private-a": "subnet-0a1b2c3d4e5f60718"}`.
    `True` stands for what exists and whose id follows from the others. The networks must be those that they have (`subnet_cidrs`)."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    @property
    def letters(self) -> tuple[str, ...]:
        """The zones' letters, from which every key comes."""
        return tuple(LETTERS[: self.zones]) if isinstance(self.zones, int) else tuple(zone[-1] for zone in self.zones)

    def problems(self) -> Iterator[Problem]:
        """Networks must be large enough and must not overlap, zones must be distinct, and tiers must fit `nat`."""
        yield from self._network_problems()
        yield from self._zone_problems()
        yield from self._tier_problems()
        if len(set(self.services())) != len(self.services()):
            given = f"endpoints={list(self.endpoints)}"
            what = "names a service twice (bundles included)"
            yield Problem("endpoints", what, instead="Name each once", subject=given)
        if self.accounts and self.organization_id:
            what, why = "goes with no organization_id", "endpoints allow every account of the organization then"
            yield Problem("accounts", what, why, "Leave one of the two out", subject="accounts")
        if self.encryption_exclusions and self.encryption_control != "enforce":
            given = f"encryption_exclusions={list(self.encryption_exclusions)}"
            instead = "Leave it out, or enforce the encryption"
            yield Problem(
                "encryption_exclusions", "excludes from nothing", "nothing is enforced", instead, subject=given
            )
        for number, name in enumerate(self.endpoints_without_policy):
            if name not in self.services():
                what = f"names {name!r}, which is none of the endpoints"
                at = ("endpoints_without_policy", number)
                yield Problem(at, what, ", ".join(self.services()), subject="endpoints_without_policy")
        for number, name in enumerate(self.endpoints):
            at = ("endpoints", number)
            if name in ("s3", "dynamodb"):
                what = f"names {name!r}, which the gateway endpoint reaches free of charge"
                yield Problem(at, what, instead="Leave it out", subject="endpoints")
            if name not in BUNDLES and (hint := did_you_mean(name, BUNDLES, cutoff=0.8)):
                what = f"names {name!r}, which is not a service and no bundle"
                yield Problem(at, what, instead=hint, subject="endpoints")

    def _tier_problems(self) -> Iterator[Problem]:
        if not self.tiers or len(set(self.tiers)) != len(self.tiers):
            yield Problem(
                "tiers",
                "must name each tier once",
                instead=lambda words: f"Write e.g. {words.setting('tiers', ('public', 'private'))}",
                subject=f"tiers={list(self.tiers)}",
            )
        if self.nat not in ("none", "regional") and "public" not in self.tiers:
            yield Problem(
                "nat",
                "needs the public tier, where NAT gateways stand",
                instead=lambda words: f"Add 'public' to tiers, or {words.setting('nat', 'none')}",
            )
        if self.nat != "none" and "private" not in self.tiers:
            why = "only private subnets go out through it"
            yield Problem("nat", "has no subnets to serve", why, "Add 'private' to tiers")
        if "firewall" not in self.tiers:
            return
        if self.nat == "regional":
            why = "answers from the gateway would need routes through the firewall in a table of its own, which is not written here"
            yield Problem(
                "tiers",
                "names 'firewall' with nat='regional'",
                why,
                lambda words: f"Write {words.setting('nat', 'per_zone')}, or leave the tier out",
                subject="tiers",
            )
        if self.nat == "none":
            yield Problem(
                "tiers",
                "names 'firewall' with nat='none'",
                "nothing would pass it",
                lambda words: f"Write {words.setting('nat', 'per_zone')}, or leave the tier out",
                subject="tiers",
            )
        if self.ipv6:
            # An egress-only gateway takes no route table of its own, which would lead answers back through the firewall.
            why = "answers would come back past the firewall, which then drops the connection"
            yield Problem("tiers", "names 'firewall' with ipv6=True", why, "Leave ipv6 out", subject="tiers")

    def services(self) -> tuple[str, ...]:
        """The services of all interface endpoints, bundles resolved."""
        return tuple(service for name in self.endpoints for service in BUNDLES.get(name, (name,)))

    def _network_problems(self) -> Iterator[Problem]:
        if (self.cidr is None) == (self.ipam_pool_id is None):
            yield Problem(
                (), "needs either cidr, e.g. '10.20.0.0/16', or ipam_pool_id and netmask_length, and not both"
            )
            return
        if self.ipam_pool_id is not None and self.netmask_length is None:
            yield Problem(
                "ipam_pool_id",
                "needs netmask_length",
                "it says how large a network the pool gives",
                lambda words: f"Add e.g. {words.setting('netmask_length', 16)}",
                subject="ipam_pool_id",
            )
        if self.subnet_cidrs and self.cidr is None:
            why = "the pool decides which network the VPC gets"
            yield Problem("subnet_cidrs", "goes with no ipam_pool_id", why, "Write cidr", subject="subnet_cidrs")
        prefix = self._prefix()
        if prefix is not None and self.tiers and not self.all_chosen:
            yield from self._size_problems(prefix)
        elif prefix is not None and self.tiers and not 16 <= prefix <= 28:
            yield Problem("cidr", "has a size that AWS does not accept", instead="Use a /16 to /28")
        first = None if self.cidr is None or is_token(self.cidr) else self.cidr
        secondary = {number: cidr for number, cidr in enumerate(self.secondary_cidrs) if not is_token(cidr)}
        yield from range_problems(first, secondary)
        for number, cidr in enumerate(self.secondary_cidrs):
            if "TfToken[" in cidr:
                # The engine numbers its placeholders in order of creation: an address must not depend on that.
                what = "holds a placeholder of the engine, from which no stable address can be made"
                advice = "Write the reference itself, e.g. '${var.pods_cidr}'"
                yield Problem(("secondary_cidrs", number), what, instead=advice, subject="secondary_cidrs")

        known = all(letter in LETTERS[: self.reserved_zones] for letter in self.letters)
        if self.subnet_cidrs and self.cidr is not None and known:
            networks = (self.cidr, *self.secondary_cidrs)
            yield from subnet_problems(self.subnet_cidrs, self.places(), self.reserved_zones, networks)

    def places(self) -> tuple[tuple[Tier, str], ...]:
        """Tier and zone letter of each subnet."""
        return tuple((tier, letter) for tier in self.tiers for letter in self.letters)

    @property
    def all_chosen(self) -> bool:
        """Whether the address plan places no subnet."""
        return bool(self.subnet_cidrs) and all(
            f"{tier}-{letter}" in self.subnet_cidrs for tier, letter in self.places()
        )

    def _prefix(self) -> int | None:
        if self.cidr is not None:
            return None if is_token(self.cidr) else ipaddress.ip_network(self.cidr).prefixlen
        return self.netmask_length if isinstance(self.netmask_length, int) else None

    def _size_problems(self, prefix: int) -> Iterator[Problem]:
        field = "cidr" if self.cidr else "netmask_length"
        widest = widest_prefix(self.tiers, self.reserved_zones)
        if prefix < 16:
            yield Problem(field, "is too large", "AWS gives a VPC a /16 at most", "Use a /16, e.g. '10.20.0.0/16'")
        elif prefix > widest:
            yield Problem(
                field,
                "is too small",
                f"{len(self.letters)} zones x {len(self.tiers)} tiers need {len(self.letters) * len(self.tiers)} subnets of /28 or "
                f"larger, with room kept for {self.reserved_zones} zones",
                f"Use a /{widest} or larger, e.g. '10.20.0.0/16'",
            )

    def _zone_problems(self) -> Iterator[Problem]:
        if isinstance(self.zones, int):
            if not 1 <= self.zones <= self.reserved_zones:
                more = self.reserved_zones == 4 and self.zones <= 8
                yield Problem(
                    "zones",
                    "is out of range",
                    f"addresses are set aside for {self.reserved_zones} zones",
                    lambda words: (
                        f"Use 1 to {self.reserved_zones}"
                        + (f", or {words.setting('reserved_zones', 8)}" if more else "")
                    ),
                )
            return
        for number, zone in enumerate(self.zones):
            at = ("zones", number)
            if not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-[0-9](-[a-z]+-[0-9])?[a-h]", zone):
                what, why = f"names {zone!r}, which is not an availability zone", "it must be known at synthesis"
                yield Problem(at, what, why, "Write e.g. 'eu-central-1a'", subject="zones")
            elif zone[-1] not in LETTERS[: self.reserved_zones]:
                what = f"names {zone!r}, whose letter has no addresses set aside"
                yield Problem(
                    at, what, instead=lambda words: f"Use {words.setting('reserved_zones', 8)}", subject="zones"
                )
        if len({zone[-1] for zone in self.zones}) != len(self.zones):
            yield Problem(
                "zones", "names a letter twice", instead="Name each zone once", subject=f"zones={list(self.zones)}"
            )
