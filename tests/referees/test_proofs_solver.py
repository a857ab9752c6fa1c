"""Pairs of policies, judged by an SMT solver as well: cvc5 decides on regular expressions what the procedure decides on few texts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

import cvc5
import pytest
from cvc5 import Kind

from secureinfra.proofs.questions import world_of
from secureinfra.proofs.search import search
from secureinfra.proofs.statements import Statement
from tests.proofs.policies import READER, allow, deny, policy

ACTIONS = ["s3:Get*", "s3:GetObject", "s3:*Object", "s3:?et*", "s3:*", "*", "ec2:Run?nstances", "s3:P*"]
RESOURCES = ["*", "arn:b/*", "arn:b/x*", "arn:b/?", "arn:?/*", "arn:*/y", "arn:b/xy", "arn:b/?*", "arn:b/x?y*"]
PREFIXES = ["a*", "ab", "*b", "?", "a?", "b*c", "*"]


def regular(solver: Any, pattern: str) -> Any:
    parts = []
    for letter in pattern:
        if letter == "*":
            parts.append(solver.mkTerm(Kind.REGEXP_ALL))
        elif letter == "?":
            parts.append(solver.mkTerm(Kind.REGEXP_ALLCHAR))
        else:
            parts.append(solver.mkTerm(Kind.STRING_TO_REGEXP, solver.mkString(letter)))
    return parts[0] if len(parts) == 1 else solver.mkTerm(Kind.REGEXP_CONCAT, *parts)


def one_of(solver: Any, text: Any, patterns: Sequence[str]) -> Any:
    found = [solver.mkTerm(Kind.STRING_IN_REGEXP, text, regular(solver, pattern)) for pattern in patterns]
    return found[0] if len(found) == 1 else solver.mkTerm(Kind.OR, *found)


def speaks(solver: Any, held: Statement, action: Any, resource: Any, prefix: Any, given: Any) -> Any:
    parts = []
    for text, patterns, left_out in (
        (action, held.actions, held.not_actions),
        (resource, held.resources, held.not_resources),
    ):
        inside = one_of(solver, text, left_out or patterns)
        parts.append(solver.mkTerm(Kind.NOT, inside) if left_out else inside)
    for condition in held.conditions:
        matched = one_of(solver, prefix, condition.values)
        if "Not" in condition.operator:
            parts.append(solver.mkTerm(Kind.NOT, solver.mkTerm(Kind.AND, given, matched)))
        else:
            parts.append(solver.mkTerm(Kind.AND, given, matched))
    return solver.mkTerm(Kind.AND, *parts)


def solved(box: Statement, against: Sequence[Statement]) -> bool:
    """Whether the solver finds a request."""
    solver = cvc5.Solver()
    solver.setLogic("QF_S")
    solver.setOption("strings-exp", "true")
    action, resource, prefix = (solver.mkConst(solver.getStringSort(), name) for name in ("a", "r", "p"))
    given = solver.mkConst(solver.getBooleanSort(), "g")
    solver.assertFormula(speaks(solver, box, action, resource, prefix, given))
    for held in against:
        solver.assertFormula(solver.mkTerm(Kind.NOT, speaks(solver, held, action, resource, prefix, given)))
    answer = solver.checkSat()
    assert answer.isSat() or answer.isUnsat()
    return bool(answer.isSat())


def statement(chance: random.Random, make: Any) -> dict[str, Any]:
    actions = [chance.choice(ACTIONS).lower() for _ in range(chance.randint(1, 2))]
    resources = [chance.choice(RESOURCES) for _ in range(chance.randint(1, 2))]
    held: dict[str, Any] = make(actions, resources)
    if chance.random() < 0.2:
        held |= {"NotAction": actions, "Action": None}
    if chance.random() < 0.2:
        held |= {"NotResource": resources, "Resource": None}
    if chance.random() < 0.4:
        operator = chance.choice(["StringLike", "StringNotLike"])
        held["Condition"] = {operator: {"s3:prefix": [chance.choice(PREFIXES) for _ in range(chance.randint(1, 2))]}}
    return held


@pytest.mark.parametrize("seed", range(120))
def test_the_solver_finds_a_request_where_the_procedure_does(seed: int) -> None:
    chance = random.Random(seed)
    (box,) = policy(statement(chance, allow))
    against = policy(*(statement(chance, deny) for _ in range(chance.randint(1, 5))))
    found = search([box], against, world_of(READER))
    assert found.unsure == []
    assert bool(found.through) is solved(box, against)
