"""Imports point one way: between the parts of the library, and between the files of a part."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from secureinfra.declared.source import public_names
from tests._support.imports import ROOT, Import, circles, imports, modules, tree

# A part may import those above it, and none below. Parts in one line know nothing of each other.
LAYERS = (
    ("version", "uncaught", "suggest"),
    ("errors",),
    ("facts",),
    ("files", "terraform.unknown"),
    ("terraform.expressions", "terraform.read", "terraform.schema"),
    ("terraform.model", "terraform.hcl_write"),
    ("proofs",),
    ("controls",),
    ("proofs.model",),
    ("proofs.theorems",),
    ("config",),
    ("declared",),
    ("policy",),
    ("check", "engine"),
    ("report", "compare", "maps", "modules.content", "tfpolicy", "aws"),
    ("reports",),
    ("modules.folder",),
    ("testing", "synth_guard"),
    ("blueprints",),
    ("modules", "stacks"),
    ("adopt",),
    ("meets", "reference"),
    ("mcp", "site"),
    ("cli",),
    ("__main__",),
)
# What both wings stand on, and what stands on both. Between them, a part belongs to one wing and knows nothing of the other.
EMITTING = {"engine", "aws"}
READING = {"check", "report", "compare", "maps", "reports", "tfpolicy", "modules.content", "modules.folder"}
BELOW_BOTH = {part for layer in LAYERS[: LAYERS.index(("policy",)) + 1] for part in layer}
ENGINES = {"cdktf", "cdktn", "constructs", "jsii"}
# The files of a new project, and what reads the examples of a blueprint, whose names are public ones.
AS_A_USER = {f"secureinfra.stacks.new.{name}" for name in ("example", "template.main", "template.test_stack")}
PARTS = {part: floor for floor, layer in enumerate(LAYERS) for part in layer}


def part_of(module: str) -> str:
    """The part of the library to which a module belongs: the longest name of one that its own begins with."""
    package, *names = module.split(".")
    if package != "secureinfra":
        return package
    for end in range(len(names), 0, -1):
        if ".".join(names[:end]) in PARTS:
            return ".".join(names[:end])
    return names[0] if names else package


def offenders(*, of: set[str], to: set[str]) -> list[str]:
    return [str(found) for found in imports() if part_of(found.importer) in of and part_of(found.imported) in to]


def test_every_file_belongs_to_a_part() -> None:
    parts = {part_of(module) for module in modules()}
    # An empty file makes a folder a package.
    assert parts - set(PARTS) == {"secureinfra", "secureinfra_blueprints", "terraform"}


def test_imports_point_one_way() -> None:
    def wrong(found: Import) -> bool:
        own, other = part_of(found.importer), part_of(found.imported)
        if own not in PARTS or other not in PARTS or own == other:
            return False
        return PARTS[other] >= PARTS[own]

    assert [str(found) for found in imports() if wrong(found)] == []


def test_no_module_imports_one_that_imports_it() -> None:
    assert circles() == []


def test_the_wings_know_nothing_of_each_other() -> None:
    assert offenders(of=EMITTING, to=READING) == []
    assert offenders(of=READING, to=EMITTING) == []


def test_the_library_does_without_its_own_list_of_public_names() -> None:
    # It names everything, so a module that imports it stands above everything.
    used = [found for found in imports() if part_of(found.importer) != "secureinfra_blueprints"]
    wrong = {found.importer: str(found) for found in used if found.facade or found.imported == "secureinfra"}
    assert set(wrong) == AS_A_USER, wrong


def test_a_name_is_taken_from_the_module_that_defines_it() -> None:
    # Type checkers refuse what a module imports and does not list. Only the door of a package lists what it imports.
    passed_on = [
        f"{name}: {alias.name}"
        for name, path in modules().items()
        if path.name != "__init__.py"
        for node in tree(path).body
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("secureinfra.")
        for alias in node.names
        if alias.name in public_names(path)
    ]
    assert passed_on == []


def test_blueprints_use_public_names_only() -> None:
    used = [found for found in imports() if part_of(found.importer) == "secureinfra_blueprints" and not found.facade]
    assert [str(found) for found in used if found.imported.startswith("secureinfra.")] == []


def test_only_the_engine_imports_the_engine() -> None:
    used = [found for found in imports() if found.imported.split(".")[0] in ENGINES]
    outside = [found for found in used if part_of(found.importer) != "engine"]
    # The class of a scope is the same for both engines.
    assert [str(found) for found in outside if found.imported != "constructs"] == []
    readers = BELOW_BOTH | READING | {"cli", "__main__"}
    assert [str(found) for found in outside if part_of(found.importer) in readers] == []


@pytest.mark.parametrize(
    ("parts", "slow"),
    [(sorted(BELOW_BOTH | READING), ENGINES), (["cli", "blueprints"], ENGINES | {"pydantic"})],
    ids=["reading", "commands"],
)
def test_no_engine_starts_with(parts: list[str], slow: set[str]) -> None:
    """The import of each module, in a process of its own: what its text does not show is seen here."""
    names = [module for module in modules() if part_of(module) in parts]
    text = f"import importlib, sys\nfor name in {names!r}: importlib.import_module(name)\n"
    text += f"print(sorted({{name.split('.')[0] for name in sys.modules}} & {slow!r}))"
    run = subprocess.run([sys.executable, "-c", text], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
