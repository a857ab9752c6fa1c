"""Route 53 hosted zone: public ones signed and their queries logged, private ones for named networks only."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, RetentionDays, SecureLogGroup
from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.route53.signing import sign
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.config import Config
from secureinfra.config.rule import matches
from secureinfra.config.rules import Text
from secureinfra.controls import route53 as controls
from secureinfra.declared.declares import declares
from secureinfra.engine import AwsProvider, Resource, SecureConstruct
from secureinfra.engine.naming import words
from secureinfra.errors import ConfigError
from secureinfra.facts.edge_region import EDGE_REGION
from secureinfra.facts.partitions import apart
from secureinfra.policy import PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import source_account, source_arn

__all__ = ["Zone", "ZoneConfig"]

_ZONE = matches(
    r"([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
    "is not the name of a zone",
    "write it in lower case and without a dot at its end",
    example="example.com",
)
_KINDS = Literal["A", "AAAA", "CAA", "CNAME", "MX", "NS", "SRV", "TXT"]
_LONGEST_TTL = 604_800


class ZoneConfig(Config):
    """What a caller may choose about a hosted zone."""

    name: Annotated[str, _ZONE]
    """Its domain, e.g. `example.com`. Another name replaces the zone."""
    comment: Text | None = None
    """What it is for; by default it names the construct."""
    dnssec: Annotated[bool, controls.DNSSEC.keeps()] = True
    """A public zone is signed. Remove the DS record at the parent before you turn it off: resolvers would refuse every
    answer. Turning it off destroys the key."""
    log_retention_in_days: RetentionDays = 365
    """How long a public zone's queries are kept, one of CloudWatch's periods, a year or longer; 0 keeps them forever."""
    protect: bool = True
    """Terraform refuses to destroy the zone, whose new name servers would have to be delegated to; the `sandbox` environment turns
    it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(
    module="zone",
    page="apis",
    examples={"name": "example.com"},
    yours=("The delegation at the parent: its name servers, and the DS record once the zone is signed.",),
)
class Zone(SecureConstruct):
    """A hosted zone: a public one is signed (DNSSEC) and its queries are logged, a private one answers named networks only.

    Creates the zone. For a public one also the key that signs it, and the log group of its queries under a key of its own: both
    must be in us-east-1, whatever region the rest is in. For a private one nothing else: `QueryLog` logs a network's queries.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: its domain, and what to choose.
        vpcs: networks that a private zone answers, of the provider's region; without any, the zone is public.
        alarms: topic in us-east-1 that gets its alarms: a zone whose signing fails becomes unreachable.
        provider: an additional provider; of us-east-1 for a public zone, unless the stack's is.
        moved_from: the path that it had before, so that its resources move instead of being replaced.

    Raises:
        ConfigError: a value is refused; a public zone's provider is of another region.

    Example:
        `Zone(stack, "zone", ZoneConfig(name="example.com"), provider=edge)`
    """

    config: ZoneConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: ZoneConfig,
        *,
        vpcs: Sequence[SecureVpc] = (),
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.private = bool(vpcs)
        self.zone = Resource(
            self,
            "zone",
            "aws_route53_zone",
            protect=config.protect,
            name=config.name,
            comment=config.comment or f"{self.path}: hosted zone",
            vpc=[{"vpc_id": vpc.vpc_id} for vpc in vpcs] or None,
            tags=config.tags or None,
        )
        if self.private:
            return
        self.zone.demand(
            "region",
            self.region,
            f'{{value}} == "{EDGE_REGION}"',
            f"a public zone's key and log group must be in {EDGE_REGION}. Pass a provider of that region as provider=",
        )
        self._log_queries()
        if config.dnssec:
            self.signing_key = sign(self, self.zone_id, config.tags)
            add_alarms(self, alarms, self._alarms())

    @property
    def arn(self) -> str:
        """Reference to the zone's ARN."""
        return self.zone.ref("arn")

    @property
    def zone_id(self) -> str:
        """Reference to the zone's id."""
        return self.zone.ref("zone_id")

    @property
    def name_servers(self) -> str:
        """Reference to the name servers that the parent delegates to."""
        return self.zone.ref("name_servers")

    @property
    def ds_record(self) -> str:
        """Reference to the DS record that the parent must have: without it, no resolver checks the signatures.

        Raises:
            ConfigError: the zone is not signed.
        """
        if self.private or not self.config.dnssec:
            raise ConfigError(f"{self.path}: it is not signed, so the parent needs no DS record. Leave ds_record out.")
        return self.signing_key.ref("ds_record")

    def add_record(self, name: str, kind: _KINDS, values: Sequence[str], *, ttl_seconds: int = 300) -> Resource:
        """Add a record.

        Args:
            name: below the zone, e.g. `www`; empty for the zone itself.
            kind: its type, e.g. `CNAME`.
            values: one or more values.
            ttl_seconds: how long resolvers keep it, 0 to 604,800 seconds.

        Raises:
            ConfigError: the record is there already, has no value, or a time that is out of range.
        """
        if isinstance(values, str) or not values:
            raise ConfigError(f"{self.path}: add_record({name!r}, {kind!r}) has no values. Give a list of one or more.")
        if not 0 <= ttl_seconds <= _LONGEST_TTL:
            raise ConfigError(f"{self.path}: ttl_seconds={ttl_seconds} must be between 0 and {_LONGEST_TTL} seconds.")
        if kind == "CNAME" and not name:
            raise ConfigError(
                f"{self.path}: add_record('', 'CNAME') is refused by DNS: the zone's own name has other records. Use add_alias."
            )
        return self._record(name, kind, ttl=ttl_seconds, records=list(values))

    def add_alias(self, name: str, target: str, zone_id: str, *, ipv6: bool = False) -> Resource:
        """Answer with the addresses of a load balancer, a distribution or an API.

        Args:
            name: below the zone, e.g. `www`; empty for the zone itself.
            target: DNS name of the target, e.g. `balancer.dns_name`.
            zone_id: hosted zone of the target, e.g. `balancer.zone_id`.
            ipv6: the target has IPv6 addresses too.

        Raises:
            ConfigError: the record is there already.
        """
        alias = {"name": target, "zone_id": zone_id, "evaluate_target_health": False}
        if ipv6:
            self._record(name, "AAAA", alias=alias)
        return self._record(name, "A", alias=alias)

    def document(self) -> dict[str, Any]:
        """Like every construct's, after checking the region of a public zone."""
        region = AwsProvider.region_of(self)
        if not self.private and region not in (None, EDGE_REGION):
            fix = f"Add AwsProvider(stack, 'edge', AwsProviderConfig(region='{EDGE_REGION}', alias='edge')) and pass it as provider=."
            if words := apart(region, EDGE_REGION):
                fix = f"Use a private zone, or leave it out there: {words}."
            raise ConfigError(
                f"{self.path}: its provider has region {region!r}, and a public zone's key and log group must be in {EDGE_REGION}. {fix}"
            )
        return super().document()

    def _record(self, name: str, kind: str, **arguments: Any) -> Resource:
        id = f"record-{words(name.replace('*', 'any')) or 'apex'}-{kind.lower()}"
        if id in self.resources:
            raise ConfigError(
                f"{self.path}: record {name!r} of type {kind} is there already. Give it all its values at once."
            )
        whole = f"{name}.{self.config.name}" if name else self.config.name
        return Resource(self, id, "aws_route53_record", zone_id=self.zone_id, name=whole, type=kind, **arguments)

    def _log_queries(self) -> None:
        config = LogGroupConfig(
            name=f"/aws/route53/{self.config.name}",
            retention_in_days=self.config.log_retention_in_days,
            tags=self.config.tags,
            waivers=tuple(one for one in self.config.waivers if one.control == "log-group-retained"),
        )
        self.log_group = SecureLogGroup(self, "queries", config)
        # docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html
        statement = Statement(
            sid="QueryLogs",
            principal=Principal.service("route53.amazonaws.com"),
            actions=("logs:CreateLogStream", "logs:PutLogEvents"),
            resources=(f"{self.log_group.arn}:*",),
            conditions=(source_account(self.account_id), source_arn(self.arn)),
        )
        delivery = Resource(
            self,
            "delivery",
            "aws_cloudwatch_log_resource_policy",
            policy_name=self.path.replace("/", "-"),
            policy_document=PolicyDocument("log", self.path, [statement]).to_json,
        )
        Resource(
            self,
            "query-log",
            "aws_route53_query_log",
            depends_on=[delivery],
            zone_id=self.zone_id,
            cloudwatch_log_group_arn=self.log_group.arn,
        )

    def _alarms(self) -> Iterator[WorkloadAlarm]:
        here = {"HostedZoneId": self.zone_id}
        yield WorkloadAlarm(
            "signing-failed",
            "AWS/Route53",
            "DNSSECInternalFailure",
            here,
            1,
            "the zone cannot be signed, and resolvers will refuse its answers",
        )
        yield WorkloadAlarm(
            "signing-key",
            "AWS/Route53",
            "DNSSECKeySigningKeysNeedingAction",
            here,
            1,
            "the key that signs the zone cannot be used",
            statistic="Maximum",
        )
