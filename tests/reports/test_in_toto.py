"""The statement: subjects, result, tests, and what was checked with what."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import pytest

from secureinfra.errors import ConfigError
from secureinfra.reports.facts import Digest, ReportFacts
from secureinfra.reports.in_toto import as_in_toto
from secureinfra.version import __version__
from tests.reports.samples import facts

CLEAN = """
resource "aws_kms_key" "k" {
  description         = "orders"
  enable_key_rotation = true
}
"""


def statement(held: ReportFacts) -> Any:
    return json.loads(as_in_toto(held))


def test_failures_fail(tmp_path: Path) -> None:
    held = dataclasses.replace(facts(tmp_path), settings=(Digest("waivers.yaml", "ab"),))
    found = statement(held)
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert found["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert [(one["name"], len(one["digest"]["sha256"])) for one in found["subject"]] == [("infra/main.tf", 64)]
    predicate = found["predicate"]
    assert predicate["result"] == "FAILED"
    assert "security-group-no-ssh-from-internet infra#aws_security_group.web" in predicate["failedTests"]
    assert "no-plain-http infra#aws_s3_bucket.data" in predicate["failedTests"]
    # Neither what is unknown nor what is waived passed.
    assert "s3-bucket-versioned infra#aws_s3_bucket_versioning.data" in predicate["warnedTests"]
    assert "rds-instance-multi-az infra#aws_db_instance.orders" in predicate["warnedTests"]
    assert "rds-instance-not-public infra#aws_db_instance.orders" in predicate["passedTests"]
    names = [one["name"] for one in predicate["configuration"]]
    assert names == ["secureinfra", "secureinfra/controls/catalogue.csv", "waivers.yaml"]
    assert predicate["configuration"][0]["uri"] == f"pkg:pypi/secureinfra@{__version__}"
    (waiver,) = predicate["secureinfra"]["waivers"]
    assert (waiver["control"], waiver["until"]) == ("rds-instance-multi-az", "2026-12-20")


@pytest.mark.parametrize(
    ("code", "result"),
    [
        (CLEAN, "PASSED"),
        (CLEAN.replace("true", "var.rotated") + 'variable "rotated" {}\n', "WARNED"),
        (CLEAN + 'module "network" {\n  source = "./elsewhere"\n}\n', "WARNED"),
        ('resource "aws_iam_user_group_membership" "x" {}\n', "WARNED"),
        (CLEAN.replace("true", "false"), "FAILED"),
    ],
    ids=["met", "unknown", "not read", "nothing applies", "broken"],
)
def test_only_what_is_met_passes(tmp_path: Path, code: str, result: str) -> None:
    held = dataclasses.replace(facts(tmp_path, code=code, packs=("cis-v5",)), proofs=None)
    assert statement(held)["predicate"]["result"] == result


def test_what_was_skipped_is_said_and_warns(tmp_path: Path) -> None:
    held = dataclasses.replace(facts(tmp_path, code=CLEAN, packs=("cis-v5",)), proofs=None)
    skipped = statement(
        dataclasses.replace(held, report=dataclasses.replace(held.report, skipped=("kms-key-rotated",)))
    )
    assert skipped["predicate"]["result"] == "WARNED"
    assert skipped["predicate"]["secureinfra"]["skippedControls"] == ["kms-key-rotated"]
    only = statement(dataclasses.replace(held, report=dataclasses.replace(held.report, only=("kms-key-enabled",))))
    assert only["predicate"]["result"] == "WARNED"


def test_the_same_input_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    assert as_in_toto(facts(tmp_path)) == as_in_toto(facts(tmp_path / "again"))


def test_refuses_what_it_could_not_name(tmp_path: Path) -> None:
    held = dataclasses.replace(facts(tmp_path, code=CLEAN), digests=())
    with pytest.raises(ConfigError, match="nothing that a statement could be about"):
        as_in_toto(held)
