"""The package's front door: every name where it is said to be, and nothing started by opening it."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import secureinfra

SOURCE = Path(secureinfra.__file__)


def imported_for_type_checkers() -> dict[str, str]:
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    homes = {}
    for statement in block.body:
        assert isinstance(statement, ast.ImportFrom)
        for name in statement.names:
            assert name.asname == name.name, f"{name.name} is exported only as itself"
            homes[name.name] = str(statement.module).removeprefix("secureinfra.")
    return homes


def test_table_equals_imports() -> None:
    assert imported_for_type_checkers() == secureinfra._HOMES


def test_table_is_sorted_by_module() -> None:
    modules = list(secureinfra._HOMES.values())
    assert modules == sorted(modules)


@pytest.mark.parametrize("name", sorted(secureinfra._HOMES))
def test_name_is_there(name: str) -> None:
    home = importlib.import_module(f"secureinfra.{secureinfra._HOMES[name]}")
    assert getattr(secureinfra, name) is getattr(home, name)


def test_names_are_listed() -> None:
    assert set(secureinfra._HOMES) <= set(dir(secureinfra))
    assert sorted(secureinfra.__all__) == sorted(secureinfra._HOMES)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'secureinfra' has no attribute 'SecureBuckett'"):
        _ = secureinfra.SecureBuckett


def test_import_starts_nothing() -> None:
    program = (
        "import subprocess, sys\n"
        "def refuse(*args, **kwargs): raise SystemExit('a process was started')\n"
        "subprocess.Popen = refuse\n"
        "import secureinfra\n"
        "print(sorted({name.split('.')[0] for name in sys.modules}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert not {"jsii", "cdktf", "cdktn", "constructs", "pydantic"} & set(ast.literal_eval(done.stdout))
