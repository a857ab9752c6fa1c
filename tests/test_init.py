"""The package's front door: every name where it is said to be, and nothing started by opening it."""

import ast
import importlib
import os
import subprocess
import sys
from pathlib import Path
from typing import assert_type

import pytest

import secureinfra
from secureinfra.declared.names import HOMES
from secureinfra.testing import test_stack

STUB = Path(secureinfra.__file__).with_suffix(".pyi")


def in_a_process_of_its_own(program: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )


def imported_for_type_checkers() -> dict[str, str]:
    homes = {}
    for statement in ast.parse(STUB.read_text(encoding="utf-8")).body:
        if isinstance(statement, ast.ImportFrom):
            for name in statement.names:
                assert name.asname == name.name, f"{name.name} is exported only as itself"
                homes[name.name] = str(statement.module).removeprefix("secureinfra.")
    return homes


def test_type_checkers_see_what_python_sees() -> None:
    assert imported_for_type_checkers() == {**HOMES, "__version__": "version"}


@pytest.mark.parametrize("name", sorted(HOMES))
def test_name_is_there(name: str) -> None:
    home = importlib.import_module(f"secureinfra.{HOMES[name]}")
    assert getattr(secureinfra, name) is getattr(home, name)


def test_names_are_listed() -> None:
    assert set(HOMES) <= set(dir(secureinfra))
    assert sorted(secureinfra.__all__) == sorted(HOMES)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'secureinfra' has no attribute 'SecureBuckett'"):
        _ = getattr(secureinfra, "SecureBuckett")  # noqa: B009 - a type checker refuses the attribute
    assert not hasattr(secureinfra, "SecureBuckett")


def test_a_misspelled_import_is_told_the_name_that_is_there() -> None:
    done = in_a_process_of_its_own("from secureinfra import SecureBuket")
    assert "ImportError: cannot import name 'SecureBuket' from 'secureinfra'" in done.stderr
    assert "Did you mean: 'SecureBucket'?" in done.stderr


def test_a_part_of_the_library_is_no_misspelled_name() -> None:
    done = in_a_process_of_its_own("from secureinfra import controls")
    assert (done.returncode, done.stderr) == (0, "")


def test_import_starts_nothing() -> None:
    program = (
        "import subprocess, sys\n"
        "def refuse(*args, **kwargs): raise SystemExit('a process was started')\n"
        "subprocess.Popen = refuse\n"
        "before = set(sys.modules)\n"
        "import secureinfra\n"
        "print(sorted(set(sys.modules) - before))\n"
    )
    done = in_a_process_of_its_own(program)
    assert done.returncode == 0, done.stderr
    new = set(ast.literal_eval(done.stdout))
    ours = {name for name in new if name.partition(".")[0] == "secureinfra"}
    assert ours == {"secureinfra", "secureinfra.declared", "secureinfra.declared.names", "secureinfra.version"}
    assert {name.partition(".")[0] for name in new - ours} <= {"importlib", "warnings", "__future__"}


def test_type_checkers_see_fields_and_constructors() -> None:
    # mypy holds this: an ignore that nothing needs is an error under `strict`.
    network = secureinfra.VpcConfig(cidr="10.20.0.0/16")
    assert_type(network.zones, int | tuple[str, ...])
    misspelled = secureinfra.BucketConfig(versoned=True)  # type: ignore[call-arg]
    with pytest.raises(secureinfra.ConfigError, match="Did you mean 'versioned'"):
        _ = misspelled.versioned
    with pytest.raises(secureinfra.ConfigError, match="takes a VpcConfig, not BucketConfig"):
        secureinfra.SecureVpc(test_stack(), "network", secureinfra.BucketConfig())  # type: ignore[arg-type]


def test_a_stack_loads_only_what_it_uses(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from secureinfra import App, SecureBucket, TerraformStack\n"
        "app = App()\n"
        "SecureBucket(TerraformStack(app, 'storage'), 'uploads')\n"
        "app.synth()\n"
        "print(sorted(sys.modules))\n"
    )
    done = in_a_process_of_its_own(program, CDKTF_OUTDIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    loaded = set(ast.literal_eval(done.stdout))
    # What Terraform is read by asks whether a path may be read, and what is written removes what it wrote: a few lines each.
    few = {"secureinfra.files", "secureinfra.files.within", "secureinfra.files.state_encryption"}
    ours = {name.split(".")[1] for name in loaded - few if name.startswith("secureinfra.")}
    assert ours.isdisjoint({"check", "cli", "files", "modules", "proofs", "stacks", "synth_guard", "testing"})
    rooms = {name.split(".")[2] for name in loaded if name.startswith("secureinfra.aws.")}
    # What buckets deliver to is wired in one place.
    assert rooms == {"kms", "s3", "wiring"}
    assert {name.partition(".")[0] for name in loaded}.isdisjoint({"click", "hcl2", "jsonschema", "lark", "ruamel"})
