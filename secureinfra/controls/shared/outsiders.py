"""Whether a policy lets callers in who are not meant, decided by what it means: the request with which they get in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from secureinfra.terraform.unknown import UnknownValueError

if TYPE_CHECKING:
    from secureinfra.proofs.statements import Statement
    from secureinfra.proofs.worlds import World
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

__all__ = ["request_of_deputy", "request_of_members", "request_of_others", "request_of_outsiders", "request_to_outside"]

# The proofs are imported where they are asked: most configurations have no statement of which anything is to be asked.


def request_of_outsiders(
    statement: PolicyStatement, policy: Iterable[PolicyStatement], configuration: Configuration
) -> str:
    """The request of a caller that no policy names and that a statement allows, in words; empty where none gets in.

    Args:
        statement: one that allows.
        policy: all statements that apply together; its Deny statements may keep callers out.
        configuration: where references lead.

    Raises:
        UnknownValueError: it depends on a value that is not known.
    """
    from secureinfra.proofs.strangers import strangers  # noqa: PLC0415

    return _request(statement, policy, configuration, strangers, for_all=False)


def request_to_outside(
    statement: PolicyStatement, policy: Iterable[PolicyStatement], configuration: Configuration
) -> str:
    """As `request_of_outsiders`, of a caller behind a VPC endpoint who asks for a resource of another account."""
    from secureinfra.proofs.strangers import strangers_inside  # noqa: PLC0415

    return _request(statement, policy, configuration, lambda read: strangers_inside(), for_all=False)


def request_of_deputy(
    statement: PolicyStatement, policy: Iterable[PolicyStatement], configuration: Configuration, service: Any
) -> str:
    """As `request_of_outsiders`, of a service that a statement names and that acts for another account's resource."""
    from secureinfra.proofs.reading import read_text  # noqa: PLC0415
    from secureinfra.proofs.strangers import deputies  # noqa: PLC0415

    name = read_text(service, configuration)
    return _request(statement, policy, configuration, lambda read: deputies(name), for_all=True)


def request_of_members(
    statement: PolicyStatement, policy: Iterable[PolicyStatement], configuration: Configuration, principal: Any
) -> str:
    """As `request_of_outsiders`, of a caller of an account that a statement names, like any other caller of it."""
    from secureinfra.proofs.reading import read_text  # noqa: PLC0415
    from secureinfra.proofs.strangers import members  # noqa: PLC0415

    text = read_text(principal, configuration)
    account = text.split(":")[4] if text.startswith("arn:") else text
    return _request(statement, policy, configuration, lambda read: members(account), for_all=True)


def request_of_others(
    statement: PolicyStatement,
    policy: Iterable[PolicyStatement],
    configuration: Configuration,
    own: Collection[str],
    actions: Iterable[str] = ("*",),
) -> str:
    """As `request_of_outsiders`, of a caller of any account but those that are `own`, named by the statement or not.

    Args:
        statement: one that allows.
        policy: all statements that apply together.
        configuration: where references lead.
        own: the accounts that are meant.
        actions: patterns of the actions in question.
    """
    from secureinfra.proofs.statements import OWN_ACCOUNT  # noqa: PLC0415
    from secureinfra.proofs.strangers import others  # noqa: PLC0415

    worlds = others({*own, OWN_ACCOUNT})
    return _request(statement, policy, configuration, lambda read: worlds, for_all=True, actions=actions)


def _request(
    statement: PolicyStatement,
    policy: Iterable[PolicyStatement],
    configuration: Configuration,
    worlds: Callable[[Sequence[Statement]], Iterable[World]],
    *,
    for_all: bool,
    actions: Iterable[str] = ("*",),
) -> str:
    """The request in words; `for_all` asks of one principal of the statement, of which is known that it is meant."""
    from secureinfra.proofs.outside import outcome  # noqa: PLC0415
    from secureinfra.proofs.reading import first_unknown, read_statement  # noqa: PLC0415

    denying = [held for held in policy if held is not statement and not _surely_allows(held)]
    read = [read_statement(held, configuration) for held in (statement, *denying)]
    if for_all:
        read[0] = dataclasses.replace(read[0], principals=(("*", "*"),), not_principals=None)
    against = [held for held in read[1:] if held.may_deny]
    verdicts = [outcome(read[:1], against, worlds(read), action=action) for action in actions]
    for verdict in verdicts:
        if verdict.answer == "BROKEN":
            return verdict.told()
    for verdict in verdicts:
        if verdict.answer == "UNKNOWN":
            raise UnknownValueError(first_unknown((statement, *denying), configuration, verdict.why))
    return ""


def _surely_allows(statement: PolicyStatement) -> bool:
    return isinstance(statement.effect, str) and statement.effect == "Allow"
