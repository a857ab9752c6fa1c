"""Controls on web ACLs, each with an input that meets it, one for each way of breaking it, and one that nobody knows."""

import json
from typing import Any

import pytest

from secureinfra.controls import Control
from secureinfra.controls.wafv2 import web_acl
from tests.controls.judge import failure, status

CORE = "AWSManagedRulesCommonRuleSet"
KNOWN_BAD_INPUTS = "AWSManagedRulesKnownBadInputsRuleSet"
REPUTATION = "AWSManagedRulesAmazonIpReputationList"
ANONYMOUS = "AWSManagedRulesAnonymousIpList"
VISIBLE = {"cloudwatch_metrics_enabled": True, "metric_name": "m", "sampled_requests_enabled": True}


def managed(name: str, override: str = "none", **arguments: Any) -> dict[str, Any]:
    """A rule that applies a managed rule group."""
    return {
        "name": name,
        "override_action": {override: {}},
        "statement": {"managed_rule_group_statement": {"name": name, "vendor_name": "AWS", **arguments}},
        "visibility_config": VISIBLE,
    }


def as_json(*rules: Any) -> str:
    return json.dumps(list(rules))


def managed_json(name: str, override: str = "None", **arguments: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "OverrideAction": {override: {}},
        "Statement": {"ManagedRuleGroupStatement": {"Name": name, "VendorName": "AWS", **arguments}},
        "VisibilityConfig": {"CloudWatchMetricsEnabled": True, "MetricName": "m"},
    }


def acl(*rules: Any, **arguments: Any) -> dict[str, Any]:
    return {"w": {"scope": "REGIONAL", "visibility_config": VISIBLE, "rule": list(rules), **arguments}}


def associated(name: str, arn: str = "${aws_wafv2_web_acl.w.arn}", **arguments: Any) -> dict[str, Any]:
    group = {"name": name, "vendor_name": "AWS"}
    return {name: {"web_acl_arn": arn, "rule_name": name, "managed_rule_group": group, **arguments}}


def judged(control: Control, *rules: Any, **arguments: Any) -> str:
    variable: dict[str, Any] = {"x": {}}
    return status(control, variable=variable, aws_wafv2_web_acl=acl(*rules, **arguments))


def said(control: Control, *rules: Any, **arguments: Any) -> str:
    return failure(control, aws_wafv2_web_acl=acl(*rules, **arguments))


DYNAMIC = {"rule": {"for_each": "${var.x}", "content": managed(CORE)}}


def test_has_rules() -> None:
    assert judged(web_acl.HAS_RULES, {"action": {"block": {}}}) == "passed"
    assert judged(web_acl.HAS_RULES, managed(CORE)) == "passed"
    assert judged(web_acl.HAS_RULES, rule_json=as_json({"Action": {"Block": {}}})) == "passed"
    assert "no rule -> rule blocks" in said(web_acl.HAS_RULES)
    assert judged(web_acl.HAS_RULES, rule_json="[]") == "failed"
    without = {"statement": {"geo_match_statement": {"country_codes": ["DE"]}}}
    assert "rule[1]: neither action nor override_action" in said(web_acl.HAS_RULES, managed(CORE), without)
    # As a plan writes blocks that are not there.
    assert judged(web_acl.HAS_RULES, {"action": [], "override_action": []}) == "failed"
    assert judged(web_acl.HAS_RULES, rule_json="${var.x}") == "unknown"
    assert judged(web_acl.HAS_RULES, dynamic=DYNAMIC) == "unknown"
    assert judged(web_acl.HAS_RULES, {"dynamic": {"action": {"for_each": "${var.x}", "content": {}}}}) == "unknown"


def test_has_rules_with_resources_of_their_own() -> None:
    empty = {"aws_wafv2_web_acl": acl()}
    group = {"aws_wafv2_web_acl_rule_group_association": associated(CORE)}
    assert status(web_acl.HAS_RULES, **empty, **group) == "passed"
    alone = {"aws_wafv2_web_acl_rule": {"r": {"web_acl_arn": "${aws_wafv2_web_acl.w.arn}", "action": {"block": {}}}}}
    assert status(web_acl.HAS_RULES, **empty, **alone) == "passed"
    idle = {"aws_wafv2_web_acl_rule": {"r": {"web_acl_arn": "${aws_wafv2_web_acl.w.arn}"}}}
    assert "aws_wafv2_web_acl_rule.r" in failure(web_acl.HAS_RULES, **empty, **idle)
    of_another = {"aws_wafv2_web_acl_rule_group_association": associated(CORE, "${aws_wafv2_web_acl.v.arn}")}
    assert status(web_acl.HAS_RULES, **empty, **of_another) == "failed"
    elsewhere = {"aws_wafv2_web_acl_rule_group_association": associated(CORE, "${var.x}")}
    assert status(web_acl.HAS_RULES, variable={"x": {}}, **empty, **elsewhere) == "unknown"
    full = {"aws_wafv2_web_acl": acl(managed(CORE))}
    assert status(web_acl.HAS_RULES, variable={"x": {}}, **full, **elsewhere) == "passed"
    group_of_rules = {"aws_wafv2_rule_group": {"g": {"rule": [{"action": {"count": {}}}, {"name": "idle"}]}}}
    assert "aws_wafv2_rule_group.g rule[1]" in failure(web_acl.HAS_RULES, **group_of_rules)


