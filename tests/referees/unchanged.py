"""What passed before and has not changed since, so that a developer need not wait for it again; never in CI."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest


def state_of(folder: Path, tools: str) -> str:
    """What decides whether a test of a folder's files can come out otherwise: the files, and the versions of the tools."""
    whole = hashlib.sha256(tools.encode())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        if ".terraform" not in path.relative_to(folder).parts:
            whole.update(f"\0{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return whole.hexdigest()


def passed_before(config: pytest.Config, name: str, state: str) -> bool:
    """Whether the test of this name passed in this very state, on this machine, and this is not CI."""
    return not os.environ.get("CI") and config.cache is not None and config.cache.get(_key(name), None) == state


def remember(config: pytest.Config, name: str, state: str) -> None:
    """Keep that the test of this name passed in this state."""
    if config.cache is not None:
        config.cache.set(_key(name), state)


def _key(name: str) -> str:
    return f"secureinfra/passed/{name}"
