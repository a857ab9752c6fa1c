"""Which principals the policy of a topic, a queue or a log group allows beyond those that it names."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.shared.outsiders import request_of_others, request_of_outsiders
from secureinfra.controls.verdict import Check, Failure, each
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

# Data sources that look up something of this account.
_OWN_DATA = re.compile(
    r"\$\{(?:module\.[^.]+\.)*data\.aws_(?:caller_identity|canonical_user_id|iam_(?!policy_document)|partition|region)"
)


def not_public(
    path: str, expected: str = "principals by ARN, or a condition with a fixed value such as aws:SourceAccount"
) -> Check:
    """A check that no policy in an argument allows callers that no policy names.

    Principal `*` passes if its conditions, or other statements that deny, leave such callers out.
    """

    def check(block: Block, configuration: Configuration) -> Iterator[Failure]:
        from secureinfra.terraform.model.policy_document import statements_of  # noqa: PLC0415

        statements = statements_of(block, path, configuration)

        def judge(statement: PolicyStatement) -> Iterator[Failure]:
            if not statement.allows or not statement.everybody:
                return
            if request := request_of_outsiders(statement, statements, configuration):
                yield Failure(f"Allow for Principal '*': {request}", expected, at=f"{path}.{statement.at}")

        return each(statements, judge)

    return check


def foreign_accounts(
    statement: PolicyStatement,
    own: Collection[str],
    configuration: Configuration,
    policy: Iterable[PolicyStatement] = (),
) -> list[str]:
    """Principals of other accounts that a statement allows.

    A reference to a resource or to the caller's identity counts as this account.

    Args:
        statement: of a resource policy.
        own: ids of this account, as far as they are written.
        configuration: where references lead.
        policy: all statements of the policy.

    Raises:
        UnknownValueError: a principal is not known.
    """
    if not statement.allows:
        return []
    foreign = (
        ["*"] if statement.everybody else [id for id in statement.principals.get("AWS", ()) if not _is_own(id, own)]
    )
    # A condition on the account excludes other accounts, whatever principals the statement names.
    return foreign if foreign and request_of_others(statement, policy, configuration, own) else []


def accounts_in(values: Iterable[Any]) -> set[str]:
    """The account ids in ARNs and ids."""
    found = (_account_of(value) for value in values if isinstance(value, str))
    return {account for account in found if account.isdigit()}


def _is_own(id: Any, own: Collection[str]) -> bool:
    account = _account_of(_text(id))
    if "${" in account:
        if "aws_organizations_account." in account:
            return False
        # What a variable holds, or another data source looks up, may be of any account.
        if re.search(r"\$\{(?:[^{}]*[^\w.])?(?:var|each|local|module)\.[^{}]*\}", account) and "aws_" not in account:
            raise UnknownValueError(id if is_unknown(id) else Unknown(account))
        if "${data." in account and not _OWN_DATA.search(account):
            raise UnknownValueError(Unknown(f"whose account {account} is"))
        return True
    # The ARN of a bucket has no account; bucket names are globally unique.
    return account in own or (not account and _text(id).startswith("arn:"))


def _account_of(id: str) -> str:
    return id.split(":", 5)[4] if id.startswith("arn:") and id.count(":") >= 5 else id


def _text(value: Any) -> str:
    if is_unknown(value):
        raise UnknownValueError(value)
    return str(value)
