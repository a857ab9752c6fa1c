"""The theorem that no principal of a configuration becomes administrator by what its own policies allow."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.iam.rules import escalation_methods
from secureinfra.proofs.model.access import layers_of, verdict_of, world_of_principal
from secureinfra.proofs.model.principals import Principal, principals_of
from secureinfra.proofs.outside import Verdict
from secureinfra.proofs.statements import OWN_ACCOUNT, Statement
from secureinfra.proofs.theorems.evidence import as_data, steps_of
from secureinfra.proofs.theorems.theorem import Result, Theorem, broken, proved, unknown
from secureinfra.terraform.unknown import UnknownValueError

if TYPE_CHECKING:
    from secureinfra.proofs.worlds import World
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["NO_ESCALATION", "THEOREMS", "escalation_of"]

# They write rights into a role, user, group or policy, whichever it is: its holder then has all that they write.
_WRITE_RIGHTS = (
    "iam:AttachGroupPolicy iam:AttachRolePolicy iam:AttachUserPolicy iam:CreatePolicyVersion iam:PutGroupPolicy "
    "iam:PutRolePolicy iam:PutUserPolicy"
).split()
_ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
# One action of each pattern that a published way names.
_ONE_OF = {"iam:*": "iam:CreatePolicyVersion", "iam:Put*": "iam:PutRolePolicy"}
# The account's own policies decide what a trust or key policy leaves to the account.
_DELEGATED = (Statement("Allow", actions=("*",), principals=(("aws", f"arn:aws:iam::{OWN_ACCOUNT}:root"),)),)


def _no_escalation(configuration: Configuration) -> Iterator[Result]:
    for principal in principals_of(configuration).values():
        yield escalation_of(principal, configuration)


def escalation_of(principal: Principal, configuration: Configuration) -> Result:
    """Whether a principal becomes administrator, or makes another one so.

    Args:
        principal: of the configuration.
        configuration: for where its statements stand.
    """
    ask = functools.partial(_ask, principal)
    why = ""
    for action in _WRITE_RIGHTS:
        verdict = ask(action)
        if verdict.answer == "BROKEN":
            return _broken(principal, verdict, f"{verdict.told()}: it writes any rights", configuration)
        why = why or (verdict.why if verdict.answer == "UNKNOWN" else "")
    try:
        for method in escalation_methods(principal.written):
            verdicts = [ask(_ONE_OF.get(action, action)) for action in method["actions"]]
            if all(verdict.answer == "BROKEN" for verdict in verdicts):
                ways = " + ".join(method["actions"])
                found = f"{verdicts[0].told()}: with {ways} it gets further rights (known as {method['name']!r})"
                return _broken(principal, verdicts[0], found, configuration)
            if all(verdict.answer != "PROVED" for verdict in verdicts):
                why = why or next(verdict.why for verdict in verdicts if verdict.why)
    except UnknownValueError as error:
        why = why or error.value.text
    if why:
        return unknown(principal.block, f"{why}; not known: {principal.unread}" if principal.unread else why)
    return proved(principal.block, "no way to further rights is allowed")


def _ask(principal: Principal, action: str) -> Verdict:
    layers = layers_of(principal, _DELEGATED)
    return verdict_of(action, "*", _world(principal), layers)


def _world(principal: Principal) -> World:
    """Requests that attach the policy with all rights, under no boundary but one that limits nothing."""
    world = world_of_principal(principal.caller, {"iam:PolicyARN": _ADMINISTRATOR})
    return dataclasses.replace(
        world,
        telling={"iam:permissionsboundary": (_ADMINISTRATOR,)},
        allows=functools.partial(_allows, world),
    )


def _allows(world: World, key: str, value: str) -> bool:
    return value == _ADMINISTRATOR if key == "iam:permissionsboundary" else world.allows(key, value)


def _broken(principal: Principal, verdict: Verdict, found: str, configuration: Configuration) -> Result:
    request = as_data(verdict.request) if verdict.request else {}
    steps = steps_of((held for held in verdict.statements if held.origin.address), configuration)
    return broken(principal.block, found, steps, request)


NO_ESCALATION = Theorem(
    id="no-escalation",
    title="No principal becomes administrator",
    why="an attacker who obtains it controls the account",
    scope=(
        "Roles, users, groups and permission sets of this configuration, with their policies, groups and boundaries. A way "
        "counts where it writes rights into any role, user, group or policy, or where a published way to further rights is "
        "allowed on resources by a pattern. What the organization's policies deny is not counted."
    ),
    assumes="Roles, users and functions that are defined elsewhere and named one by one have no further rights.",
    prove=_no_escalation,
)

THEOREMS = (NO_ESCALATION,)
