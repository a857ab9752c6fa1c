"""Terraform itself says what expressions are worth: `terraform console` answers all of them in one process."""

import math
from pathlib import Path
from typing import Any

import pytest

from secureinfra.terraform.expressions import evaluate
from secureinfra.terraform.unknown import unknowns
from tests.terraform.expressions import cases
from tests.terraform.expressions.console import NOT_KNOWN, REFUSED, answers

pytestmark = pytest.mark.terraform

LOCALS = {"one_line-with-dash": 7, "template": "$${a}-$${b}", "names": ["x", "y"]}
SCOPE = {"local": {"one_line-with-dash": 7, "template": "${a}-${b}", "names": ["x", "y"]}}
CASES = [expression for family in cases.FAMILIES for expression in cases.expressions(family)]
RESOURCE = {"terraform_data": {"u": {"input": "x"}}}


def agree(ours: Any, theirs: Any) -> bool:
    """Whether two values are one; fractions are exact in Terraform to 150 digits, here to 16."""
    if next(unknowns(ours), None) is not None:
        return theirs in (REFUSED, NOT_KNOWN)
    if isinstance(ours, float) and isinstance(theirs, int | float):
        return math.isclose(ours, theirs, rel_tol=1e-12)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(map(agree, ours, theirs))
    if isinstance(ours, dict) and isinstance(theirs, dict):
        return ours.keys() == theirs.keys() and all(agree(ours[key], theirs[key]) for key in ours)
    return isinstance(ours, bool) == isinstance(theirs, bool) and bool(ours == theirs)


def test_values_are_those_of_terraform(tmp_path: Path) -> None:
    asked = [f"${{{expression}}}" for expression in CASES] + cases.TEMPLATES
    ours = [evaluate(text, SCOPE) for text in asked]
    theirs = answers(tmp_path, CASES, cases.TEMPLATES, locals=LOCALS)
    differ = [
        f"{text}: {mine!r}, Terraform: {judged!r}"
        for text, mine, judged in zip(asked, ours, theirs, strict=True)
        if not agree(mine, judged)
    ]
    assert len(asked) > 800
    assert not differ, "\n".join(differ)


def test_what_is_known_beside_the_unknown_is_known_rightly(tmp_path: Path) -> None:
    expressions = cases.partly_known("terraform_data.u.id")
    theirs = answers(tmp_path, expressions, resource=RESOURCE)
    ours = [evaluate(f"${{{expression}}}", {}) for expression in expressions]
    # Either side may know more than the other, but where both know they agree.
    both = [
        (expression, mine, judged)
        for expression, mine, judged in zip(expressions, ours, theirs, strict=True)
        if next(unknowns(mine), None) is None and judged != NOT_KNOWN
    ]
    assert len(both) > 35
    assert [expression for expression, mine, judged in both if not agree(mine, judged)] == []
