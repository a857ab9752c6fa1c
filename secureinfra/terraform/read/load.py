"""Paths to roots: what a file or a folder holds, and what to say of one that holds no Terraform."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from secureinfra.errors import ConfigurationError
from secureinfra.suggest import hint
from secureinfra.terraform.read import json_text
from secureinfra.terraform.read.disk import read, shown, unreadable
from secureinfra.terraform.read.inputs import Inputs, variables_of
from secureinfra.terraform.read.labels import LABELS
from secureinfra.terraform.read.override import merged
from secureinfra.terraform.read.source import Document, Module, Root, Tool
from secureinfra.terraform.read.stacks import stack_files
from secureinfra.terraform.read.subfolders import nothing_here

_ENDINGS = (".tf", ".tf.json")
_OF_OPENTOFU = (".tofu", ".tofu.json")
_NOTHING_GIVEN = Inputs()


def load(path: str | Path, inputs: Inputs = _NOTHING_GIVEN) -> list[Root]:
    """What there is to check under a path.

    Args:
        path: a `cdk.tf.json` or another `*.tf.json` or `*.tf` file, which is taken alone; a plan as
            `terraform show -json` prints it; a `cdktf.out` folder, of which each stack is a root; a folder of `*.tf`
            and `*.tf.json` files, without its subfolders, as Terraform takes it, or of `*.tofu` and `*.tofu.json`.
        inputs: what is given besides.

    Raises:
        ConfigurationError: it is none of these; the text says which file, where in it, and what to do instead.
    """
    given = Path(path)
    try:
        return _folder(given, inputs) if _is_folder(given) else [_file(given, inputs)]
    except OSError as error:
        raise unreadable(str(path), error) from None


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except ValueError:
        raise ConfigurationError(f"{str(path)!r}: is not a path. Give a file or a folder of Terraform.") from None


def load_module(directory: Path, tool: Tool = "auto") -> Module:
    """A module that another one calls by a relative path; read once for as long as its files do not change.

    Args:
        directory: the folder that the `source` of a module block leads to.
        tool: whose files are read.

    Raises:
        ConfigurationError: there is no such folder, no Terraform in it, or something wrong with that.
    """
    try:
        signature = tuple((name, *_stamp(directory / name)) for name in names_of(directory, tool))
        if not signature:
            raise nothing_here(directory)
        return _module_of(directory.resolve(), signature, tool)
    except (OSError, RuntimeError) as error:
        cause = error if isinstance(error, OSError) else OSError(str(error))
        raise unreadable(shown(directory), cause) from None


def has_module(directory: Path, tool: Tool = "auto") -> bool:
    """Whether a folder is there and holds files of Terraform."""
    try:
        return directory.is_dir() and bool(names_of(directory, tool))
    except (OSError, RuntimeError, ValueError):
        return False


@functools.lru_cache(maxsize=256)
def _module_of(directory: Path, signature: tuple[tuple[Any, ...], ...], tool: Tool) -> Module:
    return _module(directory, [str(name) for name, *_ in signature], Inputs(tool=tool))


def _stamp(file: Path) -> tuple[int, int]:
    about = file.stat()
    return about.st_mtime_ns, about.st_size


def _folder(folder: Path, inputs: Inputs) -> list[Root]:
    stacks = stack_files(folder)
    if stacks:
        return [
            _root(name, file, _module(file.parent, names_of(file.parent, inputs.tool), inputs, root=True), inputs)
            for name, file in stacks
        ]
    names = names_of(folder, inputs.tool)
    if not names:
        raise nothing_here(folder)
    return [_root(str(folder), folder, _module(folder, names, inputs, root=True), inputs)]


def _root(name: str, path: Path, module: Module, inputs: Inputs) -> Root:
    module = dataclasses.replace(module, notes=(*module.notes, *_undeclared(path, module, inputs)))
    if not any(held for document in module.documents for kind, held in document.body.items() if kind != "//"):
        # Terraform plans "No changes" for it.
        said = f"{shown(path)}: declares nothing, so there is nothing to check."
        return Root(name, shown(path), dataclasses.replace(module, notes=(*module.notes, said)))
    return Root(name, shown(path), module)


def _undeclared(path: Path, module: Module, inputs: Inputs) -> Iterator[str]:
    """What sets variables that are not declared: Terraform refuses `-var`, and warns of files, since the value does nothing."""
    named = [*inputs.variables, *(name for file in inputs.files for name in variables_of(file))]
    if not named:
        return
    declared: set[str] = set()
    for document in module.documents:
        held = document.body.get("variable", ())
        declared.update(name for one in (held if isinstance(held, list) else [held]) for name in one)
    for name in dict.fromkeys(named):
        if name not in declared:
            yield f"{shown(path)}: the variable {name!r}, for which a value is given, is not declared.{hint(name, declared)}"


def names_of(folder: Path, tool: Tool) -> list[str]:
    """Names of the files that make up a module: no hidden ones, no backups of editors, no folders.

    OpenTofu reads `main.tofu` and not the `main.tf` beside it; Terraform knows no `main.tofu`.
    """
    endings = _ENDINGS if tool == "terraform" else (*_ENDINGS, *_OF_OPENTOFU)
    found = sorted(
        entry.name
        for entry in os.scandir(folder)
        if entry.name.endswith(endings) and not entry.name.startswith((".", "#")) and not _holds_entries(entry)
    )
    shadowed = {name.replace(".tofu", ".tf") for name in found if name.endswith(_OF_OPENTOFU)}
    return [name for name in found if name not in shadowed]


def _holds_entries(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a loop of links: reading it says so, with its name
        return False


def _module(folder: Path, names: list[str], inputs: Inputs, *, root: bool = False) -> Module:
    documents: tuple[list[Document], list[Document]] = ([], [])
    for name in names:
        documents[_overrides(name)].append(_document(folder / name))
    return Module(
        folder,
        merged(*documents),
        inputs.over(_tfvars(folder)) if root else {},
        inputs.tool,
        _on_opentofu(folder, names, inputs.tool),
        tuple(itertools.chain.from_iterable(document.unread for held in documents for document in held)),
    )


def _on_opentofu(folder: Path, names: list[str], tool: Tool) -> tuple[str, ...]:
    if tool == "opentofu" or not any(name.endswith(_OF_OPENTOFU) for name in names):
        return ()
    said = "has files of OpenTofu, so it is read as OpenTofu reads it. --tool terraform reads what Terraform reads."
    return (f"{shown(folder)}: {said}",)


def _overrides(name: str) -> bool:
    stem = name.removesuffix(".json").removesuffix(".tf").removesuffix(".tofu")
    return stem == "override" or stem.endswith("_override")


def _document(file: Path) -> Document:
    text = read(file)
    if file.name.endswith(".json"):
        return json_text.document(text, shown(file))
    from secureinfra.terraform.read import hcl  # noqa: PLC0415  # the parser takes longer to load than JSON to read

    return hcl.document(text, shown(file))


def _tfvars(folder: Path) -> Mapping[str, Any]:
    names = sorted(os.listdir(folder))
    automatic = [name for name in names if name.endswith((".auto.tfvars", ".auto.tfvars.json"))]
    values: dict[str, Any] = {}
    for name in ("terraform.tfvars", "terraform.tfvars.json", *automatic):
        if name in names and not name.startswith((".", "#")):
            values.update(variables_of(folder / name))
    return values


def _file(file: Path, inputs: Inputs) -> Root:
    if file.name.endswith((".tf", ".tofu")):
        return _alone(file, _document(file), inputs)
    text = read(file)
    if not text.lstrip().startswith(("{", "[")) and not file.name.endswith(".json"):
        raise ConfigurationError(
            f"{shown(file)}: is neither *.tf, *.tf.json nor the JSON of a plan. "
            "Give one of these, a folder of them, or `cdktf.out`."
        )
    value = json_text.values(text, shown(file))
    if not file.name.endswith((".tf.json", ".tofu.json")) and isinstance(value, dict):
        if "planned_values" in value and "format_version" in value:
            return Root(str(file), shown(file), None, value)
        _refuse_other_json(value, shown(file))
    return _alone(file, json_text.as_document(value, text, shown(file)), inputs)


def _alone(file: Path, document: Document, inputs: Inputs) -> Root:
    module = Module(file.parent, merged([document], ()), inputs.over({}), inputs.tool, unread=tuple(document.unread))
    return _root(str(file), file, module, inputs)


def _refuse_other_json(value: Mapping[str, Any], file: str) -> None:
    """Refuse what is not a configuration: states, schemas, settings of other tools."""
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
