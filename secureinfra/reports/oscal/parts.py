"""Pieces of OSCAL documents: identifiers made from content, tokens, properties, times, metadata."""

from __future__ import annotations

import datetime
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from secureinfra.check.formats.plain import plain
from secureinfra.controls.packs import title_of
from secureinfra.version import __version__

__all__ = [
    "FRAMEWORK_NIST",
    "component",
    "control_id",
    "end_of_day",
    "framework_resource",
    "identified",
    "line",
    "metadata",
    "prop",
    "sealed",
    "source_of",
    "start_of_day",
    "tool",
    "without_empty",
]

# pages.nist.gov/OSCAL-Reference/models/v1.2.1
_VERSION = "1.2.1"
# What properties of this library are called in, so that they are not taken for those that OSCAL defines.
_NAMES = "urn:secureinfra:oscal"
_IDS = uuid.uuid5(uuid.NAMESPACE_URL, _NAMES)
FRAMEWORK_NIST = "nist-800-53"
# The catalog whose ids `control_id` uses: github.com/usnistgov/oscal-content
_NIST_CATALOG = (
    "https://raw.githubusercontent.com/usnistgov/oscal-content/main/nist.gov/SP800-53/rev5/json/"
    "NIST_SP-800-53_rev5_catalog.json"
)


def identified(kind: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry with a UUID made from what it says, so that the same content has the same UUID in every run.

    Args:
        kind: what it is, so that entries of two kinds that say the same differ.
        entry: without its UUID.
    """
    written = without_empty(entry)
    text = json.dumps([kind, written], sort_keys=True)
    return {"uuid": str(uuid.uuid5(_IDS, text)), **written}


def without_empty(entry: Mapping[str, Any]) -> dict[str, Any]:
    """An entry without what is empty: OSCAL has no empty lists and texts."""
    return {name: value for name, value in entry.items() if value not in ("", None, [], ())}


def sealed(kind: str, entry: Mapping[str, Any]) -> str:
    """A whole document as text."""
    return json.dumps({kind: identified(kind, entry)}, indent=1) + "\n"


def line(text: str) -> str:
    """A text on one line, without control characters and blanks around it."""
    return " ".join(plain(text).split())


def prop(name: str, value: str) -> list[dict[str, str]]:
    """A property of this library as a list; an empty one for a value that says nothing.

    Args:
        name: a token, e.g. `severity`.
        value: any text.
    """
    text = line(value)
    return [{"name": name, "ns": _NAMES, "value": text}] if text else []


def control_id(framework: str, id: str) -> str:
    """The id of a requirement as a token that no other requirement has.

    That of NIST SP 800-53 is the one of NIST's own catalog (`AC-2(1)` is `ac-2.1`). The others have no published catalog in
    OSCAL, so the name of their pack stands before them.

    Args:
        framework: name of a pack.
        id: as the framework writes it.
    """
    if framework == FRAMEWORK_NIST:
        return re.sub(r"\((\w+)\)", r".\1", id.lower())
    return f"{framework}_{re.sub(r'[^A-Za-z0-9-]+', '.', id).strip('.')}"


def framework_resource(name: str) -> dict[str, Any]:
    """A framework as a resource of a document's back matter."""
    return identified("framework", {"title": title_of(name), "props": prop("pack", name)})


def source_of(name: str) -> str:
    """Where the requirements of a framework are defined: NIST's catalog, or the resource in the back matter."""
    return _NIST_CATALOG if name == FRAMEWORK_NIST else f"#{framework_resource(name)['uuid']}"


def start_of_day(date: datetime.date) -> str:
    """The first moment of a day, in UTC."""
    return f"{date.isoformat()}T00:00:00Z"


def end_of_day(date: str) -> str:
    """The last second of a day, in UTC; empty for what is not a date."""
    try:
        return f"{datetime.date.fromisoformat(date).isoformat()}T23:59:59Z"
    except ValueError:
        return ""


def metadata(title: str, date: datetime.date, props: Iterable[Mapping[str, str]] = ()) -> dict[str, Any]:
    """The metadata of a document.

    Args:
        title: of the document.
        date: at which it was made, as the user says; no clock is read.
        props: properties.
    """
    return without_empty(
        {
            "title": line(title),
            "last-modified": start_of_day(date),
            "version": date.isoformat(),
            "oscal-version": _VERSION,
            "props": [*props],
        }
    )


def component(kind: str, title: str, description: str, props: Iterable[Mapping[str, str]] = ()) -> dict[str, Any]:
    """A component of an assessed system. It is as its Terraform says: what is deployed was not looked at."""
    return identified(
        "component",
        {
            "type": kind,
            "title": line(title),
            "description": line(description),
            "props": [*props],
            "status": {"state": "other", "remarks": "As it is written; what is deployed was not read."},
        },
    )


@cache
def tool() -> dict[str, Any]:
    """This library as a component: what made the observations."""
    about = {
        "type": "software",
        "title": "secureinfra",
        "description": "Checks Terraform against controls, and proves theorems about it.",
        "props": [{"name": "version", "value": __version__}],
        "status": {"state": "operational"},
    }
    return identified("component", about)
