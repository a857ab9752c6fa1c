"""Settings of a module from a file and from the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from secureinfra.errors import ConfigError


def read(path: Path) -> dict[str, Any]:
    """The settings of a YAML file.

    Raises:
        ConfigError: it cannot be read, or holds no mapping.
    """
    try:
        held = YAML(typ="safe").load(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}. Give a YAML file of settings.") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is no UTF-8 text. Write the settings as YAML.") from None
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise ConfigError(f"{where}: {getattr(error, 'problem', None) or 'is no YAML'}.") from None
    if held is None:
        return {}
    if not isinstance(held, dict):
        raise ConfigError(f"{path}: holds no settings. Write one a line, e.g. 'zones: 2'.")
    return held


def assigned(settings: Mapping[str, Any], assignments: Iterable[str]) -> dict[str, Any]:
    """The settings with further ones, `zones=2` or `trust.account_id="111122223333"`, whose values are YAML.

    Raises:
        ConfigError: one has no name or no value.
    """
    together = dict(settings)
    for text in assignments:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise ConfigError(f"--set {text}: lacks a value. Write e.g. --set zones=2.")
        try:
            known = YAML(typ="safe").load(value)
        except YAMLError:
            raise ConfigError(f"--set {text}: {value!r} is no YAML. Quote it, e.g. --set '{name}=\"text\"'.") from None
        _assign(together, name.split("."), known, text)
    return together


def _assign(target: dict[str, Any], path: list[str], value: Any, text: str) -> None:
    first, *rest = path
    if not rest:
        target[first] = value
        return
    inner = target.get(first, {})
    if not isinstance(inner, dict):
        raise ConfigError(f"--set {text}: {first} holds {inner!r}, which has no {rest[0]!r}.")
    target[first] = dict(inner)
    _assign(target[first], rest, value, text)
