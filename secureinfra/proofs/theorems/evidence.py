"""What a verdict rests on, as reports show it: statements with their places, requests as data."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from secureinfra.facts.iam_actions import named_by
from secureinfra.proofs.requests import Request
from secureinfra.proofs.statements import Statement
from secureinfra.proofs.text import shown
from secureinfra.proofs.theorems.theorem import Step

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["as_data", "in_words", "steps_of"]


def steps_of(statements: Iterable[Statement], configuration: Configuration) -> list[Step]:
    """Statements, each with where it stands."""
    return [
        Step(in_words(held), configuration.block(held.origin.address), held.origin.at)
        for held in statements
        if held.origin.address
    ]


def in_words(held: Statement) -> str:
    """A statement in short: `Allow s3:GetObject for *`."""
    named = held.actions or held.not_actions
    actions = ", ".join(shown(_in_aws_case(action)) for action in named[:3])
    more = f" and {len(named) - 3} more" if len(named) > 3 else ""
    ids = ", ".join(dict.fromkeys(shown(id) for _, id in held.principals or ()))
    effect = held.effect if held.effect in ("Allow", "Deny") else "Allow or Deny"
    return f"{effect} {'' if held.actions else 'all but '}{actions}{more}" + (f" for {ids}" if ids else "")


def _in_aws_case(action: str) -> str:
    """An action as AWS spells it, of a pattern as far as one action shows it."""
    start = action.partition("*")[0].partition("?")[0]
    found = next(itertools.islice(named_by(action), 1), "")
    return found[: len(start)] + action[len(start) :] if found.lower().startswith(start) else action


def as_data(request: Request) -> dict[str, Any]:
    """A request as data, for reports."""
    return {
        "caller": str(request.caller),
        "action": request.action,
        "resource": shown(request.resource),
        "context": {key: [shown(value) for value in values] for key, values in sorted(request.context.items())},
    }
