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
    assert "medium   kms-key-rotated: Key material is rotated by AWS" in lines
    assert len(lines) == len(every()) + 2
    assert lines[-1].startswith(f"{len(every())} controls: every control of this library.")


def test_list_of_a_pack() -> None:
    lines = controls("--pack", "cis-v5").stdout.splitlines()
    assert len(lines) == len(pack("cis-v5")) + 2
    assert "CIS AWS Foundations Benchmark 5.0.0" in lines[-1]


def test_one_explained() -> None:
    text = controls("kms-key-rotated").stdout
    assert text.startswith("kms-key-rotated\n  Key material is rotated by AWS.\n")
    for part in (
        "Why:         Otherwise a leaked key",
        "Severity:    medium",
        "aws_kms_key",
        "cis-v5 3.6",
        "Waivable:    with a reason",
    ):
        assert part in text
    assert max(map(len, text.splitlines())) <= 80


def test_one_that_is_never_waived() -> None:
    assert "Waivable:    no: no reason excuses it" in controls("kms-key-policy-not-public").stdout


def test_json() -> None:
    (one,) = json.loads(controls("kms-key-rotated", "--format", "json").stdout)
    assert (one["id"], one["resource_types"], one["waivable"]) == ("kms-key-rotated", ["aws_kms_key"], True)
    assert one["sources"]["cis-v5"] == ["3.6"]
    assert one["scanners"]["checkov"] == ["CKV_AWS_7"]


def test_unknown_one() -> None:
    result = controls("kms-key-rotate")
    assert result.exit_code == 2
    assert "Did you mean 'kms-key-rotated'?" in result.stderr
