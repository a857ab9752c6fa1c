"""A comparison as a table, as JSON, and as annotations, with nothing of the input that a log would take for a command."""

import json
from pathlib import Path

import pytest

from secureinfra.compare.compare import compare
from secureinfra.compare.formats import FORMATS, rendered
from tests.compare.hcl import configuration

TEXT = 'resource "aws_sns_topic" "%s" {\n name = "%s"\n}\n'


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    old = configuration(tmp_path / "old", TEXT % ("a", "x") + TEXT % ("b", "b"))
    new = configuration(tmp_path / "new", TEXT % ("a", "y"))
    monkeypatch.chdir(tmp_path)
    return [compare(old, new)]


def test_table(held: list[object], tmp_path: Path) -> None:
    assert rendered(held, "table") == (  # type: ignore[arg-type]
        "Destroyed\n"
        f"  aws_sns_topic.b  {tmp_path}/old/main.tf:4\n"
        "      it is no longer in the configuration\n"
        "\n"
        "Destroyed and created again\n"
        f"  aws_sns_topic.a  {tmp_path}/new/main.tf:2\n"
        "      name changes\n"
        "\n"
        "1 resource: 1 destroyed, 1 replaced\n"
    )


def test_json(held: list[object], tmp_path: Path) -> None:
    (found,) = json.loads(rendered(held, "json"))["comparisons"]  # type: ignore[arg-type]
    assert [change["kind"] for change in found["changes"]] == ["destroyed", "replaced"]
    assert found["changes"][1] == {
        "kind": "replaced",
        "certain": True,
        "address": "aws_sns_topic.a",
        "construct": None,
        "file": f"{tmp_path}/new/main.tf",
        "line": 2,
        "at": "name",
        "subject": "",
        "found": "name changes",
    }


def test_github(held: list[object], tmp_path: Path) -> None:
    first, second = rendered(held, "github").splitlines()  # type: ignore[arg-type]
    assert first.startswith(f"::error file={tmp_path}/old/main.tf,line=4,title=Destroyed::aws_sns_topic.b: ")
    assert second.endswith("::aws_sns_topic.a: name changes")


@pytest.mark.parametrize("format", FORMATS)
def test_no_line_of_the_input_is_a_command(format: str, tmp_path: Path) -> None:
    old = configuration(tmp_path / "old", 'resource "aws_x" "##[error]" {}\nresource "aws_x" "::add-mask::y" {}\n')
    new = configuration(tmp_path / "new", "")
    text = rendered([compare(old, new)], format)
    assert "##[" not in text
    assert not [
        line for line in text.splitlines() if line.lstrip().startswith("::") and not line.startswith("::error ")
    ]
