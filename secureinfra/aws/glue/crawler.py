"""Glue crawler: finds the tables of one database's folder, under a role that reads there and nowhere else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.cloudwatch.event_pattern import EventPattern
from secureinfra.aws.cloudwatch.event_rule import EventRule, EventRuleConfig
from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, RetentionDays, SecureLogGroup
from secureinfra.aws.glue.catalog_database import CatalogDatabase
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.s3.bucket import SecureBucket
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text, is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement

__all__ = ["Crawler", "CrawlerConfig"]

CRAWLER_NAME = matches(
    r"[A-Za-z0-9_-]{1,200}",
    "is not a crawler name",
    "write up to 200 letters, digits, '_' and '-'",
    example="sales",
)
# docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html
CRON = matches(
    r"cron\([^ ()]+( [^ ()]+){5}\)",
    "is not a schedule",
    "write cron() with six fields, in UTC",
    example="cron(0 3 * * ? *)",
)
_TABLE_PREFIX = matches(
    r"[a-z0-9_]{1,128}",
    "is not the start of a table's name",
    "write lower-case letters, digits and '_'",
    example="raw_",
)
_DAY_OF_MONTH, _DAY_OF_WEEK = 2, 4


class CrawlerConfig(Config):
    """When it runs, what it skips, and what it does about changes."""

    name: Annotated[str, CRAWLER_NAME] | None = None
    """Name of the crawler; by default the construct's path with '-'. Another name replaces the crawler, its security configuration
    and its log; the tables stay."""
    description: Text | None = None
    """What the crawler is for; by default it names the construct."""
    schedule: Annotated[str, CRON] | None = None
    """`cron(0 3 * * ? *)` (minute, hour, day of month, month, day of week, year), in UTC; by default it runs when it is started."""
    table_prefix: Annotated[str, _TABLE_PREFIX] | None = None
    """What names of tables start with. Grants by table then need their folders, e.g. `tables={"raw_orders": "orders/"}`."""
    exclusions: tuple[Text, ...] = ()
    """Patterns of objects to skip, relative to the folder, e.g. `**/_temporary/**`."""
    sample_size: Annotated[Number, between(1, 249, "files")] | None = None
    """How many files of each folder it reads; by default all."""
    recrawl: Literal["CRAWL_EVERYTHING", "CRAWL_NEW_FOLDERS_ONLY"] = "CRAWL_EVERYTHING"
    """`CRAWL_NEW_FOLDERS_ONLY` adds new folders as partitions, which costs less; changes of schemas are then logged only."""
    update_behavior: Literal["UPDATE_IN_DATABASE", "LOG"] = "UPDATE_IN_DATABASE"
    """What it does with new columns: add them, or only log them. It never removes columns."""
    delete_behavior: Literal["LOG", "DEPRECATE_IN_DATABASE"] = "LOG"
    """What it does with tables whose data is gone: log it, or mark them as deprecated. It never deletes tables."""
    log_retention_in_days: RetentionDays = 365
    """How long the log is kept."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags, of the crawler and its role: policies may ask for them (`aws:PrincipalTag`)."""

    def problems(self) -> Iterator[Problem]:
        """A schedule says which day; patterns of new folders go with no changes to tables that exist."""
        if self.recrawl == "CRAWL_NEW_FOLDERS_ONLY" and self.delete_behavior != "LOG":
            # docs.aws.amazon.com/glue/latest/dg/incremental-crawls.html
            why = "Glue does not look at what it knows already"
            instead = "Write 'LOG', or crawl everything"
            yield Problem("delete_behavior", "cannot be with recrawl='CRAWL_NEW_FOLDERS_ONLY'", why, instead)
        if self.schedule is None or is_token(self.schedule):
            return
        fields = re.findall(r"[^ ()]+", self.schedule)[1:]
        if (fields[_DAY_OF_MONTH] == "?") == (fields[_DAY_OF_WEEK] == "?"):
            why = "Glue takes '?' for exactly one of day of month and day of week"
            yield Problem("schedule", "does not say which day", why, "Write e.g. 'cron(0 3 * * ? *)' for every day")


