"""Assessment results, held against the models that OSCAL's published schemas were made into."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from trestle.oscal.assessment_results import Model

from secureinfra.reports.oscal.results import as_oscal
from tests.reports.samples import facts


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory) -> str:
    return as_oscal(facts(tmp_path_factory.mktemp("report")))


@pytest.fixture(scope="module")
def document(text: str) -> Any:
    return json.loads(text)["assessment-results"]


@pytest.fixture(scope="module")
def result(document: Any) -> Any:
    (one,) = document["results"]
    return one


def props(entry: Any) -> dict[str, str]:
    return {one["name"]: one["value"] for one in entry["props"]}


def values(node: Any, names: tuple[str, ...]) -> Iterator[Any]:
    if isinstance(node, dict):
        for name, value in node.items():
            if name in names:
                yield value
            yield from values(value, names)
    elif isinstance(node, list):
        for one in node:
            yield from values(one, names)


def finding(result: Any, title: str) -> Any:
    (one,) = [held for held in result["findings"] if held["title"].startswith(f"{title}: ")]
    return one


def test_it_is_valid(text: str) -> None:
    Model.model_validate_json(text)


def test_every_reference_leads_somewhere(document: Any) -> None:
    uuids = list(values(document, ("uuid",)))
    assert len(uuids) == len(set(uuids))
    names = ("observation-uuid", "risk-uuid", "subject-uuid", "actor-uuid", "component-uuid")
    assert set(values(document, names)) <= set(uuids)
    links = {link[1:] for link in values(document, ("href",)) if link.startswith("#")}
    assert links
    assert links <= set(uuids)
    objectives = {
        part["id"] for one in document["local-definitions"]["objectives-and-methods"] for part in one["parts"]
    }
    assert {one["target"]["target-id"] for one in document["results"][0]["findings"]} == objectives
    assert set(values(document, ("objective-id",))) == objectives


def test_a_requirement_is_satisfied_only_if_nothing_is_open(result: Any) -> None:
    statuses = [(props(one)["state"], one["target"]["status"]) for one in result["findings"]]
    assert {(state, status["state"], status["reason"]) for state, status in statuses} == {
        ("broken", "not-satisfied", "fail"),
        ("unknown", "not-satisfied", "other"),
        ("waived", "not-satisfied", "other"),
        ("met", "satisfied", "pass"),
    }
    ssh = finding(result, "cis-v5 5.3")
    assert props(ssh) == {"pack": "cis-v5", "requirement": "5.3", "state": "broken"}
    assert ssh["related-risks"]
    assert "asks for processes" in ssh["target"]["status"]["remarks"]


def test_requirements_of_nist_have_the_ids_of_its_catalog(result: Any) -> None:
    selections = {one["description"]: one for one in result["reviewed-controls"]["control-selections"]}
    nist = selections["NIST SP 800-53 Rev. 5"]
    assert {"control-id": "ac-4.21"} in nist["include-controls"]
    assert nist["links"][0]["href"].endswith("NIST_SP-800-53_rev5_catalog.json")


def test_a_waiver_is_a_deviation_until_its_last_day(result: Any) -> None:
    (waived,) = [risk for risk in result["risks"] if risk["status"] == "deviation-approved"]
    assert waived["title"] == "Waived: RDS instances are Multi-AZ"
    assert waived["deadline"] == "2026-12-20T23:59:59Z"
    held = props(waived)
    assert (held["owner"], held["until"]) == ("platform", "2026-12-20")
    assert held["reason"] == "a <b>test</b> database until the launch"
    assert held["waiver-written-at"] == "waivers.yaml:2:3"


def test_what_is_broken_or_refuted_is_an_open_risk(result: Any) -> None:
    titles = {risk["title"] for risk in result["risks"] if risk["status"] == "open"}
    assert "Refuted: No request over plain http reaches a bucket or a topic" in titles
    assert any(title.startswith("Broken: Security groups") for title in titles)


def test_files_have_digests_and_no_path_of_this_machine(document: Any, text: str, tmp_path: Path) -> None:
    (file,) = [one for one in document["back-matter"]["resources"] if one["title"] == "infra/main.tf"]
    assert len(file["rlinks"][0]["hashes"][0]["value"]) == 64
    assert str(tmp_path.parent.parent) not in text
    assert "hunter2" not in text


def test_what_is_left_out_is_said(result: Any) -> None:
    assert "answers of controls that did not apply are left out" in result["remarks"]
    assert "No control checks 1 resource of 1 AWS type: aws_internet_gateway." in result["remarks"]


def test_the_same_input_gives_the_same_bytes(text: str, tmp_path: Path) -> None:
    assert as_oscal(facts(tmp_path)) == text


def test_nothing_that_applies(tmp_path: Path) -> None:
    text = as_oscal(facts(tmp_path, code='resource "aws_iam_user_group_membership" "x" {}\n'))
    Model.model_validate_json(text)
    (result,) = json.loads(text)["assessment-results"]["results"]
    assert "findings" not in result
    (selection,) = result["reviewed-controls"]["control-selections"]
    assert selection["include-all"] == {}


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    code = 'resource "aws_s3_bucket" "b" {\n  for_each = { "\\n\\u001b[31m" = "" }\n}\n'
    text = as_oscal(facts(tmp_path, code=code, packs=("cis-v5",)))
    Model.model_validate_json(text)
    assert "\\u001b" not in text
