"""What Terraform must judge of a statement, since only Terraform knows the value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from secureinfra import config
from secureinfra.policy.networks import SOURCE_IP, VPC_SOURCE_IP
from secureinfra.policy.statement import Statement
from secureinfra.values import ACCOUNT_ID, ORGANIZATION_ID, VPC_ENDPOINT_ID, VPC_ID, Rule

# Variables of IAM's own (`${aws:username}`) are no references; attributes of AWS resources are what they say.
_POLICY_VARIABLE = re.compile(r"\$\{(?:[a-z][a-z0-9.-]*:[A-Za-z][^{}]*|[*?$])\}")
_UNSURE = re.compile(r"\$\{(?!aws_|data\.aws_)[^{}]*\}|TfToken\[")

_ACTION = Rule(
    lambda action: True,
    "is no single action: write 'service:Action'",
    'can(regex("^[a-z0-9-]+:[A-Za-z0-9*?]*[A-Za-z0-9][A-Za-z0-9*?]*$", {value}))',
)
_RESOURCE = Rule(
    lambda resource: True,
    "names no resource: write an ARN that is more than a wildcard",
    'can(regex("^arn:[^:]*:[^:]*:[^:]*:[^:]*:.*[^*?/:]", {value}))',
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


def demands(statement: Statement) -> Iterator[config.Condition]:
    """The rules that synthesis could not hold the statement's references to; a Deny must not be weakened by them either.

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


def _demand(name: str, value: str, rule: Rule | None) -> Iterator[config.Condition]:
    plain = _POLICY_VARIABLE.sub("x", value)
    if rule and _UNSURE.search(plain):
        yield config.Condition(name, plain, rule.expression, f"{name} {value.replace('${', '$${')} {rule.problem}")
