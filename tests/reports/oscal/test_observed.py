"""Observations: one for each control and resource, one for each verdict of a theorem."""

from pathlib import Path
from typing import Any

import pytest

from secureinfra.reports.oscal.observed import Observed, Subjects, observations_of, proofs_of
from tests.reports.samples import facts

TWO_RULES = """
resource "aws_security_group" "web" {
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0", "10.0.0.0/8"]
  }
}
"""


def props(entry: Any) -> dict[str, str]:
    return {one["name"]: one["value"] for one in entry["props"]}


def of_control(observed: list[Observed], id: str) -> list[Observed]:
    return [one for one in observed if one.about.id == id]


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> list[Observed]:
    held = facts(tmp_path_factory.mktemp("report"))
    return [*observations_of(held, Subjects(held), {"infra/main.tf": "file-1"}), *proofs_of(held, Subjects(held), {})]


def test_a_broken_control_names_resource_place_and_fix(observed: list[Observed]) -> None:
    (ssh,) = of_control(observed, "security-group-no-ssh-from-internet")
    entry = ssh.entry
    assert (ssh.state, entry["methods"], entry["types"]) == ("failed", ["EXAMINE"], ["finding"])
    assert props(entry) == {
        "control": "security-group-no-ssh-from-internet",
        "state": "broken",
        "severity": "high",
    }
    assert entry["subjects"][0]["title"] == "aws_security_group.web"
    (evidence,) = entry["relevant-evidence"]
    assert evidence["href"] == "#file-1"
    assert evidence["description"].startswith("broken: infra/main.tf:29; found: ")
    assert "; expected: " in evidence["description"]
    assert entry["remarks"]


def test_a_waived_one_expires_with_its_waiver(observed: list[Observed]) -> None:
    (zones,) = of_control(observed, "rds-instance-multi-az")
    assert zones.state == "waived"
    assert zones.entry["expires"] == "2026-12-20T23:59:59Z"
    assert "a <b>test</b> database until the launch (platform, until 2026-12-20)" in zones.waivers
    assert "waiver: a <b>test</b>" in zones.entry["relevant-evidence"][0]["description"]


def test_what_is_unknown_says_why(observed: list[Observed]) -> None:
    (versions,) = of_control(observed, "s3-bucket-versioned")
    assert (versions.state, versions.entry["types"]) == ("unknown", ["control-objective"])
    assert "var.zone" in versions.entry["description"]


def test_what_does_not_apply_is_not_observed(observed: list[Observed]) -> None:
    assert {one.state for one in observed} == {"failed", "unknown", "waived", "passed", "BROKEN", "UNKNOWN"}


def test_theorems_are_tests(observed: list[Observed]) -> None:
    proofs = [one for one in observed if one.entry["methods"] == ["TEST"]]
    (http,) = [one for one in of_control(proofs, "no-plain-http") if one.state == "BROKEN"]
    assert http.entry["types"] == ["finding"]
    assert "aws:SecureTransport false" in http.entry["description"]
    assert props(http.entry) == {"theorem": "no-plain-http", "verdict": "broken"}


def test_what_is_proved_is_no_finding(tmp_path: Path) -> None:
    held = facts(tmp_path, code='resource "aws_s3_bucket" "data" { bucket = "acme-data" }\n')
    (apart,) = of_control(proofs_of(held, Subjects(held), {}), "no-outside-access")
    assert (apart.state, apart.entry["types"]) == ("PROVED", ["control-objective"])


def test_one_observation_for_each_control_and_resource(tmp_path: Path) -> None:
    held = facts(tmp_path, code=TWO_RULES)
    subjects = Subjects(held)
    found = observations_of(held, subjects, {})
    keys = [(one.about.id, one.entry["subjects"][0]["subject-uuid"]) for one in found]
    assert len(set(keys)) == len(keys)
    (ssh,) = of_control(found, "security-group-no-ssh-from-internet")
    assert len(ssh.entry["relevant-evidence"]) == 2
    assert [item["description"] for item in subjects.items] == ["aws_security_group.web in infra"]
