"""The constructs of this library that can be written as modules, as `make names` collects them from their declarations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from importlib import resources
from typing import Any

from secureinfra.modules.entries.entry import Entry

_DECLARED: dict[str, Any] = json.loads(
    (resources.files("secureinfra.declared") / "modules.json").read_text(encoding="utf-8")
)


def _entries(modules: Mapping[str, Mapping[str, Any]]) -> Iterable[tuple[str, Entry]]:
    for name, said in modules.items():
        lists = {key: tuple(said.get(key, ())) for key in ("asks", "needs", "yours")}
        yield name, Entry(name, **{**said, **lists})


CONSTRUCTS: Mapping[str, Entry] = dict(_entries(_DECLARED["modules"]))

# Constructs that need another construct, and the blueprint that contains both.
WITHIN: Mapping[str, str] = _DECLARED["within"]
