"""What must agree, compared: imports point one way, files can be read in one sitting, everything has its test."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from secureinfra import controls
from secureinfra.controls import Control

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "secureinfra"
MODULES = sorted(LIBRARY.rglob("*.py"))

# Who may import whom: a part may use those before it.
ORDER = (
    "errors",
    "docstrings",
    "terraform",
    "controls",
    "waiver",
    "check",
    "modules",
    "values",
    "problem",
    "config",
    "policy",
    "engine",
    "aws",
    "synth_guard",
    "testing",
    "projects",
    "generator",
    "cli",
)
READING_WING = ("errors", "terraform", "controls", "waiver", "check", "modules", "cli")
WITHOUT_ENGINE = (*READING_WING, "values", "problem", "config", "policy")
ENGINES = {"cdktf", "cdktn", "constructs", "jsii"}
MOST_LINES = 300


def part_of(module: Path) -> str:
    """The part of the library that a file belongs to."""
    return module.relative_to(LIBRARY).parts[0].removesuffix(".py")


def imports(module: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_one_way(module: Path) -> None:
    own = part_of(module)
    if own in (
        "__init__",
        "__main__",
    ):  # the list of public names, loaded on first use, and the way into the command line
        return
    for name in imports(module):
        if name.startswith("secureinfra."):
            other = name.split(".")[1]
            assert other not in ORDER or ORDER.index(other) <= ORDER.index(own), f"{own} imports {name}"


@pytest.mark.parametrize("module", sorted((LIBRARY / "cli").glob("*.py")), ids=lambda path: path.stem)
def test_a_command_starts_no_engine_before_it_is_called(module: Path) -> None:
    tree = ast.parse(module.read_text(encoding="utf-8"))
    early = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module]
    for node in early:
        assert node.module is not None
        if node.module.startswith("secureinfra."):
            assert node.module.split(".")[1] in READING_WING, f"cli imports {node.module} when it is loaded"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_the_engine_imports_the_engine(module: Path) -> None:
    used = {name.split(".")[0] for name in imports(module)} & ENGINES
    if part_of(module) in (*WITHOUT_ENGINE, "__init__", "__main__"):
        assert used == set()
    elif part_of(module) != "engine":
        assert used <= {"constructs"}, "only secureinfra/engine imports cdktf or cdktn"


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_files_can_be_read_in_one_sitting(module: Path) -> None:
    if module == LIBRARY / "__init__.py":
        return  # a table of public names, in which one looks something up
    assert len(module.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


CONSTRUCTS = [
    module
    for module in MODULES
    if part_of(module) == "aws"
    and re.search(r"^class \w+\((SecureConstruct|PrivateBucket)\)", module.read_text(encoding="utf-8"), re.MULTILINE)
]


@pytest.mark.parametrize("module", CONSTRUCTS, ids=lambda path: path.stem)
def test_every_construct_has_a_test_file(module: Path) -> None:
    assert (ROOT / "tests" / "aws" / f"test_{module.stem}.py").exists()


READING = sorted((LIBRARY / "controls" / "reading").rglob("*.py"))


@pytest.mark.parametrize("module", READING, ids=lambda path: path.stem)
def test_how_checks_read_is_apart_from_what_they_demand(module: Path) -> None:
    assert not re.search(r"= Control\(|\.check\(\"|check_configuration", module.read_text(encoding="utf-8"))


def constants() -> Iterator[tuple[str, str, str]]:
    for module in controls.services():
        for constant, value in vars(module).items():
            if isinstance(value, Control):
                yield module.__name__.rpartition(".")[2], constant, value.id


@pytest.mark.parametrize(("module", "constant", "id"), sorted(constants()))
def test_every_control_has_a_test(module: str, constant: str, id: str) -> None:
    tests = "\n".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__))
    named = re.search(rf"def test_\w*{constant.lower()}", tests)
    assert named or id in tests, f"no test is named after {module}.{constant} or names {id}"


def test_nothing_names_this_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    for name in listed:
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".json", ".txt", "") and path.is_file():
            text = path.read_text(encoding="utf-8", errors="ignore")
            found = re.search(r"(?<![\w.-])/(?:root|home|Users)/\w|/work/\w", text)
            assert found is None, f"{name}: {found.group() if found else ''}"
