"""`secureinfra blueprints`: the list, as text and as JSON, with those that cannot be loaded."""

import json
import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest
from click.testing import CliRunner, Result

import secureinfra
from secureinfra import blueprints as registry
from secureinfra.cli.program import program


def blueprints(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["blueprints", *arguments])


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A third party's blueprint that fails when it is imported."""
    points = [EntryPoint("broken", "tests.stacks.broken:Anything", registry.GROUP)]
    monkeypatch.setattr(registry, "entry_points", lambda group: points)


def test_list() -> None:
    lines = blueprints().stdout.splitlines()
    (lake,) = [line for line in lines if line.startswith("data-lake ")]
    assert lake.endswith(f"a record of object access.  [secureinfra {secureinfra.__version__}]")
    assert lines[-1].startswith(f"{len(lines) - 2} blueprints.")


def test_json() -> None:
    (lake,) = [row for row in json.loads(blueprints("--format", "json").stdout) if row["name"] == "data-lake"]
    assert lake["class"] == "secureinfra_blueprints.data_lake:DataLake"
    assert lake["required"] == ["people"]
    assert lake["summary"].startswith("A data lake whose data")
    assert lake["error"] is None


@pytest.mark.usefixtures("broken")
def test_one_that_cannot_be_loaded_is_listed_with_its_error() -> None:
    result = blueprints()
    assert result.exit_code == 0
    assert "RuntimeError: broken on purpose." in result.stdout
    assert "data-lake" in result.stdout
    rows = {row["name"]: row for row in json.loads(blueprints("--format", "json").stdout)}
    assert rows["broken"]["summary"] is None
    assert "cannot be loaded: RuntimeError: broken on purpose." in rows["broken"]["error"]


def test_the_real_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "secureinfra", "blueprints"], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert "data-lake" in done.stdout