@declares(apart="a crawler has a database and a bucket, which a module of its own would not contain", page="analytics")
class Crawler(SecureConstruct):
    """A crawler whose role reads the folder of its one database and defines tables there, and does nothing else.

    Creates the crawler with its role; a security configuration and the log group that it writes to, both under a key. Each folder
    below the database's prefix becomes a table of its name. It never deletes tables or columns, and does not write to the bucket.

    Glue's documentation shows the trust of its roles without a source (docs.aws.amazon.com/glue/latest/dg/create-an-iam-role.html):
    `iam:PassRole` decides who may give the role to another crawler or job.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: when it runs, and what it does about changes.
        database: a database with a bucket.
        key: key for the log and what else Glue keeps of it; by default one of its own (1 USD a month, 3 after two rotations). Given
            later, it replaces the security configuration, which holds nothing.
        alarms: topic that is told of runs that fail.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, or the database has no bucket.

    Example:
        `Crawler(stack, "sales-tables", CrawlerConfig(schedule="cron(0 3 * * ? *)"), database=sales)`
    """

    config: CrawlerConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: CrawlerConfig = CrawlerConfig(),
        *,
        database: CatalogDatabase,
        key: SecureKey | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.crawler_name = config.name or derived_name(self, CRAWLER_NAME)
        self.database, bucket = database, self._bucket_of(database)
        self.key = key_of(self, key, KeyConfig(description=f"{self.path}: crawler's log", tags=config.tags))
        self.role = self._make_role(bucket)
        self.security_configuration = self._encrypt()
        self.log_group = self._make_log_group()
        self.crawler = Resource(
            self,
            "crawler",
            "aws_glue_crawler",
            depends_on=[self.role.inline, self.log_group.group],
            name=self.crawler_name,
            description=config.description or f"{self.path}: crawler",
            database_name=database.name,
            role=self.role.arn,
            security_configuration=self.security_configuration.ref("name"),
            schedule=config.schedule,
            table_prefix=config.table_prefix,
            configuration=self._output(),
            s3_target=[
                {
                    "path": f"s3://{bucket.name}/{database.prefix}",
                    "exclusions": list(config.exclusions) or None,
                    "sample_size": config.sample_size,
                }
            ],
            schema_change_policy=self._policy_of_changes(),
            recrawl_policy={"recrawl_behavior": config.recrawl},
            lake_formation_configuration=self._credentials(),
            tags=config.tags or None,
        )
        if alarms is not None:
            self._tell_of_failures(alarms)

    @property
    def arn(self) -> str:
        """Reference to the crawler's ARN."""
        return self.crawler.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the crawler's name."""
        return self.crawler.ref("name")

    def grant_start(self, grantee: Grantee | str) -> None:
        """Let a role start the crawler, stop it and see how it went.

        Args:
            grantee: a `SecureRole` or `ExistingRole`; crawlers have no policy of their own for an ARN.

        Raises:
            ConfigError: the grantee is an ARN.
        """
        principal_of(grantee, self.path)
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_start({grantee!r}) cannot be written: a crawler has no policy of its own. Pass a SecureRole or an "
                "ExistingRole."
            )
        actions = ("glue:GetCrawler", "glue:StartCrawler", "glue:StopCrawler")
        grantee.add_to_policy(Statement(actions=actions, resources=(self.arn,)))

    def _bucket_of(self, database: CatalogDatabase) -> SecureBucket:
        if database.bucket is None:
            raise ConfigError(
                f"{self.path}: database {database.path!r} has no bucket: there is nothing to crawl. Pass bucket= to the database."
            )
        return database.bucket

    def _make_role(self, bucket: SecureBucket) -> SecureRole:
        config = RoleConfig(
            trust=ServiceTrust(service="glue"),
            description=f"{self.path}: what the crawler may do",
            tags=self.config.tags,
        )
        role = SecureRole(self, "role", config)
        # docs.aws.amazon.com/glue/latest/dg/crawler-prereqs.html, less `s3:PutObject`, which only Delta Lake tables need.
        bucket.grant_read(role, self.database.prefix)
        role.allow(Statement(actions=("s3:GetBucketAcl", "s3:GetBucketLocation"), resources=(bucket.arn,)))
        self.database.grant_define(role)
        if self.database.config.permissions == "lake-formation":
            role.allow(Statement(actions=("lakeformation:GetDataAccess",), resources=("*",)))
        return role

    def _encrypt(self) -> Resource:
        return Resource(
            self,
            "security-configuration",
            "aws_glue_security_configuration",
            name=self.crawler_name,
            encryption_configuration={
                "cloudwatch_encryption": {"cloudwatch_encryption_mode": "SSE-KMS", "kms_key_arn": self.key.arn},
                "job_bookmarks_encryption": {"job_bookmarks_encryption_mode": "CSE-KMS", "kms_key_arn": self.key.arn},
                "s3_encryption": {"s3_encryption_mode": "SSE-KMS", "kms_key_arn": self.key.arn},
            },
        )

    def _make_log_group(self) -> SecureLogGroup:
        """The group that Glue would make without an end to its retention, one for each role and security configuration.

        docs.aws.amazon.com/glue/latest/dg/console-security-configurations.html
        """
        config = LogGroupConfig(
            # The security configuration by its name alone: the key's policy names the group, and it refers to the key.
            name=f"/aws-glue/crawlers-role/{self.role.name}-{self.crawler_name}",
            retention_in_days=self.config.log_retention_in_days,
            waivers=self.config.waivers,
            tags=self.config.tags,
        )
        group = SecureLogGroup(self, "log", config, key=self.key)
        group.grant_write(self.role)
        # Glue makes the group and encrypts it where it is not there, and asks for both where it is.
        actions = ("logs:AssociateKmsKey", "logs:CreateLogGroup")
        self.role.allow(Statement(actions=actions, resources=(group.arn, f"{group.arn}:*")))
        return group

    def _output(self) -> str:
        """Columns are added and never removed; partitions follow their table; each folder below the prefix is a table.

        docs.aws.amazon.com/glue/latest/dg/crawler-configuration.html; the bucket is level 1.
        """
        output: dict[str, Any] = {
            "Version": 1.0,
            "CrawlerOutput": {
                "Partitions": {"AddOrUpdateBehavior": "InheritFromTable"},
                "Tables": {"AddOrUpdateBehavior": "MergeNewColumns"},
            },
        }
        if self.config.recrawl == "CRAWL_NEW_FOLDERS_ONLY":
            del output["CrawlerOutput"]
        if not is_token(self.database.prefix):
            output["Grouping"] = {"TableLevelConfiguration": self.database.prefix.count("/") + 2}
        return json.dumps(output, separators=(",", ":"))

    def _policy_of_changes(self) -> dict[str, str]:
        only_new = self.config.recrawl == "CRAWL_NEW_FOLDERS_ONLY"
        return {
            "delete_behavior": self.config.delete_behavior,
            # Glue refuses another one with it: docs.aws.amazon.com/glue/latest/dg/incremental-crawls.html
            "update_behavior": "LOG" if only_new else self.config.update_behavior,
        }

    def _credentials(self) -> dict[str, bool] | None:
        # docs.aws.amazon.com/glue/latest/dg/crawler-lf-integ.html
        decided = self.database.config.permissions == "lake-formation"
        return {"use_lake_formation_credentials": True} if decided else None

    def _tell_of_failures(self, topic: SecureTopic) -> None:
        pattern = EventPattern(
            source=("aws.glue",),
            detail_type=("Glue Crawler State Change",),
            detail={"crawlerName": [self.crawler_name], "state": ["Failed"]},
        )
        about = EventRuleConfig(pattern=pattern, description=f"{self.path}: runs that fail", tags=self.config.tags)
        EventRule(self, "failed", about).deliver_to(topic)
