"""What makes a finding the same one in a later run: the control, the resource, and what was found; not lines or positions."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from secureinfra.check.finding import Finding
from secureinfra.terraform.unknown import is_unknown, text_of

_POSITION = re.compile(r"\[\d+\]")
_INDEXED = re.compile(r"\w+\[\d+\]")
_STEP = re.compile(r"[^.\[\]]+|\[\d+\]")
# What people write about a block says nothing about what it does.
_REMARKS = ("description", "tags", "Sid", "sid", "//")


def identity(finding: Finding, paths: Mapping[str, Path], base: Path) -> str:
    """The identity of a finding; several that are alike in everything share one.

    Args:
        finding: a failure.
        paths: where the configurations lie that are called by their paths.
        base: what those paths are relative to.
    """
    path = paths.get(finding.configuration)
    configuration = finding.configuration if path is None else Path(os.path.relpath(path, base)).as_posix()
    place, said = _POSITION.sub("", finding.at), finding.found
    for part in _INDEXED.findall(finding.at):
        said = said.replace(part, _POSITION.sub("", part))
    return "|".join((finding.control.id, configuration, finding.address, place, said, content_of(finding)))


def identities(findings: Iterable[Finding], paths: Mapping[str, Path], base: Path) -> list[str]:
    """Identities of findings in their order, those that are alike told apart by their number."""
    seen: Counter[str] = Counter()
    found = []
    for finding in findings:
        own = identity(finding, paths, base)
        seen[own] += 1
        found.append(own if seen[own] == 1 else f"{own}|{seen[own]}")
    return found


def old_identity(finding: Finding) -> str:
    """What the first form of baselines held: a place, whatever stood there."""
    return "|".join((finding.control.id, finding.configuration, finding.address, finding.at))


def content_of(finding: Finding) -> str:
    """A digest of the nested block or statement that a finding is about; empty where it is about one value."""
    if finding.seen is not None:
        return finding.seen.content
    if finding.block is None or "[" not in finding.at:
        return ""
    first, *steps = _STEP.findall(finding.at)
    value = finding.block.get(first)
    for step in steps:
        inner = _within(value, step)
        if inner is None:
            break
        value = inner
    if not isinstance(value, dict):
        return ""
    told = {name: held for name, held in value.items() if name not in _REMARKS}
    text = json.dumps(told, sort_keys=True, default=text_of)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _within(value: Any, step: str) -> Any:
    if is_unknown(value):
        return None
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if step.startswith("["):
        place = int(step[1:-1])
        held = value if isinstance(value, list) else [value]
        return held[place] if place < len(held) else None
    if isinstance(value, list) and value:
        value = value[0]
    found = value.get(step) if isinstance(value, dict) else None
    return found if isinstance(found, dict | list) else None
