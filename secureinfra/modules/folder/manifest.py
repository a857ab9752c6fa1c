"""The manifest of a module's folder: the version and settings that wrote it, and the hash of every file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from secureinfra.errors import ConfigurationError
from secureinfra.files.generated import inside

FILE: Final = ".secureinfra.json"
_FORM: Final = 1


@dataclass(frozen=True)
class Manifest:
    """The content of `.secureinfra.json`.

    Args:
        generator: version of this library.
        module: the requested module: a listed name, or `package.module:Class`.
        settings: the settings that decided its structure.
        options: how it was written: format, variables, constants.
        resources: a fingerprint of each resource by its address, so that a later version recognizes it.
        files: sha256 of every file, by its path.
        moved: addresses of earlier versions, with their new addresses.
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
    """The manifest of a folder; `None` if there is none.

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
                f"{path}: was written by {held['generator']}, whose format this version does not support. Install that version or "
                "a newer one."
            )
        return Manifest(
            held["generator"].removeprefix("secureinfra "),
            held["module"],
            held["settings"],
            held["options"],
            held["resources"],
            {inside(path): str(known) for path, known in held["files"].items()},
            tuple((one["from"], one["to"]) for one in held["moved"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ConfigurationError(
            f"{path}: is not a manifest of a module. Restore it, or write the module into another folder."
        ) from None