def logging(**arguments: Any) -> dict[str, Any]:
    return {"l": {"resource_arn": "${aws_wafv2_web_acl.w.arn}", **arguments}}


def test_logged() -> None:
    name = "aws_wafv2_web_acl_logging_configuration"
    guarded = {"aws_wafv2_web_acl": acl()}
    assert status(web_acl.LOGGED, **guarded, **{name: logging()}) == "passed"
    assert f"no {name}" in failure(web_acl.LOGGED, **guarded)
    of_another = logging(resource_arn="${aws_wafv2_web_acl.v.arn}")
    assert status(web_acl.LOGGED, **guarded, **{name: of_another}) == "failed"
    for unsure in (logging(resource_arn="${var.x}"), logging(count="${var.x ? 1 : 0}")):
        assert status(web_acl.LOGGED, variable={"x": {}}, **guarded, **{name: unsure}) == "unknown"


@pytest.mark.parametrize(
    ("destination", "expected"),
    [
        ("arn:aws:s3:::aws-waf-logs-1", "passed"),
        ("arn:aws:logs:eu-central-1:111122223333:log-group:aws-waf-logs-1", "passed"),
        ("arn:aws-cn:firehose:cn-north-1:111122223333:deliverystream/aws-waf-logs-1", "passed"),
        ("arn:aws:logs:${var.x}:111122223333:log-group:aws-waf-logs-${var.x}", "passed"),
        ("${aws_s3_bucket.named.arn}", "passed"),
        ("${aws_s3_bucket.prefixed.arn}", "passed"),
        ("${aws_s3_bucket.partly.arn}", "passed"),
        ("${aws_cloudwatch_log_group.named.arn}", "passed"),
        ("${aws_cloudwatch_log_group.named.arn}:*", "unknown"),
        ("${aws_kinesis_firehose_delivery_stream.named.arn}", "passed"),
        ("arn:aws:s3:::logs", "failed"),
        ("arn:aws:logs:eu-central-1:111122223333:log-group:/waf/aws-waf-logs-1", "failed"),
        ("arn:aws:s3:::logs-of-the-web-acl-${var.x}", "failed"),
        ("${aws_s3_bucket.other.arn}", "failed"),
        ("${aws_s3_bucket.unnamed.arn}", "failed"),
        ("${aws_s3_bucket.unknown.arn}", "unknown"),
        ("${var.x}", "unknown"),
        ("arn:aws:s3:::${var.x}", "unknown"),
        ("${module.logs.arn}", "unknown"),
    ],
)
def test_log_destination_named(destination: str, expected: str) -> None:
    sections: dict[str, Any] = {
        "aws_s3_bucket": {
            "named": {"bucket": "aws-waf-logs-1"},
            "prefixed": {"bucket_prefix": "aws-waf-logs-"},
            "partly": {"bucket": "aws-waf-logs-${var.x}"},
            "other": {"bucket": "logs"},
            "unnamed": {},
            "unknown": {"bucket": "${var.x}-aws-waf-logs-1"},
        },
        "aws_cloudwatch_log_group": {"named": {"name": "aws-waf-logs-1"}},
        "aws_kinesis_firehose_delivery_stream": {"named": {"name": "aws-waf-logs-1"}},
    }
    configured = logging(log_destination_configs=[destination])
    sections["aws_wafv2_web_acl_logging_configuration"] = configured
    assert status(web_acl.LOG_DESTINATION_NAMED, variable={"x": {}}, **sections) == expected


def test_log_destination_named_in_a_list_that_only_terraform_knows() -> None:
    configured = logging(log_destination_configs="${aws_s3_bucket.b[*].arn}")
    sections = {"aws_wafv2_web_acl_logging_configuration": configured}
    named = {"aws_s3_bucket": {"b": {"bucket": "aws-waf-logs-1"}}}
    assert status(web_acl.LOG_DESTINATION_NAMED, **sections, **named) == "passed"
    assert status(web_acl.LOG_DESTINATION_NAMED, **sections, aws_s3_bucket={"b": {"bucket": "logs"}}) == "failed"
    nothing = logging(log_destination_configs="${var.x}")
    assert (
        status(web_acl.LOG_DESTINATION_NAMED, variable={"x": {}}, aws_wafv2_web_acl_logging_configuration=nothing)
        == "unknown"
    )


