"""What a check did not look at: types that no control checks, options that are left off, requirements of a framework without an answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from secureinfra.check.finding import Finding
from secureinfra.check.run import OPTION_NOT_TAKEN
from secureinfra.controls import catalogue
from secureinfra.controls.control import Control
from secureinfra.controls.packs import ALL, CITED, Standing, ids_in, is_in, standing_of
from secureinfra.controls.registry import is_checked
from secureinfra.terraform.model.configuration import Configuration

MOST_TYPES = 12
"""So many types are named in a sentence; JSON has all of them."""
# What these make is not in a cloud: values, files, waiting.
_LOCAL = (
    "terraform_data",
    "null_",
    "random_",
    "time_",
    "tls_",
    "local_",
    "archive_",
    "external",
    "template_",
    "cloudinit_",
)


@dataclass(frozen=True)
class PackCoverage:
    """How much of a framework a check answered.

    Args:
        name: of the pack.
        standing: what the framework has, and what of it has controls.
        answered: how many of its requirements some control answered here, by whatever verdict but not applicable.
    """

    name: str
    standing: Standing
    answered: int

    def sentence(self) -> str:
        """It in words; it never says that a requirement is met."""
        if self.standing.whole is not None:
            return self._sentence_of_evidence(self.standing.whole)
        held, total = self.standing.with_controls, self.standing.total
        of_all = f" of {total}" if total is not None else ""
        said = f"{self.name}: {held}{of_all} requirements have controls, {self.answered} of them applied here"
        if self.standing.optional:
            said += f", {self.standing.optional} have optional ones only"
        if self.standing.not_in_code:
            said += f"; {self.standing.not_in_code} cannot be checked in code"
        return f"{said}."

    def _sentence_of_evidence(self, whole: int) -> str:
        total = self.standing.total or 0
        return (
            f"{self.name}: code can show part of {total - self.standing.not_in_code} of {total} requirements; controls touch "
            f"{self.standing.with_controls}, {self.answered} of them here, and give all evidence that code can give for "
            f"{whole}. None is met by code alone."
        )


@dataclass(frozen=True)
class Coverage:
    """What was not looked at.

    Args:
        aws: how many resources there are of each AWS type that no control checks.
        others: the same of other providers that create something in a cloud.
        packs: of each framework that was asked.
        optional: how many controls are options, which the default pack leaves off.
        left_off: ids of those that would have failed here, or are unknown.
        required_by: how many of these each other pack requires.
    """

    aws: Mapping[str, int]
    others: Mapping[str, int]
    packs: tuple[PackCoverage, ...] = ()
    optional: int = 0
    left_off: tuple[str, ...] = ()
    required_by: Mapping[str, int] | None = None

    def sentences(self) -> Iterator[str]:
        """It in words, one sentence for each kind; none where everything was looked at."""
        for held, whose in ((self.aws, "AWS types"), (self.others, "types of other providers")):
            if held:
                yield _of_types(held, whose)
        if self.left_off:
            packs = ", ".join(f"--pack {name} requires {count}" for name, count in (self.required_by or {}).items())
            fail = f"{len(self.left_off)} would fail or be unknown here"
            yield f"{self.optional} optional controls are left off; {fail}{': ' if packs else ''}{packs}."
        yield from (pack.sentence() for pack in self.packs)

    def as_object(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "unchecked_aws_types": dict(self.aws),
            "unchecked_other_types": dict(self.others),
            "optional_controls": self.optional,
            "optional_controls_left_off": list(self.left_off),
            "optional_controls_required_by": dict(self.required_by or {}),
            "packs": {
                pack.name: {
                    "requirements": pack.standing.total,
                    "with_controls": pack.standing.with_controls,
                    "optional_only": pack.standing.optional,
                    "not_in_code": pack.standing.not_in_code,
                    "applied_here": pack.answered,
                    **({} if pack.standing.whole is None else {"all_evidence_of_code": pack.standing.whole}),
                }
                for pack in self.packs
            },
        }


def unchecked_types(configuration: Configuration) -> Mapping[str, int]:
    """How many resources there are of each type that no control checks, and that none looked at to check another one.

    Args:
        configuration: one that controls have run over.
    """
    resources = (block.type for block in configuration.blocks if block.section == "resource")
    counted = Counter(type for type in resources if not type.startswith(_LOCAL))
    return {
        type: count
        for type, count in sorted(counted.items())
        if not is_checked(type) and type not in configuration.types_read
    }


def coverage_of(
    unchecked: Iterable[Mapping[str, int]], findings: Iterable[Finding], packs: Collection[str]
) -> Coverage:
    """What was not looked at.

    Args:
        unchecked: of each configuration, the resources of types that no control checks.
        findings: every answer.
        packs: those that ran.
    """
    types: Counter[str] = Counter()
    for held in unchecked:
        types.update(held)
    applied, left_off = _answering(findings)
    frameworks = [name for name in packs if name != ALL]
    return Coverage(
        aws={type: types[type] for type in sorted(types) if type.startswith("aws_")},
        others={type: types[type] for type in sorted(types) if not type.startswith("aws_")},
        packs=tuple(_of_pack(name, applied) for name in frameworks),
        optional=sum(1 for row in catalogue.rows().values() if row["stance"] == "opt"),
        left_off=tuple(sorted(control.id for control in left_off)),
        required_by={
            name: count for name in CITED if (count := sum(1 for control in left_off if is_in(control, name)))
        },
    )


def _answering(findings: Iterable[Finding]) -> tuple[set[Control], set[Control]]:
    """The controls that answered for some resource, and the options that were left off although they would have."""
    applied: set[Control] = set()
    left_off: set[Control] = set()
    for finding in findings:
        if finding.status != "not applicable":
            applied.add(finding.control)
        elif finding.found == OPTION_NOT_TAKEN:
            left_off.add(finding.control)
    return applied, left_off


def _of_pack(name: str, applied: Iterable[Control]) -> PackCoverage:
    return PackCoverage(name, standing_of(name), len({id for control in applied for id in ids_in(control, name)}))


def _of_types(held: Mapping[str, int], whose: str) -> str:
    resources = sum(held.values())
    named = ", ".join(f"{type} ({count})" if count > 1 else type for type, count in list(held.items())[:MOST_TYPES])
    more = f" and {len(held) - MOST_TYPES} more types" if len(held) > MOST_TYPES else ""
    kinds = whose if len(held) > 1 else whose.replace("types", "type", 1)
    what = "resource" if resources == 1 else "resources"
    return f"No control checks {resources} {what} of {len(held)} {kinds}: {named}{more}."
