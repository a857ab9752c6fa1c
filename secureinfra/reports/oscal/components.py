"""The constructs of this library as an OSCAL component definition: which controls and requirements each of them meets."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from secureinfra.controls.constructs import constructs_of
from secureinfra.controls.control import Control
from secureinfra.controls.packs import ALL, CITED, ids_in, natural, title_of
from secureinfra.declared.names import HOMES
from secureinfra.declared.source import find_class
from secureinfra.errors import ConfigError
from secureinfra.reports.oscal.parts import (
    control_id,
    framework_resource,
    identified,
    line,
    metadata,
    prop,
    sealed,
    source_of,
)
from secureinfra.version import __version__

__all__ = ["as_components"]

_WITH_SETTING = re.compile(r"(?P<name>\w+)\(\.\.\., (?P<setting>.*)\)")
# A control that is met, and the setting that it takes; empty for the defaults.
_Met = tuple[Control, str]


def as_components(controls: Iterable[Control], date: datetime.date, packs: Collection[str] = (ALL,)) -> str:
    """A component definition as JSON, for OSCAL 1.2.1: a component for each construct that meets one of some controls.

    A construct meets a control if the control's check passes on all that the construct makes; a requirement of a framework it meets
    in part, as far as its controls go. Every UUID is made from content.

    Args:
        controls: those of interest.
        date: of the document; no clock is read.
        packs: the frameworks whose requirements are named; with `all`, those that every report cites.

    Raises:
        ConfigError: no construct meets any of them.
    """
    met: dict[str, list[_Met]] = {}
    for control in controls:
        for written in constructs_of(control.id):
            found = _WITH_SETTING.fullmatch(written)
            name, setting = (found["name"], found["setting"]) if found else (written, "")
            met.setdefault(name, []).append((control, setting))
    if not met:
        raise ConfigError(
            "no construct meets these controls, so there is no component to define. Choose other controls."
        )
    frameworks = CITED if ALL in packs else tuple(name for name in packs if name != ALL)
    document = {
        "metadata": metadata("Constructs of secureinfra", date, prop("tool", f"secureinfra {__version__}")),
        "components": [_component(name, held, frameworks) for name, held in sorted(met.items())],
        "back-matter": {"resources": [_own(), *map(framework_resource, frameworks)]},
    }
    return sealed("component-definition", document)


def _component(name: str, met: Sequence[_Met], frameworks: Iterable[str]) -> dict[str, Any]:
    found = find_class(f"secureinfra.{HOMES[name]}:{name}")
    about = {
        "type": "software",
        "title": name,
        "description": line((found and found.summary) or name),
        "props": prop("import", f"from secureinfra import {name}"),
        "control-implementations": [
            _own_controls(name, met),
            *filter(None, (_of_framework(name, met, one) for one in frameworks)),
        ],
    }
    return identified("component", about)


def _own() -> dict[str, Any]:
    return identified(
        "own", {"title": "Controls of secureinfra", "description": f"secureinfra controls, {__version__}"}
    )


def _own_controls(construct: str, met: Sequence[_Met]) -> dict[str, Any]:
    requirements = [
        identified(
            f"requirement {construct}",
            {
                "control-id": control.id,
                "description": line(f"{control.title}."),
                "props": [*prop("severity", control.severity), *prop("setting", setting)],
                "remarks": line(control.python),
            },
        )
        for control, setting in sorted(met, key=lambda one: one[0].id)
    ]
    about = {
        "source": f"#{_own()['uuid']}",
        "description": "Controls whose checks pass on all that this construct makes, by default or with the setting that is named.",
        "implemented-requirements": requirements,
    }
    return identified(f"implementation {construct}", about)


def _of_framework(construct: str, met: Sequence[_Met], framework: str) -> dict[str, Any] | None:
    held: dict[str, list[Control]] = {}
    for control, _ in met:
        for id in ids_in(control, framework):
            held.setdefault(id, []).append(control)
    if not held:
        return None
    requirements = [
        identified(
            f"requirement {construct}",
            {
                "control-id": control_id(framework, id),
                "description": line(f"In part, by code: {'; '.join(one.title for one in controls)}."),
                "props": [
                    *prop("requirement", id),
                    *(entry for one in sorted({one.id for one in controls}) for entry in prop("control", one)),
                ],
            },
        )
        for id, controls in sorted(held.items(), key=lambda one: natural(one[0]))
    ]
    about = {
        "source": source_of(framework),
        "description": f"{title_of(framework)}: requirements that this construct meets in part.",
        "implemented-requirements": requirements,
    }
    return identified(f"implementation {construct}", about)
