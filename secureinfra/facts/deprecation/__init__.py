"""Resource types, arguments and attributes that the AWS provider marks as deprecated, with what to use instead.

`deprecated.json.gz` was made from the warnings of provider 5.100 itself, and from the texts in the source of 6.58. By type, then by path
(`*` is the whole type): `u` what to use, `w` why; `5` and `6`: since when in that line, where `6` may say `gone`, `kept` (no longer
marked) or `unknown`.
"""

from __future__ import annotations

import functools
import gzip
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

__all__ = ["deprecated_in"]

_REFERENCE = re.compile(r"(?<![\w.])(data\.)?(aws_\w+)\.[\w-]+(?:\[[^\]]*\])?\.(\w+)")


@functools.cache
def _known() -> Mapping[str, Mapping[str, Mapping[str, Mapping[str, Any]]]]:
    data = Path(__file__).with_name("deprecated.json.gz").read_bytes()
    known: Mapping[str, Mapping[str, Mapping[str, Mapping[str, Any]]]] = json.loads(gzip.decompress(data))
    return known


def deprecated_in(document: Mapping[str, Any], major: int) -> Iterator[str]:
    """What is deprecated of the types, arguments and references in Terraform JSON, as the path of each with what to use instead.

    Args:
        document: a root module as Terraform JSON.
        major: of the AWS provider, 5 or 6.
    """
    for section in ("resource", "data"):
        for type, blocks in document.get(section, {}).items():
            facts = _known()[section].get(type, {})
            for block in blocks.values():
                for path in ("*", *_paths(block)):
                    yield from _told(section, type, path, facts, major)
    for is_data, type, attribute in sorted(set(_REFERENCE.findall(json.dumps(document)))):
        section = "data" if is_data else "resource"
        yield from _told(section, type, attribute, _known()[section].get(type, {}), major)


def _told(section: str, type: str, path: str, facts: Mapping[str, Mapping[str, Any]], major: int) -> Iterator[str]:
    fact = facts.get(path)
    if fact is None or str(major) not in fact or fact[str(major)] in ("kept", "unknown"):
        return
    use = fact.get("u")
    instead = f": use {use if isinstance(use, str) else ' or '.join(use)}" if use else ""
    name = f"{'data.' if section == 'data' else ''}{type}"
    yield f"{name if path == '*' else f'{name}.{path}'}{instead}"


def _paths(value: Any, above: str = "") -> Iterator[str]:
    """The paths of all arguments of a block, without list indices."""
    if isinstance(value, Mapping):
        for key, held in value.items():
            if key != "//":
                path = f"{above}.{key}" if above else key
                yield path
                yield from _paths(held, path)
    elif isinstance(value, list):
        for held in value:
            yield from _paths(held, above)
