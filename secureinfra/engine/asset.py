"""Files that Terraform uploads: `app.synth()` writes them beside the stack's Terraform JSON."""

from __future__ import annotations

from pathlib import Path

from secureinfra.engine._cdk import START
from secureinfra.engine.construct import SecureConstruct
from secureinfra.errors import ConfigError


def add_asset(owner: SecureConstruct, name: str, content: bytes) -> str:
    """Have a file written beside the stack's Terraform JSON.

    Args:
        owner: the construct that refers to it.
        name: name of the file, unique in the stack.
        content: what it holds.

    Returns:
        Its path, as an argument of a resource.

    Raises:
        ConfigError: a module is being written, which would not have the file.
    """
    state = owner.stack_state
    if state.module is not None:
        raise ConfigError(
            f"{owner.path}: a Terraform module cannot carry the file {name!r}: it is made for one program. Give an archive in a "
            "bucket or a container image instead."
        )
    path = f"assets/{name}"
    state.neighbors.synthesis.assets[state.path, path] = content
    return path


def place_of(path: str) -> Path:
    """A path as the program means it: seen from where it was started.

    Args:
        path: relative or absolute.
    """
    return START / path
