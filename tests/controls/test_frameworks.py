"""The pairs of rows and requirements: rows that exist, ids and no texts, and nothing read that was not asked."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from secureinfra.controls import catalogue, every, frameworks
from secureinfra.controls.packs import PACKS, cited, ids_in

ROWS = Path(frameworks.__file__).with_name(frameworks.FILE).read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", frameworks.TITLES)
def test_pairs(name: str) -> None:
    found, size = frameworks.requirements(name), frameworks.SIZES[name]
    assert 0 < len(found) <= size.in_code <= size.total
    assert {row for one in found.values() for row in one.rows} <= set(catalogue.rows())
    # No requirement of a whole framework is shown by code alone, so that none is called met.
    assert sum(1 for one in found.values() if one.whole) < size.total
    assert name in PACKS


def test_the_file_holds_ids_only() -> None:
    assert ROWS[0] == "framework,requirement,evidence,rows"
    form = re.compile(r"[a-z0-9-]+,[A-Za-z0-9. ()_-]{1,40},(all|some),[a-z0-9-]+(;[a-z0-9-]+)*")
    assert [row for row in ROWS[1:] if not form.fullmatch(row)] == []


def test_both_ways_agree() -> None:
    for id, one in frameworks.requirements("nis2").items():
        assert all(id in frameworks.requirements_of(row, "nis2") for row in one.rows)
    assert frameworks.requirements_of("no-such-row", "nis2") == ()


def test_ids_are_cited_where_the_pack_is_asked() -> None:
    control = next(one for one in every() if ids_in(one, "dora") and ids_in(one, "fsbp"))
    assert "dora" not in cited(control)
    assert cited(control, ("dora",))["dora"] == ids_in(control, "dora")
    assert "fsbp" in cited(control, ("dora",))


def test_nothing_is_read_that_was_not_asked() -> None:
    code = (
        "from secureinfra.check.report import judge\n"
        "from secureinfra.check.formats import as_json, as_sarif, as_table\n"
        "from secureinfra.controls import frameworks\n"
        "from secureinfra.terraform.model.configuration import Configuration\n"
        "document = {'resource': {'aws_kms_key': {'k': {'is_enabled': False}}}}\n"
        "for packs, read in ((('all', 'fsbp'), 0), (('nis2',), 1)):\n"
        "    report = judge([Configuration.of(document)], packs)\n"
        "    [form.render(report) for form in (as_json, as_sarif, as_table)]\n"
        "    assert frameworks._all.cache_info().misses == read, packs\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
