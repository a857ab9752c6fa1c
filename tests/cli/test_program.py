"""The command line as a whole: help, versions, what is loaded; README names every command."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import secureinfra
from secureinfra.cli.program import COMMANDS, program

ROOT = Path(__file__).parents[2]


def test_table_of_commands_equals_the_modules() -> None:
    modules = {path.stem for path in (ROOT / "secureinfra" / "cli").glob("*.py")} - {
        "__init__",
        "completion",
        "program",
        "progress",
        "reading",
    }
    assert {name.replace("-", "_") for name in COMMANDS} == modules


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_a_line_in_the_readme(name: str) -> None:
    result = CliRunner().invoke(program, [name, "--help"])
    assert result.exit_code == 0
    assert COMMANDS[name].rstrip(".").split(",")[0] in result.stdout.replace("\n ", "")
    assert f"secureinfra {name}" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_help() -> None:
    result = CliRunner().invoke(program, ["--help"])
    assert result.exit_code == 0
    for name, text in COMMANDS.items():
        assert name in result.stdout
        assert text in result.stdout


def test_version() -> None:
    assert CliRunner().invoke(program, ["--version"]).stdout == f"secureinfra {secureinfra.__version__}\n"


def test_mistyped_command() -> None:
    result = CliRunner().invoke(program, ["chek"])
    assert result.exit_code == 2
    assert "there is no command 'chek'. Did you mean 'check'?" in result.stderr
    assert CliRunner().invoke(program, ["xyz"]).exit_code == 2


def test_help_loads_no_command() -> None:
    text = "import sys, runpy\nsys.argv = ['secureinfra', '--help']\ntry: runpy.run_module('secureinfra', run_name='__main__')\n"
    text += "except SystemExit: pass\nprint([name for name in sys.modules if name.startswith('secureinfra.')])"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=60)
    assert "secureinfra.cli.program" in done.stdout
    assert "secureinfra.controls" not in done.stdout
