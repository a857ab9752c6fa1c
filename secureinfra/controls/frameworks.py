"""Frameworks whose requirements code shows in part at best: which rows of the catalogue are evidence for which requirement.

The pairs are in `frameworks.csv`, read when such a pack is asked. A row is evidence towards a requirement, never proof that it
is met: most requirements ask for people, papers and the state of an account besides. The file holds ids only.
"""

from __future__ import annotations

import csv
import functools
import pkgutil
from collections.abc import Mapping
from typing import NamedTuple

FILE = "frameworks.csv"

TITLES = {
    "nis2": "NIS2, annex of Implementing Regulation (EU) 2024/2690",
    "dora": "DORA, Regulation (EU) 2022/2554",
    "iso27001-2022": "ISO/IEC 27001:2022, Annex A",
    "bsi-c5": "BSI C5:2025",
    "nist-csf-2": "NIST Cybersecurity Framework 2.0",
    "hipaa": "HIPAA Security Rule, 45 CFR 164",
    "fedramp-moderate-r4": "FedRAMP Moderate, Rev. 4",
    "fedramp-low-r4": "FedRAMP Low, Rev. 4",
    "cis-controls-8": "CIS Controls 8.1",
    "aws-waf-security": "AWS Well-Architected Framework, Security Pillar",
    "ens": "ENS, Real Decreto 311/2022, category high",
}


class Size(NamedTuple):
    """How large a framework is.

    Args:
        total: its requirements; of NIS2, DORA, HIPAA and FedRAMP those that the source of the pairs lists.
        in_code: how many of these code can show at all, in part.
    """

    total: int
    in_code: int


# prowler 5.46.0 (Apache-2.0): requirements with a check that is not about the state of an account alone; of ENS the measures and
# reinforcements. NIST CSF 2.0 has 106 subcategories (NIST CSWP 29), of which the source speaks about 22; it writes ids of CSF 1.1,
# which were held against NIST's own catalog of 2.0 (usnistgov/oscal-content). ISO/IEC 27001:2022 has 93 controls.
SIZES = {
    "nis2": Size(120, 107),
    "dora": Size(18, 18),
    "iso27001-2022": Size(93, 35),
    "bsi-c5": Size(610, 198),
    "nist-csf-2": Size(106, 20),
    "hipaa": Size(32, 31),
    "fedramp-moderate-r4": Size(63, 60),
    "fedramp-low-r4": Size(18, 18),
    "cis-controls-8": Size(153, 50),
    "aws-waf-security": Size(57, 34),
    "ens": Size(72, 44),
}


class Requirement(NamedTuple):
    """A requirement, and what is evidence for it.

    Args:
        rows: keys of the catalogue.
        whole: whether these rows answer everything that the source of the pairs asks for; otherwise they touch it.
    """

    rows: tuple[str, ...]
    whole: bool


def requirements(name: str) -> Mapping[str, Requirement]:
    """The requirements of a framework that have evidence here, by their ids.

    Args:
        name: one of `TITLES`.
    """
    return _all()[name]


def requirements_of(row: str, name: str) -> tuple[str, ...]:
    """The requirements of a framework towards which a row of the catalogue is evidence.

    Args:
        row: key of the row.
        name: one of `TITLES`.
    """
    return _by_row(name).get(row, ())


@functools.cache
def _all() -> Mapping[str, Mapping[str, Requirement]]:
    text = (pkgutil.get_data(__package__, FILE) or b"").decode()
    found: dict[str, dict[str, Requirement]] = {name: {} for name in TITLES}
    for name, id, evidence, rows in list(csv.reader(text.splitlines()))[1:]:
        found[name][id] = Requirement(tuple(rows.split(";")), evidence == "all")
    return found


@functools.cache
def _by_row(name: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for id, requirement in requirements(name).items():
        for row in requirement.rows:
            found[row] = (*found.get(row, ()), id)
    return found
