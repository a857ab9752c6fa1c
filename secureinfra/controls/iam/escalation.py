"""The check for privilege escalation: by one policy, and by several that one role, user or group has together."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.iam import rules as iam_rules
from secureinfra.controls.iam.documents import IDENTITY, Policy, identity_policies, policies
from secureinfra.controls.iam.patterns import surely
from secureinfra.controls.iam.policies import NO_ESCALATION
from secureinfra.controls.verdict import Failure, NotApplicable, each
from secureinfra.terraform.unknown import UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_FEWER = "fewer actions, or these on specific roles, users and functions"

# Identities with policies, and what attaches them: type, the argument that refers to the identity, and the one that refers to the
# policy; without the latter it contains the policy itself.
HELD_BY = {
    "aws_iam_role": (
        ("aws_iam_role_policy", "role", ""),
        ("aws_iam_role_policy_attachment", "role", "policy_arn"),
        ("aws_iam_role_policy_attachments_exclusive", "role_name", "policy_arns"),
        ("aws_iam_policy_attachment", "roles", "policy_arn"),
    ),
    "aws_iam_user": (
        ("aws_iam_user_policy", "user", ""),
        ("aws_iam_user_policy_attachment", "user", "policy_arn"),
        ("aws_iam_user_policy_attachments_exclusive", "user_name", "policy_arns"),
        ("aws_iam_policy_attachment", "users", "policy_arn"),
    ),
    "aws_iam_group": (
        ("aws_iam_group_policy", "group", ""),
        ("aws_iam_group_policy_attachment", "group", "policy_arn"),
        ("aws_iam_group_policy_attachments_exclusive", "group_name", "policy_arns"),
        ("aws_iam_policy_attachment", "groups", "policy_arn"),
    ),
}


@NO_ESCALATION.check(*(type for type in IDENTITY if type not in HELD_BY))
def _by_one_policy(block: Block, configuration: Configuration) -> Iterator[Failure]:
    return each(identity_policies(block, configuration), _judge)


@NO_ESCALATION.check(*HELD_BY)
def _together(holder: Block, configuration: Configuration) -> Iterator[Failure]:
    own = policies(holder, IDENTITY[holder.type], configuration) if holder.type in IDENTITY else []
    held = [*own, *_attached(holder, configuration)]
    if len(held) < 2 and not own:
        raise NotApplicable("no two policies in this configuration apply to it; each is checked separately")
    parts: list[Callable[[], Iterator[Failure]]] = [functools.partial(_judge, policy) for policy in own]
    parts.append(functools.partial(_judge_together, held))
    return each(parts, lambda part: part())


def _judge(policy: Policy) -> Iterator[Failure]:
    ways = list(iam_rules.escalations(policy.statements()))
    if ways:
        yield Failure(_in_words(ways), _FEWER, at=policy.path)


def _judge_together(held: list[Policy]) -> Iterator[Failure]:
    """Escalation that no policy allows by itself; otherwise it is reported for that policy."""
    known = [policy for policy in held if isinstance(policy.read, list)]
    alone = {way for policy in known for way in _sure_ways(policy)}
    statements = [statement for policy in known for statement in policy.statements()]
    ways = [way for way in iam_rules.escalations(statements) if way not in alone]
    if ways:
        yield Failure(f"all its policies together: {_in_words(ways)}", _FEWER)
    for policy in held:
        policy.statements()


def _sure_ways(policy: Policy) -> list[str]:
    found: list[str] = []
    surely(lambda: found.extend(iam_rules.escalations(policy.statements())))
    return found


def _in_words(ways: list[str]) -> str:
    return ways[0] if len(ways) == 1 else f"{ways[0]} and {len(ways) - 1} more"


def _attached(holder: Block, configuration: Configuration) -> Iterator[Policy]:
    """The policies in the configuration that are attached to a role, user or group."""
    yield from _written_here(holder, "managed_policy_arns", configuration)
    for type, via, names in HELD_BY[holder.type]:
        try:
            attached = configuration.attached(holder, type, via)
        except UnknownValueError as error:
            yield Policy("", error)
            continue
        for block in attached:
            if names:
                yield from _written_here(block, names, configuration)
            else:
                yield from policies(block, "policy", configuration)


def _written_here(block: Block, path: str, configuration: Configuration) -> Iterator[Policy]:
    for policy in configuration.targets(block, path, "aws_iam_policy"):
        if policy.section == "resource":
            yield from policies(policy, "policy", configuration)
    value = block.get(path)
    for arn in value if isinstance(value, list) else (value,):
        if is_unknown(arn) and configuration.target(arn) is None and ":policy/" not in arn.text:
            yield Policy("", UnknownValueError(arn))
