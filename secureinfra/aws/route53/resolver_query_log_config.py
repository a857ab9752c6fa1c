"""DNS query log: every name that a VPC resolves, in an encrypted log group."""

from __future__ import annotations

from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, RetentionDays, SecureLogGroup
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.aws.wiring.log_delivery import deliver_to
from secureinfra.config.config import Config
from secureinfra.config.rule import matches
from secureinfra.controls.cloudwatch import log_group as cloudwatch
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.engine.naming import derived_name

__all__ = ["QueryLog", "QueryLogConfig"]

# docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_ResolverQueryLogConfig.html; no digits alone.
QUERY_LOG_NAME = matches(
    r"[0-9]*[a-zA-Z_' -][a-zA-Z0-9_' -]*",
    "is not a name of a query log",
    "write letters, digits, '-', '_' and spaces, and not digits alone",
)
QUERY_LOG_NAME_LENGTH = matches(r".{1,64}", "is not a name of a query log", "write 1 to 64 characters")


class QueryLogConfig(Config):
    """What a caller may choose about a DNS query log."""

    name: Annotated[str, QUERY_LOG_NAME, QUERY_LOG_NAME_LENGTH] | None = None
    """Name of the query log; by default the construct's path with '-'. Changing it replaces the query log."""
    retention_in_days: RetentionDays = 365
    """How long queries are kept, one of CloudWatch's periods; 0 keeps them forever."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(within="network-hub", page="firewall")
class QueryLog(SecureConstruct):
    """A record of every DNS query of a VPC, with its response and its source.

    It shows names that malware resolves, even if no connection follows. Creates the query logging
    configuration, its association with the VPC, a log group under a customer key, and the permission to deliver to it
    for this account only. Queries that the resolver answers from its cache are not logged
    (docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        vpc: the network.
        key: key to encrypt with; by default one of the log group's own (1 USD a month, 3 after two rotations).
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `QueryLog(stack, "dns", vpc=network)`
    """

    config: QueryLogConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: QueryLogConfig = QueryLogConfig(),
        *,
        vpc: SecureVpc,
        key: SecureKey | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        waivers = tuple(waiver for waiver in config.waivers if waiver.control == cloudwatch.LOGS_RETAINED.id)
        chosen = LogGroupConfig(retention_in_days=config.retention_in_days, tags=config.tags, waivers=waivers)
        self.log_group = SecureLogGroup(self, "queries", chosen, key=key)
        delivery = deliver_to(self, self.log_group)
        self.query_log = Resource(
            self,
            "query-log",
            "aws_route53_resolver_query_log_config",
            depends_on=[delivery],
            name=config.name or derived_name(self, QUERY_LOG_NAME, QUERY_LOG_NAME_LENGTH),
            destination_arn=self.log_group.arn,
            tags=config.tags or None,
        )
        self.association = Resource(
            self,
            "association",
            "aws_route53_resolver_query_log_config_association",
            resolver_query_log_config_id=self.query_log_id,
            resource_id=vpc.vpc_id,
        )

    @property
    def query_log_id(self) -> str:
        """Reference to the query log's id, to associate other VPCs with."""
        return self.query_log.ref("id")
