"""The settings file of `secureinfra check`: `.secureinfra.yaml`, or `[tool.secureinfra]` in pyproject.toml."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from secureinfra.controls.control import SEVERITIES
from secureinfra.controls.packs import PACKS
from secureinfra.errors import ConfigError
from secureinfra.suggest import did_you_mean
from secureinfra.terraform.read.disk import shown
from secureinfra.terraform.read.source import Tool

YAML = ".secureinfra.yaml"
TOML = "pyproject.toml"
_TABLE = "[tool.secureinfra]"
_HEADER = re.compile(r"^\s*\[+\s*tool\s*\.\s*[\"']?secureinfra\b", re.MULTILINE)


@dataclass(frozen=True)
class Settings:
    """What a check is run with.

    Args:
        packs: names of packs.
        control: ids of the only controls that are checked; all of the packs if there are none.
        skip: ids of controls that are not checked.
        provider: majors of the AWS provider whose schema every block must fit.
        fail_on: the least severity that fails the run.
        waivers: a file of waivers.
        baseline: a file of known failures.
        exclude: patterns of folders to leave out, as `tree_below` takes them.
        var_files: files of variables.
        var: values of variables by name.
        tool: whose files are read.
        recursive: whether to look below folders with Terraform.
        strict: whether anything that was not read fails the run.
        docs_url: address of the documentation site to which reports link; empty for none.
        file: where it stands; `None` for the defaults.
    """

    packs: tuple[str, ...] = ("all",)
    control: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    provider: tuple[str, ...] = ()
    fail_on: str = "low"
    waivers: Path | None = None
    baseline: Path | None = None
    exclude: tuple[str, ...] = ()
    var_files: tuple[Path, ...] = ()
    var: Mapping[str, str] = field(default_factory=dict)
    tool: Tool = "auto"
    recursive: bool = False
    strict: bool = False
    docs_url: str = ""
    file: Path | None = None


@dataclass(frozen=True)
class _Key:
    """One key of the file: what it may hold, as JSON Schema, and what it means."""

    schema: Mapping[str, Any]
    says: str
    wanted: str
    of: Callable[[Any, Path], Any] = lambda value, folder: value


def _one_of(names: Sequence[str]) -> Mapping[str, Any]:
    return {"type": "string", "enum": list(names)}


def _list_of(item: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"type": "array", "items": item}


def _tuple(value: Any, folder: Path) -> tuple[str, ...]:
    return tuple(value)


def _path(value: Any, folder: Path) -> Path:
    return Path(os.path.relpath(folder / value))


def _patterns(value: Any, folder: Path) -> tuple[str, ...]:
    """Patterns from the folder of the settings file on, whatever path is checked."""
    base = glob.escape(folder.resolve().as_posix())
    return tuple(f"{base}/{one.removeprefix('./') if '/' in one else f'**/{one}'}" for one in value)


_TEXT: Mapping[str, Any] = {"type": "string", "minLength": 1}
_KEYS: Mapping[str, _Key] = {
    "packs": _Key(_list_of(_one_of(PACKS)), "Control packs to run.", f"a list of {', '.join(PACKS)}", _tuple),
    "control": _Key(_list_of(_TEXT), "The only controls to check, by any known id.", "a list of ids", _tuple),
    "skip": _Key(
        _list_of(_TEXT), "Controls not to check, by any known id; reports name them.", "a list of ids", _tuple
    ),
    "provider": _Key(
        _list_of({"enum": ["5", "6", 5, 6]}),
        "Also check every block against the schema of these AWS provider versions.",
        "a list of 5 and 6",
        lambda value, folder: tuple(map(str, value)),
    ),
    "fail-on": _Key(_one_of(SEVERITIES), "Minimum severity that fails the run.", " or ".join(SEVERITIES)),
    "waivers": _Key(_TEXT, "YAML or JSON file of waivers.", "a path", _path),
    "baseline": _Key(_TEXT, "File of known failures.", "a path", _path),
    "exclude": _Key(
        _list_of(_TEXT),
        "Folders to leave out, by name or by path from the folder of this file.",
        "a list of patterns",
        _patterns,
    ),
    "var-files": _Key(
        _list_of(_TEXT),
        "Files that set variables.",
        "a list of paths",
        lambda value, folder: tuple(_path(one, folder) for one in value),
    ),
    "var": _Key(
        {"type": "object", "additionalProperties": {"type": ["string", "number", "boolean"]}},
        "Values of variables of the root modules.",
        "names with strings, numbers or booleans",
        lambda value, folder: {name: _written(held) for name, held in value.items()},
    ),
    "tool": _Key(_one_of(("auto", "terraform", "opentofu")), "Whose files to read.", "auto, terraform or opentofu"),
    "recursive": _Key({"type": "boolean"}, "Also check root modules below a folder with Terraform.", "true or false"),
    "strict": _Key({"type": "boolean"}, "Exit with 2 if anything was not read.", "true or false"),
    "docs-url": _Key(
        {"type": "string", "pattern": r"^https?://[^\s/?#]+[^\s?#]*$"},
        "Address of the documentation site; SARIF links each rule to its page there.",
        "an address like https://docs.example.com/secureinfra",
    ),
}


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the settings file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:secureinfra:schema:check",
        "title": f"Settings of secureinfra check ({YAML}, {_TABLE} in {TOML})",
        "type": "object",
        "properties": {name: {**key.schema, "description": key.says} for name, key in _KEYS.items()},
        "additionalProperties": False,
    }


def settings_file(paths: Sequence[str]) -> Path | None:
    """The nearest settings file, from what is checked upwards to the root of the repository; `None` if there is none.

    Outside of a repository it is looked for up to the working directory, and never above: a folder that others may write
    to does not decide what is checked.

    Args:
        paths: what is checked.

    Raises:
        ConfigError: a folder has both files.
    """
    folders = [folder if folder.is_dir() else folder.parent for folder in (Path(path).resolve() for path in paths)]
    start = Path(os.path.commonpath(folders))
    for folder in _upwards(start):
        own, shared = folder / YAML, folder / TOML
        has_table = shared.is_file() and bool(_HEADER.search(_text(shared)))
        if own.is_file() and has_table:
            raise ConfigError(f"{shown(own)}: {shown(shared)} beside it has {_TABLE} too. Keep one of them.")
        if own.is_file() or has_table:
            return own if own.is_file() else shared
    return None


def _upwards(start: Path) -> Iterator[Path]:
    around = [start, *start.parents]
    ends = [folder for folder in around if (folder / ".git").exists()] or [Path.cwd()]
    yield from around[: around.index(ends[0]) + 1] if ends[0] in around else [start]


def read_settings(file: Path) -> Settings:
    """The settings in a file; paths within it are relative to its folder.

    Raises:
        ConfigError: it cannot be read, or a key or value is wrong: all of them together, each with its line.
    """
    values, where = _of_toml(file) if file.name == TOML or file.suffix == ".toml" else _of_yaml(file)
    problems, found = [], {}
    for name, value in values.items():
        key = _KEYS.get(str(name))
        if key is None:
            hint = did_you_mean(str(name), _KEYS, f"It may have {', '.join(_KEYS)}.")
            problems.append(f"{where(name)}: there is no setting {name!r}. {hint}")
        elif (wrong := _wrong(value, key.schema)) is not None:
            names = key.schema.get("items", key.schema).get("enum", ())
            hint = did_you_mean(str(wrong), map(str, names))
            problems.append(f"{where(name)}: {name} = {wrong!r} is not {key.wanted}. {hint}".rstrip())
        else:
            found[str(name).replace("-", "_")] = key.of(value, file.parent)
    if problems:
        raise ConfigError("\n".join(problems))
    return replace(Settings(file=file), **found)


def _wrong(value: Any, schema: Mapping[str, Any]) -> Any:
    """The part of a value that does not fit; `None` if all of it fits."""
    kind = schema.get("type")
    if kind is None:
        return None if value in schema["enum"] and not isinstance(value, bool) else value
    if kind == "array":
        if not isinstance(value, list):
            return value if value is not None else ""
        return next((wrong for one in value if (wrong := _wrong(one, schema["items"])) is not None), None)
    if kind == "object":
        if not isinstance(value, Mapping):
            return value if value is not None else ""
        return next((one for one in value.values() if not isinstance(one, str | int | float)), None)
    fits = isinstance(value, bool) if kind == "boolean" else isinstance(value, str) and value != ""
    fits = (
        fits and value in schema.get("enum", (value,)) and re.search(schema.get("pattern", ""), str(value)) is not None
    )
    return None if fits else (value if value is not None else "")


def _of_yaml(file: Path) -> tuple[Mapping[str, Any], Callable[[str], str]]:
    from secureinfra.files.yaml import read  # noqa: PLC0415 - most runs read no YAML

    document = read(file, name=shown(file))
    return document.values, lambda name: document.places.at((name,))


def _of_toml(file: Path) -> tuple[Mapping[str, Any], Callable[[str], str]]:
    import tomllib  # noqa: PLC0415 - as above

    text = _text(file)
    try:
        held = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{shown(file)}: is not TOML: {error}.") from None
    values = held.get("tool", {}).get("secureinfra", {})
    if not isinstance(values, Mapping):
        raise ConfigError(f"{shown(file)}: {_TABLE} is not a table. Write its settings below it, one per line.")
    return values, lambda name: f"{shown(file)}:{_line(text, name)}"


def _line(text: str, name: str) -> int:
    """The line of a setting in pyproject.toml, or that of its table."""
    header = _HEADER.search(text)
    start = header.start() if header else 0
    quoted = rf"[\"']?{re.escape(name)}[\"']?"
    written = re.compile(rf"^\s*(?:{quoted}\s*[=.]|\[\s*tool\s*\.\s*secureinfra\s*\.\s*{quoted})", re.MULTILINE)
    found = written.search(text, start)
    offset = found.end() if found else start
    return text.count("\n", 0, offset) + 1


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{shown(file)}: cannot be read: {error}. Fix it, or name a file by --config.") from None
