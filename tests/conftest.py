"""For all tests: one AWS emulator for the whole run, Terraform beside it, and what was left out of a test, said at the end."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from tests import once, profiles
from tests.referees import emulator as emulators
from tests.referees.runner import PRESENT, Terraform

LEFT_OUT = "left out"
# As of Terraform: a run of CI has one.
BROWSER = all(map(shutil.which, ("chromium", "chromedriver"))) or "CI" in os.environ

profiles.register()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        once.begin()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        once.end()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    stats: Mapping[str, Sequence[Any]] = terminalreporter.stats
    said = {
        str(text)
        for reports in stats.values()
        for report in reports
        for name, text in getattr(report, "user_properties", ())
        if name == LEFT_OUT
    }
    if said:
        terminalreporter.section("left out of applies on the emulator")
        for text in sorted(said):
            terminalreporter.line(text)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if {"terraform", "emulator"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.terraform)
        if not PRESENT and item.get_closest_marker("terraform"):
            item.add_marker(pytest.mark.skip(reason="terraform is not on PATH"))
        if not BROWSER and item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="chromium and chromedriver are not on PATH"))
    # The longest begin first, so that at the end no worker waits for another.
    items.sort(key=lambda item: (item.get_closest_marker("terraform") is None, "apply" not in item.name))


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
