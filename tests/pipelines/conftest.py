"""The library, installed as the action installs it."""

from __future__ import annotations

import pytest

from tests.pipelines.action import Runner, wheel


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the action's first script gives, which installs the library."""
    folder = tmp_path_factory.mktemp("action")
    runner = Runner(folder, folder, {"package": str(wheel(folder))}, environment={"PIP_NO_INDEX": "1"})
    # Python's own modules are used, whatever the repository holds.
    (folder / "venv.py").write_text("raise SystemExit('imported')\n")
    (folder / "pip.py").write_text("raise SystemExit('imported')\n")
    done = runner.run("Install secureinfra")
    assert done.returncode == 0, done.stderr
    return runner.outputs
