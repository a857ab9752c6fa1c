"""What becomes of the stacks on an emulated AWS, found once for all tests that ask."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.once import once
from tests.referees import emulator
from tests.referees.runner import Terraform, for_emulator
from tests.referees.stacks import WHOLE, copy_assets, document_of

APPLIED = ("quickstart", *WHOLE)
_FILE = "results.json"


def results() -> dict[str, dict[str, Any]]:
    """By stack: `changes`, what a second plan would change; `calls`, by resource type, what that plan asks AWS; and `kept`, the
    secrets that the state had."""
    found: dict[str, dict[str, Any]] = json.loads((once("applied", _make) / _FILE).read_text())
    return found


def _make(folder: Path) -> None:
    with ExitStack() as stopped, ThreadPoolExecutor(4) as pool:
        runners = {}
        for name in APPLIED:
            document, _ = for_emulator(document_of(name))
            # Each in an account of its own: the emulator keeps deleted trails, and lists every one whichever is asked.
            aws = stopped.enter_context(emulator.running(folder))
            runners[name] = Terraform(folder / name, document, endpoint=aws.address)
            copy_assets(name, folder / name)
            runners[name].init()
        # Side by side, since most of it is waiting: the provider watches a lifecycle for 50 s before it believes AWS.
        changes = dict(zip(runners, pool.map(Terraform.changes_after_apply, runners.values()), strict=True))
    found = {
        name: {"changes": changes[name], "calls": runner.calls_of_plan(), "kept": runner.secrets_kept()}
        for name, runner in runners.items()
    }
    (folder / _FILE).write_text(json.dumps(found))
