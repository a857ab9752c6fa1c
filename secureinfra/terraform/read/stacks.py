"""The stacks in a `cdktf.out` folder."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.read import json_text
from secureinfra.terraform.read.disk import read, shown


def stack_files(folder: Path) -> list[tuple[str, Path]]:
    """Name and file of each stack, in order of name; none if the folder is not what `cdktf synth` writes.

    The manifest decides: folders of stacks that the program no longer has may still lie about.

    Raises:
        ConfigurationError: the manifest cannot be read, or names a file that is not there.
    """
    manifest = folder / "manifest.json"
    stacks = _manifest_stacks(manifest) if manifest.is_file() else None
    if stacks is None:
        found = folder.glob("stacks/*/cdk.tf.json")
        return sorted((file.parent.name, file) for file in found if not file.parent.name.startswith("."))
    return sorted((name, _stack_file(manifest, name, stack)) for name, stack in stacks.items())


def _manifest_stacks(manifest: Path) -> dict[str, Any] | None:
    value = json_text.values(read(manifest), shown(manifest))
    stacks = value.get("stacks") if isinstance(value, dict) else None
    return stacks if isinstance(stacks, dict) else None


def _stack_file(manifest: Path, name: str, stack: Any) -> Path:
    written = stack.get("synthesizedStackPath") if isinstance(stack, dict) else None
    path = PurePosixPath(written) if isinstance(written, str) else PurePosixPath("stacks", name, "cdk.tf.json")
    file = manifest.parent / path
    if path.is_absolute() or ".." in path.parts or not file.is_file():
        raise ConfigurationError(
            f"{shown(manifest)}: names the stack {name!r}, but there is no {path} beside it. Run `cdktf synth` again."
        )
    return file
