"""What a shell completes, and that completing starts no engine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from secureinfra.cli.program import program


def completed(*words: str) -> list[str]:
    *before, incomplete = words
    shell = ShellComplete(program, {}, "secureinfra", "_SECUREINFRA_COMPLETE")
    return [item.value for item in shell.get_completions(before, incomplete)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("module", "vp"), "vpc"),
        (("module", "data-"), "data-lake"),
        (("new", "stat"), "static-site"),
        (("schema", "net"), "network-hub"),
        (("controls", "s3-bucket-tls"), "s3-bucket-tls-only"),
        (("controls", "CKV_AWS_168"), "CKV_AWS_168"),
        (("controls", "--pack", "soc"), "soc2"),
        (("check", "--control", "kms-key-rot"), "kms-key-rotated"),
        (("check", "--skip", "AVD-AWS-0065"), "AVD-AWS-0065"),
        (("check", "--pack", "cis-v5"), "cis-v5"),
        (("explain", "SecureBuc"), "SecureBucket"),
        (("chec",), "check"),
    ],
)
def test_names_are_completed(words: tuple[str, ...], expected: str) -> None:
    assert completed(*words) == [expected]


def test_the_command_of_the_readme_prints_a_script() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert 'eval "$(_SECUREINFRA_COMPLETE=bash_source secureinfra)"' in readme
    for shell in ("zsh", "fish"):
        text = "from secureinfra.cli.program import program; program(prog_name='secureinfra')"
        environment = {**os.environ, "_SECUREINFRA_COMPLETE": f"{shell}_source"}
        done = subprocess.run([sys.executable, "-c", text], env=environment, capture_output=True, text=True, timeout=60)
        assert f"_SECUREINFRA_COMPLETE={shell}_complete" in done.stdout


def test_nothing_else_is_offered() -> None:
    assert completed("module", "nowhere") == []


def test_bash_completes_without_node() -> None:
    environment = {
        "_SECUREINFRA_COMPLETE": "bash_complete",
        "COMP_WORDS": "secureinfra module web-",
        "COMP_CWORD": "2",
        "JSII_NODE": "/nowhere/node",
    }
    text = "from secureinfra.cli.program import program; program(prog_name='secureinfra')"
    done = subprocess.run(
        [sys.executable, "-c", text],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.splitlines() == ["plain,web-acl", "plain,web-application"]
    assert done.stderr == ""
