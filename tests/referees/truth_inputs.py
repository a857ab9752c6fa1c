"""Inputs for the checks of checkov that no input of our own tests reaches: each with the safe and the unsafe side."""

from __future__ import annotations

from typing import Any


def _keys(**keys: str) -> dict[str, Any]:
    return {"provider": {"aws": {"region": "eu-central-1", **keys}}, "resource": {"aws_s3_bucket": {"b": {}}}}


def _github(subject: str) -> dict[str, Any]:
    provider = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com"
    statement = {
        "actions": ["sts:AssumeRoleWithWebIdentity"],
        "principals": [{"type": "Federated", "identifiers": [provider]}],
        "condition": [
            {"test": "StringLike", "variable": "token.actions.githubusercontent.com:sub", "values": [subject]}
        ],
    }
    return {"data": {"aws_iam_policy_document": {"trust": {"statement": [statement]}}}}


def _detector(members: str) -> dict[str, Any]:
    organization = {"detector_id": "${aws_guardduty_detector.d.id}", "auto_enable_organization_members": members}
    return {
        "resource": {
            "aws_guardduty_detector": {"d": {"enable": True}},
            "aws_guardduty_organization_configuration": {"o": organization},
        }
    }


def _balancer(*groups: str) -> dict[str, Any]:
    metric = {"cloudwatch_metrics_enabled": True, "metric_name": "m", "sampled_requests_enabled": True}
    rules = [
        {
            "name": name,
            "priority": position,
            "override_action": {"none": {}},
            "statement": {"managed_rule_group_statement": {"vendor_name": "AWS", "name": name}},
            "visibility_config": metric,
        }
        for position, name in enumerate(groups)
    ]
    association = {"resource_arn": "${aws_lb.b.arn}", "web_acl_arn": "${aws_wafv2_web_acl.w.arn}"}
    return {
        "resource": {
            "aws_lb": {"b": {"load_balancer_type": "application"}},
            "aws_wafv2_web_acl": {"w": {"scope": "REGIONAL", "rule": rules, "visibility_config": metric}},
            "aws_wafv2_web_acl_association": {"a": association},
        }
    }


def _service(version: str) -> dict[str, Any]:
    return {"resource": {"aws_ecs_service": {"s": {"launch_type": "FARGATE", "platform_version": version}}}}


INPUTS = {
    "provider-with-keys": _keys(
        access_key="AKIAIOSFODNN7EXAMPLE",
        secret_key="wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ),
    "provider-without-keys": _keys(),
    "github-any-repository": _github("repo:*"),
    "github-one-branch": _github("repo:acme/shop:ref:refs/heads/main"),
    "detector-no-members": _detector("NONE"),
    "detector-all-members": _detector("ALL"),
    "balancer-no-rules": _balancer(),
    "balancer-rules": _balancer("AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesAnonymousIpList"),
    "service-old-platform": _service("1.3.0"),
    "service-latest-platform": _service("LATEST"),
}
