"""Which principals of other accounts a resource policy lets administer the resource, decided by what the policy means."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.shared.outsiders import request_of_others
from secureinfra.controls.verdict import Failure, each
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

_PRINCIPALS = ("AWS", "CanonicalUser")


def foreign_administrators(
    statement: PolicyStatement,
    policy: Iterable[PolicyStatement],
    actions: Iterable[str],
    configuration: Configuration,
    own: Collection[str] = (),
) -> Iterator[Failure]:
    """A failure for each principal of another account that may use an action; `found` holds the action and the principal.

    Args:
        statement: one that allows.
        policy: all statements of the policy.
        actions: those that administer the resource.
        configuration: where references lead, and which accounts are its own.
        own: further accounts that are its own.

    Raises:
        UnknownValueError: the configuration does not show whose account a principal is of, or what a statement says.
    """
    given = [action for action in actions if statement.speaks_of(action)] if statement.allows else []
    if not given:
        return
    accounts = {*own_accounts(configuration), *own}
    named = [id for kind in _PRINCIPALS for id in statement.principals.get(kind, ())]
    for failure in each(
        ["*"] if statement.everybody else named, lambda held: _of_another(held, configuration, accounts)
    ):
        # A condition on the account, or another statement, may keep other accounts out.
        if request_of_others(statement, policy, configuration, accounts, given):
            yield Failure(f"Allow of {given[0]} for {failure.found}", "")


def _of_another(principal: Any, configuration: Configuration, own: Collection[str]) -> Iterator[Failure]:
    if is_unknown(principal):
        raise UnknownValueError(principal)
    if _is_elsewhere(str(principal), configuration, own):
        yield Failure("everybody" if principal == "*" else str(principal), "")


def account_of(principal: str) -> str:
    """The account of a principal as a policy writes it: of an ARN its fifth part, else the text itself."""
    parts = principal.split(":")
    return parts[4] if parts[0] == "arn" and len(parts) > 4 else principal


def _is_elsewhere(principal: str, configuration: Configuration, own: Collection[str]) -> bool:
    """Whether a principal belongs to an account other than the resource's.

    Raises:
        UnknownValueError: the configuration does not show which account this one is.
    """
    account = account_of(principal)
    if account == "*":
        return True
    if account in own or account in ("aws", "cloudfront"):
        return False
    if re.fullmatch(r"\d{12}", account) and own:
        return True
    target = configuration.target(account.removeprefix("${").removesuffix("}"))
    if target is None:
        raise UnknownValueError(Unknown(f"whether {principal} is in another account"))
    return target.type == "aws_organizations_account" or target.type.endswith("_service_account")


def own_accounts(configuration: Configuration) -> set[str]:
    """The accounts that the providers are allowed to use, and those that a plan shows."""
    found: set[str] = set()
    for provider in configuration.providers.get("aws", ()):
        listed = provider.get("allowed_account_ids")
        found.update(str(account) for account in listed or () if isinstance(account, str | int))
    identities = configuration.of_type("data.aws_caller_identity")
    found.update(account for held in identities if isinstance(account := held.get("account_id"), str))
    return found
