"""Modules that `terraform init` has fetched into a folder, by the calls that they are for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from secureinfra.terraform.model.block import INSTANCE_KEY


def installed_module(root: Path, address: str, source: str) -> Path | None:
    """Where Terraform keeps the module of a call; `None` where it keeps none, or that of another source.

    Args:
        root: the folder of the root module, in which `terraform init` ran.
        address: of the call, e.g. `module.network["a"].module.flow_logs`.
        source: what the call names.
    """
    key = ".".join(INSTANCE_KEY.sub("", address).split(".")[1::2])
    entry = _manifest(root).get(key)
    if entry is None or not str(entry.get("Source", "")).endswith(source):
        return None
    directory = root / str(entry.get("Dir", ""))
    return directory if directory.is_dir() else None


def _manifest(root: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        listed = json.loads((root / ".terraform" / "modules" / "modules.json").read_text(encoding="utf-8"))["Modules"]
        return {str(entry["Key"]): entry for entry in listed}
    except (OSError, ValueError, KeyError, TypeError):
        # Terraform makes the file and may make it otherwise one day: then the module is not at hand.
        return {}
