"""Brings a project that `secureinfra new` created up to this version, without touching what was edited by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from secureinfra.errors import ConfigurationError
from secureinfra.files.generated import Difference, differences, digest, replace_files
from secureinfra.files.yaml import read
from secureinfra.stacks.new.manifest import FILE, ProjectManifest, read_project
from secureinfra.stacks.new.new import SETTINGS, filled, settings_of
from secureinfra.version import __version__


@dataclass(frozen=True)
class Update:
    """What an update would do to a project.

    Args:
        folder: of the project.
        before: its manifest.
        manifest: its manifest after the update.
        changed: files to write again, add or remove; they have no edits.
        kept: files that were edited or deleted by hand and whose template is another one now: they stay as they are.
        new_settings: settings of the blueprint that did not exist when the project was created or last updated.
        gone_settings: settings that the blueprint no longer has.
        files: the generated texts, by path.
    """

    folder: Path
    before: ProjectManifest
    manifest: ProjectManifest
    changed: tuple[Difference, ...]
    kept: tuple[Difference, ...]
    new_settings: tuple[str, ...]
    gone_settings: tuple[str, ...]
    files: Mapping[str, str]

    @property
    def is_needed(self) -> bool:
        """Whether the project differs from what this version would create, apart from edits that were there before."""
        return bool(self.changed or self.kept or self.new_settings or self.gone_settings)

    def write(self, *, force: bool = False) -> None:
        """Write the changed files, all or none.

        Args:
            force: write the edited files again, too; their edits are lost.

        Raises:
            ConfigurationError: something cannot be written; nothing was changed.
        """
        written = (*self.changed, *(self.kept if force else ()))
        files = {one.path: self.files[one.path] for one in written if one.path in self.files}
        removed = [one.path for one in written if one.path not in self.files]
        replace_files(self.folder, {**files, FILE: self.manifest.text()}, removed)


def update_of(folder: Path, *, package: str | None = None) -> Update:
    """What an update would do; nothing is written.

    The settings file is the user's: it is never changed.

    Args:
        folder: of a project that `secureinfra new` created.
        package: what pip installs secureinfra from; by default what the project used before.

    Raises:
        ConfigurationError: it is not such a project, or a file cannot be read.
        ConfigError: its blueprint is not installed.
    """
    before = read_project(folder)
    region = _region(folder)
    package = package if package is not None else before.package
    files = filled(before.blueprint, before.name, region=region, package=package, project_id=before.project_id)
    digests = {path: digest(text) for path, text in files.items()}
    settings = settings_of(before.blueprint)
    found = [_deletion_is_an_edit(one, before) for one in differences(folder, files, before.files)]
    manifest = replace(before, version=__version__, package=package, settings=settings, files=digests)
    return Update(
        folder,
        before,
        manifest,
        changed=tuple(one for one in found if one.kind != "edited"),
        kept=tuple(
            one for one in found if one.kind == "edited" and digests.get(one.path) != before.files.get(one.path)
        ),
        new_settings=tuple(name for name in settings if name not in before.settings),
        gone_settings=tuple(name for name in before.settings if name not in settings),
        files=files,
    )


def _deletion_is_an_edit(found: Difference, before: ProjectManifest) -> Difference:
    return replace(found, kind="edited") if found.kind == "missing" and found.path in before.files else found


def _region(folder: Path) -> str:
    """The region in the settings file, which the workflow needs too."""
    provider = read(folder / SETTINGS).values.get("provider")
    region = provider.get("region") if isinstance(provider, Mapping) else None
    if not isinstance(region, str):
        raise ConfigurationError(f"{folder / SETTINGS}: names no region. Add `provider: {{region: ...}}`.")
    return region
