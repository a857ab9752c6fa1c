"""Formats of reports of proofs: all tell the same, each in its own form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from secureinfra.check.proofs.formats import FORMATS, rendered
from secureinfra.check.proofs.report import ProofReport, prove
from secureinfra.proofs.theorems.registry import theorem
from secureinfra.terraform.model.configuration import Configuration
from tests.proofs.configurations import allow, policy

SARIF = Draft4Validator(json.loads((Path(__file__).parents[1] / "sarif-2.1.0.json").read_text()))


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ProofReport:
    """One queue that anyone may send to, one that nothing is known of, one that is closed."""
    monkeypatch.chdir(tmp_path)
    public = policy({**allow("sqs:SendMessage"), "Principal": "*"})
    queues = {"open": {"policy": public}, "unsure": {"policy": "${var.policy}"}, "closed": {}}
    (tmp_path / "infra").mkdir()
    text = json.dumps({"resource": {"aws_sqs_queue": queues}, "variable": {"policy": {}}}, indent=1)
    (tmp_path / "infra" / "main.tf.json").write_text(text)
    return prove(Configuration.load("infra"), [theorem("no-outside-access")])


def test_table(report: ProofReport) -> None:
    text = rendered(report, "table")
    assert "BROKEN   no-outside-access" in text
    assert "      request   an anonymous caller could sqs:SendMessage * from 203.0.113.7" in text or (
        "      request   an anonymous caller could sqs:SendMessage" in text
    )
    assert "  aws_sqs_queue.open  infra/main.tf.json:4" in text
    assert "      by        Allow sqs:SendMessage for *  aws_sqs_queue.open" in text
    assert "      reason    the policy of aws_sqs_queue.unsure depends on ${var.policy}" in text
    assert "  no-outside-access: 1 of 3" in text
    assert text.splitlines()[-1] == "1 proved, 1 broken, 1 unknown"
    assert max(map(len, text.splitlines())) <= 80


def test_json(report: ProofReport) -> None:
    found = json.loads(rendered(report, "json"))
    assert found["totals"] == {"proved": 1, "broken": 1, "unknown": 1}
    by_address = {entry["address"]: entry for entry in found["results"]}
    opened = by_address["aws_sqs_queue.open"]
    assert (opened["verdict"], opened["file"], opened["line"]) == ("BROKEN", "infra/main.tf.json", 4)
    assert opened["request"]["action"] == "sqs:SendMessage"
    assert opened["steps"][0]["at"] == "policy.Statement[0]"
    assert by_address["aws_sqs_queue.unsure"]["reason"].endswith("${var.policy}")
    assert [one["id"] for one in found["theorems"]] == ["no-outside-access"]


def test_sarif_shows_the_statements_as_a_code_flow(report: ProofReport) -> None:
    document = json.loads(rendered(report, "sarif"))
    SARIF.validate(document)
    (run,) = document["runs"]
    levels = {result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]: result for result in run["results"]}
    opened, unsure = levels["aws_sqs_queue.open"], levels["aws_sqs_queue.unsure"]
    assert (opened["level"], unsure["level"], unsure["kind"]) == ("error", "none", "open")
    (flow,) = opened["codeFlows"]
    (step,) = flow["threadFlows"][0]["locations"]
    assert step["location"]["message"]["text"] == "Allow sqs:SendMessage for *"
    assert step["location"]["physicalLocation"]["artifactLocation"]["uri"] == "infra/main.tf.json"
    assert len({result["partialFingerprints"]["secureinfra/proof/v1"] for result in run["results"]}) == 2


def test_github(report: ProofReport) -> None:
    lines = rendered(report, "github").splitlines()
    assert lines[0].startswith(
        "::error file=infra/main.tf.json,line=4,title=no-outside-access (BROKEN)::aws_sqs_queue.open: "
    )
    assert any(line.startswith("::warning ") and "UNKNOWN" in line for line in lines)
    assert lines[-1] == "1 proved, 1 broken, 1 unknown"


@pytest.mark.parametrize("format", FORMATS)
def test_no_text_of_the_input_is_a_command(format: str) -> None:
    name = "q\n::error::x"
    held = Configuration.of({"resource": {"aws_sqs_queue": {name: {"policy": "${var.p}"}}}}, "##[command]")
    text = rendered(prove([held], [theorem("no-outside-access")]), format)
    assert "\n::error::x" not in text
    assert format == "github" or "##[command]" not in text
