"""The rules of a web ACL, wherever they are written: as blocks, as JSON, or as separate resources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.terraform.model.block import Node
from secureinfra.terraform.model.json_argument import decoded
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

RULE = "aws_wafv2_web_acl_rule"
ASSOCIATION = "aws_wafv2_web_acl_rule_group_association"

# docs.aws.amazon.com/waf/latest/APIReference/API_Rule.html, with Terraform's names for the same.
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
    "ScopeDownStatement": "scope_down_statement",
    "NotStatement": "not_statement",
    "AndStatement": "and_statement",
    "Statements": "statement",
    "RuleActionOverrides": "rule_action_override",
    "ActionToUse": "action_to_use",
    "VisibilityConfig": "visibility_config",
    "CloudWatchMetricsEnabled": "cloudwatch_metrics_enabled",
}


@dataclass(frozen=True)
class Rule:
    """One rule.

    Args:
        node: its arguments, under the names of a `rule` block.
        block: the block that contains it.
        is_association: whether it is a rule group association, whose arguments have other names.
    """

    node: Node
    block: Block
    is_association: bool = False


@dataclass(frozen=True)
class ManagedGroup:
    """A rule that uses a managed rule group, and the nested block with the group's name."""

    rule: Rule
    node: Node

    def is_of_aws(self, name: str) -> bool:
        """Whether it is AWS's rule group of that name."""
        return bool(self.node.get("name") == name and self.node.get("vendor_name") == "AWS")

    @property
    def is_in_force(self) -> bool:
        """Whether its rules keep their own actions instead of only counting."""
        if self.rule.is_association:
            return bool(self.rule.node.get("override_action", "none") == "none")
        overrides = self.rule.node.blocks("override_action")
        return any_of(overrides, lambda override: any_of(override.blocks("none"), lambda none: none.is_there))

    @property
    def is_limited(self) -> bool:
        """Whether it looks at some requests only: its `scope_down_statement` names them, rather than those left out."""
        for scope in self.node.blocks("scope_down_statement"):
            if not scope.is_there or scope.blocks("not_statement"):
                continue
            if any_of(scope.blocks("and_statement"), _excludes_only):
                continue
            return True
        return False

    def let_through(self) -> Iterator[Any]:
        """The names of its rules that are overridden to count or to allow."""
        for excluded in self.node.blocks("excluded_rule"):
            yield excluded.get("name")
        for override in self.node.blocks("rule_action_override"):
            if any_of(override.blocks("action_to_use"), _lets_through):
                yield override.get("name")


def own_rules(acl: Block) -> Iterator[Rule]:
    """The rules within a web ACL or a rule group.

    Raises:
        UnknownValueError: they are JSON, and it is unknown.
    """
    yield from (Rule(node, acl) for node in acl.blocks("rule"))
    for name in ("rule_json", "rules_json"):
        if (value := acl.get(name)) is not None:
            yield from (Rule(node, acl) for node in _of_json(value, name))


def rules_of(acl: Block, configuration: Configuration) -> Iterator[Rule]:
    """The rules of a web ACL; those in separate resources come last.

    Raises:
        UnknownValueError: as for `own_rules`, or one in a separate resource may belong to it or to another.
    """
    yield from own_rules(acl)
    yield from (Rule(block, block) for block in configuration.attached(acl, RULE, "web_acl_arn"))
    for block in configuration.attached(acl, ASSOCIATION, "web_acl_arn"):
        yield Rule(block, block, is_association=True)


def managed_groups(acl: Block, configuration: Configuration) -> Iterator[ManagedGroup]:
    """The managed rule groups of a web ACL.

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


def _excludes_only(both: Node) -> bool:
    parts = both.blocks("statement")
    return bool(parts) and all(part.blocks("not_statement") for part in parts)


def _lets_through(action: Node) -> bool:
    return any_of((*action.blocks("count"), *action.blocks("allow")), lambda one: one.is_there)


def _of_json(value: Any, name: str) -> Iterator[Node]:
    rules = decoded(value)
    if not isinstance(rules, list):
        raise UnknownValueError(Unknown(f"({name}, which is not a list of rules)"))
    for position, rule in enumerate(rules):
        path = f"{name}[{position}]"
        if isinstance(rule, dict):
            yield Node(_renamed(rule), None, path)
        else:
            yield Node({}, None, path, rule if is_unknown(rule) else Unknown(f"({path}, which is not a rule)"))


def _renamed(held: Any) -> Any:
    if isinstance(held, dict):
        return {_TERRAFORM_NAMES.get(key, key): _renamed(value) for key, value in held.items()}
    return [_renamed(item) for item in held] if isinstance(held, list) else held
