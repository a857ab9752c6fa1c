"""What can be chosen about an Aurora cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.aws.cloudwatch.log_group import RetentionDays
from secureinfra.aws.db.config import ADMINISTRATOR, IDENTIFIER, NAME, USER
from secureinfra.aws.db.problems import parameter_problems, version_problems, window_problems
from secureinfra.aws.db.windows import BACKUP_WINDOW, MAINTENANCE_WINDOW
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import Predicate, between, matches
from secureinfra.config.rules import Arn, Text
from secureinfra.controls.rds import availability, database
from secureinfra.facts.database_engines import AURORA, Engine

__all__ = ["DatabaseClusterConfig"]

SERVERLESS = "db.serverless"
MOST_INSTANCES = 16
# docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.Types.html: memory-optimized and burstable.
CLUSTER_CLASS = matches(
    r"db\.(serverless|[rx][0-9a-z-]*\.[a-z0-9]+|t(3|4g)\.(medium|large))",
    "is not an instance class of Aurora",
    "write a memory-optimized one, db.t4g.medium, db.t4g.large or db.serverless",
    example="db.r8g.large",
)
INSTANCE_NAME = matches(
    r"[a-z](-?[a-z0-9]){0,15}",
    "is not a name of an instance",
    "write up to 16 lower-case letters, digits and single hyphens, a letter first",
    example="one",
)
# docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2.requirements.html
CAPACITY_LEAST = Predicate(
    lambda units: 0 <= units <= 256 and units * 2 == int(units * 2),
    "must be between 0 and 256 Aurora capacity units in steps of 0.5",
    "{value} >= 0 && {value} <= 256 && floor({value} * 2) == {value} * 2",
)
CAPACITY_MOST = Predicate(
    lambda units: 1 <= units <= 256 and units * 2 == int(units * 2),
    "must be between 1 and 256 Aurora capacity units in steps of 0.5",
    "{value} >= 1 && {value} <= 256 && floor({value} * 2) == {value} * 2",
)
# docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.Engines.html
_WITHOUT_INSIGHTS = re.compile(r"db\.t3\..*")


class DatabaseClusterConfig(Config):
    """What a caller may choose about an Aurora cluster."""

    engine: Literal["aurora-postgresql", "aurora-mysql"]
    """The engine. Another one replaces the cluster."""
    engine_version: Text
    """Major version, e.g. `17` of Aurora PostgreSQL, `8.4` of Aurora MySQL: RDS chooses and upgrades the minor one."""
    instance_class: Annotated[str, CLUSTER_CLASS] = "db.t4g.medium"
    """Class of the instances; `db.serverless` for Serverless v2, which needs the two capacities."""
    instances: Annotated[
        tuple[Annotated[str, INSTANCE_NAME], ...],
        availability.CLUSTER_MULTI_AZ.keeps(lambda names: len(names) >= 2, "length({value}) >= 2"),
    ] = ("one", "two")
    """Names of the instances, which Aurora spreads over the zones: one of them writes, the others read and take over within
    about half a minute. Each costs the same. Up to 16."""
    min_capacity_acu: Annotated[float, CAPACITY_LEAST] | None = None
    """Of Serverless v2: smallest capacity of each instance, 0 to 256 Aurora capacity units (2 GiB of memory each), in steps of
    0.5. At 0, an instance pauses while nothing is connected, and the first connection waits for about 15 seconds."""
    max_capacity_acu: Annotated[float, CAPACITY_MOST] | None = None
    """Of Serverless v2: largest capacity of each instance, 1 to 256 Aurora capacity units."""
    auto_pause_seconds: Annotated[int, between(300, 86400, "seconds")] | None = None
    """With `min_capacity_acu=0`: how long nothing is connected before an instance pauses, 300 to 86,400 seconds; by default 300."""
    identifier: Annotated[str, IDENTIFIER] | None = None
    """Name of the cluster, unique in account and region; by default the construct's path. Another one replaces the cluster."""
    database_name: Annotated[str, NAME] | None = None
    """A database that RDS creates. Another name replaces the cluster."""
    username: Annotated[str, USER, ADMINISTRATOR] = "dbowner"
    """The administrator, whose password RDS generates, keeps in Secrets Manager and rotates every seven days. Another one
    replaces the cluster."""
    port: Annotated[int, between(1150, 65535, "")] | None = None
    """Port, 1150 to 65535; by default the engine's."""
    io_optimized: bool = False
    """Storage without a charge for each request, at a higher price for instances and storage: cheaper where requests are more
    than a quarter of the bill."""
    backtrack_hours: Annotated[int, between(0, 72, "hours")] | None = None
    """Of Aurora MySQL: how far the whole cluster can go back in time without a restore, up to 72 hours, by default 24. After 0 it
    cannot be turned on again; some regions do not offer it."""
    backup_retention_days: Annotated[
        int, between(1, 35, "days"), availability.BACKED_UP.keeps(lambda days: days >= 7, "{value} >= 7")
    ] = 14
    """How long automated backups are kept, 1 to 35 days; they are kept that long after a deletion, too."""
    backup_window: Annotated[str, BACKUP_WINDOW] = "01:00-02:00"
    """When backups begin, in UTC."""
    maintenance_window: Annotated[str, MAINTENANCE_WINDOW] = "sun:03:00-sun:04:00"
    """When RDS may change and restart instances, in UTC, at least half an hour."""
    apply_immediately: bool = False
    """Changes that restart instances, such as a major upgrade, take effect at once instead of in the maintenance window."""
    deletion_protection: Annotated[bool, availability.CLUSTER_DELETION_PROTECTED.keeps()] = True
    """AWS refuses to delete it; the `sandbox` environment turns it off."""
    ca_cert_identifier: Annotated[
        Literal["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"], database.MODERN_CA.keeps()
    ] = "rds-ca-rsa2048-g1"
    """Certificate authority of the instances' certificates."""
    monitoring_interval_seconds: Literal[1, 5, 10, 15, 30, 60] = 60
    """How often Enhanced Monitoring measures the operating system."""
    database_insights: Literal["standard", "advanced"] = "standard"
    """`standard` keeps query statistics for 7 days; `advanced` for 465, at a price per virtual processor or capacity unit."""
    log_retention_days: RetentionDays = 365
    """How long exported logs are kept, one of CloudWatch's periods; 0 keeps them forever."""
    parameters: dict[str, str] = {}
    """More parameters of the cluster by name; each takes effect at the next restart. Those that require TLS or log are not changed
    this way."""
    instance_parameters: dict[str, str] = {}
    """More parameters of the instances by name; each takes effect at the next restart."""
    snapshot_identifier: Arn | Text | None = None
    """Snapshot to restore at creation, with its databases and its administrator; another one later replaces the cluster."""
    password_rotation_days: Annotated[int, between(1, 90, "days")] | None = None
    """Days between two rotations of the administrator's password instead of seven; needs provider 6."""
    password_version: Annotated[int, between(1, 1_000_000, "as a number")] = 1
    """Of a password that is given: another number writes it again."""
    protect: bool = True
    """Terraform refuses to destroy the cluster; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    @property
    def known(self) -> Engine:
        """What differs between engines."""
        return AURORA[self.engine]

    @property
    def backtrack_seconds(self) -> int | None:
        """How far the cluster can go back; `None` for Aurora PostgreSQL, which cannot."""
        if self.engine != "aurora-mysql":
            return None
        return 3600 * (24 if self.backtrack_hours is None else self.backtrack_hours)

    def class_problem(self, instance_class: str) -> Problem | None:
        """What this cluster lacks for an instance of a class, if anything.

        Args:
            instance_class: a class of Aurora.
        """
        if instance_class == SERVERLESS and None in (self.min_capacity_acu, self.max_capacity_acu):
            why = "a serverless instance needs to know how far it may scale"
            instead = "Set min_capacity_acu and max_capacity_acu, e.g. 0.5 and 8"
            return Problem("instance_class", "has no capacity", why, instead)
        if self.engine == "aurora-mysql" and _WITHOUT_INSIGHTS.fullmatch(instance_class):
            why = "Performance Insights is not offered for Aurora MySQL there"
            return Problem("instance_class", "is too old", why, "Use 'db.t4g.medium' or a memory-optimized class")
        return None

    def problems(self) -> Iterator[Problem]:
        """What an engine or a class does not have, capacities that do not fit, and windows that overlap."""
        yield from version_problems(self.known, self.engine_version)
        yield from window_problems("backup_window", self.backup_window, self.maintenance_window)
        yield from parameter_problems("parameters", self.parameters, self.known.parameters)
        fixed = self.known.instance_parameters
        yield from parameter_problems("parameters", self.parameters, fixed)
        yield from parameter_problems("instance_parameters", self.instance_parameters, fixed)
        if (problem := self.class_problem(self.instance_class)) is not None:
            yield problem
        yield from self._problems_of_instances()
        yield from self._problems_of_capacity()
        if self.backtrack_hours is not None and self.engine != "aurora-mysql":
            yield Problem("backtrack_hours", "is not possible", "only Aurora MySQL goes back in time", "Leave it out")
        if self.snapshot_identifier is not None and self.database_name is not None:
            yield Problem("database_name", "is in the snapshot", instead="Leave it out")

    def _problems_of_instances(self) -> Iterator[Problem]:
        if not 1 <= len(self.instances) <= MOST_INSTANCES:
            what = f"has {len(self.instances)} names: a cluster has 1 to {MOST_INSTANCES} instances"
            yield Problem("instances", what, instead="Write two or more, for two zones", subject="instances")
        for name in sorted({one for one in self.instances if self.instances.count(one) > 1}):
            yield Problem("instances", f"has {name!r} twice", instead="Use names that differ", subject="instances")

    def _problems_of_capacity(self) -> Iterator[Problem]:
        least, most = self.min_capacity_acu, self.max_capacity_acu
        if (least is None) != (most is None):
            field, other = ("max_capacity_acu", "min") if most is None else ("min_capacity_acu", "max")
            yield Problem(
                field, f"is not set, but {other}_capacity_acu is", instead="Set both, or neither", subject=field
            )
        elif least is not None and most is not None and least > most:
            what = f"is more than max_capacity_acu={most}"
            yield Problem("min_capacity_acu", what, instead="Use less, or raise the other")
        if self.auto_pause_seconds is not None and least != 0:
            why = "an instance pauses at a capacity of 0 only"
            yield Problem("auto_pause_seconds", "has no effect", why, "Set min_capacity_acu=0, or leave it out")
