"""`secureinfra module --list`: what there is, without starting the engine, broken packages included."""

import json
import os
import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest
from click.testing import CliRunner

from secureinfra import blueprints
from secureinfra.cli.program import program


def listed(*arguments: str) -> str:
    result = CliRunner().invoke(program, ["module", "--list", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_constructs_come_first_then_blueprints() -> None:
    lines = listed().splitlines()
    names = [line.split(" ")[0] for line in lines[:-2]]
    assert names.index("web-acl") < names.index("account-baseline")
    assert lines[-1].startswith(f"{len(names)} modules.")


def test_json_says_what_each_asks_for() -> None:
    rows = {row["name"]: row for row in json.loads(listed("--format", "json"))}
    assert rows["vpc"]["class"] == "secureinfra.SecureVpc"
    assert rows["vpc"]["required"] == ["cidr"]
    assert rows["web-application"]["required"] == ["certificate_arn"]
    assert rows["role"]["settings"] == ["trust"]
    assert {row["error"] for row in rows.values()} == {None}
    assert all(row["guarantees"].endswith(".") for row in rows.values())


def test_one_that_cannot_be_loaded_is_listed_with_its_error(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [EntryPoint("broken", "tests.stacks.broken:Anything", blueprints.GROUP)]
    monkeypatch.setattr(blueprints, "entry_points", lambda group: points)
    assert "RuntimeError: broken on purpose" in listed()
    assert "vpc" in listed()
    rows = {row["name"]: row for row in json.loads(listed("--format", "json"))}
    assert rows["broken"]["guarantees"] is None
    assert "RuntimeError: broken on purpose" in rows["broken"]["error"]


def test_the_list_needs_no_node() -> None:
    environment = {**os.environ, "JSII_NODE": "/nowhere/node"}
    done = subprocess.run(
        [sys.executable, "-m", "secureinfra", "module", "--list"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "vpc" in done.stdout
