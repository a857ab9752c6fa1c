"""The stacks that all referees read: every example, and those with every option on."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from secureinfra.testing import synthesize, test_stack

EXAMPLES = Path(__file__).parents[2] / "examples"
# Each has a `build(stack)` with every option of a family of constructs.
WHOLE = tuple(sorted(path.stem for path in Path(__file__).parent.glob("everything*.py")))
NAMES = (*sorted(main.parent.name for main in EXAMPLES.glob("*/main.py")), *WHOLE)


def document_of(name: str, folder: Path) -> dict[str, Any]:
    """The Terraform JSON of a stack: an example's as its `main.py` writes it, in a process of its own."""
    if name in WHOLE:
        stack = test_stack(name.replace("_", "-"))
        importlib.import_module(f"tests.terraform.{name}").build(stack)
        return synthesize(stack)
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "CDKTF_OUTDIR": str(folder), "PYTHONPATH": str(EXAMPLES.parent)}
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / name / "main.py")],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    (written,) = folder.glob("stacks/*/cdk.tf.json")
    document: dict[str, Any] = json.loads(written.read_text())
    return document
