"""`secureinfra explain`: as text and as JSON."""

import json

from click.testing import CliRunner

from secureinfra.cli.program import program


def explained(*arguments: str) -> str:
    result = CliRunner().invoke(program, ["explain", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_text() -> None:
    lines = explained("SecureKey").splitlines()
    assert lines[0] == "SecureKey (construct)"
    assert lines[1].startswith("  ")
    for line in ("Arguments", "Settings (KeyConfig)", "Methods", "Raises", "Example", "Module: secureinfra module key"):
        assert line in lines
    assert "  rotation_period_in_days: int = 365" in lines
    assert "      Must be between 90 and 2560 days." in lines
    assert max(map(len, lines)) <= 110


def test_json() -> None:
    found = json.loads(explained("SecureKey", "--format", "json"))
    assert found["kind"] == "construct"
    assert {"name", "type", "default", "said", "rules"} == set(found["parts"]["Arguments"][0])


def test_list() -> None:
    text = explained()
    assert "construct:\n" in text
    assert "  SecureBucket " in text
    assert text.endswith("Explain one: secureinfra explain NAME\n")
    assert "SecureBucket" in json.loads(explained("--format", "json"))["construct"]


def test_unknown_name() -> None:
    result = CliRunner().invoke(program, ["explain", "SecureBukket"])
    assert result.exit_code == 2
    assert "Did you mean 'SecureBucket'?" in result.stderr
