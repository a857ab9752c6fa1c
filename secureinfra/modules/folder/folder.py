"""A module's folder, written completely or not at all, and never over files that were edited by hand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from secureinfra.errors import ConfigurationError
from secureinfra.files import generated
from secureinfra.files.generated import Difference, replace_files
from secureinfra.modules.folder.manifest import FILE, Manifest, read_manifest

_TOLERATED = (".git", ".gitignore", ".terraform", ".terraform.lock.hcl", ".DS_Store")


def differences(folder: Path, files: Mapping[str, str]) -> list[Difference]:
    """How a folder differs from what would be written.

    Args:
        folder: where the module is, or will be.
        files: every file but the manifest.

    Raises:
        ConfigurationError: the folder is not empty and was not written by this library, or a file cannot be read.
    """
    manifest = _own_manifest(folder)
    return generated.differences(folder, files, manifest.files if manifest else {})


def write(folder: Path, files: Mapping[str, str], manifest: Manifest, *, force: bool = False) -> None:
    """Write a module: the folder is replaced as a whole, and other files in it are kept.

    Args:
        folder: where.
        files: every file but the manifest.
        manifest: its manifest.
        force: overwrite files that were edited by hand.

    Raises:
        ConfigurationError: a file was edited and `force` is not given, the folder was not written by this library, or
            it cannot be written; then nothing is changed.
    """
    edited = [difference for difference in differences(folder, files) if difference.kind == "edited"]
    if edited and not force:
        listed = ", ".join(difference.path for difference in edited)
        shown = "\n".join(difference.diff.rstrip("\n") for difference in edited)
        raise ConfigurationError(
            f"{folder}: edited by hand since it was written: {listed}. Nothing was written.\n{shown}\n"
            "Save your changes elsewhere, or overwrite them with --force."
        )
    previous = read_manifest(folder)
    replace_files(folder, {**files, FILE: manifest.text()}, previous.files if previous else ())


def _own_manifest(folder: Path) -> Manifest | None:
    if not folder.exists():
        return None
    if not folder.is_dir():
        raise ConfigurationError(f"{folder}: is a file. Name a folder for the module.")
    manifest = read_manifest(folder)
    others = sorted(path.name for path in folder.iterdir() if path.name not in _TOLERATED)
    if manifest is None and others:
        raise ConfigurationError(
            f"{folder}: is not empty ({', '.join(others[:3])}) and was not written by secureinfra. Nothing was written. "
            "Name an empty folder, or one that does not exist yet."
        )
    return manifest
