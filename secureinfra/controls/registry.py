"""Finds controls and their checks; each module of controls is loaded when it is first needed.

`index.txt` lists the modules that check each resource type, so that a run loads only the modules for the types in the
configuration. Make it with `python -c 'from secureinfra.controls import registry; registry.write_index()'`; a
test compares it with the modules.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from secureinfra.controls.control import CHECKS, CONFIGURATION, CONFIGURATION_CHECKS, DEFINED, Control
from secureinfra.errors import ConfigError
from secureinfra.suggest import did_you_mean

if TYPE_CHECKING:
    from secureinfra.controls.verdict import Check, ConfigurationCheck

_PACKAGE = "secureinfra.controls"
# The frame that controls are written with. Loading all controls loads every other module below this folder.
_FRAME = {
    "build_catalogue",
    "catalogue",
    "constructs",
    "control",
    "frameworks",
    "packs",
    "pages",
    "registry",
    "search",
    "verdict",
}


@functools.cache
def services() -> tuple[ModuleType, ...]:
    """The modules that hold controls or helpers of them, all loaded."""
    return tuple(importlib.import_module(name) for name in _names())


def _names() -> list[str]:
    folder = [str(Path(__file__).parent)]
    found = (module for module in pkgutil.walk_packages(folder, f"{_PACKAGE}.") if not module.ispkg)
    return sorted(module.name for module in found if module.name.removeprefix(f"{_PACKAGE}.") not in _FRAME)


def find(id: str) -> Control:
    """The control with that id.

    Raises:
        ConfigError: it does not exist; the error suggests the nearest id.
    """
    if id not in DEFINED:
        services()
    if id in DEFINED:
        return DEFINED[id]
    hint = did_you_mean(id, DEFINED)
    raise ConfigError(
        f"control {id!r} does not exist: a waiver or a lookup must use the id of a control. {hint}".rstrip()
    )


def every() -> tuple[Control, ...]:
    """All controls, in the order of their ids."""
    services()
    return tuple(DEFINED[id] for id in sorted(DEFINED))


def checks_of(type: str) -> tuple[tuple[Control, Check], ...]:
    """The controls that check a type, each with its check.

    Args:
        type: `aws_s3_bucket`, or `data.aws_iam_policy_document` for a data source.
    """
    _load(type)
    return tuple(sorted(CHECKS.get(type, ()), key=lambda asked: asked[0].id))


def is_checked(type: str) -> bool:
    """Whether any control checks a type, without loading it."""
    return type in _modules()


def types_of(control: Control) -> tuple[str, ...]:
    """The types that a control checks; `configuration` if it checks a configuration as a whole."""
    services()
    types = sorted(type for type, checks in CHECKS.items() if any(asked is control for asked, _ in checks))
    whole = any(asked is control for asked, _ in CONFIGURATION_CHECKS)
    return (*types, CONFIGURATION) if whole else tuple(types)


def checks_of_configurations() -> tuple[tuple[Control, ConfigurationCheck], ...]:
    """The controls that check a configuration as a whole, each with its check."""
    _load(CONFIGURATION)
    return tuple(sorted(CONFIGURATION_CHECKS, key=lambda asked: asked[0].id))


def index() -> str:
    """The index as it should be: which module registers checks on which type.

    Raises:
        RuntimeError: modules of controls are already loaded, so loading them again shows nothing.
    """
    if DEFINED:
        raise RuntimeError("the index must be made in a new process, before any control is loaded")
    asking: dict[str, list[str]] = {}
    for name in _in_order_of_imports():
        before = _counts()
        importlib.import_module(name)
        for type, count in _counts().items():
            if count > before.get(type, 0):
                asking.setdefault(type, []).append(name.removeprefix(f"{_PACKAGE}."))
    return "".join(f"{type}: {' '.join(sorted(names))}\n" for type, names in sorted(asking.items()))


def _counts() -> dict[str, int]:
    return {CONFIGURATION: len(CONFIGURATION_CHECKS)} | {type: len(checks) for type, checks in CHECKS.items()}


def _in_order_of_imports() -> list[str]:
    """The modules with controls, each after those that it imports, so that loading one runs no other module's code."""
    import ast  # noqa: PLC0415 - only who makes the index reads code

    names, order = _names(), []

    def visit(name: str) -> None:
        source = Path(__file__).parent.joinpath(*name.removeprefix(_PACKAGE).split(".")).with_suffix(".py")
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                for used in (node.module, *(f"{node.module}.{one.name}" for one in node.names)):
                    if used in names and used not in order:
                        visit(used)
        if name not in order:
            order.append(name)

    for name in names:
        visit(name)
    return order


def _load(type: str) -> None:
    """Load the modules with checks on a type, or on the configuration as a whole."""
    for name in _modules().get(type, ()):
        importlib.import_module(f"{_PACKAGE}.{name}")


@functools.cache
def _modules() -> Mapping[str, tuple[str, ...]]:
    text = (pkgutil.get_data(_PACKAGE, "index.txt") or b"").decode()
    parts = (line.partition(": ") for line in text.splitlines())
    return {type: tuple(names.split()) for type, _, names in parts}


def write_index() -> None:
    """Write the packaged index again."""
    Path(__file__).with_name("index.txt").write_text(index(), encoding="utf-8")