def test_metrics() -> None:
    hidden = {**VISIBLE, "cloudwatch_metrics_enabled": False}
    assert judged(web_acl.METRICS, managed(CORE)) == "passed"
    assert judged(web_acl.METRICS, rule_json=as_json(managed_json(CORE))) == "passed"
    of_itself = said(web_acl.METRICS, managed(CORE), visibility_config=hidden)
    assert "visibility_config[0].cloudwatch_metrics_enabled = false -> cloudwatch_metrics_enabled = true" in of_itself
    assert "rule[1]" in said(web_acl.METRICS, managed(CORE), {**managed(CORE), "visibility_config": hidden})
    assert "is not set" in said(web_acl.METRICS, {"action": {"block": {}}})
    without = {**managed_json(CORE), "VisibilityConfig": {"CloudWatchMetricsEnabled": False}}
    assert "rule_json[0]" in said(web_acl.METRICS, rule_json=as_json(without))
    unknown = {**VISIBLE, "cloudwatch_metrics_enabled": "${var.x}"}
    assert judged(web_acl.METRICS, visibility_config=unknown) == "unknown"
    assert judged(web_acl.METRICS, dynamic=DYNAMIC) == "unknown"
    assert judged(web_acl.METRICS, {"action": {"block": {}}}, dynamic=DYNAMIC) == "failed"
    for type in ("aws_wafv2_rule_group", "aws_wafv2_web_acl_rule"):
        assert status(web_acl.METRICS, **{type: {"g": {"visibility_config": VISIBLE}}}) == "passed"
        assert status(web_acl.METRICS, **{type: {"g": {"visibility_config": hidden}}}) == "failed"
    association = "aws_wafv2_web_acl_rule_group_association"
    assert status(web_acl.METRICS, **{association: associated(CORE)}) == "passed"
    assert status(web_acl.METRICS, **{association: associated(CORE, visibility_config=hidden)}) == "failed"


def test_managed_rules() -> None:
    three = [managed(name) for name in (CORE, KNOWN_BAD_INPUTS, REPUTATION)]
    assert judged(web_acl.MANAGED_RULES, *three) == "passed"
    written = as_json(*(managed_json(name) for name in (CORE, KNOWN_BAD_INPUTS, REPUTATION)))
    assert judged(web_acl.MANAGED_RULES, rule_json=written) == "passed"
    for missing in (CORE, KNOWN_BAD_INPUTS, REPUTATION):
        others = [rule for rule in three if rule["name"] != missing]
        lines = said(web_acl.MANAGED_RULES, *others).splitlines()
        assert len(lines) == 1
        assert f"no {missing}" in lines[0]
    of_someone = managed(CORE, vendor_name="Someone")
    assert "no AWSManagedRulesCommonRuleSet" in said(web_acl.MANAGED_RULES, *three[1:], of_someone)
    assert judged(web_acl.MANAGED_RULES, *three[1:], managed("${var.x}")) == "unknown"
    assert judged(web_acl.MANAGED_RULES, three[0], managed("${var.x}"), managed(REPUTATION)) == "unknown"
    assert judged(web_acl.MANAGED_RULES, dynamic=DYNAMIC) == "unknown"
    assert judged(web_acl.MANAGED_RULES, *three, dynamic=DYNAMIC) == "passed"
    assert judged(web_acl.MANAGED_RULES, rule_json="${var.x}") == "unknown"
    assert judged(web_acl.MANAGED_RULES, rule_json='["${var.x}"]') == "unknown"
    beside = {**associated(REPUTATION), **associated(CORE)}
    sections = {"aws_wafv2_web_acl": acl(three[1]), "aws_wafv2_web_acl_rule_group_association": beside}
    assert status(web_acl.MANAGED_RULES, **sections) == "passed"


def test_log4j() -> None:
    assert judged(web_acl.LOG4J, managed(KNOWN_BAD_INPUTS)) == "passed"
    assert judged(web_acl.LOG4J, rule_json=as_json(managed_json(KNOWN_BAD_INPUTS))) == "passed"
    assert f"no {KNOWN_BAD_INPUTS}" in said(web_acl.LOG4J, managed(CORE))
    counted = said(web_acl.LOG4J, managed(KNOWN_BAD_INPUTS, "count"))
    assert "override_action only counts" in counted
    assert "rule[0].statement[0].managed_rule_group_statement[0]" in counted
    assert judged(web_acl.LOG4J, rule_json=as_json(managed_json(KNOWN_BAD_INPUTS, "Count"))) == "failed"
    # As a plan writes them.
    planned = {**managed(KNOWN_BAD_INPUTS), "override_action": [{"count": [], "none": [{}]}]}
    assert judged(web_acl.LOG4J, planned) == "passed"
    planned = {**managed(KNOWN_BAD_INPUTS), "override_action": [{"count": [{}], "none": []}]}
    assert judged(web_acl.LOG4J, planned) == "failed"
    assert judged(web_acl.LOG4J, managed("${var.x}")) == "unknown"
    assert judged(web_acl.LOG4J, managed("${var.x}"), managed(KNOWN_BAD_INPUTS)) == "passed"
    unknown = {**managed(KNOWN_BAD_INPUTS), "override_action": {"dynamic": {"none": {"for_each": "${var.x}"}}}}
    assert judged(web_acl.LOG4J, unknown) == "unknown"


