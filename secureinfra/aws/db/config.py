"""What can be chosen about a database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.aws.cloudwatch.log_group import RetentionDays
from secureinfra.aws.db.problems import parameter_problems, version_problems, window_problems
from secureinfra.aws.db.windows import BACKUP_WINDOW, MAINTENANCE_WINDOW
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import Predicate, between, matches
from secureinfra.config.rules import Arn, Text
from secureinfra.controls.rds import availability, database
from secureinfra.facts.database_engines import ENGINES, Engine

__all__ = ["DatabaseConfig"]

IDENTIFIER = matches(
    r"[a-z](-?[a-z0-9]){0,58}",
    "is not a database identifier",
    "write up to 59 lower-case letters, digits and single hyphens, a letter first",
)
CLASS = matches(r"db\.[a-z0-9-]+\.[a-z0-9]+", "is not an instance class", example="db.m8g.large")
USER = matches(r"[A-Za-z][A-Za-z0-9_]{0,15}", "is not a user name", "write up to 16 letters, digits and '_'")
NAME = matches(r"[A-Za-z][A-Za-z0-9_]{0,62}", "is not a database name", "write letters, digits and '_'")
_USUAL = ("admin", "administrator", "postgres", "root", "sa", "sys", "system", "rdsadmin")
ADMINISTRATOR = Predicate(
    lambda name: name.lower() not in _USUAL,
    "is the name that attackers try first",
    f"!contains({list(_USUAL)!r}, lower({{value}}))".replace("'", '"'),
    "choose another one",
    "shop_owner",
)
# docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DatabaseInsights.Engines.html
_WITHOUT_INSIGHTS = re.compile(r"db\.t(2|3|4g)\.(micro|small)")
_GRAVITON = re.compile(r"db\.[a-z]+\d+g[a-z]*\.")


class DatabaseConfig(Config):
    """What a caller may choose about a database."""

    engine: Literal["postgres", "mysql", "mariadb", "sqlserver-ee", "sqlserver-se"]
    """The engine; of SQL Server with its edition."""
    engine_version: Text
    """Major version, e.g. `17`, `8.4` or `16.00`: RDS chooses and upgrades the minor one."""
    instance_class: Annotated[str, CLASS] = "db.t4g.medium"
    """Instance class. SQL Server needs one with an Intel or AMD processor."""
    identifier: Annotated[str, IDENTIFIER] | None = None
    """Name of the instance, unique in account and region; by default the construct's path. Another one replaces the
    database."""
    database_name: Annotated[str, NAME] | None = None
    """A database that RDS creates; not for SQL Server. Another name replaces the database."""
    username: Annotated[str, USER, ADMINISTRATOR] = "dbowner"
    """The administrator, whose password RDS generates, keeps in Secrets Manager and rotates every seven days. Another one
    replaces the database."""
    port: Annotated[int, between(1150, 65535, "")] | None = None
    """Port, 1150 to 65535; by default the engine's."""
    allocated_storage_gib: Annotated[int, between(20, 65536, "GiB")] = 20
    """Storage in GiB, 20 to 65,536."""
    max_allocated_storage_gib: Annotated[int, between(22, 65536, "GiB")] | None = 100
    """Up to which size storage grows by itself; `None` for not at all."""
    multi_az: Annotated[bool, availability.INSTANCE_MULTI_AZ.keeps()] = True
    """A standby in another zone, to which RDS fails over in about a minute; it doubles the price."""
    backup_retention_days: Annotated[
        int, between(1, 35, "days"), availability.BACKED_UP.keeps(lambda days: days >= 7, "{value} >= 7")
    ] = 14
    """How long automated backups are kept, 1 to 35 days; they are kept that long after a deletion, too."""
    backup_window: Annotated[str, BACKUP_WINDOW] = "01:00-02:00"
    """When backups begin, in UTC."""
    maintenance_window: Annotated[str, MAINTENANCE_WINDOW] = "sun:03:00-sun:04:00"
    """When RDS may change and restart the database, in UTC, at least half an hour."""
    deletion_protection: Annotated[bool, availability.INSTANCE_DELETION_PROTECTED.keeps()] = True
    """AWS refuses to delete it; the `sandbox` environment turns it off."""
    ca_cert_identifier: Annotated[
        Literal["rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1"], database.MODERN_CA.keeps()
    ] = "rds-ca-rsa2048-g1"
    """Certificate authority of the server's certificate."""
    monitoring_interval_seconds: Literal[1, 5, 10, 15, 30, 60] = 60
    """How often Enhanced Monitoring measures the operating system."""
    database_insights: Literal["standard", "advanced"] = "standard"
    """`standard` keeps query statistics for 7 days; `advanced` for 465, at a price per virtual processor."""
    log_retention_days: RetentionDays = 365
    """How long exported logs are kept, one of CloudWatch's periods; 0 keeps them forever."""
    parameters: dict[str, str] = {}
    """More parameters by name; each takes effect at the next restart. Those that require TLS or log are not changed this way."""
    snapshot_identifier: Arn | Text | None = None
    """Snapshot to restore at creation, with its databases, its administrator and its key; another one later replaces the
    database."""
    password_rotation_days: Annotated[int, between(1, 90, "days")] | None = None
    """Days between two rotations of the administrator's password instead of seven; needs provider 6."""
    password_version: Annotated[int, between(1, 1_000_000, "as a number")] = 1
    """Of a password that is given: another number writes it again."""
    protect: bool = True
    """Terraform refuses to destroy the database; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    @property
    def known(self) -> Engine:
        """What differs between engines."""
        return ENGINES[self.engine]

    def problems(self) -> Iterator[Problem]:
        """What an engine or a class does not have, and windows that overlap."""
        yield from version_problems(self.known, self.engine_version)
        yield from self._problems_of_engine()
        yield from window_problems("backup_window", self.backup_window, self.maintenance_window)
        most = self.max_allocated_storage_gib
        if most is not None and most * 10 < self.allocated_storage_gib * 11:
            what = f"is not 10 % more than allocated_storage_gib={self.allocated_storage_gib}"
            yield Problem("max_allocated_storage_gib", what, "AWS refuses that", "Use more, or None")
        yield from parameter_problems("parameters", self.parameters, self.known.parameters)

    def _problems_of_engine(self) -> Iterator[Problem]:
        if self.engine.startswith("sqlserver"):
            if _GRAVITON.match(self.instance_class):
                why = "SQL Server does not run on AWS Graviton processors"
                yield Problem("instance_class", f"is not offered for {self.engine}", why, "Use e.g. 'db.m6i.large'")
            if self.database_name is not None:
                why = "RDS creates no database for SQL Server"
                yield Problem("database_name", f"is not possible for {self.engine}", why, "Leave it out")
        elif self.engine != "postgres" and _WITHOUT_INSIGHTS.fullmatch(self.instance_class):
            why = f"Performance Insights is not offered for {self.engine} there"
            yield Problem("instance_class", "is too small", why, "Use 'db.t4g.medium' or larger")
        if self.snapshot_identifier is not None and self.database_name is not None:
            yield Problem("database_name", "is in the snapshot", instead="Leave it out")
