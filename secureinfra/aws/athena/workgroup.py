"""Athena workgroup: queries whose results are encrypted in one place, with a limit on what each may read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.cloudwatch.metric_alarm import AlarmTopic, WorkloadAlarm, add_alarms
from secureinfra.aws.glue.catalog_database import CatalogDatabase
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.s3.bucket import BucketConfig, SecureBucket
from secureinfra.aws.s3.let_go import let_go_of_bucket
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text, is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError
from secureinfra.policy import Statement

__all__ = ["Workgroup", "WorkgroupConfig"]

# docs.aws.amazon.com/athena/latest/APIReference/API_CreateWorkGroup.html
WORKGROUP_NAME = matches(
    r"[A-Za-z0-9._-]{1,128}",
    "is not a workgroup name",
    "write up to 128 letters, digits, '.', '_' and '-'",
    example="analysts",
)
_FOLDER = re.compile(r"([^/*?]+/)+")
_TERABYTE = 1_099_511_627_776

# docs.aws.amazon.com/athena/latest/ug/workgroups-access.html
_QUERY = (
    "athena:BatchGetQueryExecution",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetQueryResultsStream",
    "athena:GetQueryRuntimeStatistics",
    "athena:GetWorkGroup",
    "athena:ListQueryExecutions",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
)
# What drivers and the console ask; Glue decides what they are told.
_METADATA = (
    "athena:GetDataCatalog",
    "athena:GetDatabase",
    "athena:GetTableMetadata",
    "athena:ListDatabases",
    "athena:ListTableMetadata",
)
_LISTS = ("athena:ListDataCatalogs", "athena:ListEngineVersions", "athena:ListWorkGroups")


class WorkgroupConfig(Config):
    """What a caller may choose about a workgroup."""

    name: Annotated[str, WORKGROUP_NAME] | None = None
    """Name of the workgroup, unique in account and region; by default the construct's path with '-'. Another name replaces the
    workgroup, which Athena refuses while it has a history of queries; make a second one instead."""
    description: Text | None = None
    """Who the workgroup is for; by default it names the construct."""
    enabled: bool = True
    """`False` stops queries; those that run are finished."""
    bytes_scanned_cutoff_per_query: Annotated[Number, between(10_485_760, 7_000_000_000_000_000_000, "bytes")] = (
        _TERABYTE
    )
    """A query that has read more is canceled; what it read is charged, 5 USD for each terabyte. 10 MB or more."""
    engine_version: Literal["AUTO", "Athena engine version 3"] = "AUTO"
    """`AUTO`: Athena chooses, and says so before it upgrades."""
    results_retention_days: Annotated[Number, between(1, 36500, "days")] = 30
    """Days after which results expire in the workgroup's own bucket, and a week later for good."""
    alarm_scanned_bytes_per_hour: Annotated[Number, between(1, 7_000_000_000_000_000_000, "bytes")] = 5 * _TERABYTE
    """With `alarms=`: how much all queries of an hour may read before it alarms."""
    alarm_failed_queries_per_hour: Annotated[Number, between(1, 1_000_000, "queries")] = 20
    """With `alarms=`: how many queries of an hour may fail before it alarms; typing errors fail too."""
    protect: bool = True
    """Terraform refuses to destroy the workgroup's own bucket, and Athena a workgroup with a history of queries; the `sandbox`
    environment turns both off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """`primary` exists already."""
        if self.name == "primary":
            why = "every account has it in every region, so that creating it fails"
            yield Problem("name", "is Athena's own workgroup", why, "Choose another name", subject="name='primary'")


@declares(
    module="workgroup",
    page="analytics",
    yours=("Grants for those who query: policies of roles that name the workgroup, the catalog and the data.",),
)
class Workgroup(SecureConstruct):
    """A workgroup whose settings no client can override: where results go, their key, and how much a query may read.

    Creates the workgroup, and for its results a bucket of its own unless one is given, with a key, in which they expire. Queries
    publish metrics; requests for data whose readers pay (`requester pays`) are off.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        results: bucket for the results; by default one of its own. Given later, new results go there; the own bucket stays in AWS.
        results_prefix: folder in the bucket, with `/` at its end; by default the workgroup's name.
        key: key of the own bucket; by default one of its own (1 USD a month, 3 after two rotations).
        alarms: topic for alarms on queries that fail, and on how much is read.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `Workgroup(stack, "analysts").grant_query(analyst, databases=(sales,), tables=("orders",))`
    """

    config: WorkgroupConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: WorkgroupConfig = WorkgroupConfig(),
        *,
        results: SecureBucket | None = None,
        results_prefix: str | None = None,
        key: SecureKey | None = None,
        alarms: AlarmTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.workgroup_name = config.name or derived_name(self, WORKGROUP_NAME)
        self.results_prefix = f"{self.workgroup_name}/" if results_prefix is None else results_prefix
        self._check(results, key)
        self.results = results or self._make_bucket(key)
        self.workgroup = Resource(
            self,
            "workgroup",
            "aws_athena_workgroup",
            name=self.workgroup_name,
            description=config.description or f"{self.path}: workgroup",
            state="ENABLED" if config.enabled else "DISABLED",
            # In a sandbox Terraform deletes the history of queries too.
            force_destroy=lambda: None if self.stack_state.protects and config.protect else True,
            configuration={
                "enforce_workgroup_configuration": True,
                "publish_cloudwatch_metrics_enabled": True,
                "requester_pays_enabled": False,
                "bytes_scanned_cutoff_per_query": config.bytes_scanned_cutoff_per_query,
                "engine_version": {"selected_engine_version": config.engine_version},
                "result_configuration": {
                    "output_location": f"s3://{self.results.name}/{self.results_prefix}",
                    # A bucket of this name in another account gets nothing.
                    "expected_bucket_owner": self.account_id,
                    "encryption_configuration": {
                        "encryption_option": "SSE_KMS",
                        "kms_key_arn": self.results.key.arn,
                    },
                },
            },
            tags=config.tags or None,
        )
        add_alarms(self, alarms, [self._failing(), self._reading_much()])

    @property
    def arn(self) -> str:
        """Reference to the workgroup's ARN."""
        return self.workgroup.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the workgroup's name."""
        return self.workgroup.ref("name")

    def grant_query(
        self,
        grantee: Grantee | str,
        databases: Sequence[CatalogDatabase],
        tables: Sequence[str] | Mapping[str, str] | None = None,
    ) -> None:
        """Let a role run queries in this workgroup on what it may see, and read results: its own and those of the others in it.

        Args:
            grantee: a `SecureRole` or `ExistingRole`; workgroups have no policy of their own for an ARN.
            databases: whose tables it may read, with their data.
            tables: of one database, which tables, as `CatalogDatabase.grant_read` takes them; by default every table.

        Raises:
            ConfigError: the grantee is an ARN, there is no database, or tables are named of several.
        """
        principal_of(grantee, self.path)
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_query({grantee!r}) cannot be written: a workgroup has no policy of its own. Pass a SecureRole or an "
                "ExistingRole."
            )
        self._check_databases(databases, tables)
        for database in databases:
            database.grant_read(grantee, tables)
        grantee.add_to_policy(Statement(actions=_QUERY, resources=(self.arn,)))
        grantee.add_to_policy(Statement(actions=_METADATA, resources=(self._catalog_arn(),)))
        # The names of workgroups and catalogs, which know no resource.
        grantee.add_to_policy(Statement(actions=_LISTS, resources=("*",)))
        self.results.grant_read_write(grantee, self.results_prefix)
        # Athena looks for the bucket, and for uploads in it that were broken off:
        # docs.aws.amazon.com/athena/latest/ug/s3-permissions.html
        about = ("s3:GetBucketLocation", "s3:ListBucketMultipartUploads")
        grantee.add_to_policy(Statement(actions=about, resources=(self.results.arn,)))

    def _check_databases(self, databases: Sequence[CatalogDatabase], tables: object) -> None:
        if isinstance(databases, CatalogDatabase):
            raise ConfigError(f"{self.path}: databases={databases.path!r} is one database: write a tuple, (database,).")
        if not databases:
            raise ConfigError(f"{self.path}: databases=() names none: no query could run. Pass a CatalogDatabase.")
        if tables is not None and len(databases) > 1:
            raise ConfigError(
                f"{self.path}: tables={tables!r} are of one database, and {len(databases)} are given. Call grant_query for each."
            )

    def _catalog_arn(self) -> str:
        return f"arn:{self.partition}:athena:{self.region}:{self.account_id}:datacatalog/AwsDataCatalog"

    def _check(self, results: SecureBucket | None, key: SecureKey | None) -> None:
        if results is not None:
            if key is not None:
                raise ConfigError(
                    f"{self.path}: key={key.path!r} is for a bucket of its own, and results={results.path!r} has a key. Remove key=."
                )
            let_go_of_bucket(self, "results", key=("results", "key"), given=results)
        if not is_token(self.results_prefix) and not _FOLDER.fullmatch(self.results_prefix):
            raise ConfigError(
                f"{self.path}: results_prefix={self.results_prefix!r} is not a folder: who may read it could read others that begin "
                "like it. Write '/' at its end and none at its start, e.g. 'analysts/'."
            )

    def _make_bucket(self, key: SecureKey | None) -> SecureBucket:
        config = BucketConfig(
            key_required=True,
            expiration_days=self.config.results_retention_days,
            noncurrent_days=7,
            protect=self.config.protect,
            waivers=self.config.waivers,
            tags=self.config.tags,
        )
        return SecureBucket(self, "results", config, key=key)

    def _failing(self) -> WorkloadAlarm:
        # docs.aws.amazon.com/athena/latest/ug/query-metrics-viewing.html: each query that ends gives one value.
        return WorkloadAlarm(
            id="failed-queries",
            namespace="AWS/Athena",
            metric="TotalExecutionTime",
            dimensions=self._dimensions("FAILED"),
            statistic="SampleCount",
            period_seconds=3600,
            threshold=self.config.alarm_failed_queries_per_hour,
            why="queries fail: permissions, data or their text",
        )

    def _reading_much(self) -> WorkloadAlarm:
        return WorkloadAlarm(
            id="scanned-bytes",
            namespace="AWS/Athena",
            metric="ProcessedBytes",
            dimensions=self._dimensions("SUCCEEDED"),
            period_seconds=3600,
            threshold=self.config.alarm_scanned_bytes_per_hour,
            why="queries of an hour read much, which is charged: larger data, more queries, or a way out for it",
        )

    def _dimensions(self, state: str) -> dict[str, str]:
        return {"QueryState": state, "QueryType": "DML", "WorkGroup": self.workgroup_name}
