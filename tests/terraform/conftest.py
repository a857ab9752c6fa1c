"""Fixtures: one AWS emulator for the whole run, and Terraform beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests.terraform import emulator as emulators
from tests.terraform.runner import PRESENT, Terraform


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if {"terraform", "emulator"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.terraform)
        if not PRESENT and item.get_closest_marker("terraform"):
            item.add_marker(pytest.mark.skip(reason="terraform is not on PATH"))


@pytest.fixture(scope="session", autouse=True)
def _provider_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    # Terraform links each working folder to one unpacked provider.
    cache = tmp_path_factory.getbasetemp() / "plugins"
    cache.mkdir(exist_ok=True)
    os.environ.setdefault("TF_PLUGIN_CACHE_DIR", str(cache))


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[str]:
    """Address of the emulator that all workers of a run share; the last one to leave stops it."""
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    state = shared / "emulator.json"
    lock = FileLock(str(state) + ".lock")
    with lock:
        known = json.loads(state.read_text()) if state.exists() else {**asdict(emulators.start(shared)), "users": 0}
        known["users"] += 1
        state.write_text(json.dumps(known))
    yield known["address"]
    with lock:
        known = json.loads(state.read_text())
        known["users"] -= 1
        state.write_text(json.dumps(known))
        if known["users"] == 0:
            emulators.Emulator(known["address"], known["pid"]).stop()
            state.unlink()


@pytest.fixture
def terraform(tmp_path: Path) -> Callable[..., Terraform]:
    """Make a working folder for a document: `terraform(document)`, with `endpoint=` for the emulator, `folder=` its name."""

    def make(document: dict[str, Any], *, endpoint: str | None = None, folder: str = "terraform") -> Terraform:
        runner = Terraform(tmp_path / folder, document, endpoint=endpoint)
        runner.init()
        return runner

    return make
