"""Modules: where they are found, what is not read, variables by their types, and how many instances come of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.model import tree
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.read.inputs import Inputs
from secureinfra.terraform.unknown import is_unknown

BLOCK: dict[str, Any] = {"resource": {"aws_a": {"a": {}}}}


def write(folder: Path, document: dict[str, Any], name: str = "main.tf.json") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(document, indent=1))


def load(folder: Path, inputs: Inputs | None = None) -> Configuration:
    (found,) = Configuration.load(folder, inputs)
    return found


def addresses(configuration: Configuration) -> list[str]:
    return [block.address for block in configuration.blocks]


def given(value: Any, **declaration: Any) -> Any:
    """What a module's resource sees of its variable, for an argument of the call."""
    return (
        Configuration.of(
            {
                "locals": {"v": value},
                "variable": {"v": {"default": value, **declaration}},
                "resource": {"aws_a": {"a": {"x": "${var.v}"}}},
            }
        )
        .blocks[0]
        .get("x")
    )


@pytest.mark.parametrize("source", ["./${var.kind}", "${path.module}/blue", "${path.root}/${local.kind}"])
def test_sources_that_are_known(tmp_path: Path, source: str) -> None:
    write(tmp_path / "blue", BLOCK)
    document = {
        "variable": {"kind": {"default": "blue"}},
        "locals": {"kind": "${var.kind}"},
        "module": {"m": {"source": source}},
    }
    write(tmp_path, document)
    found = load(tmp_path)
    assert addresses(found) == ["module.m.aws_a.a"]
    assert found.unread == ()


def test_an_absolute_source(tmp_path: Path) -> None:
    write(tmp_path / "m", BLOCK)
    write(tmp_path / "root", {"module": {"m": {"source": str(tmp_path / "m")}}})
    assert addresses(load(tmp_path / "root")) == ["module.m.aws_a.a"]


def test_sources_in_hcl(tmp_path: Path) -> None:
    write(tmp_path / "blue", BLOCK)
    (tmp_path / "main.tf").write_text('module "m" {\n  source = "${path.module}/blue"\n}\n')
    assert addresses(load(tmp_path)) == ["module.m.aws_a.a"]


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("./gone", "that folder contains no module"),
        ("./empty", "that folder contains no module"),
        ("./${var.kind}", "its source is not known before Terraform runs"),
        ("acme/network/aws", "this module is not at hand"),
    ],
)
def test_what_is_not_read_costs_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, why: str
) -> None:
    (tmp_path / "empty").mkdir()
    write(
        tmp_path, {**BLOCK, "variable": {"kind": {}}, "module": {"m": {"source": source, "for_each": {"a": 1, "b": 2}}}}
    )
    monkeypatch.chdir(tmp_path)
    found = load(Path())
    assert addresses(found) == ["aws_a.a"]
    (unread,) = found.unread
    assert str(unread) == f"main.tf.json:11: module.m ({source}): {why}, so what it creates is not checked."


def test_unknown_kinds_of_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.tf").write_text('language {}\nwidget "x" {\n  a = 1\n}\nresource "aws_a" "a" {}\n')
    Path("more.tf.json").write_text('{"gadget":\n{"x": {}}, "resource": {"aws_a": {"b": {}}}}')
    found = load(Path())
    assert addresses(found) == ["aws_a.a", "aws_a.b"]
    assert [str(unread).partition(" this")[0] for unread in found.unread] == [
        "main.tf:2: block 'widget':",
        "more.tf.json:1: block 'gadget':",
    ]


def test_nothing_is_declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("main.tf").write_text("# nothing yet\nterraform {}\n")
    found = load(Path())
    assert (found.blocks, found.unread) == ((), ())
    assert found.notes == (".: declares nothing, so there is nothing to check.",)


def test_files_of_opentofu(tmp_path: Path) -> None:
    for name, address in (("a.tf", "terraform"), ("a.tofu", "opentofu"), ("b.tofu", "only"), ("c.tf", "both")):
        (tmp_path / name).write_text(f'resource "aws_a" "{address}" {{}}\n')
    found = load(tmp_path)
    assert addresses(found) == ["aws_a.opentofu", "aws_a.only", "aws_a.both"]
    assert "--tool terraform" in found.notes[0]
    assert load(tmp_path, Inputs(tool="opentofu")).notes == ()
    assert addresses(load(tmp_path, Inputs(tool="terraform"))) == ["aws_a.terraform", "aws_a.both"]


