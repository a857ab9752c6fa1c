"""Pieces of OSCAL documents: what names requirements, and what makes UUIDs."""

import datetime
import json
import re
import uuid

import pytest

from secureinfra.controls.packs import PACKS, controls_by_requirement
from secureinfra.reports.oscal import parts

TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")


@pytest.mark.parametrize(
    ("framework", "id", "token"),
    [
        ("nist-800-53", "AC-2(1)", "ac-2.1"),
        ("nist-800-53", "SC-7", "sc-7"),
        ("cis-v5", "2.1.1", "cis-v5_2.1.1"),
        ("hipaa", "164.308(a)(1)(ii)(A)", "hipaa_164.308.a.1.ii.A"),
        ("dora", "Art. 5", "dora_Art.5"),
    ],
)
def test_names_of_requirements(framework: str, id: str, token: str) -> None:
    assert parts.control_id(framework, id) == token


def test_every_requirement_has_a_name_of_its_own() -> None:
    named = [parts.control_id(name, id) for name in PACKS if name != "all" for id in controls_by_requirement(name)]
    assert len(named) > 1_000
    assert len(set(named)) == len(named)
    assert [name for name in named if not TOKEN.fullmatch(name)] == []


def test_the_same_content_has_the_same_uuid() -> None:
    one = parts.identified("risk", {"title": "a", "props": []})
    assert one == parts.identified("risk", {"title": "a"})
    assert uuid.UUID(one["uuid"]).version == 5
    others = [parts.identified("risk", {"title": "b"}), parts.identified("finding", {"title": "a"})]
    assert one["uuid"] not in {other["uuid"] for other in others}


def test_text_stands_on_one_line() -> None:
    assert parts.line(" a\n\x1b[31mb\u202e ") == "a \\x1b[31mb\\u202e"
    assert parts.prop("reason", " \n ") == []


def test_times_are_of_a_day() -> None:
    assert parts.start_of_day(datetime.date(2026, 11, 30)) == "2026-11-30T00:00:00Z"
    assert parts.end_of_day("2026-12-20") == "2026-12-20T23:59:59Z"
    assert parts.end_of_day("soon") == ""


def test_a_document_has_a_uuid_of_its_content() -> None:
    document = json.loads(parts.sealed("catalog", {"metadata": parts.metadata("a", datetime.date(2026, 11, 30))}))
    assert document["catalog"]["metadata"]["version"] == "2026-11-30"
    assert document == json.loads(parts.sealed("catalog", {"metadata": document["catalog"]["metadata"]}))
