"""Whom the policy of a topic, a queue or a log group lets in, beyond those whom somebody named."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.verdict import Check, Failure, any_of, each
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration
    from secureinfra.terraform.policy_document import PolicyCondition, PolicyStatement

# docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html: keys that tell who asks, or for what.
# Others, such as aws:SecureTransport, tell how, which everybody can meet.
_ARNS = {"aws:sourcearn", "aws:principalarn"}
_ACCOUNTS = {"aws:sourceaccount", "aws:sourceowner", "aws:principalaccount", "kms:calleraccount"}
_ORGANIZATIONS = {"aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths"}
_NETWORKS = {"aws:sourceip", "aws:vpcsourceip", "aws:sourcevpc", "aws:sourcevpce"}
_WHO = {*_ARNS, *_ACCOUNTS, *_ORGANIZATIONS, *_NETWORKS, "aws:userid"}

# Keys that tell for whom a service acts.
SOURCES = {"aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths"}


def not_public(path: str) -> Check:
    """A check that no policy in an argument lets everybody in.

    Principal `*` passes where a condition with a fixed value says who it is, e.g. `aws:SourceAccount`.
    """

    def check(block: Block, configuration: Configuration) -> Iterator[Failure]:
        from secureinfra.terraform.policy_document import statements_of  # noqa: PLC0415

        def judge(statement: PolicyStatement) -> Iterator[Failure]:
            if statement.allows and statement.everybody and not any_of(statement.conditions, says_who):
                yield Failure(
                    f"Allow for everybody{_in_words(statement.conditions)}",
                    "principals by ARN, or a condition with a fixed value such as aws:SourceAccount",
                    at=f"{path}.{statement.at}",
                )

        return each(statements_of(block, path, configuration), judge)

    return check


def says_who(condition: PolicyCondition) -> bool:
    """Whether a condition limits a statement to somebody, or to the resources of somebody."""
    key = condition.key.lower()
    if key not in _WHO or not condition.demands_key or not condition.values:
        return False
    return all(_is_fixed(key, value) for value in condition.values)


def says_for_whom(condition: PolicyCondition) -> bool:
    """Whether a condition limits a service to acting for somebody."""
    return condition.key.lower() in SOURCES and says_who(condition)


def foreign_accounts(statement: PolicyStatement, own: Collection[str]) -> list[str]:
    """Principals of accounts other than this one that a statement allows.

    A reference to a resource or to the caller's identity counts as this account.

    Args:
        statement: of a resource policy.
        own: ids of this account, as far as they are written.

    Raises:
        UnknownValueError: a principal is not known.
    """
    if not statement.allows:
        return []
    foreign = (
        ["*"] if statement.everybody else [id for id in statement.principals.get("AWS", ()) if not _is_own(id, own)]
    )
    # A condition on the account lets nobody else in, whomever the statement names.
    return [] if foreign and any_of(statement.conditions, lambda one: _says_account(one, own)) else foreign


def accounts_in(values: Iterable[Any]) -> set[str]:
    """The account ids that are written in ARNs and ids."""
    found = (_account_of(value) for value in values if isinstance(value, str))
    return {account for account in found if account.isdigit()}


def _says_account(condition: PolicyCondition, own: Collection[str]) -> bool:
    if condition.key.lower() not in _ARNS | _ACCOUNTS or not says_who(condition):
        return False
    return all(_is_own(value, own) for value in condition.values)


def _is_own(id: Any, own: Collection[str]) -> bool:
    account = _account_of(_text(id))
    if "${var." in account or "${each." in account:
        raise UnknownValueError(id if is_unknown(id) else Unknown(account))
    if "${" in account:
        return "aws_organizations_account." not in account
    # The ARN of a bucket names no account; its name is this bucket's and nobody else's.
    return account in own or (not account and _text(id).startswith("arn:"))


def _account_of(id: str) -> str:
    return id.split(":", 5)[4] if id.startswith("arn:") and id.count(":") >= 5 else id


def _is_fixed(key: str, value: Any) -> bool:
    text = _text(value)
    if key in _NETWORKS:
        return not text.endswith("/0") and "*" not in text
    if not text.startswith("arn:"):
        # A unique id of a role, or a path within an organisation, is fixed by how it begins.
        return not text.startswith(("*", "?")) if key.endswith(("userid", "paths")) else not _has_wildcard(text)
    _, _, service, _, account, resource = (text.split(":", 5) + [""] * 5)[:6]
    # Names of buckets are unique in the world, so that their ARNs need no account.
    if not account or (account == "*" and service == "s3"):
        return bool(resource) and not resource.startswith(("*", "?"))
    return not _has_wildcard(account)


def _has_wildcard(text: str) -> bool:
    return "*" in text or "?" in text


def _text(value: Any) -> str:
    if is_unknown(value):
        raise UnknownValueError(value)
    return str(value)


def _in_words(conditions: Iterable[PolicyCondition]) -> str:
    keys = ", ".join(str(condition.key) for condition in conditions)
    return f", limited only by {keys}" if keys else ""
