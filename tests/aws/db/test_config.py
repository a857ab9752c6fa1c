"""What an engine, a version or a class does not have is refused, with what to write instead."""

from typing import Any

import pytest

from secureinfra.aws.db.config import DatabaseConfig
from secureinfra.errors import ConfigError
from tests.aws.db.network import database


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"version": "13"}, r"is past the end of standard support of PostgreSQL, 2026-02-28.*Use one of '14', '15'"),
        (
            {"engine": "mysql", "version": "8.0"},
            r"is past the end of standard support of MySQL, 2026-07-31.*Use one of '8.4'",
        ),
        ({"version": "17.4"}, "names a minor version: RDS upgrades minor versions"),
        ({"version": "99"}, "is not a version of PostgreSQL known here"),
        (
            {"engine": "sqlserver-se", "version": "16.00"},
            r"instance_class='db.t4g.medium' is not offered for sqlserver-se.*Graviton.*db\.m6i\.large",
        ),
        (
            {"engine": "sqlserver-se", "version": "16.00", "instance_class": "db.m6i.large", "database_name": "shop"},
            "database_name='shop' is not possible for sqlserver-se",
        ),
        (
            {"engine": "mysql", "version": "8.4", "instance_class": "db.t4g.small"},
            "Performance Insights is not offered",
        ),
        ({"backup_window": "03:30-04:30"}, "overlaps with maintenance_window='sun:03:00-sun:04:00'"),
        (
            {"max_allocated_storage_gib": 105, "allocated_storage_gib": 100},
            "is not 10 % more than allocated_storage_gib=100",
        ),
        ({"parameters": {"rds.force_ssl": "0"}}, r"sets 'rds\.force_ssl'.*so that it stays on"),
        ({"snapshot_identifier": "old", "database_name": "shop"}, "is in the snapshot"),
        ({"username": "Admin"}, "is the name that attackers try first"),
        ({"port": 22}, "between 1150 and 65535"),
        ({"identifier": "a--b"}, "is not a database identifier"),
    ],
    ids=lambda value: "" if isinstance(value, str) else "-".join(value),
)
def test_refuses(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        database(**given)


def test_small_classes_suit_postgresql() -> None:
    assert DatabaseConfig(engine="postgres", engine_version="17", instance_class="db.t4g.micro").instance_class