@pytest.mark.parametrize("action", ["count", "allow"])
def test_log4j_rules_that_let_requests_through(action: str) -> None:
    def override(name: str, to: str) -> dict[str, Any]:
        return {"name": name, "action_to_use": {to: {}}}

    through = managed(KNOWN_BAD_INPUTS, rule_action_override=[override("Log4JRCE_HEADER", action)])
    assert "its Log4JRCE rules allow requests" in said(web_acl.LOG4J, through)
    other = managed(KNOWN_BAD_INPUTS, rule_action_override=[override("Host_localhost_HEADER", action)])
    assert judged(web_acl.LOG4J, other) == "passed"
    blocked = managed(KNOWN_BAD_INPUTS, rule_action_override=[override("Log4JRCE_HEADER", "block")])
    assert judged(web_acl.LOG4J, blocked) == "passed"
    excluded = managed(KNOWN_BAD_INPUTS, excluded_rule=[{"name": "Log4JRCE"}])
    assert judged(web_acl.LOG4J, excluded) == "failed"
    named = {"Name": "Log4JRCE_BODY", "ActionToUse": {action.capitalize(): {}}}
    written = as_json(managed_json(KNOWN_BAD_INPUTS, RuleActionOverrides=[named]))
    assert judged(web_acl.LOG4J, rule_json=written) == "failed"
    unknown = managed(KNOWN_BAD_INPUTS, rule_action_override=[override("${var.x}", action)])
    assert judged(web_acl.LOG4J, unknown) == "unknown"


def test_log4j_in_a_resource_of_its_own() -> None:
    name = "aws_wafv2_web_acl_rule_group_association"
    empty = {"aws_wafv2_web_acl": acl()}
    assert status(web_acl.LOG4J, **empty, **{name: associated(KNOWN_BAD_INPUTS)}) == "passed"
    counted = associated(KNOWN_BAD_INPUTS, override_action="count")
    assert f"{name}.{KNOWN_BAD_INPUTS}" in failure(web_acl.LOG4J, **empty, **{name: counted})
    alone = {"r": {"web_acl_arn": "${aws_wafv2_web_acl.w.arn}", **managed(KNOWN_BAD_INPUTS)}}
    assert status(web_acl.LOG4J, **empty, aws_wafv2_web_acl_rule=alone) == "passed"


def test_anonymous_addresses() -> None:
    assert judged(web_acl.ANONYMOUS_ADDRESSES, managed(ANONYMOUS, "count")) == "passed"
    assert judged(web_acl.ANONYMOUS_ADDRESSES, managed(ANONYMOUS)) == "passed"
    assert f"no {ANONYMOUS}" in said(web_acl.ANONYMOUS_ADDRESSES, managed(CORE))
    assert judged(web_acl.ANONYMOUS_ADDRESSES, dynamic=DYNAMIC) == "unknown"


@pytest.mark.parametrize(
    ("scope", "right"),
    [
        ({"byte_match_statement": {"search_string": "never"}}, "failed"),
        ({"or_statement": {"statement": [{"not_statement": {}}]}}, "failed"),
        ({"and_statement": {"statement": [{"not_statement": {}}, {"geo_match_statement": {}}]}}, "failed"),
        ({"not_statement": {"statement": {"byte_match_statement": {}}}}, "passed"),
        ({"and_statement": {"statement": [{"not_statement": {}}, {"not_statement": {}}]}}, "passed"),
    ],
)
def test_log4j_of_some_requests(scope: dict[str, Any], right: str) -> None:
    assert judged(web_acl.LOG4J, managed(KNOWN_BAD_INPUTS, scope_down_statement=scope)) == right


def test_log4j_of_some_requests_in_json() -> None:
    scope: dict[str, Any] = {"ScopeDownStatement": {"ByteMatchStatement": {"SearchString": "never"}}}
    assert judged(web_acl.LOG4J, rule_json=as_json(managed_json(KNOWN_BAD_INPUTS, **scope))) == "failed"
    scope = {"ScopeDownStatement": {"NotStatement": {"Statement": {"ByteMatchStatement": {}}}}}
    assert judged(web_acl.LOG4J, rule_json=as_json(managed_json(KNOWN_BAD_INPUTS, **scope))) == "passed"
