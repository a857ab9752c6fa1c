"""Generated files next to what a folder has: which are missing, edited by hand, outdated or left over, and the text that differs."""

from __future__ import annotations

import difflib
import hashlib
import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from secureinfra.errors import ConfigurationError
from secureinfra.files.folder import fill, replaced


@dataclass(frozen=True)
class Difference:
    """How a file in a folder differs from what would be written.

    Args:
        path: the file within the folder.
        kind: `missing`, `edited` by hand since it was written, `outdated` since the generator now writes another, or
            `left over` from an earlier version.
        diff: the differences from the present file to the generated one.
    """

    path: str
    kind: str
    diff: str


def differences(folder: Path, files: Mapping[str, str], known: Mapping[str, str]) -> list[Difference]:
    """How a folder differs from what would be written.

    Args:
        folder: where the files are, or will be.
        files: the generated texts, by path.
        known: the digest of each file as it was generated last time, by path.

    Raises:
        ConfigurationError: a file cannot be read.
    """
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


def replace_files(folder: Path, files: Mapping[str, str], removed: Collection[str]) -> None:
    """Replace a folder by one with these files, without those to be removed, and with all other files in it.

    Args:
        folder: where; it may not exist yet.
        files: texts by path.
        removed: paths of files that go, if they are there.

    Raises:
        ConfigurationError: something cannot be written, or a file or a folder on its way is a link, through which a file
            elsewhere would be changed; nothing was changed.
    """
    for path in files:
        _refuse_links(folder, path)
    with replaced(folder) as fresh:
        if folder.exists():
            shutil.copytree(folder, fresh, dirs_exist_ok=True, symlinks=True)
        for path in set(removed) - set(files):
            (fresh / path).unlink(missing_ok=True)
        fill(fresh, files)


def _refuse_links(folder: Path, path: str) -> None:
    for part in (Path(path), *Path(path).parents):
        if part != Path() and (folder / part).is_symlink():
            raise ConfigurationError(
                f"{folder / part}: is a link, and what it leads to would be changed. Nothing was changed. Replace it by a "
                f"{'file' if part == Path(path) else 'folder'}, or remove it."
            )


def digest(text: str) -> str:
    """The sha256 of a file's content."""
    return hashlib.sha256(text.encode()).hexdigest()


def inside(path: str) -> str:
    """A path, if it is inside the folder, since the file may be replaced or removed.

    Raises:
        ValueError: it is absolute or leads out of the folder.
    """
    if Path(path).is_absolute() or ".." in Path(path).parts:
        raise ValueError(path)
    return path


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
        f"{path} (present)",
        f"{path} (generated)",
        n=2,
    )
    return "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
