"""What is wrong with versions, windows and parameters, whichever construct has them."""

import pytest

from secureinfra.aws.db.problems import parameter_problems, version_problems, window_problems
from secureinfra.facts.database_engines import AURORA, ENGINES, Engine

POSTGRES, MYSQL = ENGINES["postgres"], AURORA["aurora-mysql"]


@pytest.mark.parametrize(
    ("known", "version", "what"),
    [
        (POSTGRES, "17", None),
        (POSTGRES, "13", "is past the end of standard support of PostgreSQL, 2026-02-28"),
        (POSTGRES, "17.4", "names a minor version"),
        (POSTGRES, "1", "is not a version of PostgreSQL known here"),
        (MYSQL, "8.0", None),
        (MYSQL, "8.0.mysql_aurora.3.10.0", "names a minor version"),
    ],
)
def test_versions(known: Engine, version: str, what: str | None) -> None:
    assert [one.what for one in version_problems(known, version)] == ([] if what is None else [what])


def test_only_postgresql_and_mysql_are_supported_longer_at_a_charge() -> None:
    (postgres,) = version_problems(POSTGRES, "13")
    (mariadb,) = version_problems(ENGINES["mariadb"], "10.5")
    assert "AWS charges extra" in postgres.why
    assert mariadb.why == "RDS upgrades it by itself, at a time of its own"


def test_windows_that_overlap() -> None:
    assert not list(window_problems("backup_window", "01:00-02:00", "sun:03:00-sun:04:00"))
    (problem,) = window_problems("backup_window", "03:30-04:30", "sun:03:00-sun:04:00")
    assert (problem.at, problem.instead) == ("backup_window", "Choose windows that are apart")


def test_parameters_that_are_set_already() -> None:
    given = {"rds.force_ssl": "0", "work_mem": "8192", "log_statement": "none"}
    found = parameter_problems("parameters", given, POSTGRES.parameters)
    assert [one.what for one in found] == ["sets 'log_statement'", "sets 'rds.force_ssl'"]
