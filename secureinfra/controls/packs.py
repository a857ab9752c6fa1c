"""Packs: the controls that one published framework requires."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from secureinfra.controls import catalogue, frameworks
from secureinfra.controls.control import Control
from secureinfra.controls.registry import every
from secureinfra.errors import ConfigError
from secureinfra.suggest import did_you_mean

# Pack -> the catalogue's column whose cells hold the framework's own ids, and the name of the framework.
_FRAMEWORKS = {
    "cis-v7": ("cis_v7", "CIS AWS Foundations Benchmark 7.0.0"),
    "cis-v5": ("cis_v5", "CIS AWS Foundations Benchmark 5.0.0"),
    "cis-v3": ("cis_v3", "CIS AWS Foundations Benchmark 3.0.0"),
    "fsbp": ("fsbp_id", "AWS Foundational Security Best Practices 1.0.0"),
    "nist-800-53": ("nist_800_53_r5", "NIST SP 800-53 Rev. 5"),
    "pci-dss-4": ("pci_dss_4", "PCI DSS 4.0.1"),
    "soc2": ("soc2", "SOC 2 (TSC 2017)"),
}
ALL = "all"
# Their ids stand with every finding; those of the others only where they are asked.
CITED = tuple(_FRAMEWORKS)
PACKS = (*_FRAMEWORKS, *frameworks.TITLES, ALL)


def pack(name: str) -> tuple[Control, ...]:
    """The controls of a pack, in the order of their ids.

    `all` holds every control; an optional one fails nothing there, because this library leaves it off by choice.

    Args:
        name: one of `PACKS`.

    Raises:
        ConfigError: the pack does not exist.
    """
    known(name)
    return tuple(control for control in every() if is_in(control, name))


def in_order(name: str) -> list[Control]:
    """The controls of a pack in the order of the framework's own numbers; those of `all` by their ids.

    Raises:
        ConfigError: the pack does not exist.
    """
    if name == ALL:
        return list(pack(name))
    return sorted(pack(name), key=lambda control: (min(map(natural, ids_in(control, name))), control.id))


def natural(id: str) -> list[tuple[int, str]]:
    """Sorts ids as people count: `2.9` before `2.10`, `S3.5` before `S3.17`."""
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", id) if part]


def is_in(control: Control, name: str) -> bool:
    """Whether a pack holds a control.

    Args:
        control: the control.
        name: one of `PACKS`.
    """
    return name == ALL or bool(ids_in(control, name))


def known(name: str) -> str:
    """The name of a pack, unchanged.

    Raises:
        ConfigError: the pack does not exist; the error suggests the nearest name.
    """
    if name not in PACKS:
        sentences = (f"pack {name!r} does not exist.", did_you_mean(name, PACKS), f"Packs: {', '.join(PACKS)}.")
        raise ConfigError(" ".join(filter(None, sentences)))
    return name


def ids_in(control: Control, name: str) -> tuple[str, ...]:
    """The ids of a control in a framework, e.g. `("S3.5",)` in `fsbp`; empty if it does not require the control."""
    if name == ALL:
        return (control.id,)
    return _ids_of(control.row, name) if control.row else ()


def controls_by_requirement(name: str) -> dict[str, tuple[Control, ...]]:
    """Each requirement of a framework that the catalogue has, in its own order, with the controls that touch it, if any.

    Args:
        name: one of `PACKS`, but not `all`.
    """
    known = frameworks.requirements(name) if name in frameworks.TITLES else catalogue.rows()
    ids = known if name in frameworks.TITLES else {id for row in known for id in _ids_of(row, name)}
    held: dict[str, list[Control]] = {id: [] for id in sorted(ids, key=natural)}
    for control in pack(name):
        for id in ids_in(control, name):
            held[id].append(control)
    return {id: tuple(controls) for id, controls in held.items()}


def cited(control: Control, asked: Collection[str] = ()) -> dict[str, tuple[str, ...]]:
    """The ids of a control by framework: those of every report, and of the packs that were asked.

    Args:
        control: the control.
        asked: names of packs.
    """
    names = (*CITED, *(name for name in frameworks.TITLES if name in asked))
    return {name: ids for name in names if (ids := ids_in(control, name))}


def _ids_of(row: str, name: str) -> tuple[str, ...]:
    if name in frameworks.TITLES:
        return frameworks.requirements_of(row, name)
    ids = catalogue.cell(row, _FRAMEWORKS[name][0])
    if name != "fsbp":
        return ids
    # Security Hub has more ids than FSBP: the catalogue says which of them are part of FSBP.
    (standing,) = catalogue.cell(row, "in_fsbp") or ("no",)
    if standing.startswith("part:"):
        return tuple(id for id in ids if id in standing.removeprefix("part:").replace(",", " ").split())
    return ids if standing == "yes" else ()


class Standing(NamedTuple):
    """How much of a framework has controls here.

    Args:
        total: how many requirements it has; `None` where that is not counted.
        with_controls: how many have a control that a pack checks.
        optional: how many of these have optional ones only.
        not_in_code: how many are in the catalogue, and nothing in Terraform shows them.
        whole: of a framework whose requirements code shows in part at best, how many have all evidence that code can give.
    """

    total: int | None
    with_controls: int
    optional: int
    not_in_code: int
    whole: int | None = None


# CIS: items of the benchmark, automated and manual. FSBP: controls on the page of the standard in the Security Hub guide. Of
# the others only the requirements that their sources link to AWS are in the catalogue.
_TOTALS = {"cis-v7": 70, "cis-v5": 63, "cis-v3": 62, "fsbp": 364}


def standing_of(name: str) -> Standing:
    """How much of a framework has controls here, by the catalogue.

    Args:
        name: one of `PACKS`, but not `all`.
    """
    if name in frameworks.TITLES:
        return _standing_of_mapped(name)
    stances: dict[str, set[str]] = {}
    for row in catalogue.rows().values():
        shown = row["terraform_resource_types"] and row["stance"] != "na"
        for id in _ids_of(row["key"], name):
            stances.setdefault(id, set()).add(row["stance"] if shown else "na")
    held = [found - {"na"} for found in stances.values()]
    return Standing(
        _TOTALS.get(name),
        sum(1 for found in held if found),
        sum(1 for found in held if found == {"opt"}),
        sum(1 for found in held if not found),
    )


def _standing_of_mapped(name: str) -> Standing:
    found = frameworks.requirements(name)
    rows = catalogue.rows()
    optional = sum(1 for one in found.values() if all(rows[row]["stance"] == "opt" for row in one.rows))
    size = frameworks.SIZES[name]
    return Standing(
        size.total, len(found), optional, size.total - size.in_code, sum(1 for one in found.values() if one.whole)
    )


def title_of(name: str) -> str:
    """The name of the framework behind a pack, as its publisher writes it."""
    return "every control of this library" if name == ALL else frameworks.TITLES.get(name) or _FRAMEWORKS[name][1]
