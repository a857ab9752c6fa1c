"""Real applies on an emulated AWS: everything is made, a second plan is empty, everything can be destroyed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secureinfra.testing import synthesize, test_stack
from tests.terraform import everything
from tests.terraform.limits import LEFT_OUT
from tests.terraform.runner import Terraform, for_emulator

EXAMPLES = Path(__file__).parents[2] / "examples"


def quickstart(folder: Path) -> dict[str, Any]:
    main = EXAMPLES / "quickstart" / "main.py"
    environment = {**os.environ, "CDKTF_OUTDIR": str(folder)}
    subprocess.run([sys.executable, str(main)], cwd=folder, env=environment, check=True, timeout=120)
    document: dict[str, Any] = json.loads((folder / "stacks" / "quickstart" / "cdk.tf.json").read_text())
    return document


def all_options(_: Path) -> dict[str, Any]:
    stack = test_stack("everything")
    everything.build(stack)
    return synthesize(stack)


@pytest.mark.parametrize("document_of", [quickstart, all_options])
def test_applies_and_stays(
    document_of: Callable[[Path], dict[str, Any]],
    terraform: Callable[..., Terraform],
    emulator: str,
    tmp_path: Path,
) -> None:
    runner = terraform(for_emulator(document_of(tmp_path)), endpoint=emulator)
    runner.apply()
    assert runner.changes_of_second_plan() == ""
    runner.destroy()


def test_everything_is_valid(terraform: Callable[..., Terraform], tmp_path: Path) -> None:
    terraform(all_options(tmp_path)).validate()


def test_what_is_left_out_is_validated(tmp_path: Path) -> None:
    assert set(LEFT_OUT) <= set(all_options(tmp_path)["resource"])
