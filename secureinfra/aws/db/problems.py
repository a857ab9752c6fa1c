"""What is wrong with the settings of databases and of clusters alike: versions, windows, parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from secureinfra.aws.db.windows import overlap
from secureinfra.config.problem import Problem
from secureinfra.facts.database_engines import Engine, Parameter


def version_problems(known: Engine, version: str) -> Iterator[Problem]:
    """A version that is past its end, a minor one, or not known.

    Args:
        known: the engine.
        version: `engine_version`.
    """
    if version in known.versions:
        return
    listed = ", ".join(repr(one) for one in known.versions)
    if end := known.ended.get(version):
        what = f"is past the end of standard support of {known.title}, {end}"
        why = "AWS charges extra for it and fixes critical vulnerabilities only"
        if not known.extended:
            why = "RDS upgrades it by itself, at a time of its own"
        yield Problem("engine_version", what, why, f"Use one of {listed}")
    elif any(version.startswith(f"{one}.") for one in known.versions):
        why = "RDS upgrades minor versions, and Terraform would try to undo it"
        yield Problem("engine_version", "names a minor version", why, f"Write the major one: one of {listed}")
    else:
        yield Problem("engine_version", f"is not a version of {known.title} known here", instead=f"Use one of {listed}")


def window_problems(field: str, backup: str, maintenance: str) -> Iterator[Problem]:
    """Windows that overlap.

    Args:
        field: name of the setting of backups.
        backup: its value.
        maintenance: `maintenance_window`.
    """
    if overlap(backup, maintenance):
        what = f"overlaps with maintenance_window={maintenance!r}"
        yield Problem(field, what, "AWS refuses that", "Choose windows that are apart")


def parameter_problems(field: str, given: Mapping[str, str], fixed: Sequence[Parameter]) -> Iterator[Problem]:
    """Parameters that a construct sets itself.

    Args:
        field: name of the setting.
        given: its value.
        fixed: what the construct sets.
    """
    for name in sorted({one.name for one in fixed} & given.keys()):
        yield Problem(field, f"sets {name!r}", "the construct sets it, so that it stays on", "Leave it out")
