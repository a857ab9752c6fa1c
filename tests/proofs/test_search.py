"""The procedure itself: what it tries, and that it misses nothing that a plain look at all requests finds."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest

from secureinfra.proofs.questions import world_of
from secureinfra.proofs.requests import Request
from secureinfra.proofs.search import search
from secureinfra.proofs.statements import Statement
from secureinfra.proofs.text import FRESH, longest_run, matches, meets
from secureinfra.proofs.text import fresh as fresh_texts
from secureinfra.proofs.witness import gets_through
from tests.proofs.policies import READER, allow, deny, policy

WORDS = ["".join(letters) for length in range(5) for letters in itertools.product("abc", repeat=length)]


def pattern(chance: random.Random, letters: str = "ab*?") -> str:
    return "".join(chance.choice(letters) for _ in range(chance.randint(1, 4)))


@pytest.mark.parametrize("seed", range(300))
def test_fresh_texts_stand_for_all(seed: int) -> None:
    """A pattern lies in others exactly if its fresh texts do; `c` is the letter that none of them names."""
    chance = random.Random(seed)
    one, others = pattern(chance), [pattern(chance) for _ in range(chance.randint(1, 4))]
    covered = all(any(matches(other, text) for other in others) for text in fresh_texts(one, longest_run(others)))
    escapes = [word for word in WORDS if matches(one, word) and not any(matches(other, word) for other in others)]
    if covered:
        assert escapes == []
    else:
        assert any(len(word) == 4 for word in escapes) or escapes, (one, others)


@pytest.mark.parametrize("seed", range(300))
def test_meets_describe_what_both_describe(seed: int) -> None:
    chance = random.Random(seed)
    one, other = pattern(chance), pattern(chance)
    both = meets(one, other)
    for word in WORDS:
        expected = bool(matches(one, word) and matches(other, word))
        assert any(matches(held, word) for held in both) is expected, (one, other, word)


VALUES: dict[str, tuple[str, list[str | None]]] = {
    "k": ("text", [None, "a", "b", "ab", "ba", "A", "z"]),
    "n": ("number", [None, "0", "1", "2", "3", "4", "5"]),
    "t": ("bool", [None, "true", "false"]),
}
OPERATORS = {
    "text": ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIfExists", "Null"],
    "number": ["NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericGreaterThanEquals", "Null"],
    "bool": ["Bool", "BoolIfExists", "Null"],
}


def condition(chance: random.Random) -> dict[str, Any]:
    key = chance.choice(list(VALUES))
    family, _ = VALUES[key]
    operator = chance.choice(OPERATORS[family])
    if operator == "Null" or family == "bool":
        values = [chance.choice(["true", "false"])]
    elif family == "number":
        values = [str(chance.randint(1, 4))]
    else:
        values = [chance.choice(["a", "b", "ab", "a*", "*b"]) for _ in range(chance.randint(1, 2))]
    return {operator: {key: values}}


def statement(chance: random.Random) -> dict[str, Any]:
    parts: dict[str, Any] = {
        chance.choice(["Action", "Action", "NotAction"]): "s:" + pattern(chance, "ab*"),
        chance.choice(["Resource", "Resource", "NotResource"]): pattern(chance),
    }
    held: dict[str, Any] = {}
    for _ in range(chance.randint(0, 2)):
        for operator, keys in condition(chance).items():
            held.setdefault(operator, {}).update(keys)
    return {"Action": None, "Resource": None, **parts, "Condition": held}


GRID = [
    Request(READER, f"s:{action}", resource, {k: (v,) for k, v in zip(VALUES, values, strict=True) if v is not None})
    for action in ("a", "b", "ab", "ba", "c", "cc")
    for resource in ("a", "b", "ab", "c", "ac", "cab", "cc", "ccc", "acc", "cb")
    for values in itertools.product(*(values for _, values in VALUES.values()))
]


def policies(seed: int) -> tuple[Statement, list[Statement]]:
    chance = random.Random(seed)
    (box,) = policy({"Effect": "Allow", **statement(chance)})
    return box, policy(*({"Effect": "Deny", **statement(chance)} for _ in range(chance.randint(0, 4))))


@pytest.mark.parametrize("seed", range(80))
def test_a_proof_misses_no_request(seed: int) -> None:
    box, against = policies(seed)
    found = search([box], against, world_of(READER), action="s:*")
    through = [request for request in GRID if gets_through(request, [box], against)]
    if through:
        assert found.through, through[0]
    assert found.unsure == []
    assert found.gave_up == ""
    assert all(gets_through(candidate.request, [box], against) for candidate in found.through)


def test_candidates_hold_fresh_letters() -> None:
    (box,) = policy(allow("s3:Get*", "arn:aws:s3:::b/*"))
    found = search([box], policy(deny("s3:GetObject")), world_of(READER))
    (first, *_) = found.through
    assert first.request.action == f"s3:get{FRESH}"
    assert first.request.resource == f"arn:aws:s3:::b/{FRESH}"
    assert search([box], policy(deny("s3:G*")), world_of(READER)).through == []
