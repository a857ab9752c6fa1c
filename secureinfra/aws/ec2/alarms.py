"""Alarms of a single instance: hardware that fails, with which AWS recovers it, status checks, CPU."""

from __future__ import annotations

import re

from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm
from secureinfra.config.rules import is_token
from secureinfra.engine import SecureConstruct

# Families of general use without disks of their own (`d`); bare metal is not recovered.
# docs.aws.amazon.com/AWSEC2/latest/UserGuide/cloudwatch-recovery.html
_RECOVERED = re.compile(r"(a1|[cmrt]\d+[a-ce-z]*(-flex)?)\.(?!metal)\w+")


def instance_alarms(owner: SecureConstruct, instance_id: str, instance_type: str) -> list[WorkloadAlarm]:
    """What must be noticed about an instance.

    Args:
        owner: the construct.
        instance_id: the instance's.
        instance_type: decides whether CloudWatch can recover it; AWS does so by itself where it can
            (`maintenance_options`), later and without a message.
    """
    namespace, dimensions = "AWS/EC2", {"InstanceId": instance_id}
    recovers = not is_token(instance_type) and _RECOVERED.fullmatch(instance_type)
    return [
        WorkloadAlarm(
            id="system",
            namespace=namespace,
            metric="StatusCheckFailed_System",
            dimensions=dimensions,
            statistic="Maximum",
            threshold=1,
            why="the hardware below the instance fails, and AWS moves it to other hardware if it can",
            period_seconds=60,
            periods=2,
            actions=(f"arn:{owner.partition}:automate:{owner.region}:ec2:recover",) if recovers else (),
        ),
        WorkloadAlarm(
            id="status",
            namespace=namespace,
            metric="StatusCheckFailed",
            dimensions=dimensions,
            statistic="Maximum",
            threshold=1,
            why="the instance or one of its volumes fails its status checks",
            period_seconds=60,
            periods=5,
        ),
        WorkloadAlarm(
            id="cpu",
            namespace=namespace,
            metric="CPUUtilization",
            dimensions=dimensions,
            statistic="Average",
            threshold=90,
            why="the instance is too small for its load",
            periods=6,
        ),
    ]
