"""Delivery of AWS services' own logs into log groups: for this account's resources, and those groups only."""

from __future__ import annotations

from secureinfra.aws.cloudwatch.log_group import SecureLogGroup
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.policy import PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import source_account, source_arn


def deliver_to(owner: SecureConstruct, *groups: SecureLogGroup) -> Resource:
    """Allow AWS to deliver logs to log groups.

    Without such a policy AWS creates its own, for every log group with the same name prefix, which Terraform does not
    manage and nothing removes. CloudWatch Logs takes ten policies in an account and region.

    Args:
        owner: the construct whose service writes the logs.
        groups: where they go.
    """
    # docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
    deliveries = f"arn:{owner.partition}:logs:{owner.region}:{owner.account_id}:*"
    statement = Statement(
        sid="LogDelivery",
        principal=Principal.service("delivery.logs.amazonaws.com"),
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resources=tuple(f"{group.arn}:log-stream:*" for group in groups),
        conditions=(source_account(owner.account_id), source_arn(deliveries)),
    )
    return Resource(
        owner,
        "delivery",
        "aws_cloudwatch_log_resource_policy",
        policy_name=owner.path.replace("/", "-"),
        policy_document=PolicyDocument("log", owner.path, [statement]).to_json,
    )
