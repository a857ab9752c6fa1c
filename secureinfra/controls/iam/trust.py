"""Controls on trust policies: which services, accounts and principals may assume a role.

Trust in GitHub Actions is in `iam_github`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.iam.documents import DOCUMENT, Policy, judged, kind_of_document, policies, written_in
from secureinfra.controls.iam.patterns import all_of, is_known, matches, which
from secureinfra.controls.shared.outsiders import request_of_deputy, request_of_members
from secureinfra.controls.verdict import Failure, NotApplicable
from secureinfra.facts.iam_sources import SEND_NO_SOURCE, SEND_SOURCE, SHOWN_WITHOUT, service_of
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

TRUSTING = ("aws_iam_role", DOCUMENT)

# A whole account: its root, its account id, or a reference to the id.
_ACCOUNT = re.compile(r"[0-9]{12}|.*:root|\$\{[^{}]*account_id\}")

TRUST_NAMES_PRINCIPALS = Control(
    id="iam-role-trust-names-principals",
    title="Trust policies name the principals that may assume the role",
    why="any AWS account could assume the role",
    row="iam-trust-no-wildcard",
    waivable=False,
    fix="Use roles, accounts or services in Principal; a condition does not make '*' acceptable.",
    setting="SecureRole takes ServiceTrust, AccountTrust, GitHubTrust or SamlTrust, each of which names a principal.",
)

TRUST_NO_CONFUSED_DEPUTY = Control(
    id="iam-role-trust-no-confused-deputy",
    title="Trust in AWS services is limited to resources of the account",
    why="a resource of another account could make the service act in this account",
    row="iam-trust-confused-deputy",
    fix="Add StringEquals aws:SourceAccount with the account's id, and ArnLike aws:SourceArn for a single resource.",
    setting="ServiceTrust(service=...) writes both for the services that send them.",
)

ACCOUNT_TRUST_CONDITIONED = Control(
    id="iam-role-trust-conditioned",
    title="Trust in an account requires an external id, MFA or the organization",
    why="every principal of that account, or one that tricks it, could assume the role",
    fix="Add a condition on sts:ExternalId, aws:MultiFactorAuthPresent or aws:PrincipalOrgID, or use roles in Principal.",
    setting="AccountTrust(account_id=..., external_id=...), mfa=True or organization_id=... writes it.",
)


def trust_policies(block: Block, configuration: Configuration) -> list[Policy]:
    """The trust policy of a role, or of a document that is one and is not used in the configuration.

    Raises:
        NotApplicable: it is not a trust policy, or is checked elsewhere.
    """
    if block.section == "data":
        if kind_of_document(block, configuration) != "trust":
            raise NotApplicable("it is not a trust policy")
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
    found = trust_policies(block, configuration)

    def judge(statement: PolicyStatement) -> Iterator[str]:
        def is_open(principal: Any) -> bool:
            return all_of(
                lambda: _sends_source(principal),
                lambda: request_of_deputy(statement, written_in(found), configuration, principal),
            )

        for principal in which(ids_of(statement, "Service"), is_open):
            yield f"{principal} without a condition on aws:SourceAccount or aws:SourceArn"

    _ask_of("Service", found, "it does not trust a service")
    return judged(found, judge, "StringEquals aws:SourceAccount with this account's id")


@ACCOUNT_TRUST_CONDITIONED.check(*TRUSTING)
def _account_conditioned(block: Block, configuration: Configuration) -> Iterator[Failure]:
    found = trust_policies(block, configuration)

    def judge(statement: PolicyStatement) -> Iterator[str]:
        def is_open(principal: Any) -> bool:
            return all_of(
                lambda: _is_account(principal),
                lambda: request_of_members(statement, written_in(found), configuration, principal),
            )

        for principal in which(ids_of(statement, "AWS"), is_open):
            yield f"trust in all of {principal} without a condition"

    _ask_of("AWS", found, "it does not trust an account")
    return judged(found, judge, "a condition on sts:ExternalId, aws:MultiFactorAuthPresent or aws:PrincipalOrgID")


TRUST_ACTIONS_NAMED = Control(
    id="iam-role-trust-actions-named",
    title="Trust policies allow named actions of AWS STS only",
    why="the caller could also tag the session and choose its source identity, which other policies trust",
    row="iam-trust-no-action-star",
    fix="List sts:AssumeRole, sts:AssumeRoleWithWebIdentity, sts:AssumeRoleWithSAML or sts:TagSession in Action.",
    setting="SecureRole writes the actions that its trust needs.",
)


@TRUST_ACTIONS_NAMED.check(*TRUSTING)
def _actions_named(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(statement: PolicyStatement) -> Iterator[str]:
        if statement.not_actions:
            yield "NotAction with Allow"
        for action in which(statement.actions, _is_every_action):
            yield f"Allow of {action}"

    return judged(trust_policies(block, configuration), judge, "the action by which the role is assumed")


def _is_every_action(action: Any) -> bool:
    """Whether a pattern covers assuming a role and other actions."""
    if is_unknown(action):
        raise UnknownValueError(action)
    return matches(action, "sts:AssumeRole") and matches(action, "sts:SetSourceIdentity")


def ids_of(statement: PolicyStatement, kind: str) -> tuple[Any, ...]:
    """The principals of a kind, and those that may turn out to be of it."""
    return (*statement.principals.get(kind, ()), *filter(is_unknown, statement.principals))


def _ask_of(kind: str, found: list[Policy], otherwise: str) -> None:
    statements = [statement for policy in found for statement in policy.statements()]
    if not any(ids_of(statement, kind) for statement in statements):
        raise NotApplicable(otherwise)


def _sends_source(principal: Any) -> bool:
    """Whether a service sends its source when it assumes a role.

    Raises:
        UnknownValueError: it is on no list, so either answer could be wrong, or only Terraform knows the service.
    """
    service = service_of(principal) if is_known(principal) else ""
    if service in SEND_SOURCE:
        return True
    if service in SEND_NO_SOURCE or service in SHOWN_WITHOUT:
        return False
    raise UnknownValueError(Unknown(f"whether {principal} sends aws:SourceAccount"))


def _is_account(principal: Any) -> bool:
    return is_known(principal) and _ACCOUNT.fullmatch(principal) is not None
