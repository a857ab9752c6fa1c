"""A control on what policies name: actions, condition keys and types of resources that exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.iam.documents import DOCUMENT, IDENTITY, Policy, kind_of_document, policies
from secureinfra.controls.iam.patterns import is_known
from secureinfra.controls.iam.resource_policies import POLICY_PATHS
from secureinfra.controls.verdict import Failure, NotApplicable, each
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

NAMES_EXIST = Control(
    id="iam-policy-names-exist",
    title="Policies name actions, condition keys and resource types that AWS has",
    why="a statement with a misspelled name allows or denies less than it seems to",
    fix="Correct the name by the Service Authorization Reference; add a waiver for an action that AWS added recently.",
    setting="Statement and Condition refuse misspelled names.",
)
_TYPES = tuple(dict.fromkeys((*IDENTITY, *POLICY_PATHS)))


@NAMES_EXIST.check(*_TYPES)
def _names_exist(block: Block, configuration: Configuration) -> Iterator[Failure]:
    found = _policies(block, configuration)

    def of_policy(policy: Policy) -> Iterator[Failure]:
        def of_statement(statement: PolicyStatement) -> Iterator[Failure]:
            for wrong, meant in _misspelled(statement):
                expected = f"{meant}" if meant else "a name of the Service Authorization Reference"
                yield Failure(wrong, expected, at=policy.at(statement))

        return each(policy.statements(), of_statement)

    return each(found, of_policy)


def _policies(block: Block, configuration: Configuration) -> list[Policy]:
    if block.type == DOCUMENT.removeprefix("data."):
        kind_of_document(block, configuration)
        return policies(block, "", configuration)
    paths = dict.fromkeys(held[block.type] for held in (IDENTITY, POLICY_PATHS) if block.type in held)
    found = [policy for path in paths for policy in policies(block, path, configuration)]
    if not found:
        raise NotApplicable("it does not contain a policy")
    return found


def _misspelled(statement: PolicyStatement) -> Iterator[tuple[str, str]]:
    """Names that do not exist, in words, each with what was probably meant."""
    from secureinfra.facts.iam_actions import names  # noqa: PLC0415 - its lists are long, and few configurations have no policy

    conditions = [condition.key for condition in statement.conditions]
    parts: tuple[tuple[str, Any, Any], ...] = (
        ("action", (*statement.actions, *statement.not_actions), names.misspelled_action),
        ("condition key", conditions, names.misspelled_key),
        ("resource", (*statement.resources, *statement.not_resources), names.misspelled_resource),
    )
    for kind, written, misspelled in parts:
        for name in written:
            # What a variable gives as a resource is not written here.
            if kind == "resource" and is_unknown(name):
                continue
            if is_known(name) and (meant := misspelled(str(name))) is not None:
                yield f"{kind} {name}", str(meant)
