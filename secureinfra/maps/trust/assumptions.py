"""Who may assume which role, as the proofs decide it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from secureinfra.maps.trust.callers import ANYONE, OTHERS, OWN, UNKNOWN, Asked, asked_of
from secureinfra.maps.trust.facts import Assumption, Caller
from secureinfra.maps.trust.grants import named_of, reason, rules_of
from secureinfra.maps.trust.words import words_of
from secureinfra.proofs.model.access import world_of_principal
from secureinfra.proofs.model.asking import policies_on, verdict_on
from secureinfra.proofs.model.principals import principals_of
from secureinfra.proofs.text import HOLE, matches

if TYPE_CHECKING:
    from secureinfra.proofs.model.names import Named
    from secureinfra.proofs.outside import Verdict
    from secureinfra.proofs.statements import Statement
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["assumptions_of"]

# docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html, API_AssumeRoleWithWebIdentity.html and
# API_AssumeRoleWithSAML.html
_BY_NAME = ("sts:AssumeRole",)
_FEDERATED = ("sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML")


def assumptions_of(address: str, configuration: Configuration) -> Iterator[tuple[Caller | None, Assumption]]:
    """Who may assume a role, each with its caller where it is not a principal of the configuration.

    Args:
        address: of the role.
        configuration: that has it.
    """
    held = principals_of(configuration)[address]
    named = named_of(held.block, configuration)
    policies = list(policies_on(named))
    if any(one.effect == HOLE for one in held.trust):
        why = "its trust policy depends on values that are not known"
        yield UNKNOWN, Assumption(UNKNOWN.key, address, sure=False, why=why)
    everyone = False
    listed: dict[str, list[Statement]] = {}
    own: list[Statement] = []
    for asked in asked_of(policies, named, configuration):
        if asked.principal is not None:
            listed[asked.caller.key] = asked.statements
            continue
        if asked.caller is OTHERS and everyone:
            continue
        if asked.caller is OWN:
            own = asked.statements
        for assumption in _assumed(asked, named, policies):
            everyone = everyone or (asked.caller is ANYONE and assumption.sure)
            yield asked.caller, assumption
    for key, principal in principals_of(configuration).items():
        statements = [*listed.get(key, ())]
        if own or not statements:
            statements += [held for held in principal.identity if _names(held, named.text)]
        if statements and key != address:
            caller = Caller(key, "", "", "inside")
            asked = Asked(caller, [world_of_principal(principal.caller)], statements, principal)
            yield from ((None, assumption) for assumption in _assumed(asked, named, policies))


def _names(held: Statement, arn: str) -> bool:
    """Whether a statement of a principal is about assuming a role."""
    if held.effect != "Allow" or any(HOLE in text for text in (*held.actions, *held.resources)):
        return False
    if held.not_actions or "*" in held.actions or not held.of_action("sts:AssumeRole"):
        return False
    return any(matches(pattern, arn) is not False for pattern in held.resources)


def _assumed(asked: Asked, named: Named, policies: Sequence[tuple[Statement, ...]]) -> Iterator[Assumption]:
    federated = asked.caller.key.startswith("federated:")
    wide = asked.caller in (ANYONE, OTHERS)
    actions = _FEDERATED if federated else (*_BY_NAME, *_FEDERATED) if wide else _BY_NAME
    left: Verdict | None = None
    for action in actions:
        statements = [held for held in asked.statements if held.of_action(action) is not False]
        if not statements:
            continue
        words = min((words_of(held.conditions) for held in statements), key=len)
        words = words or (("less what is denied",) if asked.caller is OTHERS else ())
        rules = tuple(dict.fromkeys(rules_of(statements, named.configuration)))
        if not asked.worlds:
            why = "who the trust policy names is not known"
            yield Assumption(asked.caller.key, named.name, words, sure=False, why=why, rules=rules)
            return
        verdict = verdict_on(action, named, asked.worlds, policies, asked.principal)
        if verdict.answer == "BROKEN":
            yield Assumption(asked.caller.key, named.name, words, rules=rules)
            return
        if verdict.answer == "UNKNOWN" and left is None:
            left = verdict
    if left is not None:
        why = reason(left.why, asked)
        rules = tuple(dict.fromkeys(rules_of(asked.statements, named.configuration)))
        yield Assumption(asked.caller.key, named.name, (), sure=False, why=why, rules=rules)
