"""Moves repeated expressions into locals: account, region and partition, zone names, ARNs composed of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from secureinfra.modules.content.walk import json_in, rewritten, strings

# Attributes of the data sources for account, region and partition, and the locals that hold them.
_AMBIENT: Final = {
    "data.aws_caller_identity.current.account_id": "account_id",
    "data.aws_region.current.id": "region",
    "data.aws_region.current.region": "region",
    "data.aws_partition.current.partition": "partition",
    "data.aws_partition.current.dns_suffix": "dns_suffix",
}
_ZONE = re.compile(r"\$\{local\.region\}([a-z])")
_ARN = re.compile(
    r"arn:\$\{local\.partition\}:(?P<service>[a-z0-9-]+):[^:]*:[^:]*:(?P<resource>[a-z][a-z0-9-]*)(?P<rest>.*)"
)
_OFTEN: Final = 3


def with_locals(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with locals for repeated expressions."""
    texts = Counter(_texts(document))
    often = {
        reference: name
        for reference, name in _AMBIENT.items()
        if sum(count for text, count in texts.items() if reference in text) >= _OFTEN
    }
    found = {name: f"${{{reference}}}" for reference, name in often.items()}
    document = rewritten(document, lambda text: _with_references(text, often))
    named = dict(_name_repeats(Counter(_texts(document))))
    found |= {name: text for text, name in named.items()}
    document = rewritten(document, lambda text: _with_names(text, named))
    return {**document, "locals": {**found, **document.get("locals", {})}} if found else dict(document)


def _texts(document: Mapping[str, Any]) -> Iterator[str]:
    """Every string, including the strings in JSON text."""
    for text in strings({section: document.get(section, {}) for section in ("data", "resource", "output")}):
        held = json_in(text)
        if held is None:
            yield text
        else:
            yield from strings(held)


def _with_references(text: str, often: Mapping[str, str]) -> str:
    for reference, name in often.items():
        text = text.replace(reference, f"local.{name}")
    return text


def _with_names(text: str, named: Mapping[str, str]) -> str:
    for template, name in named.items():
        if text == template:
            return f"${{local.{name}}}"
        # In JSON text the reference stays a template; inside an expression it is bare.
        whole = f"${{local.{name}}}" if json_in(text) is not None else ""
        text = text.replace(f'"{template}"', f'"{whole}"' if whole else f"local.{name}")
    return text


def _name_repeats(texts: Counter[str]) -> Iterator[tuple[str, str]]:
    """Repeated templates, each with the name of its local."""
    taken: set[str] = set()
    uses = Counter[str]()
    for text, count in texts.items():
        for zone in {
            match.group() for match in _ZONE.finditer(text) if text == match.group() or f'"{match.group()}"' in text
        }:
            uses[zone] += count
        if _ARN.fullmatch(text):
            uses[text] += count
    for text, count in uses.items():
        name = _name_of(text)
        if count >= _OFTEN and name and name not in taken:
            taken.add(name)
            yield text, name


def _name_of(text: str) -> str:
    zone = _ZONE.fullmatch(text)
    if zone:
        return f"zone_{zone[1]}"
    arn = _ARN.fullmatch(text)
    if arn is None or "*" in text:
        return ""
    if arn["service"] == "iam" and arn["resource"] == "root":
        return "account_root_arn"
    return f"{arn['resource'].replace('-', '_')}_arn"
