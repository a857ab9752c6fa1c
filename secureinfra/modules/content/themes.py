"""Assigns resources to files: one file for a short module, one for each theme of a long one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from secureinfra.modules.content.placeholders import blocks

MAIN: Final = "main"
# Up to this many resources go into one file.
_MOST_IN_ONE: Final = 12

# The longest matching prefix of a type decides; other types go into the main file.
_THEMES: Final = {
    "aws_kms_": "encryption",
    "aws_iam_": "iam",
    "aws_s3_": "storage",
    "aws_cloudwatch_log_": "logging",
    "aws_cloudwatch_metric_": "alarms",
    "aws_cloudwatch_event_": "events",
    "aws_cloudwatch_log_metric_filter": "alarms",
    "aws_cloudtrail": "trail",
    "aws_flow_log": "logging",
    "aws_sns_": "notifications",
    "aws_sqs_": "notifications",
    "aws_vpc": "network",
    "aws_subnet": "network",
    "aws_default_": "network",
    "aws_vpc_dhcp_options": "network",
    "aws_internet_gateway": "routing",
    "aws_egress_only_internet_gateway": "routing",
    "aws_nat_gateway": "routing",
    "aws_eip": "routing",
    "aws_route": "routing",
    "aws_route53_": "dns",
    "aws_route53_resolver_": "dns",
    "aws_network_acl": "network_acls",
    "aws_security_group": "security_groups",
    "aws_vpc_security_group_": "security_groups",
    "aws_vpc_endpoint": "endpoints",
    "aws_networkfirewall_": "firewall",
    "aws_lb": "load_balancer",
    "aws_acm_": "certificate",
    "aws_wafv2_": "waf",
    "aws_cloudfront_": "distribution",
    "aws_config_": "config",
    "aws_guardduty_": "guardduty",
    "aws_securityhub_": "security_hub",
    "aws_inspector2_": "inspector",
    "aws_macie2_": "macie",
    "aws_accessanalyzer_": "access_analyzer",
    "aws_account_": "account",
    "aws_ebs_": "account",
    "aws_ec2_": "account",
    "aws_iam_account_": "account",
    "aws_s3_account_": "account",
}


def theme_of(type: str) -> str:
    """The theme of a resource type."""
    beginnings = [beginning for beginning in _THEMES if type.startswith(beginning)]
    return _THEMES[max(beginnings, key=len)] if beginnings else MAIN


def files_of(document: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The data sources, resources, locals, moved and removed blocks of a document by file.

    The theme of the first resource is the main file's, with all data sources and locals.
    """
    held = list(blocks(document))
    resources = [labels for section, labels, _ in held if section == "resource"]
    main = theme_of(resources[0][0]) if resources else MAIN
    together = len(resources) <= _MOST_IN_ONE
    files: dict[str, dict[str, Any]] = {MAIN: {}}
    for section in ("locals", "moved", "removed"):
        if document.get(section):
            files[MAIN][section] = document[section]
    for section, (type, name), block in held:
        theme = theme_of(type)
        file = MAIN if together or section == "data" or theme == main else theme
        files.setdefault(file, {}).setdefault(section, {}).setdefault(type, {})[name] = block
    return files
