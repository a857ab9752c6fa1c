"""What a theorem is: a statement about a configuration that is proved, broken by a counterexample, or left unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["Answer", "Prove", "Result", "Step", "Theorem", "broken", "proved", "unknown"]

Answer = Literal["PROVED", "BROKEN", "UNKNOWN"]


@dataclass(frozen=True)
class Step:
    """One thing on which a verdict rests: a statement of a policy, or the rule of a hop.

    Args:
        text: what it says.
        block: the block that holds it.
        at: where within the block, e.g. `policy.Statement[0]`.
    """

    text: str
    block: Block | None = None
    at: str = ""

    @property
    def address(self) -> str:
        """The address of its block."""
        return self.block.address if self.block else ""

    @property
    def file(self) -> str:
        """The file of its block; empty where there is none."""
        return self.block.file if self.block else ""

    @property
    def line(self) -> int | None:
        """The line, counted from 1."""
        return self.block.line_of(self.at) if self.block else None


@dataclass(frozen=True)
class Result:
    """The verdict on one subject.

    Args:
        verdict: `PROVED` only where it holds whatever is not known turns out to be.
        subject: the block it speaks of; `None` for the configuration as a whole.
        found: the counterexample in words, for `BROKEN`; else what was looked at.
        reason: for `UNKNOWN`, what left it open and what would make it known.
        steps: what the verdict rests on, in the order of the request or the packet.
        request: the counterexample as data.
    """

    verdict: Answer
    subject: Block | None = None
    found: str = ""
    reason: str = ""
    steps: tuple[Step, ...] = ()
    request: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The address of the subject; empty for the configuration as a whole."""
        return self.subject.address if self.subject else ""


def proved(subject: Block | None = None, found: str = "") -> Result:
    """It holds for a subject."""
    return Result("PROVED", subject, found)


def broken(
    subject: Block | None, found: str, steps: Iterable[Step] = (), request: dict[str, Any] | None = None
) -> Result:
    """It does not hold: the counterexample in words, the steps that make it possible, and the same as data."""
    return Result("BROKEN", subject, found, steps=tuple(steps), request=request or {})


def unknown(subject: Block | None, reason: str, steps: Iterable[Step] = ()) -> Result:
    """It may hold: what left it open, and what would make it known."""
    return Result("UNKNOWN", subject, reason=reason, steps=tuple(steps))


Prove = Callable[["Configuration"], Iterable[Result]]


@dataclass(frozen=True)
class Theorem:
    """A statement about a configuration.

    Args:
        id: in kebab case; ids are contract.
        title: the statement, as a fact.
        why: what happens where it does not hold; it ends a sentence, so it starts in lower case.
        scope: what is looked at, and what is not, as sentences.
        prove: a verdict for each subject; no subject, no verdict.
        assumes: what a `PROVED` takes for granted about what other configurations define, as a sentence; empty where it
            takes nothing for granted. With `--strict` such a verdict is `UNKNOWN`.
    """

    id: str
    title: str
    why: str
    scope: str
    prove: Prove
    assumes: str = ""
