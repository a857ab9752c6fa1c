"""What an engine, a version, a class or a capacity does not allow is refused, with what to write instead."""

from typing import Any

import pytest

from secureinfra.aws.rds.config import DatabaseClusterConfig
from secureinfra.errors import ConfigError
from tests.aws.rds.clusters import cluster

SERVERLESS: dict[str, Any] = {"instance_class": "db.serverless"}


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"version": "13"}, r"is past the end of standard support of Aurora PostgreSQL, 2026-02-28.*'14', '15'"),
        ({"engine": "aurora-mysql", "version": "5.7"}, r"end of standard support of Aurora MySQL.*Use one of '8.0'"),
        ({"engine": "aurora-mysql", "version": "8.0.mysql_aurora.3.10.0"}, "names a minor version"),
        ({"instance_class": "db.m8g.large"}, "is not an instance class of Aurora: write a memory-optimized one"),
        ({"instance_class": "db.t4g.small"}, "is not an instance class of Aurora"),
        (
            {"engine": "aurora-mysql", "version": "8.4", "instance_class": "db.t3.medium"},
            r"Performance Insights is not offered for Aurora MySQL there\. Use 'db\.t4g\.medium'",
        ),
        (SERVERLESS, r"instance_class='db.serverless' has no capacity.*Set min_capacity_acu and max_capacity_acu"),
        ({**SERVERLESS, "min_capacity_acu": 0.3, "max_capacity_acu": 8}, "between 0 and 256 .* in steps of 0.5"),
        ({**SERVERLESS, "min_capacity_acu": 0, "max_capacity_acu": 0.5}, "between 1 and 256 Aurora capacity units"),
        ({**SERVERLESS, "min_capacity_acu": 9, "max_capacity_acu": 8}, "is more than max_capacity_acu=8"),
        ({"min_capacity_acu": 1}, "max_capacity_acu is not set, but min_capacity_acu is"),
        ({"max_capacity_acu": 1}, "min_capacity_acu is not set, but max_capacity_acu is"),
        (
            {**SERVERLESS, "min_capacity_acu": 0.5, "max_capacity_acu": 8, "auto_pause_seconds": 600},
            "auto_pause_seconds=600 has no effect.*Set min_capacity_acu=0",
        ),
        ({"instances": ()}, "instances has 0 names: a cluster has 1 to 16 instances"),
        ({"instances": tuple(f"n{number}" for number in range(17))}, "instances has 17 names"),
        ({"instances": ("one", "one")}, "instances has 'one' twice"),
        ({"instances": ("one", "Two")}, "is not a name of an instance"),
        ({"backtrack_hours": 24}, "backtrack_hours=24 is not possible: only Aurora MySQL goes back in time"),
        ({"backup_window": "03:30-04:30"}, "overlaps with maintenance_window='sun:03:00-sun:04:00'"),
        ({"parameters": {"rds.force_ssl": "0"}}, r"parameters=.* sets 'rds\.force_ssl'.*so that it stays on"),
        ({"parameters": {"log_min_duration_statement": "-1"}}, "sets 'log_min_duration_statement'"),
        ({"instance_parameters": {"log_min_duration_statement": "-1"}}, "instance_parameters=.* sets"),
        ({"snapshot_identifier": "old", "database_name": "shop"}, "is in the snapshot"),
        ({"username": "Admin"}, "is the name that attackers try first"),
        ({"identifier": "a--b"}, "is not a database identifier"),
    ],
)
def test_refuses(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        cluster(**given)


def test_cluster_of_both_kinds_of_instances() -> None:
    config = DatabaseClusterConfig(
        engine="aurora-mysql", engine_version="8.4", min_capacity_acu=0.5, max_capacity_acu=16
    )
    assert config.class_problem("db.serverless") is None
    assert config.class_problem("db.t3.large") is not None


@pytest.mark.parametrize(
    ("engine", "version", "hours", "seconds"),
    [("aurora-mysql", "8.4", None, 86400), ("aurora-mysql", "8.4", 2, 7200), ("aurora-postgresql", "17", None, None)],
)
def test_backtrack(engine: str, version: str, hours: int | None, seconds: int | None) -> None:
    given: dict[str, Any] = {"engine": engine, "engine_version": version, "backtrack_hours": hours}
    assert DatabaseClusterConfig.of(given).backtrack_seconds == seconds
