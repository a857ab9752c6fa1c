"""What a report counts: items, requirements, waivers."""

from pathlib import Path

import pytest

from secureinfra.controls.packs import pack
from secureinfra.reports.facts import STATES, ReportFacts
from tests.reports.samples import facts


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> ReportFacts:
    return facts(tmp_path_factory.mktemp("report"))


def test_every_finding_is_in_one_item(found: ReportFacts) -> None:
    assert sum(len(item.places) for item in found.items) == len(found.report.findings)
    for state in STATES:
        assert sum(len(item.places) for item in found.of_state(state)) == found.report.totals[state]


def test_worst_first_and_exposed_before_others(found: ReportFacts) -> None:
    ranks = [item.rank for item in found.items]
    assert ranks == sorted(ranks)
    first = found.of_state("failed")[0]
    assert (first.severity, first.places[0].address, first.exposed) == ("critical", "aws_security_group.web", True)
    database = next(item for item in found.of_state("failed") if item.places[0].address == "aws_db_instance.orders")
    assert not database.exposed
    assert {held.exposed for held in found.of_state("failed") if held.places[0].address == "aws_s3_bucket.data"} == {
        True
    }


def test_requirement_is_as_good_as_the_worst_of_its_controls(found: ReportFacts) -> None:
    (fsbp,) = [framework for framework in found.frameworks if framework.name == "fsbp"]
    worst = {item.control.id: item.state for item in reversed(found.items)}
    for id, state in fsbp.requirements.items():
        held = [worst.get(control, "not applicable") for control in fsbp.controls[id]]
        assert state == min(held, key=STATES.index), id
    assert fsbp.requirements["RDS.5"] == "waived"
    assert {control.id for control in pack("fsbp")} == {id for held in fsbp.controls.values() for id in held}


def test_asked_packs_are_the_frameworks(tmp_path: Path) -> None:
    assert [held.name for held in facts(tmp_path, packs=("cis-v5", "dora")).frameworks] == ["cis-v5", "dora"]


def test_waivers_have_their_days(found: ReportFacts) -> None:
    (row,) = found.waivers
    assert (row.control, row.owner, row.until, row.days, row.excuses) == (
        "rds-instance-multi-az",
        "platform",
        "2026-12-20",
        20,
        1,
    )
