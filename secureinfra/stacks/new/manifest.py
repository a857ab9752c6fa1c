"""The manifest of a project: what `secureinfra new` was asked for, and the hash of every file, so that it can be updated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from secureinfra.errors import ConfigurationError
from secureinfra.files.generated import inside

FILE: Final = ".secureinfra.json"
_KIND: Final = "project"


@dataclass(frozen=True)
class ProjectManifest:
    """The content of a project's `.secureinfra.json`.

    Args:
        version: of this library, when the project was created or updated.
        blueprint: as it was named.
        name: of the stack when the project was created.
        project_id: identifies the project to cdktf.
        package: what pip installs secureinfra from; empty if that was not known.
        settings: names of the blueprint's settings at that version.
        files: sha256 of every file as it was generated, by its path; without the settings file, which is the user's.
    """

    version: str
    blueprint: str
    name: str
    project_id: str
    package: str
    settings: tuple[str, ...]
    files: Mapping[str, str]

    def text(self) -> str:
        """The file."""
        return json.dumps({"kind": _KIND, **asdict(self)}, indent=2, ensure_ascii=False) + "\n"


def read_project(folder: Path) -> ProjectManifest:
    """The manifest of a project.

    Raises:
        ConfigurationError: the folder has none, it belongs to a module, or it cannot be read.
    """
    path = folder / FILE
    if not path.is_file():
        raise ConfigurationError(
            f"{folder}: has no {FILE}, so it was not created by `secureinfra new`. Name the folder of a project, or start one: "
            f"secureinfra new BLUEPRINT DIR."
        )
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
        if "module" in held:
            raise ConfigurationError(f"{folder}: is a module. Update it with: secureinfra module --out {folder}")
        if held.pop("kind") != _KIND:
            raise ValueError
        files = {inside(place): str(known) for place, known in held.pop("files").items()}
        settings = tuple(map(str, held.pop("settings")))
        texts = {key: str(value) for key, value in held.items()}
        return ProjectManifest(settings=settings, files=files, **texts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ConfigurationError(
            f"{path}: is not the manifest of a project. Restore it from version control."
        ) from None
