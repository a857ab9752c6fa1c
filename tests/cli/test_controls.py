"""`secureinfra controls`: the list, one explained, one that is not there."""

import json

from click.testing import CliRunner, Result

from secureinfra.cli.program import program
from secureinfra.controls import every
from secureinfra.controls.packs import pack


def controls(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["controls", *arguments])


def test_list() -> None:
    lines = controls().stdout.splitlines()
    assert "medium   kms-key-rotated: KMS keys are rotated automatically" in lines
    assert len(lines) == len(every()) + 2
    assert lines[-1].startswith(f"{len(every())} controls: every control of this library.")


def test_list_of_a_pack() -> None:
    lines = controls("--pack", "cis-v5").stdout.splitlines()
    assert len(lines) == len(pack("cis-v5")) + 2
    assert "CIS AWS Foundations Benchmark 5.0.0" in lines[-1]


def test_a_pack_shows_the_numbers_of_its_framework_in_their_order() -> None:
    lines = controls("--pack", "cis-v5").stdout.splitlines()[:-2]
    numbers = [line.split()[0] for line in lines]
    assert numbers == sorted(numbers, key=lambda one: [int(part) for part in one.split(".")])
    assert any(line.startswith("2.1.1 ") and "s3-bucket-tls-only: " in line for line in lines)
    assert controls("--pack", "fsbp", "kms").exit_code == 0
    assert "pack soc2 has no control 'S3.7'" in controls("S3.7", "--pack", "soc2").stderr


def test_found_by_published_ids() -> None:
    own = controls("s3-bucket-tls-only").stdout
    assert controls("S3.5").stdout == controls("cis-v5", "2.1.1").stdout == own
    lines = controls("2.1.1").stdout.splitlines()
    assert any("s3-bucket-tls-only: " in line and "[cis-v3 2.1.1, cis-v5 2.1.1]" in line for line in lines)
    assert lines[-1].startswith(f"{len(lines) - 2} controls: controls found by '2.1.1'. ")


def test_found_by_words() -> None:
    assert "s3-bucket-tls-only: " in controls("bucket", "tls").stdout
    found = json.loads(controls("bucket", "tls", "--format", "json").stdout)
    assert found[0]["id"] == "s3-bucket-tls-only"


def test_one_explained() -> None:
    text = controls("kms-key-rotated").stdout
    assert text.startswith("kms-key-rotated\n  KMS keys are rotated automatically.\n")
    for part in (
        "Why:         Otherwise one leaked key",
        "Severity:    medium",
        "aws_kms_key",
        "cis-v5 3.6",
        "Waivable:    with a reason",
    ):
        assert part in text
    assert max(map(len, text.splitlines())) <= 80


def test_one_that_is_never_waived() -> None:
    assert "Waivable:    no: this control cannot be waived" in controls("kms-key-policy-not-public").stdout


def test_json() -> None:
    (one,) = json.loads(controls("kms-key-rotated", "--format", "json").stdout)
    assert (one["id"], one["resource_types"], one["waivable"]) == ("kms-key-rotated", ["aws_kms_key"], True)
    assert one["sources"]["cis-v5"] == ["3.6"]
    assert one["scanners"]["checkov"] == ["CKV_AWS_7"]


def test_component_definition() -> None:
    found = controls("kms-key-rotated", "--format", "oscal", "--date", "2026-11-30")
    held = json.loads(found.stdout)["component-definition"]
    assert held["metadata"]["last-modified"] == "2026-11-30T00:00:00Z"
    assert [one["title"] for one in held["components"]] == ["SecureKey"]
    assert "--date is of a component definition only" in controls("--date", "2026-11-30").stderr
    assert controls("--format", "oscal", "--date", "today").exit_code == 2


def test_unknown_one() -> None:
    result = controls("kms-key-rotate")
    assert result.exit_code == 2
    assert "Did you mean 'kms-key-rotated'?" in result.stderr
