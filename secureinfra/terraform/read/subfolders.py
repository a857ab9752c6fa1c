"""What to say of a folder without Terraform: which of its subfolders have some."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.read.disk import shown

_LOOKED_INTO = 500
_NAMED = 5
_SKIPPED = ("node_modules", "__pycache__")


def nothing_here(folder: Path) -> ConfigurationError:
    """The error that names what was looked for, and subfolders to give instead."""
    text = f"{shown(folder)}: has no *.tf, *.tf.json, *.tofu, or stacks/*/cdk.tf.json."
    below = [shown(found) for found in _with_terraform(folder)]
    if not below:
        return ConfigurationError(f"{text} Give a folder of Terraform, `cdktf.out`, or the JSON of a plan.")
    named = ", ".join(below[:_NAMED]) + (f" and {len(below) - _NAMED} more" if len(below) > _NAMED else "")
    each = "each as a path of its own" if len(below) > 1 else "that"
    return ConfigurationError(f"{text} Subfolders are not read; these have some: {named}. Give {each}.")


def _with_terraform(folder: Path) -> Iterator[Path]:
    waiting, looked = [folder], 0
    while waiting and looked < _LOOKED_INTO:
        looking = waiting.pop(0)
        looked += 1
        try:
            entries = sorted(os.scandir(looking), key=lambda entry: entry.name)
        except OSError:
            continue
        if looking != folder and any(
            entry.name.endswith((".tf", ".tf.json", ".tofu", ".tofu.json")) for entry in entries
        ):
            # What lies within is a part of it: a module it calls, a stack of its `cdktf.out`.
            yield looking
            continue
        if looking != folder and any(entry.name == "manifest.json" for entry in entries) and "cdktf" in looking.name:
            yield looking
            continue
        waiting += [
            looking / entry.name
            for entry in entries
            if entry.is_dir(follow_symlinks=False) and not entry.name.startswith(".") and entry.name not in _SKIPPED
        ]
