"""The checks on a statement that only Terraform can make, since only it knows the value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from secureinfra.config import config
from secureinfra.config.rule import Predicate, Rule
from secureinfra.config.rules import ACCOUNT_ID, ORGANIZATION_ID, VPC_ENDPOINT_ID, VPC_ID
from secureinfra.policy.networks import SOURCE_IP, VPC_SOURCE_IP
from secureinfra.policy.statement import Statement

# IAM variables (`${aws:username}`) are not references; attributes of AWS resources are trusted to be valid.
_POLICY_VARIABLE = re.compile(r"\$\{(?:[a-z][a-z0-9.-]*:[A-Za-z][^{}]*|[*?$])\}")
_UNSURE = re.compile(r"\$\{(?!aws_|data\.aws_)[^{}]*\}|TfToken\[")

_ACTION = Predicate(
    lambda action: True,
    "is not a single action",
    'can(regex("^[a-z0-9-]+:[A-Za-z0-9*?]*[A-Za-z0-9][A-Za-z0-9*?]*$", {value}))',
    "write 'service:Action'",
)
_RESOURCE = Predicate(
    lambda resource: True,
    "names no resource",
    'can(regex("^arn:[^:]*:[^:]*:[^:]*:[^:]*:.*[^*?/:]", {value}))',
    "write an ARN that is more than a wildcard",
)
_BY_KEY = {
    "aws:sourceip": SOURCE_IP,
    "aws:vpcsourceip": VPC_SOURCE_IP,
    "aws:sourcevpc": VPC_ID,
    "aws:sourcevpce": VPC_ENDPOINT_ID,
    "aws:sourceaccount": ACCOUNT_ID,
    "aws:principalaccount": ACCOUNT_ID,
    "aws:resourceaccount": ACCOUNT_ID,
    "aws:principalorgid": ORGANIZATION_ID,
}


def demands(statement: Statement) -> Iterator[config.Precondition]:
    """The rules that synthesis could not check for the statement's references; they must not weaken a Deny either.

    Args:
        statement: of an identity policy.
    """
    if statement.effect == "Allow":
        for action in (*statement.actions, *statement.not_actions):
            yield from _demand("action", action, _ACTION)
        for resource in (*statement.resources, *statement.not_resources):
            yield from _demand("resource", resource, _RESOURCE)
    for condition in statement.conditions:
        rule = _BY_KEY.get(condition.key.lower())
        for value in condition.values if rule else ():
            yield from _demand(condition.key.partition(":")[2], value, rule)


def _demand(name: str, value: str, rule: Rule | None) -> Iterator[config.Precondition]:
    plain = _POLICY_VARIABLE.sub("x", value)
    if rule and _UNSURE.search(plain):
        yield config.Precondition(name, plain, rule.expression, f"{name} {value.replace('${', '$${')} {rule.message}")
