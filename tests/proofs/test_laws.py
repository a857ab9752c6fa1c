"""Laws that hold for all policies, whatever they say."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from secureinfra.proofs.outside import lets_strangers_in
from secureinfra.proofs.questions import no_wider, world_of
from secureinfra.proofs.search import search
from secureinfra.proofs.text import HOLE
from tests.proofs.policies import READER, allow, deny, policy
from tests.proofs.test_search import policies, statement

SEEDS = st.integers(0, 100_000)


@given(SEEDS)
def test_another_deny_adds_nothing(seed: int) -> None:
    box, against = policies(seed)
    if not search([box], against, world_of(READER)).through:
        (more,) = policy({"Effect": "Deny", **statement(random.Random(seed + 1))})
        assert not search([box], [*against, more], world_of(READER)).through


@given(SEEDS)
def test_a_policy_is_no_wider_than_itself_and_another_allow(seed: int) -> None:
    chance = random.Random(seed)
    held = policy(*({"Effect": chance.choice(["Allow", "Deny"]), **statement(chance)} for _ in range(3)))
    more = policy({"Effect": "Allow", **statement(chance)})
    assert no_wider(held, held).answer == "PROVED"
    assert no_wider(held, [*held, *more]).answer == "PROVED"


@given(SEEDS)
def test_splitting_a_statement_changes_nothing(seed: int) -> None:
    chance = random.Random(seed)
    actions = [f"s:{chance.choice('ab*')}{chance.choice('ab*')}" for _ in range(2)]
    whole = policy(allow(actions, "a*"))
    parts = policy(*(allow(action, "a*") for action in actions))
    assert no_wider(whole, parts).answer == no_wider(parts, whole).answer == "PROVED"


@given(SEEDS)
def test_what_is_not_known_proves_nothing_that_is_broken_with_some_value(seed: int) -> None:
    chance = random.Random(seed)

    def held(value: str) -> Any:
        condition = {chance.choice(["StringEquals", "StringLike", "StringNotEquals"]): {"aws:PrincipalOrgID": [value]}}
        return policy(allow(Principal="*", Condition=condition), deny("s3:*", Principal="*", Condition=condition))

    state = chance.getstate()
    unknown = held(HOLE)
    proved = lets_strangers_in(unknown[0], unknown).answer == "PROVED"
    for value in ("o-abcdefghij", "*", "o-*"):
        chance.setstate(state)
        known = held(value)
        if lets_strangers_in(known[0], known).answer == "BROKEN":
            assert not proved
