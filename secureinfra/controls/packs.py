"""Packs: the controls that one published framework demands."""

from __future__ import annotations

import difflib

from secureinfra.controls.control import Control, every
from secureinfra.errors import ConfigError

# Pack -> the catalogue's column whose cell names the framework's own ids, and what the framework is called.
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
PACKS = (*_FRAMEWORKS, ALL)


def pack(name: str) -> tuple[Control, ...]:
    """The controls of a pack, in the order of their ids.

    `all` holds every control; one that is optional fails nothing there, since this library leaves it off by choice.

    Args:
        name: one of `PACKS`.

    Raises:
        ConfigError: there is no such pack.
    """
    known(name)
    return tuple(control for control in every() if is_in(control, name))


def is_in(control: Control, name: str) -> bool:
    """Whether a pack holds a control.

    Args:
        control: the control.
        name: one of `PACKS`.
    """
    return name == ALL or bool(ids_in(control, name))


def known(name: str) -> str:
    """The name of a pack, as it is.

    Raises:
        ConfigError: there is no such pack; the error names the nearest.
    """
    if name not in PACKS:
        near = difflib.get_close_matches(name, PACKS, n=1)
        hint = f"Did you mean {near[0]!r}? " if near else ""
        raise ConfigError(f"there is no pack {name!r}. {hint}Packs: {', '.join(PACKS)}.")
    return name


def ids_in(control: Control, name: str) -> tuple[str, ...]:
    """The ids under which a framework knows a control, e.g. `("S3.5",)` in `fsbp`; empty where it does not demand it."""
    if name == ALL:
        return (control.id,)
    ids = control.source(_FRAMEWORKS[name][0])
    if name != "fsbp":
        return ids
    # Security Hub's ids are wider than FSBP: the catalogue says which of them are on its page.
    (standing,) = control.source("in_fsbp") or ("no",)
    if standing.startswith("part:"):
        return tuple(id for id in ids if id in standing.removeprefix("part:").replace(",", " ").split())
    return ids if standing == "yes" else ()


def title_of(name: str) -> str:
    """What a pack is called by those who publish it."""
    return "every control of this library" if name == ALL else _FRAMEWORKS[name][1]
