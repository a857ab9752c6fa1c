"""Finds controls by any published id, or by words: `S3.5`, `CKV_AWS_21`, `AVD-AWS-0132`, `cis-v5 2.1.1`, `tls bucket`."""

from __future__ import annotations

import functools
import json
import pkgutil
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from secureinfra.controls import frameworks
from secureinfra.controls.control import Control
from secureinfra.controls.packs import ids_in
from secureinfra.controls.registry import every, types_of
from secureinfra.errors import ConfigError
from secureinfra.suggest import nearest

# Columns of the catalogue, and what is said before their ids.
_PUBLISHED = {
    "cis_v7": "cis-v7",
    "cis_v6": "cis-v6",
    "cis_v5": "cis-v5",
    "cis_v3": "cis-v3",
    "fsbp_id": "fsbp",
    "nist_800_53_r5": "nist-800-53",
    "pci_dss_4": "pci-dss-4",
    "soc2": "soc2",
    "checkov_ids": "checkov",
    "trivy_ids": "trivy",
    "prowler_check": "prowler",
}
# trivy writes the ids of its older form, AVD-AWS-0132, as AWS-0132 too.
_OLD_TRIVY = "avd-"
_MOST_SUGGESTED = 5
_SURE = 0.85


@dataclass(frozen=True)
class Hit:
    """A control that was found.

    Args:
        control: the control.
        named: the ids by which it was found, each after its framework or scanner; empty for its own id, and for words.
    """

    control: Control
    named: tuple[str, ...] = ()


def by_id(text: str) -> list[Hit]:
    """The controls with an id, their own or a published one, in the order of their own ids; case does not matter.

    Args:
        text: the id; a framework or scanner and a blank or colon may stand before it. Before the id of a framework in
            `frameworks.TITLES` its name must stand: the numbers of so many standards are the same.
    """
    wanted = " ".join(text.casefold().replace(":", " ").split())
    framework, _, number = wanted.partition(" ")
    if framework in frameworks.TITLES:
        held = {control: [id for id in ids_in(control, framework) if id.casefold() == number] for control in every()}
        return [Hit(control, (f"{framework} {ids[0]}",)) for control, ids in held.items() if ids]
    found = _index().get(wanted, {})
    return [Hit(control, tuple(sorted(found[control]))) for control in sorted(found, key=lambda one: one.id)]


def by_words(text: str) -> list[Hit]:
    """The controls of which id, title, reason, remediation or resource types contain every word.

    Those with all words in id or title come first.
    """
    words = re.split(r"[\s-]+", text.casefold().strip())
    if not any(words):
        return []
    first, others = [], []
    for control in every():
        head = f"{control.id} {control.title}".casefold()
        rest = f"{control.why} {control.fix} {' '.join(types_of(control))}".casefold()
        if all(word in head for word in words):
            first.append(Hit(control))
        elif all(word in head or word in rest for word in words):
            others.append(Hit(control))
    return first + others


def names_of() -> Iterable[str]:
    """All ids and names that `by_id` finds, in lower case."""
    return _index()


def named(text: str) -> tuple[Control, ...]:
    """The controls with an id, their own or a published one.

    Raises:
        ConfigError: there is none; the error suggests the nearest.
    """
    if found := by_id(text):
        return tuple(hit.control for hit in found)
    raise ConfigError(nothing_found(text))


def search(text: str) -> list[Hit]:
    """The controls with an id, or those that contain every word of the text.

    Raises:
        ConfigError: there is none; the error suggests the nearest. A misspelled id is not taken for words.
    """
    if found := by_id(text):
        return found
    if "-" in text and nearest(text.casefold(), (control.id for control in every()), cutoff=_SURE):
        raise ConfigError(nothing_found(text))
    if found := by_words(text):
        return found
    raise ConfigError(nothing_found(text))


def nothing_found(text: str) -> str:
    """What to say of an id or words that lead to no control."""
    said = f"there is no control {text!r}, and no framework or scanner has that id here."
    own = {control.id.casefold(): control.id for control in every()}
    written = {id.casefold(): id for id in _written()}
    if near := nearest(text.casefold(), own):
        return f"{said} Did you mean {own[near]!r}?"
    if any(character.isdigit() for character in text) and (near := nearest(text.casefold(), written, cutoff=0.75)):
        return f"{said} Did you mean {written[near]!r}?"
    if len(words := [hit.control.id for hit in by_words(text)]) > 0:
        return f"{said} Controls with these words: {', '.join(words[:_MOST_SUGGESTED])}."
    return f"{said} `secureinfra controls WORD` finds controls by words, `secureinfra controls` lists all."


@functools.cache
def _index() -> Mapping[str, Mapping[Control, set[str]]]:
    found: dict[str, dict[Control, set[str]]] = {}
    for control in every():
        found.setdefault(control.id.casefold(), {}).setdefault(control, set())
        for column, framework in _PUBLISHED.items():
            for id in control.source(column):
                # Security Hub has more ids than the standard FSBP.
                within = column != "fsbp_id" or id in ids_in(control, "fsbp")
                label = framework if within else "security-hub"
                plain = id.casefold()
                for key in {plain, plain.removeprefix(_OLD_TRIVY), *_long_names().get(id, ())}:
                    for name in (key, f"{label} {key}"):
                        found.setdefault(name, {}).setdefault(control, set()).add(f"{label} {id}")
    return found


@functools.cache
def _long_names() -> Mapping[str, Sequence[str]]:
    """What comments in code call the checks of trivy and tfsec: `aws-s3-enable-versioning`."""
    held = json.loads(pkgutil.get_data(__package__, "trivy_names.json") or b"{}")
    found: dict[str, list[str]] = {}
    for name, id in held["names"].items():
        found.setdefault(id, []).append(name)
    return found


def _written() -> set[str]:
    return {id for control in every() for column in _PUBLISHED for id in control.source(column)}


def starting(text: str) -> list[str]:
    """The ids that begin so, the controls' own and published ones, for shells to complete."""
    ids = {control.id for control in every()} | (_written() if text else set())
    return sorted(id for id in ids if id.startswith(text))
