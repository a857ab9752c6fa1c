"""Files as text: what can be wrong with a file before anybody looks at what it says."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from secureinfra.errors import ConfigurationError
from secureinfra.files.within import refuse_outside

LARGEST = 64 * 1024 * 1024
"""Bytes of the largest file that is read; a plan of some 50,000 resources."""

_ZIP = b"PK\x03\x04"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def shown(path: Path) -> str:
    """The path as people read it: relative to the working directory when below it, as given otherwise."""
    below = os.path.relpath(path)
    return str(path) if below.startswith("..") else below


def read(path: Path) -> str:
    """The text of a file, without a byte order mark.

    Raises:
        ConfigurationError: it is not a plain file, cannot be read, is larger than `LARGEST`, is not UTF-8 text, or lies
            outside of what `only_below` allows.
    """
    refuse_outside(path)
    file = shown(path)
    try:
        about = path.stat()
        if not stat.S_ISREG(about.st_mode):
            raise ConfigurationError(f"{file}: is not a plain file. Give a file or a folder of Terraform.")
        content = _content(path, about.st_size, file)
    except OSError as error:
        raise unreadable(file, error) from None
    if content.startswith(_ZIP):
        raise ConfigurationError(
            f"{file}: is a plan in Terraform's own binary form, or another zip archive. "
            f"Write it as JSON: `terraform show -json {file} > plan.json`, and give that file."
        )
    return _decoded(content, file)


def unreadable(file: str, error: OSError) -> ConfigurationError:
    """What to say of a path that the operating system does not let us read."""
    said = error.strerror or str(error)
    return ConfigurationError(f"{file}: cannot be read: {said}. Give a path that exists and may be read.")


def _content(path: Path, size: int, file: str) -> bytes:
    if size <= LARGEST:
        with path.open("rb") as opened:
            # What grows while it is read stays within bounds too.
            content = opened.read(LARGEST + 1)
        if len(content) <= LARGEST:
            return content
    raise ConfigurationError(
        f"{file}: is larger than {LARGEST // 1024 // 1024} MB, which is the most that is read of one file. "
        "Split the configuration, or give the single stacks."
    )


def _decoded(content: bytes, file: str) -> str:
    if content.startswith(_UTF16):
        raise ConfigurationError(f"{file}:1:1: is UTF-16 text. Save it as UTF-8, which is what Terraform reads.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        line, column = before.count(b"\n") + 1, error.start - before.rfind(b"\n")
        byte = content[error.start]
        raise ConfigurationError(
            f"{file}:{line}:{column}: byte 0x{byte:02x} is not UTF-8 text. Save the file as UTF-8."
        ) from None
