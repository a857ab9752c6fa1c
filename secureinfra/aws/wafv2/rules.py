"""The rules of a web ACL, in the order in which AWS WAF evaluates them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from secureinfra.aws.wafv2 import managed_groups as groups
from secureinfra.aws.wafv2.web_acl_config import BODY_SIZE_RULE, WebAclConfig

# Fixed, so that an option changes no other rule. Cheap rules that stop most come first; the paid groups come last and
# see only what is left: docs.aws.amazon.com/waf/latest/developerguide/waf-bot-control-deploying.html
_ALLOWED, _DENIED, _RATE, _BODY_SIZE = 10, 20, 50, 110
_PRIORITIES = {
    groups.IP_REPUTATION: 30,
    groups.ANONYMOUS_IPS: 40,
    groups.COMMON: 100,
    groups.KNOWN_BAD_INPUTS: 120,
    groups.SQL_INJECTION: 130,
    "AWSManagedRulesAdminProtectionRuleSet": 200,
    "AWSManagedRulesLinuxRuleSet": 210,
    "AWSManagedRulesUnixRuleSet": 220,
    "AWSManagedRulesWindowsRuleSet": 230,
    "AWSManagedRulesPHPRuleSet": 240,
    "AWSManagedRulesWordPressRuleSet": 250,
    groups.ACCOUNT_CREATION: 300,
    groups.ACCOUNT_TAKEOVER: 310,
    groups.BOT_CONTROL: 320,
}
# docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
_BODY_SIZE_LABEL = "awswaf:managed:aws:core-rule-set:SizeRestrictions_Body"
# Without them, `/upload/../login` or `/%75pload` would pass for a path that it is not.
_AS_THE_SERVER_READS_IT = [{"priority": 0, "type": "URL_DECODE"}, {"priority": 1, "type": "NORMALIZE_PATH"}]

IpSets = Mapping[str, str]
"""ARNs of IP sets by the configuration's field that they hold."""


def rules(config: WebAclConfig, ip_sets: IpSets) -> list[dict[str, Any]]:
    """The `rule` blocks of a web ACL.

    Args:
        config: what was chosen.
        ip_sets: the IP sets that were made for it.
    """
    return sorted(_rules(config, ip_sets), key=lambda rule: int(rule["priority"]))


def _rules(config: WebAclConfig, ip_sets: IpSets) -> Iterator[dict[str, Any]]:
    if allowed := _in_ip_sets("allowed", ip_sets):
        yield _rule("not-allowed-addresses", _ALLOWED, {"not_statement": {"statement": allowed}}, action="block")
    if denied := _in_ip_sets("denied", ip_sets):
        yield _rule("denied-addresses", _DENIED, denied, action="block")
    limit = {
        "limit": config.rate_limit,
        "evaluation_window_sec": config.rate_limit_window_seconds,
        "aggregate_key_type": "IP",
    }
    yield _rule("rate-limit", _RATE, {"rate_based_statement": limit}, action=config.mode)
    for name in config.applied_groups:
        yield _managed(name, config)
    if config.upload_paths:
        yield _rule("body-size", _BODY_SIZE, _large_body_elsewhere(config.upload_paths), action=config.mode)


def _in_ip_sets(kind: str, ip_sets: IpSets) -> dict[str, Any] | None:
    found = [
        {"ip_set_reference_statement": {"arn": arn}} for name, arn in sorted(ip_sets.items()) if name.startswith(kind)
    ]
    if len(found) > 1:
        return {"or_statement": {"statement": found}}
    return found[0] if found else None


def _managed(name: str, config: WebAclConfig) -> dict[str, Any]:
    group: dict[str, Any] = {"vendor_name": "AWS", "name": name}
    if overrides := _overrides(name, config):
        group["rule_action_override"] = [
            {"name": rule, "action_to_use": {action: {}}} for rule, action in sorted(overrides.items())
        ]
    if settings := _settings(name, config):
        group["managed_rule_group_configs"] = [settings]
    rule = _rule(name, _PRIORITIES[name], {"managed_rule_group_statement": group})
    return {**rule, "override_action": {"count" if _only_counts(name, config) else "none": {}}}


def _only_counts(name: str, config: WebAclConfig) -> bool:
    if name == groups.ANONYMOUS_IPS and config.anonymous_addresses == "count":
        return True
    # What these rules find no browser ever sends; to count them would break control wafv2-web-acl-log4j.
    return config.mode == "count" and name != groups.KNOWN_BAD_INPUTS


def _overrides(name: str, config: WebAclConfig) -> dict[str, str]:
    chosen: dict[str, str] = dict(config.overrides.get(name, {}))
    if name == groups.COMMON and (config.body_size_rule == "count" or config.upload_paths):
        # It still labels what it counts, which the rule on upload paths goes by.
        chosen[BODY_SIZE_RULE] = "count"
    return chosen


def _settings(name: str, config: WebAclConfig) -> dict[str, Any] | None:
    if name == groups.BOT_CONTROL:
        return {"aws_managed_rules_bot_control_rule_set": {"inspection_level": config.bot_control}}
    if name == groups.ACCOUNT_TAKEOVER and config.account_takeover:
        return config.account_takeover.settings()
    if name == groups.ACCOUNT_CREATION and config.account_creation:
        return config.account_creation.settings()
    return None


def _large_body_elsewhere(paths: tuple[str, ...]) -> dict[str, Any]:
    large = {"label_match_statement": {"scope": "LABEL", "key": _BODY_SIZE_LABEL}}
    elsewhere = [{"not_statement": {"statement": _below(path)}} for path in paths]
    return {"and_statement": {"statement": [large, *elsewhere]}}


def _below(path: str) -> dict[str, Any]:
    return {
        "byte_match_statement": {
            "search_string": path,
            "positional_constraint": "STARTS_WITH",
            "field_to_match": {"uri_path": {}},
            "text_transformation": _AS_THE_SERVER_READS_IT,
        }
    }


def _rule(name: str, priority: int, statement: dict[str, Any], *, action: str | None = None) -> dict[str, Any]:
    return {
        "name": name,
        "priority": priority,
        **({"action": {action: {}}} if action else {}),
        "statement": statement,
        "visibility_config": visibility(name),
    }


def visibility(metric_name: str) -> dict[str, Any]:
    """A `visibility_config`: counted in CloudWatch, with samples of the requests."""
    return {"cloudwatch_metrics_enabled": True, "sampled_requests_enabled": True, "metric_name": metric_name}
