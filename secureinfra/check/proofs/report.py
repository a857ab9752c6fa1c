"""The result of proving theorems: a verdict for each subject, totals, and the exit code."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from secureinfra.errors import SecureInfraError
from secureinfra.proofs.theorems.registry import theorems
from secureinfra.proofs.theorems.theorem import Answer, Result, Theorem, unknown
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.unknown import UnknownValueError

__all__ = ["ANSWERS", "FailOn", "Finding", "ProofReport", "broken_in_words", "prove"]

ANSWERS: tuple[Answer, ...] = ("PROVED", "BROKEN", "UNKNOWN")
FailOn = Literal["broken", "unknown"]


@dataclass(frozen=True)
class Finding:
    """The verdict of one theorem on one subject of one configuration."""

    theorem: Theorem
    configuration: str
    result: Result


@dataclass(frozen=True)
class ProofReport:
    """The result of a run.

    Args:
        configurations: names of what was read.
        theorems: those that were asked.
        findings: every verdict, theorem by theorem.
        notes: what was not read, and what the reader should know besides.
    """

    configurations: tuple[str, ...]
    theorems: tuple[Theorem, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    def of_answer(self, answer: Answer) -> list[Finding]:
        """The findings with one verdict."""
        return [finding for finding in self.findings if finding.result.verdict == answer]

    @property
    def totals(self) -> dict[Answer, int]:
        """The number of findings of each verdict."""
        counted = Counter(finding.result.verdict for finding in self.findings)
        return {answer: counted[answer] for answer in ANSWERS}

    @property
    def totals_line(self) -> str:
        """The totals in one line."""
        return ", ".join(f"{count} {answer.lower()}" for answer, count in self.totals.items())

    def exit_code(self, fail_on: FailOn = "unknown") -> int:
        """0 where all is proved, 1 where something is broken, 3 where something is unknown.

        Args:
            fail_on: `broken` lets what is unknown pass.
        """
        if self.totals["BROKEN"]:
            return 1
        return 3 if fail_on == "unknown" and self.totals["UNKNOWN"] else 0


def prove(
    configurations: Iterable[Configuration], asked: Sequence[Theorem] | None = None, *, strict: bool = False
) -> ProofReport:
    """Prove theorems about configurations, or find what breaks them.

    Args:
        configurations: each is looked at by itself.
        asked: the theorems; the standing ones if not given.
        strict: whether what a theorem assumes of other configurations leaves it unknown.
    """
    chosen = tuple(theorems() if asked is None else asked)
    findings: list[Finding] = []
    names: list[str] = []
    notes: list[str] = []
    for configuration in configurations:
        names.append(configuration.name)
        notes += (*configuration.notes, *map(str, configuration.unread))
        for theorem in chosen:
            held = _results(theorem, configuration)
            findings += (Finding(theorem, configuration.name, _strictly(one, theorem, strict)) for one in held)
    return ProofReport(tuple(names), chosen, tuple(findings), tuple(dict.fromkeys(notes)))


def _results(theorem: Theorem, configuration: Configuration) -> Iterator[Result]:
    try:
        yield from theorem.prove(configuration)
    except UnknownValueError as error:
        yield unknown(None, f"it depends on {error.value.text}")
    except SecureInfraError:
        raise
    except Exception as error:
        # One odd resource must not cost the verdicts on all others, and is never a proof.
        yield unknown(None, f"the proof crashed ({type(error).__name__}: {error}); please report this")


def _strictly(result: Result, theorem: Theorem, strict: bool) -> Result:
    if not strict or not theorem.assumes or result.verdict != "PROVED":
        return result
    return dataclasses.replace(result, verdict="UNKNOWN", reason=f"it holds only if: {theorem.assumes}")


def broken_in_words(name: str, findings: Sequence[Finding]) -> str:
    """What is not proved, as text for an error: each with its theorem, its address and the counterexample."""
    lines = [f"{name}: {len(findings)} of its theorems {'do' if len(findings) > 1 else 'does'} not hold."]
    for finding in findings:
        result = finding.result
        where = result.address or name
        made = (
            f" (construct {result.subject.construct_path})" if result.subject and result.subject.construct_path else ""
        )
        answer = result.found if result.verdict == "BROKEN" else f"unknown: {result.reason}"
        lines.append(f"{where}{made}: {answer}. This breaks {finding.theorem.id}: {finding.theorem.why}.")
        lines += [f"  {step.text}{f' ({step.address})' if step.address else ''}" for step in result.steps]
    return "\n".join(lines)