@pytest.mark.parametrize(
    ("enabled", "there"), [(False, 0), ("false", 0), ("${var.off}", 0), (True, 1), ("${var.open}", 1)]
)
def test_enabled(tmp_path: Path, enabled: Any, there: int) -> None:
    write(tmp_path / "m", BLOCK)
    lifecycle = {"lifecycle": {"enabled": enabled}}
    document = {
        "variable": {"off": {"default": False}, "open": {}},
        "resource": {"aws_b": {"b": lifecycle}},
        "module": {"m": {"source": "./m", **lifecycle}},
    }
    write(tmp_path, document)
    found = load(tmp_path)
    assert addresses(found) == ["aws_b.b", "module.m.aws_a.a"][: 2 * there]
    assert [bool(block.doubts) for block in found.blocks] == [enabled == "${var.open}"] * 2 * there


def test_a_module_that_is_not_there_has_no_length(tmp_path: Path) -> None:
    write(tmp_path / "m", {"output": {"id": {"value": "x"}}})
    document = {
        "module": {"m": {"source": "./m", "count": 0}, "far": {"source": "acme/far/aws", "count": 0}},
        "resource": {
            "aws_a": {"a": {"x": "${length(module.m)}", "y": "${length(module.far)}", "z": "${module.m[*].id}"}}
        },
    }
    write(tmp_path, document)
    found = load(tmp_path)
    (block,) = found.blocks
    assert (block.get("x"), block.get("y"), block.get("z")) == (0, 0, [])
    assert found.unread == ()


def test_paths_and_files(tmp_path: Path) -> None:
    write(tmp_path / "m", {"resource": {"aws_a": {"a": {"x": '${file("${path.module}/a.txt")}', "y": "${path.cwd}"}}}})
    (tmp_path / "m" / "a.txt").write_text("a")
    write(
        tmp_path / "root",
        {"module": {"m": {"source": "../m"}}, "resource": {"aws_a": {"a": {"x": '${file("../m/a.txt")}'}}}},
    )
    own, inner = load(tmp_path / "root").blocks
    assert inner.get("x") == "a"
    assert is_unknown(inner.get("y"))
    assert own.get("x") == "a"


def test_variables_by_their_types() -> None:
    assert given("5", type="number") == 5
    assert given({"a": 1}, type="object({a = string, b = optional(bool, true)})") == {"a": "1", "b": True}
    assert is_unknown(given("x", type="number")), "Terraform refuses it"


@pytest.mark.parametrize(("nullable", "right"), [(False, True), ("false", True), (True, None), (None, None)])
def test_null(tmp_path: Path, nullable: Any, right: Any) -> None:
    declared: dict[str, Any] = {"type": "bool", "default": True}
    write(
        tmp_path / "m",
        {"variable": {"on": {**declared, "nullable": nullable}}, "resource": {"aws_a": {"a": {"x": "${var.on}"}}}},
    )
    write(tmp_path, {"module": {"m": {"source": "./m", "on": None}}})
    assert load(tmp_path).blocks[0].get("x") is right


def test_sets_repeat_their_elements_as_keys() -> None:
    dynamic = {"dynamic": {"rule": {"for_each": "${var.v}", "content": {"k": "${rule.key}"}}}}
    found = Configuration.of(
        {"variable": {"v": {"type": "set(string)", "default": ["b", "a", "b"]}}, "resource": {"aws_a": {"a": dynamic}}}
    )
    assert [rule.get("k") for rule in found.blocks[0].blocks("rule")] == ["a", "b"]


def test_instances_within_bounds(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(tree, "MOST_REPEATED", 5)
    found = Configuration.of({"resource": {"aws_a": {"a": {"count": 3}, "b": {"count": 3}}}})
    assert addresses(found) == ["aws_a.a[0]", "aws_a.a[1]", "aws_a.a[2]", "aws_a.b"], "the rest is checked as one"
    monkeypatch.setattr(tree, "MOST_MODULES", 5)
    for depth in range(3):
        write(tmp_path / f"m{depth}", {"module": {name: {"source": f"../m{depth + 1}"} for name in "ab"}})
    write(tmp_path / "m3", BLOCK)
    with pytest.raises(ConfigurationError, match="more than 5 instances of modules"):
        load(tmp_path / "m0")


LISTS = {"a0": ["x"] * 10, **{f"a{n}": [f"${{local.a{n - 1}}}"] * 10 for n in range(1, 10)}}


@pytest.mark.parametrize(
    "expression",
    [
        "${jsonencode(local.a9)}",
        "${local.a5}",
        "${flatten(local.a9)}",
        "${length(local.a5)}",
        "${[for one in local.a4 : local.a4]}",
        "${jsonencode([local.a4, local.a4, local.a4, local.a4, local.a4])}",
    ],
)
def test_values_within_bounds(expression: str) -> None:
    found = Configuration.of({"locals": LISTS, "resource": {"aws_a": {"a": {"x": expression, "y": "${local.a2}"}}}})
    assert is_unknown(found.blocks[0].get("x"))
    assert len(found.blocks[0].get("y")) == 10
