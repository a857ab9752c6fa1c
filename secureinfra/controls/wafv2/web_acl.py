"""Controls on web ACLs of AWS WAF."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import is_true
from secureinfra.controls.verdict import Failure, each, written
from secureinfra.controls.wafv2.web_acl_rules import (
    ASSOCIATION,
    RULE,
    ManagedGroup,
    Rule,
    managed_groups,
    own_rules,
    rules_of,
)
from secureinfra.terraform.model.block import Block
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.configuration import Configuration

ACL = "aws_wafv2_web_acl"
LOGGING = "aws_wafv2_web_acl_logging_configuration"
_KNOWN_BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
_ANONYMOUS = "AWSManagedRulesAnonymousIpList"
_BASELINE = {
    "AWSManagedRulesCommonRuleSet": "the core rule set",
    _KNOWN_BAD_INPUTS: "known bad inputs",
    "AWSManagedRulesAmazonIpReputationList": "IP reputation list",
}

HAS_RULES = Control(
    id="wafv2-web-acl-has-rules",
    title="Web ACLs have rules, each with an action",
    why="a web ACL without rules treats all requests alike",
    row="waf-has-rules",
    fix="Write rule blocks, each with an action, or with an override_action for a rule group.",
)


@HAS_RULES.check(ACL)
def _has_rules(acl: Block, configuration: Configuration) -> Iterator[Failure]:
    if not any_of(rules_of(acl, configuration), lambda rule: rule.node.is_there):
        yield Failure("no rule", "rule blocks")
    yield from each(own_rules(acl), _acts)


@HAS_RULES.check("aws_wafv2_rule_group")
def _group_has_rules(group: Block, configuration: Configuration) -> Iterator[Failure]:
    return each(own_rules(group), _acts)


@HAS_RULES.check(RULE)
def _rule_acts(rule: Block, configuration: Configuration) -> Iterator[Failure]:
    return _acts(Rule(rule, rule))


def _acts(rule: Rule) -> Iterator[Failure]:
    actions = (*rule.node.blocks("action"), *rule.node.blocks("override_action"))
    if not any_of(actions, lambda action: action.is_there):
        yield Failure(
            "neither action nor override_action", "action, or override_action for a rule group", at=rule.node.path
        )


LOGGED = Control(
    id="wafv2-web-acl-logged",
    title="Web ACLs log requests",
    why="you could not see an attack, or why a request was blocked",
    row="waf-logging",
    fix="Write an aws_wafv2_web_acl_logging_configuration with the ARN of the web ACL as resource_arn.",
)


@LOGGED.check(ACL)
def _logged(acl: Block, configuration: Configuration) -> Iterator[Failure]:
    if not configuration.attached(acl, LOGGING, "resource_arn"):
        yield Failure(f"no {LOGGING}", f"{LOGGING} with resource_arn = the ARN of the web ACL")


LOG_DESTINATION_NAMED = Control(
    id="wafv2-web-acl-log-destination-named",
    title="Web ACL log destinations have names that AWS WAF accepts",
    why="AWS WAF accepts only destinations whose names start with aws-waf-logs-",
    row="waf-logging",
    fix="Use a bucket, log group or delivery stream with a name that starts with aws-waf-logs-.",
)

# docs.aws.amazon.com/waf/latest/developerguide/logging-destinations.html
_PREFIX = "aws-waf-logs-"
_ARN = re.compile(
    r"^arn:[^:]*:(?:s3:::|logs:[^:]*:[^:]*:log-group:|firehose:[^:]*:[^:]*:deliverystream/)(.*)", re.DOTALL
)
_NAMES = {
    "aws_s3_bucket": ("bucket", "bucket_prefix"),
    "aws_cloudwatch_log_group": ("name", "name_prefix"),
    "aws_kinesis_firehose_delivery_stream": ("name",),
}


@LOG_DESTINATION_NAMED.check(LOGGING)
def _log_destination_named(logging: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "log_destination_configs"
    value = logging.get(path)
    destinations: list[Any] = logging.items(path)
    if is_unknown(value):
        # Only Terraform knows the whole list; its references are known.
        destinations = configuration.targets(logging, path, *_NAMES) or [value]

    def judge(destination: Any) -> Iterator[Failure]:
        name = _name_of(destination, configuration)
        if not _starts_as_it_must(name):
            yield Failure(written("the destination's name", name), f"a name that starts with {_PREFIX}", at=path)

    yield from each(destinations, judge)


def _name_of(destination: Any, configuration: Configuration) -> Any:
    """The name of a destination, given as ARN, reference or block; `None` for a name that Terraform generates.

    Raises:
        UnknownValueError: it is in another configuration.
    """
    target = destination if isinstance(destination, Block) else configuration.target(destination)
    if target is not None and target.type in _NAMES:
        return next((name for one in _NAMES[target.type] if (name := target.get(one)) is not None), None)
    arn = text_of(destination)
    match = _ARN.match(arn)
    if match is not None and "$" not in match[1][: len(_PREFIX)]:
        return match[1]
    if is_unknown(destination):
        raise UnknownValueError(destination)
    return arn


def _starts_as_it_must(name: Any) -> bool:
    if is_unknown(name) and "$" not in name.text[: len(_PREFIX)]:
        # `aws-waf-logs-${var.name}`: the unknown part comes last.
        return bool(name.text.startswith(_PREFIX))
    return name is not None and bool(name.startswith(_PREFIX))


METRICS = Control(
    id="wafv2-web-acl-metrics",
    title="Web ACL rules have CloudWatch metrics",
    why="no alarm could show that an attack has begun, or that a rule blocks customers",
    row="waf-metrics",
    fix="Set cloudwatch_metrics_enabled = true in the visibility_config of the web ACL and of every rule.",
)


@METRICS.check(ACL, "aws_wafv2_rule_group")
def _metrics(acl: Block, configuration: Configuration) -> Iterator[Failure]:
    def all_of_them() -> Iterator[Rule]:
        yield Rule(acl, acl)
        yield from own_rules(acl)

    return each(all_of_them(), _counted)


@METRICS.check(RULE)
def _rule_metrics(rule: Block, configuration: Configuration) -> Iterator[Failure]:
    return _counted(Rule(rule, rule))


@METRICS.check(ASSOCIATION)
def _association_metrics(association: Block, configuration: Configuration) -> Iterator[Failure]:
    # By default the provider enables metrics.
    if association.blocks("visibility_config"):
        yield from _counted(Rule(association, association))


def _counted(rule: Rule) -> Iterator[Failure]:
    if not is_true(value := rule.node.get("visibility_config.cloudwatch_metrics_enabled")):
        path = "visibility_config[0].cloudwatch_metrics_enabled"
        at = f"{rule.node.path}.{path}" if rule.node.path else path
        yield Failure(written(at, value), "cloudwatch_metrics_enabled = true", at=at)


MANAGED_RULES = Control(
    id="wafv2-web-acl-managed-rules",
    title="Web ACLs use AWS managed rules against common attacks",
    why="common attacks would reach the application",
    row="waf-managed-rules",
    fix=f"Write a rule with a managed_rule_group_statement for each of {', '.join(_BASELINE)}.",
)


@MANAGED_RULES.check(ACL)
def _managed_rules(acl: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(name: str) -> Iterator[Failure]:
        if not any_of(managed_groups(acl, configuration), lambda group: group.is_of_aws(name)):
            yield Failure(f"no {name} ({_BASELINE[name]})", f"a rule that applies {name}")

    return each(_BASELINE, judge)


LOG4J = Control(
    id="wafv2-web-acl-log4j",
    title="Web ACLs block Log4j exploits",
    why="one request could run an attacker's code on a server with an old Log4j (CVE-2021-44228)",
    row="waf-log4j",
    fix=f"Add {_KNOWN_BAD_INPUTS} with override_action {{ none {{}} }}, and do not set any of its Log4JRCE rules to count.",
)


@LOG4J.check(ACL)
def _log4j(acl: Block, configuration: Configuration) -> Iterator[Failure]:
    def blocks_it(group: ManagedGroup) -> bool:
        in_force = group.is_of_aws(_KNOWN_BAD_INPUTS) and group.is_in_force and not group.is_limited
        return in_force and not any_of(group.let_through(), _is_log4j)

    def _is_log4j(name: Any) -> bool:
        return bool(name.startswith("Log4JRCE"))

    if any_of(managed_groups(acl, configuration), blocks_it):
        return
    named = [group for group in managed_groups(acl, configuration) if group.is_of_aws(_KNOWN_BAD_INPUTS)]
    if not named:
        yield Failure(f"no {_KNOWN_BAD_INPUTS}", f"a rule that applies {_KNOWN_BAD_INPUTS}")
    for group in named:
        found = "its Log4JRCE rules allow requests" if group.is_in_force else "override_action only counts"
        found = "scope_down_statement names the requests that it looks at" if group.is_limited else found
        yield Failure(
            found, "override_action { none {} } and no override of a Log4JRCE rule", group.node.path, group.rule.block
        )


ANONYMOUS_ADDRESSES = Control(
    id="wafv2-web-acl-anonymous-addresses",
    title="Web ACLs identify requests from anonymous IP addresses",
    why="attacks through anonymous proxies would look like normal requests",
    row="waf-log4j",
    fix=f"Add {_ANONYMOUS}, with override_action {{ count {{}} }} if visitors come through VPNs or hosting providers.",
)


@ANONYMOUS_ADDRESSES.check(ACL)
def _anonymous_addresses(acl: Block, configuration: Configuration) -> Iterator[Failure]:
    # Counting is enough: the list contains VPNs and hosting providers too, which many sites must serve.
    if not any_of(managed_groups(acl, configuration), lambda group: group.is_of_aws(_ANONYMOUS)):
        yield Failure(f"no {_ANONYMOUS}", f"a rule that applies {_ANONYMOUS}, if only to count")
