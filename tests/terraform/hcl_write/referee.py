"""The real Terraform, asked about what is written."""

from __future__ import annotations

import difflib
import os
import subprocess
from pathlib import Path


def terraform(folder: Path, *arguments: str, given: str | None = None) -> str:
    """What a command prints, which must succeed."""
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    done = subprocess.run(
        ["terraform", *arguments, *(("-no-color",) if arguments[0] != "fmt" else ())],
        cwd=folder,
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"terraform {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
    return done.stdout


def assert_formatted(text: str, folder: Path) -> None:
    """That `terraform fmt` would change nothing."""
    left = terraform(folder, "fmt", "-", given=text)
    assert "".join(difflib.unified_diff(text.splitlines(True), left.splitlines(True))) == ""
