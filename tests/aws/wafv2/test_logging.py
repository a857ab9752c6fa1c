"""WafLogPolicy: one resource policy for the logs of all web ACLs of a stack and provider."""

import json
from typing import Any

import pytest

from secureinfra.aws.wafv2.logging import WafLogPolicy
from secureinfra.aws.wafv2.web_acl import WebAcl
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, synthesize, test_stack

ACCOUNT = "${data.aws_caller_identity.current.account_id}"


def policies_of(stack: Any) -> dict[str, dict[str, Any]]:
    blocks = synthesize(stack)["resource"]["aws_cloudwatch_log_resource_policy"]
    return {name: {**block, "policy": json.loads(block["policy_document"])} for name, block in blocks.items()}


def test_web_acls_share_one_policy_for_exactly_their_log_groups() -> None:
    stack = test_stack()
    WebAcl(stack, "shop")
    WebAcl(stack, "office")
    (policy,) = policies_of(stack).values()
    (statement,) = policy["policy"]["Statement"]
    assert statement["Resource"] == [
        "${aws_cloudwatch_log_group.shop_log_log_group.arn}:*",
        "${aws_cloudwatch_log_group.office_log_log_group.arn}:*",
    ]
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    assert statement["Principal"] == {"Service": ["delivery.logs.amazonaws.com"]}
    assert statement["Condition"] == {
        "StringEquals": {"aws:SourceAccount": [ACCOUNT]},
        "ArnLike": {
            "aws:SourceArn": [
                "arn:${data.aws_partition.current.partition}:logs:${data.aws_region.current.id}:" + ACCOUNT + ":*"
            ]
        },
    }


def test_refuses_more_web_acls_than_a_policy_of_cloudwatch_logs_holds() -> None:
    stack = test_stack()
    for number in range(40):
        WebAcl(stack, f"application-{number:02}")
    synthesize(stack)
    for number in range(40, 60):
        WebAcl(stack, f"application-{number:02}")
    with pytest.raises(
        ConfigError, match=r"test/waf-logs: its log policy has 5,[0-9]{3} characters, AWS accepts 5,120"
    ):
        synthesize(stack)


def test_each_provider_has_a_policy_of_its_own() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    edge = AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    WebAcl(stack, "shop")
    WebAcl(stack, "cdn", provider=edge)
    found = policies_of(stack)
    assert sorted(found) == ["waf_logs_edge_policy", "waf_logs_policy"]
    assert found["waf_logs_edge_policy"]["provider"] == "aws.edge"
    assert found["waf_logs_edge_policy"]["policy_name"] == "test-waf-logs-edge"


def test_policy_comes_before_logging() -> None:
    stack = test_stack()
    WebAcl(stack, "shop")
    (logging,) = synthesize(stack)["resource"]["aws_wafv2_web_acl_logging_configuration"].values()
    assert logging["depends_on"] == ["aws_cloudwatch_log_resource_policy.waf_logs_policy"]


def test_addresses() -> None:
    stack = test_stack()
    assert WafLogPolicy.shared(stack) is WafLogPolicy.shared(stack)
    WebAcl(stack, "shop")
    assert "aws_cloudwatch_log_resource_policy.waf_logs_policy" in addresses(synthesize(stack))
