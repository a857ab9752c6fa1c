"""A module's folder, written whole or not at all, and never over what somebody edited."""

from __future__ import annotations

import difflib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from secureinfra.check.output import umask
from secureinfra.errors import ConfigurationError
from secureinfra.modules.exchange import exchange
from secureinfra.modules.manifest import FILE, Manifest, digest, read_manifest

_TOLERATED = (".git", ".gitignore", ".terraform", ".terraform.lock.hcl", ".DS_Store")


@dataclass(frozen=True)
class Difference:
    """How a file in a folder differs from what would be written.

    Args:
        path: the file within the folder.
        kind: `missing`, `edited` by hand since it was written, `outdated` as the generator would now write another, or
            `left over` from an earlier version.
        diff: the lines that differ, from what is there to what would be written.
    """

    path: str
    kind: str
    diff: str


def differences(folder: Path, files: Mapping[str, str]) -> list[Difference]:
    """How a folder differs from what would be written.

    Args:
        folder: where the module is, or will be.
        files: every file but the manifest.

    Raises:
        ConfigurationError: the folder is not empty and was not written by this library, or a file cannot be read.
    """
    manifest = _own_manifest(folder)
    known = manifest.files if manifest else {}
    found = list(_of_files(folder, files, known))
    for path in sorted(set(known) - set(files)):
        present = _read(folder / path)
        if present is not None:
            kind = "left over" if digest(present) == known[path] else "edited"
            found.append(Difference(path, kind, _diff(path, present, "")))
    return found


def _of_files(folder: Path, files: Mapping[str, str], known: Mapping[str, str]) -> Iterator[Difference]:
    for path, text in files.items():
        present = _read(folder / path)
        if present is None:
            yield Difference(path, "missing", _diff(path, "", text))
        elif present != text:
            kind = "outdated" if known.get(path) == digest(present) else "edited"
            yield Difference(path, kind, _diff(path, present, text))


def write(folder: Path, files: Mapping[str, str], manifest: Manifest, *, force: bool = False) -> None:
    """Write a module: the folder is replaced as a whole, with whatever else lies in it kept.

    Args:
        folder: where.
        files: every file but the manifest.
        manifest: its manifest.
        force: overwrite files that were edited by hand.

    Raises:
        ConfigurationError: a file was edited and `force` is not given, the folder belongs to somebody else, or nothing
            can be written; then everything is as it was.
    """
    edited = [difference for difference in differences(folder, files) if difference.kind == "edited"]
    if edited and not force:
        listed = ", ".join(difference.path for difference in edited)
        shown = "\n".join(difference.diff.rstrip("\n") for difference in edited)
        raise ConfigurationError(
            f"{folder}: edited by hand since it was written: {listed}. Nothing was written.\n{shown}\n"
            "Keep the change elsewhere, or overwrite it with --force."
        )
    previous = read_manifest(folder)
    _replace(folder, {**files, FILE: manifest.text()}, set(previous.files) if previous else set())


def _replace(folder: Path, files: Mapping[str, str], owned: set[str]) -> None:
    """Put a new folder in the old one's place in one step."""
    folder = folder.resolve()
    fresh: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        _fill(fresh, folder, files, owned)
        if folder.exists():
            exchange(fresh, folder)
        else:
            fresh.rename(folder)
    except OSError as error:
        raise ConfigurationError(f"{folder}: cannot be written: {error.strerror}. Nothing was changed.") from None
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)


def _fill(fresh: Path, folder: Path, files: Mapping[str, str], owned: set[str]) -> None:
    """Make a folder what another one shall be."""
    if folder.exists():
        shutil.copytree(folder, fresh, dirs_exist_ok=True, symlinks=True)
        fresh.chmod(folder.stat().st_mode & 0o777)
    else:
        fresh.chmod(0o777 & ~umask())
    for path in owned - set(files):
        (fresh / path).unlink(missing_ok=True)
    for path, text in files.items():
        (fresh / path).parent.mkdir(parents=True, exist_ok=True)
        (fresh / path).write_text(text, encoding="utf-8", newline="\n")


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


def _read(path: Path) -> str | None:
    if not path.exists():
        return None
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except (OSError, UnicodeDecodeError):
        raise ConfigurationError(f"{path}: cannot be read as text. Move it away.") from None


def _diff(path: str, present: str, wanted: str) -> str:
    lines = difflib.unified_diff(
        present.splitlines(keepends=True),
        wanted.splitlines(keepends=True),
        f"{path} (there)",
        f"{path} (generated)",
        n=2,
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
