"""`secureinfra mcp`: what it refuses, and its help without the package that it needs."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from secureinfra.cli.program import program


def mcp(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["mcp", *arguments])


def test_refuses_the_whole_disk_and_what_is_not_a_folder() -> None:
    refused = mcp("--folder", "/")
    assert refused.exit_code == 2
    assert "Name one: secureinfra mcp --folder DIR." in refused.stderr
    assert mcp("--folder", "nowhere").exit_code == 2


def test_the_examples_of_the_help_start_and_end_with_their_input(tmp_path: Path) -> None:
    (tmp_path / "infra").mkdir()
    examples = re.findall(r"^    (secureinfra mcp.*)$", mcp("--help").stdout, re.MULTILINE)
    assert len(examples) == 2
    for example in examples:
        command = [sys.executable, "-m", *example.split()]
        done = subprocess.run(command, cwd=tmp_path, input="", capture_output=True, text=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_says_what_to_install() -> None:
    text = "import sys\nsys.modules['mcp'] = None\nfrom secureinfra.cli import main\nsys.argv[1:] = ['mcp']\nmain()\n"
    done = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "Error: the MCP server needs the package mcp 2. Run: pip install 'mcp>=2,<3'\n"
