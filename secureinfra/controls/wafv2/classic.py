"""Controls on AWS WAF Classic, which AWS has replaced by AWS WAF."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, has_blocks, is_set

_FIX = "Move to aws_wafv2_web_acl: AWS WAF Classic is at its end"

LOGGED = Control(
    id="waf-classic-logged",
    title="Web ACLs of AWS WAF Classic log requests",
    why="you could not see an attack, or why a request was blocked",
    row="waf-classic-logging",
    fix=f"Write logging_configuration with log_destination. {_FIX}.",
)
LOGGED.check("aws_waf_web_acl")(
    argument("logging_configuration.log_destination", is_set, "logging_configuration { log_destination = ... }")
)

RULE_HAS_CONDITIONS = Control(
    id="waf-classic-rule-has-conditions",
    title="Rules of AWS WAF Classic have conditions",
    why="a rule without conditions matches nothing",
    row="waf-classic-rule-conditions",
    fix=f"Write a predicate. {_FIX}.",
)
RULE_HAS_CONDITIONS.check("aws_wafregional_rule")(has_blocks("predicate", "a predicate block"))
RULE_HAS_CONDITIONS.check("aws_waf_rule")(has_blocks("predicates", "a predicates block"))

GROUP_NOT_EMPTY = Control(
    id="waf-classic-group-not-empty",
    title="Rule groups of AWS WAF Classic have rules",
    why="an empty group looks like protection and is none",
    row="waf-classic-group-not-empty",
    fix=f"Write an activated_rule. {_FIX}.",
)
GROUP_NOT_EMPTY.check("aws_wafregional_rule_group", "aws_waf_rule_group")(
    has_blocks("activated_rule", "an activated_rule block")
)

ACL_HAS_RULES = Control(
    id="waf-classic-acl-has-rules",
    title="Web ACLs of AWS WAF Classic have rules",
    why="a web ACL without rules treats all requests alike",
    row="waf-classic-acl-has-rules",
    fix=f"Write a rule. {_FIX}.",
)
ACL_HAS_RULES.check("aws_wafregional_web_acl")(has_blocks("rule", "a rule block"))
ACL_HAS_RULES.check("aws_waf_web_acl")(has_blocks("rules", "a rules block"))
