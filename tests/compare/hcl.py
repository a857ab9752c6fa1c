"""Configurations from HCL, for tests that compare two."""

from __future__ import annotations

from pathlib import Path

from secureinfra.terraform.model.configuration import Configuration


def folder(path: Path, text: str, **files: str) -> Path:
    """A folder with `main.tf`, and further files by name with `__` for `/`."""
    for name, content in {"main": text, **files}.items():
        file = path / (name.replace("__", "/") + ".tf")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
    return path


def configuration(path: Path, text: str, **files: str) -> Configuration:
    """The configuration in a new folder."""
    (found,) = Configuration.load(folder(path, text, **files))
    return found
