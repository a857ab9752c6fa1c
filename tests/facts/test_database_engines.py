"""Engines of RDS: what is ended is not offered, and what controls expect is there."""

import pytest

from secureinfra.facts.database_engines import AURORA, ENGINES

EVERY = {**ENGINES, **AURORA}


@pytest.mark.parametrize("name", EVERY)
def test_versions_are_either_offered_or_ended(name: str) -> None:
    engine = EVERY[name]
    assert engine.versions
    assert not engine.versions.keys() & engine.ended.keys()
    # As of the date that the facts have.
    assert all(end <= "2026-11-30" for end in engine.ended.values())


@pytest.mark.parametrize("name", EVERY)
def test_failed_logins_are_in_a_log_that_is_exported(name: str) -> None:
    engine = EVERY[name]
    assert engine.failed_logins is None or engine.failed_logins[0] in engine.logs


@pytest.mark.parametrize("name", ["postgres", "aurora-postgresql"])
def test_connections_are_logged_in_the_words_of_each_version(name: str) -> None:
    for version, value in (("17", "1"), ("18", "all")):
        values = {one.name: one.value for one in EVERY[name].parameters_of(version)}
        assert (values["log_connections"], values["log_statement"]) == (value, "ddl")
