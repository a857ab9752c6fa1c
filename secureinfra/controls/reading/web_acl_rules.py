"""The rules of a web ACL, wherever they are written: as blocks, as JSON, or as resources of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.controls.verdict import any_of
from secureinfra.terraform.block import Node
from secureinfra.terraform.json_argument import decoded
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

RULE = "aws_wafv2_web_acl_rule"
ASSOCIATION = "aws_wafv2_web_acl_rule_group_association"

# docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html, beside Terraform's names for the same.
_TERRAFORM_NAMES = {
    "Action": "action",
    "Allow": "allow",
    "Block": "block",
    "Captcha": "captcha",
    "Challenge": "challenge",
    "Count": "count",
    "None": "none",
    "OverrideAction": "override_action",
    "Statement": "statement",
    "ManagedRuleGroupStatement": "managed_rule_group_statement",
    "RuleGroupReferenceStatement": "rule_group_reference_statement",
    "VendorName": "vendor_name",
    "Name": "name",
    "ExcludedRules": "excluded_rule",
    "RuleActionOverrides": "rule_action_override",
    "ActionToUse": "action_to_use",
    "VisibilityConfig": "visibility_config",
    "CloudWatchMetricsEnabled": "cloudwatch_metrics_enabled",
}


@dataclass(frozen=True)
class Rule:
    """One rule.

    Args:
        node: where its arguments are, under the names that a `rule` block has.
        block: the block in which it is written.
        is_association: whether it is a rule group with a resource of its own, which calls its arguments differently.
    """

    node: Node
    block: Block
    is_association: bool = False


@dataclass(frozen=True)
class ManagedGroup:
    """A rule that applies a managed rule group, and the nested block that names the group."""

    rule: Rule
    node: Node

    def is_of_aws(self, name: str) -> bool:
        """Whether it is AWS's rule group of that name."""
        return bool(self.node.get("name") == name and self.node.get("vendor_name") == "AWS")

    @property
    def is_in_force(self) -> bool:
        """Whether its rules act as they are made to, rather than being counted only."""
        if self.rule.is_association:
            return bool(self.rule.node.get("override_action", "none") == "none")
        overrides = self.rule.node.blocks("override_action")
        return any_of(overrides, lambda override: any_of(override.blocks("none"), lambda none: none.is_there))

    def let_through(self) -> Iterator[Any]:
        """The names of its rules that are made to count or to allow."""
        for excluded in self.node.blocks("excluded_rule"):
            yield excluded.get("name")
        for override in self.node.blocks("rule_action_override"):
            if any_of(override.blocks("action_to_use"), _lets_through):
                yield override.get("name")


def own_rules(acl: Block) -> Iterator[Rule]:
    """The rules that are written within a web ACL or a rule group.

    Raises:
        UnknownValueError: they are JSON, and it is not known.
    """
    yield from (Rule(node, acl) for node in acl.blocks("rule"))
    for name in ("rule_json", "rules_json"):
        if (value := acl.get(name)) is not None:
            yield from (Rule(node, acl) for node in _of_json(value, name))


def rules_of(acl: Block, configuration: Configuration) -> Iterator[Rule]:
    """The rules of a web ACL, those with resources of their own last.

    Raises:
        UnknownValueError: as for `own_rules`, or one with a resource of its own may belong to it or to another.
    """
    yield from own_rules(acl)
    yield from (Rule(block, block) for block in configuration.attached(acl, RULE, "web_acl_arn"))
    for block in configuration.attached(acl, ASSOCIATION, "web_acl_arn"):
        yield Rule(block, block, is_association=True)


def managed_groups(acl: Block, configuration: Configuration) -> Iterator[ManagedGroup]:
    """The managed rule groups that a web ACL applies.

    Raises:
        UnknownValueError: as for `rules_of`.
    """
    for rule in rules_of(acl, configuration):
        if rule.is_association:
            yield from (ManagedGroup(rule, node) for node in rule.node.blocks("managed_rule_group"))
            continue
        for statement in rule.node.blocks("statement"):
            for node in statement.blocks("managed_rule_group_statement"):
                yield ManagedGroup(rule, node)


def _lets_through(action: Node) -> bool:
    return any_of((*action.blocks("count"), *action.blocks("allow")), lambda one: one.is_there)


def _of_json(value: Any, name: str) -> Iterator[Node]:
    rules = decoded(value)
    if not isinstance(rules, list):
        raise UnknownValueError(Unknown(f"({name} that holds no list of rules)"))
    for position, rule in enumerate(rules):
        path = f"{name}[{position}]"
        if isinstance(rule, dict):
            yield Node(_renamed(rule), None, path)
        else:
            yield Node({}, None, path, rule if is_unknown(rule) else Unknown(f"({path} that is no rule)"))


def _renamed(held: Any) -> Any:
    if isinstance(held, dict):
        return {_TERRAFORM_NAMES.get(key, key): _renamed(value) for key, value in held.items()}
    return [_renamed(item) for item in held] if isinstance(held, list) else held
