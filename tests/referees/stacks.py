"""The stacks that all referees read: every example, and those with every option on."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from secureinfra.engine.stack import state_of
from secureinfra.testing import synthesize, test_stack
from tests.once import once

EXAMPLES = Path(__file__).parents[2] / "examples"
# Each has a `build(stack)` with every option of a family of constructs.
WHOLE = tuple(sorted(path.stem for path in Path(__file__).parent.glob("everything*.py")))
NAMES = (*sorted(main.parent.name for main in EXAMPLES.glob("*/main.py")), *WHOLE)


def document_of(name: str) -> dict[str, Any]:
    """The Terraform JSON of a stack: an example's as its `main.py` writes it, in a process of its own. It is made once."""

    def make(folder: Path) -> None:
        (folder / "cdk.tf.json").write_text(json.dumps(_synthesized(name, folder)))

    document: dict[str, Any] = json.loads((once(f"stacks/{name}", make) / "cdk.tf.json").read_text())
    return document


def asked_by(name: str) -> dict[str, str]:
    """A value for each variable of a stack that has no default."""
    variables = document_of(name).get("variable", {})
    return {one: "given" for one, variable in variables.items() if "default" not in variable}


def copy_assets(name: str, to: Path) -> None:
    """Put the files beside the Terraform of a stack with every option on that it uploads."""
    document_of(name)
    assets = once(f"stacks/{name}", lambda folder: None) / "assets"
    if assets.is_dir():
        shutil.copytree(assets, to / "assets")


def _synthesized(name: str, folder: Path) -> dict[str, Any]:
    if name in WHOLE:
        stack = test_stack(name.replace("_", "-"))
        importlib.import_module(f"tests.referees.{name}").build(stack)
        made = synthesize(stack)
        for (_, path), content in state_of(stack).neighbors.synthesis.assets.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(content)
        return made
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
