"""What a setting or an argument that is given later, or taken away, replaces or destroys: `growth.csv` lists it, and each must be said.

`python -m tests.growth.test_growth` writes the list again.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from secureinfra.blueprints import blueprints
from secureinfra.compare.change import Change
from secureinfra.compare.pairs import pairs_of
from secureinfra.compare.resources import resource_changes
from secureinfra.config.docstrings import arguments_of, fields_of
from tests._support.imports import ROOT
from tests.growth.stacks import Subject, lacking, subjects
from tests.growth.values import settings

TABLE = Path(__file__).with_name("growth.csv")
COLUMNS = ("subject", "setting", "change", "when", "resources")
Row = tuple[str, str, str, str, str]
SUBJECTS = subjects()
BLUEPRINTS = {one.load().__name__ for one in blueprints().values()}
PAGES = [path.read_text(encoding="utf-8").splitlines() for path in (ROOT / "examples").glob("*/README.md")]
# A change of these is a new revision, or a permission that is written anew: nothing is lost.
REVISED = frozenset(
    "aws_backup_selection aws_ecs_task_definition aws_lambda_permission aws_secretsmanager_secret_version"
    " aws_vpc_security_group_egress_rule aws_vpc_security_group_ingress_rule".split()
)
SAID = re.compile(r"replac|destroy")
# What holds data, or is needed to read it.
HOLDS = frozenset(
    "aws_backup_vault aws_cloudwatch_log_group aws_db_instance aws_docdb_cluster aws_dynamodb_table aws_ebs_volume aws_ecr_repository"
    " aws_efs_file_system aws_elasticache_replication_group aws_fsx_lustre_file_system aws_instance aws_kinesis_stream aws_kms_key"
    " aws_opensearch_domain aws_rds_cluster aws_redshift_cluster aws_s3_bucket aws_secretsmanager_secret aws_sqs_queue"
    " aws_ssm_parameter".split()
)


def rows(subject: Subject) -> list[Row]:
    """What settings and arguments replace or destroy, when they are given and when they are taken away.

    A setting that no value fits on its own, since it belongs to another one, is listed as not tried.
    """
    found: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    tried = set[str]()
    for growth in subject.grown():
        tried |= {growth.setting, growth.setting.partition(".")[0]}
        for when, old, new in (("given", growth.before, growth.after), ("taken away", growth.after, growth.before)):
            for change in resource_changes(pairs_of(old, new), new)[0]:
                found[growth.setting, _fate(change)][change.block.type].add(when)
    made = [row for (setting, fate), types in found.items() for row in _rows(subject.name, setting, fate, types)]
    missed = set(settings(subject.config)) - tried if subject.config else set()
    return [*made, *((subject.name, setting, "not tried", "", "") for setting in missed)]


def _rows(name: str, setting: str, fate: str, types: dict[str, set[str]]) -> Iterable[Row]:
    by_when: dict[str, list[str]] = defaultdict(list)
    for type, when in sorted(types.items()):
        by_when[" or ".join(sorted(when))].append(type)
    return [(name, setting, fate, when, " ".join(held)) for when, held in sorted(by_when.items())]


def _fate(change: Change) -> str:
    """A reference to another resource is another value; what the provider decides in code is not known."""
    known = change.certain or "decided by the provider" not in change.found
    return change.kind if known else f"perhaps {change.kind}"


def listed() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [tuple(row[column] for column in COLUMNS) for row in csv.DictReader(file)]  # type: ignore[misc]


def must_be_said(row: Row) -> bool:
    """Whether a setting replaces anything, or destroys what holds data; what it made otherwise goes when it is taken away."""
    return (row[2] == "replaced" and not REVISED.issuperset(row[4].split())) or (
        row[2] == "destroyed" and not HOLDS.isdisjoint(row[4].split())
    )


def write() -> None:
    found = sorted(row for subject in SUBJECTS.values() for row in rows(subject))
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(found)


@pytest.mark.parametrize("name", SUBJECTS)
def test_the_list_is_as_it_is(name: str) -> None:
    expected = [row for row in listed() if row[0] == name]
    found = sorted(rows(SUBJECTS[name]))
    assert found == expected, (
        "say what is new where the setting is documented, then: python -m tests.growth.test_growth"
    )


def test_the_list_has_nothing_else() -> None:
    assert {row[0] for row in listed()} <= SUBJECTS.keys()
    assert lacking() == set(), "give it a stack in tests/growth/stacks.py"


@pytest.mark.parametrize("row", [row for row in listed() if must_be_said(row)], ids=lambda row: f"{row[0]}-{row[1]}")
def test_what_is_replaced_or_lost_is_said(row: Row) -> None:
    name, setting, *_ = row
    kind = SUBJECTS[name].kind_of(setting)
    assert kind is not None
    said = arguments_of(kind)[setting[:-1]] if setting.endswith("=") else fields_of(kind)[setting.rpartition(".")[2]]
    assert SAID.search(said), f"its docstring does not say that this {row[2]} {row[4]}"
    if setting.endswith("=") or "." in setting or name.endswith("Module") or name in BLUEPRINTS:
        # Arguments are in the construct's documentation; a module's README and a blueprint's schema show these texts.
        return
    rows_of_pages = [line for page in PAGES for line in page if line.startswith(f"| `{setting}` |")]
    assert any(SAID.search(line) for line in rows_of_pages), "no page says so in its table of options"


if __name__ == "__main__":
    write()
