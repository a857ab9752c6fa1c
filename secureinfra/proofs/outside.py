"""Who from outside gets in: whether a policy lets strangers do something, and the request with which they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from secureinfra.proofs.requests import Request
from secureinfra.proofs.search import Candidate, search
from secureinfra.proofs.statements import Statement
from secureinfra.proofs.strangers import strangers
from secureinfra.proofs.witness import realized
from secureinfra.proofs.worlds import World

__all__ = ["Verdict", "lets_in", "lets_strangers_in", "outcome"]


@dataclass(frozen=True)
class Verdict:
    """The answer to a question, with what it rests on.

    Args:
        answer: `PROVED` where no request is against it, whatever is not known turns out to be; `BROKEN` with a request
            that is; `UNKNOWN` otherwise.
        request: the counterexample.
        statements: those that allow the counterexample, or that left the answer open.
        tried: every candidate, so that another program can check the proof.
        why: what left the answer open.
    """

    answer: Literal["PROVED", "BROKEN", "UNKNOWN"]
    request: Request | None = None
    statements: tuple[Statement, ...] = ()
    tried: tuple[Candidate, ...] = ()
    why: str = ""

    def told(self) -> str:
        """The counterexample in words, with those of its keys that the statements ask about."""
        keys = {condition.key.lower() for held in self.statements for condition in held.conditions}
        return self.request.told(keys) if self.request is not None else ""


def lets_strangers_in(allow: Statement, policy: Sequence[Statement]) -> Verdict:
    """Whether one statement of a policy lets strangers in, and no other statement keeps them out.

    Args:
        allow: the statement.
        policy: all statements of the policy.
    """
    return lets_in(allow, policy, strangers(policy))


def lets_in(allow: Statement, policy: Sequence[Statement], worlds: Iterable[World]) -> Verdict:
    """Whether one statement of a policy lets some callers in, and no other statement keeps them out.

    Args:
        allow: the statement.
        policy: all statements of the policy.
        worlds: who asks.
    """
    return outcome([allow], [held for held in policy if held.may_deny and held is not allow], worlds)


def outcome(
    boxes: Sequence[Statement],
    against: Sequence[Statement],
    worlds: Iterable[World],
    *,
    action: str = "*",
    resource: str = "*",
) -> Verdict:
    """What the requests of some worlds come to: the first real one that gets through, or that there is none.

    Args:
        boxes: statements that must all apply.
        against: statements of which none may apply.
        worlds: who asks.
        action: a pattern of the actions in question.
        resource: a pattern of the resources in question.
    """
    tried: list[Candidate] = []
    why = ""
    for world in worlds:
        found = search(boxes, against, world, action=action, resource=resource)
        tried += found.tried
        for candidate in found.through:
            if (request := realized(candidate.request, boxes, against)) is not None:
                return Verdict("BROKEN", request, (*boxes, *against), tuple(tried))
        if found.through:
            why = why or "no request of today's actions was found that gets through, though none is ruled out"
        elif found.unsure or found.gave_up:
            why = why or found.gave_up or "it depends on values that are not known"
    return Verdict("UNKNOWN" if why else "PROVED", None, (*boxes, *against), tuple(tried), why)
