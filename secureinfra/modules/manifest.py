"""What a module's folder knows of itself: which generator wrote it, with which settings, and what every file was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from secureinfra.errors import ConfigurationError

FILE: Final = ".secureinfra.json"
_FORM: Final = 1


@dataclass(frozen=True)
class Manifest:
    """The content of `.secureinfra.json`.

    Args:
        generator: version of this library.
        module: what was asked for: a name of the list, or `package.module:Class`.
        settings: what its structure was fixed by.
        options: how it was written: format, variables, constants.
        resources: what each resource is, by its address, so that a later version knows it again.
        files: sha256 of every file, by its path.
        moved: addresses of earlier versions, and what became of them.
    """

    generator: str
    module: str
    settings: Mapping[str, Any]
    options: Mapping[str, Any]
    resources: Mapping[str, str]
    files: Mapping[str, str]
    moved: tuple[tuple[str, str], ...] = field(default=())

    def text(self) -> str:
        """The file."""
        held = {
            "form": _FORM,
            "generator": f"secureinfra {self.generator}",
            "module": self.module,
            "settings": self.settings,
            "options": self.options,
            "resources": self.resources,
            "moved": [{"from": old, "to": new} for old, new in self.moved],
            "files": dict(sorted(self.files.items())),
        }
        return json.dumps(held, indent=2, ensure_ascii=False) + "\n"


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a folder; `None` where there is none.

    Raises:
        ConfigurationError: it cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        return None
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if held["form"] != _FORM:
            raise ConfigurationError(
                f"{path}: was written by {held['generator']}, whose form this version does not read. Install that one or "
                "a newer one."
            )
        return Manifest(
            held["generator"].removeprefix("secureinfra "),
            held["module"],
            held["settings"],
            held["options"],
            held["resources"],
            {_within(path): str(known) for path, known in held["files"].items()},
            tuple((one["from"], one["to"]) for one in held["moved"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ConfigurationError(
            f"{path}: is no manifest of a module. Restore it, or write the module into a folder of its own."
        ) from None


def _within(path: str) -> str:
    """A path, if it stays within the folder: what it names may be removed."""
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise ValueError(path)
    return path


def digest(text: str) -> str:
    """The sha256 of a file's content."""
    return hashlib.sha256(text.encode()).hexdigest()
