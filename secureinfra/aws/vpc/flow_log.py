"""Flow logs: a record of all traffic, accepted and rejected."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, SecureLogGroup
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.s3.let_go import let_go_of_bucket
from secureinfra.aws.s3.log_bucket import LogBucket, LogBucketConfig
from secureinfra.aws.vpc.network import Network
from secureinfra.config.rules import literal
from secureinfra.engine import Resource
from secureinfra.policy import Statement

# Version 2's fields first, in their order, so that tools which know only those still read the records; then those that
# tell NAT and load balancers from what is behind them (docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html).
_FIELDS = (
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status "
    "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id pkt-src-aws-service "
    "pkt-dst-aws-service flow-direction traffic-path"
).split()
LOG_FORMAT = literal(" ".join(f"${{{field}}}" for field in _FIELDS))


def log_flows(network: Network, destination: LogBucket | None) -> None:
    """Record all traffic of a VPC, in CloudWatch or in a bucket; earlier records stay where they are."""
    _keep_earlier_records(network, destination)
    if network.config.flow_logs == "none":
        return
    target = _to_bucket(network, destination) if network.config.flow_logs == "s3" else _to_log_group(network)
    Resource(
        network.owner,
        "flow-log",
        "aws_flow_log",
        vpc_id=network.vpc_id,
        traffic_type="ALL",
        max_aggregation_interval=network.config.flow_logs_interval_seconds,
        log_format=LOG_FORMAT,
        tags=network.named("flow-log"),
        **target,
    )


def _keep_earlier_records(network: Network, destination: LogBucket | None) -> None:
    """Let go of the log group and of the bucket, with their keys, that other settings made.

    Where the log group is in use, which is the default, the bucket is let go of on request only: few networks had one.
    """
    to = network.config.flow_logs
    if to != "cloudwatch":
        network.owner.let_go("aws_cloudwatch_log_group", "flow-logs", "log-group")
        network.owner.let_go("aws_kms_key", "flow-logs", "key")
    own = to == "s3" and destination is None
    if not own and (to != "cloudwatch" or network.config.had_flow_log_bucket):
        let_go_of_bucket(network.owner, "flow-logs", key=("flow-logs-key", "key"), given=destination)


def _to_log_group(network: Network) -> dict[str, Any]:
    retention = network.config.flow_logs_retention_days
    group = SecureLogGroup(
        network.owner,
        "flow-logs",
        LogGroupConfig(retention_in_days=retention, waivers=_passed_on(network)),
        provider=network.owner.used_provider,
    )
    # docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    sources = (f"arn:{network.owner.partition}:ec2:{network.owner.region}:{network.owner.account_id}:vpc-flow-log/*",)
    trust = ServiceTrust(service="vpc-flow-logs", source_arns=sources)
    role = SecureRole(
        network.owner,
        "flow-logs-writer",
        RoleConfig(trust=trust, description=f"{network.owner.path}: flow logs"),
        provider=network.owner.used_provider,
    )
    group.grant_write(role)
    role.allow(Statement(actions=("logs:DescribeLogGroups",), resources=(f"{group.arn}:*",)))
    return {"log_destination_type": "cloud-watch-logs", "log_destination": group.arn, "iam_role_arn": role.arn}


def _passed_on(network: Network) -> tuple[Any, ...]:
    """A waiver for shorter flow logs excuses their log group too."""
    waiver = network.config.waiver("vpc-flow-logs-retained")
    return (replace(waiver, control="log-group-retained"),) if waiver else ()


def _to_bucket(network: Network, destination: LogBucket | None) -> dict[str, Any]:
    if destination is None:
        key = SecureKey(
            network.owner,
            "flow-logs-key",
            KeyConfig(description=f"{network.owner.path}: flow logs"),
            provider=network.owner.used_provider,
        )
        destination = LogBucket(
            network.owner, "flow-logs", LogBucketConfig(), key=key, provider=network.owner.used_provider
        )
    destination.allow_flow_logs()
    # AWS checks at creation whether it may deliver, and writes a statement of its own where it may not yet:
    # docs.aws.amazon.com/vpc/latest/userguide/flow-logs-s3-permissions.html
    return {
        "depends_on": [destination.bucket_policy],
        "log_destination_type": "s3",
        "log_destination": destination.arn,
    }
