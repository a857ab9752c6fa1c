"""The forms of a report: what each says of failures, waivers, the unknown and the baseline."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft4Validator

from secureinfra.check.baseline import write_baseline
from secureinfra.check.formats import FORMATS, rendered
from secureinfra.check.formats.as_table import MOST_OF_ONE_CONTROL
from secureinfra.check.report import Report, judge
from secureinfra.terraform.model.configuration import Configuration
from tests.check.judged import WAIVER, keys, report

SARIF = Draft4Validator(json.loads(Path(__file__).with_name("sarif-2.1.0.json").read_text()))
EXPIRED = {**WAIVER, "until": "2020-01-01"}


@pytest.fixture
def mixed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    """One failure, one waived, one unknown, one note, read from a file."""
    document = keys(
        bad={"is_enabled": False, "//": {"metadata": {"path": "stack/bad/key"}, "waivers": [EXPIRED]}},
        excused={"is_enabled": False, "//": {"waivers": [WAIVER]}},
        unsure={"is_enabled": "${var.on}"},
    )
    (tmp_path / "a b.tf.json").write_text(json.dumps({**document, "variable": {"on": {}}}, indent=1))
    monkeypatch.chdir(tmp_path)
    return judge(Configuration.load("."))


def test_table(mixed: Report) -> None:
    text = rendered(mixed, "table")
    line = mixed.of_status("failed")[0].line
    assert text.startswith(
        "MEDIUM   kms-key-enabled\n"
        "         KMS keys are enabled: otherwise data encrypted with the key could not\n         be read.\n"
        f"  aws_kms_key.bad  a b.tf.json:{line}  construct stack/bad/key\n"
        "      found     is_enabled = false\n"
        "      expected  is_enabled = true\n"
        "  Fix: Set is_enabled = true, or leave it out.\n"
        "  Python: Zone and SecureKey do.\n"
    )
    assert "Unknown until apply\n  kms-key-enabled\n    aws_kms_key.unsure: ${var.on}\n" in text
    assert "      pass --var on=VALUE, a --var-file, or TF_VAR_on\n" in text
    assert "Waived\n  kms-key-enabled\n    aws_kms_key.excused: retired (crypto, until 2099-12-31)\n" in text
    assert "Notes\n  aws_kms_key.bad: Waiver(control='kms-key-enabled') expired on 2020-01-01" in text
    assert text.splitlines()[-1] == mixed.totals_line
    assert max(map(len, text.splitlines())) <= 80


def test_table_puts_the_most_severe_first() -> None:
    public = json.dumps({"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Principal": "*"}})
    text = rendered(report(keys(k={"enable_key_rotation": False, "policy": public})), "table")
    heads = [line.split() for line in text.splitlines() if line[:1].isupper() and "kms-" in line]
    assert [head[1] for head in heads] == ["kms-key-policy-not-public", "kms-key-rotated"]


def test_table_of_a_clean_run_is_one_line() -> None:
    found = report(keys(k={}))
    assert rendered(found, "table") == f"{found.totals_line}\n"


def test_table_names_some_of_very_many() -> None:
    many = {f"k{number}": {"is_enabled": False} for number in range(MOST_OF_ONE_CONTROL + 5)}
    text = rendered(report(keys(**many)), "table")
    assert text.count("is_enabled = false\n") == MOST_OF_ONE_CONTROL
    assert "  and 5 more (--format json lists all)\n" in text


def test_table_in_color(mixed: Report) -> None:
    assert "\x1b[" in rendered(mixed, "table", color=True)
    assert "\x1b[" not in rendered(mixed, "table")


def test_json(mixed: Report) -> None:
    document = json.loads(rendered(mixed, "json"))
    assert document["totals"]["failed"] == 1
    (failed,) = [one for one in document["findings"] if one["status"] == "failed"]
    assert failed["control"] == "kms-key-enabled"
    assert (failed["address"], failed["at"], failed["file"]) == ("aws_kms_key.bad", "is_enabled", "a b.tf.json")
    assert (failed["found"], failed["expected"]) == ("is_enabled = false", "is_enabled = true")
    assert len(document["findings"]) == len(mixed.findings)
    assert document["notes"] == list(mixed.notes)


def test_sarif(mixed: Report) -> None:
    document = json.loads(rendered(mixed, "sarif"))
    SARIF.validate(document)
    (run,) = document["runs"]
    results = {result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]: result for result in run["results"]}
    bad = results["aws_kms_key.bad"]
    assert run["tool"]["driver"]["rules"][bad["ruleIndex"]]["id"] == bad["ruleId"] == "kms-key-enabled"
    place = bad["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b.tf.json"
    assert place["region"]["startLine"] == mixed.of_status("failed")[0].line
    assert results["aws_kms_key.excused"]["suppressions"][0]["justification"] == "retired (crypto, until 2099-12-31)"
    assert results["aws_kms_key.unsure"]["kind"] == "open"
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == mixed.notes[0]


def test_sarif_links_to_the_pages_where_the_settings_say_they_are(mixed: Report) -> None:
    (run,) = json.loads(rendered(mixed, "sarif"))["runs"]
    assert all("helpUri" not in rule for rule in run["tool"]["driver"]["rules"])
    document = json.loads(rendered(replace(mixed, docs_url="https://docs.example.com/si/"), "sarif"))
    SARIF.validate(document)
    rules = document["runs"][0]["tool"]["driver"]["rules"]
    assert {rule["helpUri"] for rule in rules} == {
        f"https://docs.example.com/si/controls/{rule['id']}.html" for rule in rules
    }


def test_sarif_names_a_file_for_what_stands_in_a_plan(tmp_path: Path) -> None:
    key = {"address": "aws_kms_key.k", "mode": "managed", "type": "aws_kms_key", "name": "k", "values": {}}
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"format_version": "1.2", "planned_values": {"root_module": {"resources": [key]}}}))
    (run,) = json.loads(rendered(judge(Configuration.load(plan)), "sarif"))["runs"]
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert len(places) == 1
    assert places.pop().endswith("plan.json")


def test_sarif_says_what_the_baseline_knows(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    write_baseline(path, report(keys(a={"is_enabled": False})).findings, {})
    document = json.loads(
        rendered(report(keys(a={"is_enabled": False}, b={"is_enabled": False}), baseline=path), "sarif")
    )
    SARIF.validate(document)
    assert [result["baselineState"] for result in document["runs"][0]["results"]] == ["unchanged", "new"]


def test_sarif_fingerprints_outlive_moved_lines() -> None:
    def prints(document: dict[str, Any]) -> list[Any]:
        return [
            one["partialFingerprints"] for one in json.loads(rendered(report(document), "sarif"))["runs"][0]["results"]
        ]

    assert prints(keys(k={"is_enabled": False})) == prints(keys(a={}, k={"is_enabled": False}))


def test_junit(mixed: Report) -> None:
    suites = ElementTree.fromstring(rendered(mixed, "junit"))
    (suite,) = suites
    assert (suite.get("failures"), suite.get("skipped"), suite.get("errors")) == ("1", "2", "0")
    assert suite.get("tests") == str(len(suite))
    (failure,) = suite.iter("failure")
    assert failure.get("message") == "is_enabled = false"
    assert "data encrypted with the key could not be read" in str(failure.text)
    assert {one.get("message") for one in suite.iter("skipped")} == {
        "waived: retired (crypto, until 2099-12-31)",
        "unknown until apply: ${var.on}",
    }


def test_junit_writes_what_xml_cannot_hold_as_question_marks() -> None:
    found = report(keys(k={"is_enabled": "\x00\ud800<&"}))
    (failure,) = ElementTree.fromstring(rendered(found, "junit")).iter("failure")
    assert "<&" in str(failure.get("message"))


def test_github(mixed: Report) -> None:
    lines = rendered(mixed, "github").splitlines()
    line = mixed.of_status("failed")[0].line
    assert lines[0].startswith(f"::warning file=a b.tf.json,line={line},title=kms-key-enabled (")
    assert "::aws_kms_key.bad: is_enabled = false; expected is_enabled = true. Set is_enabled = true" in lines[0]
    assert lines[1].startswith("::notice title=secureinfra::aws_kms_key.bad: Waiver")
    assert lines[-1] == mixed.totals_line


def test_github_escapes_what_ends_a_command() -> None:
    text = rendered(report(keys(k={"is_enabled": "a\nb%::"})), "github")
    assert len(text.splitlines()) == 2
    assert "%25" in text


def test_github_escapes_what_ends_a_property(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a,b:c.tf.json").write_text(json.dumps(keys(k={"is_enabled": False})))
    monkeypatch.chdir(tmp_path)
    assert "::warning file=a%2Cb%3Ac.tf.json,line=" in rendered(judge(Configuration.load(".")), "github")


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_takes_an_empty_report(format: str) -> None:
    empty = report({"resource": {}}, name="")
    assert rendered(empty, format)
    if format == "sarif":
        SARIF.validate(json.loads(rendered(empty, format)))
