"""Controls on trust policies: which services, accounts and principals may take on a role.

Trust in GitHub Actions is in `iam_github`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.reading.iam_documents import DOCUMENT, Policy, judged, kind_of_document, policies
from secureinfra.controls.reading.iam_patterns import all_of, is_known, says_something, which
from secureinfra.controls.reading.iam_sources import SEND_NO_SOURCE, SEND_SOURCE, SHOWN_WITHOUT, service_of
from secureinfra.controls.verdict import Failure, NotApplicable, any_of
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration
    from secureinfra.terraform.policy_document import PolicyCondition, PolicyStatement

TRUSTING = ("aws_iam_role", DOCUMENT)

# A whole account: its root, its bare number, or a reference to that number.
_ACCOUNT = re.compile(r"[0-9]{12}|.*:root|\$\{[^{}]*account_id\}")
_SOURCES = frozenset({"aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths"})
# What says which principal of the account it is, or that it meant this role; an address or a time says neither.
_OF_THE_CALLER = frozenset(
    "sts:externalid aws:multifactorauthpresent aws:multifactorauthage aws:principalorgid aws:principalorgpaths "
    "aws:principalarn".split()
)

TRUST_NAMES_PRINCIPALS = Control(
    id="iam-role-trust-names-principals",
    title="Trust policies name who may take on the role",
    why="anybody with an AWS account could take on the role",
    row="iam-trust-no-wildcard",
    waivable=False,
    mend="Name roles, accounts or services in Principal; a condition does not make up for '*'.",
    python="SecureRole takes ServiceTrust, AccountTrust, GitHubTrust or SamlTrust, each of which names somebody.",
)

TRUST_NO_CONFUSED_DEPUTY = Control(
    id="iam-role-trust-no-confused-deputy",
    title="A service takes on the role for this account's resources only",
    why="somebody else's resource could make the service act in this account",
    row="iam-trust-confused-deputy",
    mend="Add StringEquals aws:SourceAccount with the account's id, and ArnLike aws:SourceArn where it is one resource.",
    python="ServiceTrust(service=...) writes both for the services that send them.",
)

ACCOUNT_TRUST_CONDITIONED = Control(
    id="iam-role-trust-conditioned",
    title="Trust in an account asks for an external id, MFA or its organisation",
    why="every principal of that account, or one that tricks it, could take on the role",
    mend="Add a condition on sts:ExternalId, aws:MultiFactorAuthPresent or aws:PrincipalOrgID, or name roles in Principal.",
    python="AccountTrust(account_id=..., external_id=...), mfa=True or organization_id=... writes it.",
)


def trust_policies(block: Block, configuration: Configuration) -> list[Policy]:
    """The trust policy of a role, or of a document that nobody here uses and that is one.

    Raises:
        NotApplicable: it is no trust policy, or is judged elsewhere.
    """
    if block.section == "data":
        if kind_of_document(block, configuration) != "trust":
            raise NotApplicable("it is no trust policy")
        return policies(block, "", configuration)
    return policies(block, "assume_role_policy", configuration)


@TRUST_NAMES_PRINCIPALS.check(*TRUSTING)
def _names_principals(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(statement: PolicyStatement) -> Iterator[str]:
        if statement.not_principals:
            yield "NotPrincipal with Allow"

        def is_open(kind: Any) -> bool:
            return any_of(statement.principals[kind], lambda principal: principal == "*")

        for kind in which(statement.principals, is_open):
            yield f"Allow for Principal {'*' if kind == '*' else {kind: '*'}!r}"

    return judged(trust_policies(block, configuration), judge, "principals by ARN, or services by name")


@TRUST_NO_CONFUSED_DEPUTY.check(*TRUSTING)
def _no_confused_deputy(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(statement: PolicyStatement) -> Iterator[str]:
        def is_open(principal: Any) -> bool:
            return all_of(lambda: _sends_source(principal), lambda: not any_of(statement.conditions, _on_the_source))

        for principal in which(ids_of(statement, "Service"), is_open):
            yield f"{principal} without a condition on aws:SourceAccount or aws:SourceArn"

    found = trust_policies(block, configuration)
    _ask_of("Service", found, "no service takes it on")
    return judged(found, judge, "StringEquals aws:SourceAccount with this account's id")


@ACCOUNT_TRUST_CONDITIONED.check(*TRUSTING)
def _account_conditioned(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(statement: PolicyStatement) -> Iterator[str]:
        def is_open(principal: Any) -> bool:
            return all_of(lambda: _is_account(principal), lambda: not any_of(statement.conditions, _on_the_caller))

        for principal in which(ids_of(statement, "AWS"), is_open):
            yield f"trust in all of {principal} without a condition"

    found = trust_policies(block, configuration)
    _ask_of("AWS", found, "no account takes it on")
    return judged(found, judge, "a condition on sts:ExternalId, aws:MultiFactorAuthPresent or aws:PrincipalOrgID")


def ids_of(statement: PolicyStatement, kind: str) -> tuple[Any, ...]:
    """The principals of a kind, and what may turn out to be of it."""
    return (*statement.principals.get(kind, ()), *filter(is_unknown, statement.principals))


def _ask_of(kind: str, found: list[Policy], otherwise: str) -> None:
    statements = [statement for policy in found for statement in policy.statements()]
    if not any(ids_of(statement, kind) for statement in statements):
        raise NotApplicable(otherwise)


def _sends_source(principal: Any) -> bool:
    """Whether a service says for whom it acts when it takes on a role.

    Raises:
        UnknownValueError: it is on no list, so that neither verdict would be true, or only Terraform knows the service.
    """
    service = service_of(principal) if is_known(principal) else ""
    if service in SEND_SOURCE:
        return True
    if service in SEND_NO_SOURCE or service in SHOWN_WITHOUT:
        return False
    raise UnknownValueError(Unknown(f"whether {principal} sends aws:SourceAccount"))


def _on_the_source(condition: PolicyCondition) -> bool:
    return condition.key.lower() in _SOURCES and says_something(condition)


def _is_account(principal: Any) -> bool:
    return is_known(principal) and _ACCOUNT.fullmatch(principal) is not None


def _on_the_caller(condition: PolicyCondition) -> bool:
    key = condition.key.lower()
    if key not in _OF_THE_CALLER and not key.startswith("aws:principaltag/"):
        return False
    if key == "aws:multifactorauthpresent":
        return condition.demands_key and any_of(condition.values, lambda value: value == "true")
    return says_something(condition)
