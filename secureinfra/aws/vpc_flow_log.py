"""Flow logs: a record of all traffic, accepted and rejected."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from secureinfra.aws.cloudwatch_log_group import LogGroupConfig, SecureLogGroup
from secureinfra.aws.iam_role import RoleConfig, SecureRole
from secureinfra.aws.iam_trust import ServiceTrust
from secureinfra.aws.kms_key import KeyConfig, SecureKey
from secureinfra.aws.s3_log_bucket import LogBucket, LogBucketConfig
from secureinfra.engine import Resource
from secureinfra.policy import Statement
from secureinfra.values import literal

if TYPE_CHECKING:
    from secureinfra.aws.vpc import SecureVpc

# Version 2's fields first, in their order, so that tools which know only those still read the records; then those that
# tell NAT and load balancers from what is behind them (docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html).
_FIELDS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status "
    "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id pkt-src-aws-service "
    "pkt-dst-aws-service flow-direction traffic-path"
).split()
LOG_FORMAT = literal(" ".join(f"${{{field}}}" for field in _FIELDS))


def log_flows(vpc: SecureVpc, destination: LogBucket | None) -> None:
    """Record all traffic of a VPC, in CloudWatch or in a bucket."""
    if vpc.config.flow_logs == "none":
        return
    target = _to_bucket(vpc, destination) if vpc.config.flow_logs == "s3" else _to_log_group(vpc)
    Resource(
        vpc,
        "flow-log",
        "aws_flow_log",
        vpc_id=vpc.vpc_id,
        traffic_type="ALL",
        max_aggregation_interval=vpc.config.flow_logs_interval_seconds,
        log_format=LOG_FORMAT,
        tags=vpc.named("flow-log"),
        **target,
    )


def _to_log_group(vpc: SecureVpc) -> dict[str, Any]:
    retention = vpc.config.flow_logs_retention_days
    group = SecureLogGroup(
        vpc,
        "flow-logs",
        LogGroupConfig(retention_in_days=retention, waivers=_passed_on(vpc)),
        provider=vpc.provider_alias,
    )
    # docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    sources = (f"arn:{vpc.partition}:ec2:{vpc.region}:{vpc.account_id}:vpc-flow-log/*",)
    trust = ServiceTrust(service="vpc-flow-logs", source_arns=sources)
    role = SecureRole(
        vpc,
        "flow-logs-writer",
        RoleConfig(trust=trust, description=f"{vpc.path}: flow logs"),
        provider=vpc.provider_alias,
    )
    group.grant_write(role)
    role.allow(Statement(actions=("logs:DescribeLogGroups",), resources=(f"{group.arn}:*",)))
    return {"log_destination_type": "cloud-watch-logs", "log_destination": group.arn, "iam_role_arn": role.arn}


def _passed_on(vpc: SecureVpc) -> tuple[Any, ...]:
    """A waiver for shorter flow logs excuses their log group too."""
    waiver = vpc.config.waiver("vpc-flow-logs-retained")
    return (replace(waiver, control="log-group-retained"),) if waiver else ()


def _to_bucket(vpc: SecureVpc, destination: LogBucket | None) -> dict[str, Any]:
    if destination is None:
        key = SecureKey(
            vpc, "flow-logs-key", KeyConfig(description=f"{vpc.path}: flow logs"), provider=vpc.provider_alias
        )
        destination = LogBucket(vpc, "flow-logs", LogBucketConfig(), key=key, provider=vpc.provider_alias)
    destination.allow_flow_logs()
    return {"log_destination_type": "s3", "log_destination": destination.arn}
