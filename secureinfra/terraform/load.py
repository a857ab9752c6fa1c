"""Paths to roots: what a file or a folder holds, and what to say of one that holds no Terraform."""

from __future__ import annotations

import functools
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from secureinfra.errors import ConfigurationError
from secureinfra.terraform import json_text
from secureinfra.terraform.disk import read, shown, unreadable
from secureinfra.terraform.labels import LABELS
from secureinfra.terraform.override import merged
from secureinfra.terraform.source import Document, Module, Root
from secureinfra.terraform.stacks import stack_files
from secureinfra.terraform.subfolders import nothing_here

_ENDINGS = (".tf", ".tf.json")


def load(path: str | Path) -> list[Root]:
    """What there is to judge under a path.

    Args:
        path: a `cdk.tf.json` or another `*.tf.json` or `*.tf` file, which is taken alone; a plan as
            `terraform show -json` prints it; a `cdktf.out` folder, of which each stack is a root; a folder of `*.tf`
            and `*.tf.json` files, without its subfolders, as Terraform takes it.

    Raises:
        ConfigurationError: it is none of these; the text says which file, where in it, and what to do instead.
    """
    given = Path(path)
    try:
        return _folder(given) if _is_folder(given) else [_file(given)]
    except OSError as error:
        raise unreadable(str(path), error) from None


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except ValueError:
        raise ConfigurationError(f"{str(path)!r}: is no path. Give a file or a folder of Terraform.") from None


def load_module(directory: Path) -> Module:
    """A module that another one calls by a relative path; read once for as long as its files do not change.

    Args:
        directory: the folder that the `source` of a module block leads to.

    Raises:
        ConfigurationError: there is no such folder, no Terraform in it, or something wrong with that.
    """
    try:
        signature = tuple((name, *_stamp(directory / name)) for name in _names(directory))
        if not signature:
            raise nothing_here(directory)
        return _module_of(directory.resolve(), signature)
    except (OSError, RuntimeError) as error:
        cause = error if isinstance(error, OSError) else OSError(str(error))
        raise unreadable(shown(directory), cause) from None


@functools.lru_cache(maxsize=256)
def _module_of(directory: Path, signature: tuple[tuple[Any, ...], ...]) -> Module:
    return _module(directory, [str(name) for name, *_ in signature])


def _stamp(file: Path) -> tuple[int, int]:
    about = file.stat()
    return about.st_mtime_ns, about.st_size


def _folder(folder: Path) -> list[Root]:
    stacks = stack_files(folder)
    if stacks:
        return [_root(name, file, _module(file.parent, _names(file.parent), root=True)) for name, file in stacks]
    names = _names(folder)
    if not names:
        raise nothing_here(folder)
    return [_root(str(folder), folder, _module(folder, names, root=True))]


def _root(name: str, path: Path, module: Module) -> Root:
    if not any(held for document in module.documents for kind, held in document.body.items() if kind != "//"):
        raise ConfigurationError(f"{shown(path)}: holds no block of Terraform. Give a configuration that has some.")
    return Root(name, shown(path), module)


def _names(folder: Path) -> list[str]:
    """The files that make up a module: no hidden ones, no backups of editors, no folders."""
    return sorted(
        entry.name
        for entry in os.scandir(folder)
        if entry.name.endswith(_ENDINGS) and not entry.name.startswith((".", "#")) and not _holds_entries(entry)
    )


def _holds_entries(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links: reading it says so, with its name
        return False


def _module(folder: Path, names: list[str], *, root: bool = False) -> Module:
    documents: tuple[list[Document], list[Document]] = ([], [])
    for name in names:
        documents[_overrides(name)].append(_document(folder / name))
    return Module(folder, merged(*documents), _tfvars(folder) if root else {})


def _overrides(name: str) -> bool:
    stem = name.removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override")


def _document(file: Path) -> Document:
    text = read(file)
    if file.name.endswith(".json"):
        return json_text.document(text, shown(file))
    from secureinfra.terraform import hcl  # noqa: PLC0415  # the parser takes longer to load than JSON to read

    return hcl.document(text, shown(file))


def _tfvars(folder: Path) -> Mapping[str, Any]:
    names = sorted(os.listdir(folder))
    automatic = [name for name in names if name.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    values: dict[str, Any] = {}
    for name in ("terraform.tfvars", "terraform.tfvars.json", *automatic):
        if name in names and not name.startswith((".", "#")):
            values.update(_variables(folder / name))
    return values


def _variables(file: Path) -> Mapping[str, Any]:
    text = read(file)
    if not file.name.endswith(".json"):
        from secureinfra.terraform import hcl  # noqa: PLC0415  # as above

        return hcl.variables(text, shown(file))
    values = json_text.values(text, shown(file))
    if not isinstance(values, dict):
        raise ConfigurationError(f"{shown(file)}:1:1: is no JSON object. Write the variables as {{name: value}}.")
    return {name: value for name, value in values.items() if name != "//"}


def _file(file: Path) -> Root:
    if file.name.endswith(".tf"):
        return _alone(file, _document(file))
    text = read(file)
    if not text.lstrip().startswith(("{", "[")) and not file.name.endswith(".json"):
        raise ConfigurationError(
            f"{shown(file)}: is neither *.tf, *.tf.json nor the JSON of a plan. "
            "Give one of these, a folder of them, or `cdktf.out`."
        )
    value = json_text.values(text, shown(file))
    if not file.name.endswith(".tf.json") and isinstance(value, dict):
        if "planned_values" in value and "format_version" in value:
            return Root(str(file), shown(file), None, value)
        _refuse_other_json(value, shown(file))
    return _alone(file, json_text.as_document(value, text, shown(file)))


def _alone(file: Path, document: Document) -> Root:
    return _root(str(file), file, Module(file.parent, merged([document], ())))


def _refuse_other_json(value: Mapping[str, Any], file: str) -> None:
    """Refuse what is no configuration: states, schemas, settings of other tools."""
    if {"serial", "lineage"} & set(value) or ("format_version" in value and "values" in value):
        raise ConfigurationError(
            f"{file}: is a state, which says what was built, not what is written. "
            "Give the configuration, or a plan: `terraform plan -out plan && terraform show -json plan > plan.json`."
        )
    if not set(value) & set(LABELS):
        names = ", ".join(map(repr, list(value)[:3])) or "nothing"
        raise ConfigurationError(
            f"{file}: is JSON, but no Terraform: it has {names}, and neither blocks such as 'resource' "
            "nor the 'planned_values' of a plan. Give a cdk.tf.json or what `terraform show -json PLAN` prints."
        )
