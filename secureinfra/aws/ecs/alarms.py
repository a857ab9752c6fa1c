"""What must be noticed about a service."""

from __future__ import annotations

from collections.abc import Iterator

from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm
from secureinfra.aws.ecs.parts import ServiceParts
from secureinfra.aws.ecs.targets import Listening
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.engine import Resource

_FULL_PERCENT = 90
_ERRORS = 10


def dimensions_of(service: ServiceParts) -> dict[str, str]:
    """What the service's metrics are found by."""
    return {"ClusterName": service.cluster.name, "ServiceName": service.name}


def alarm_on_missing_tasks(service: ServiceParts, topic: SecureTopic | None) -> None:
    """Alarm when fewer tasks run than are desired, whatever number that is just now; nothing is written without a topic."""
    if topic is None:
        return
    topic.allow_publish_from("cloudwatch")
    # docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-metrics.html (Container Insights)
    counts = [
        {
            "id": name,
            "return_data": False,
            "metric": {
                "namespace": "ECS/ContainerInsights",
                "metric_name": metric,
                "dimensions": dimensions_of(service),
                "stat": "Average",
                "period": 300,
            },
        }
        for name, metric in (("desired", "DesiredTaskCount"), ("running", "RunningTaskCount"))
    ]
    label = "missing tasks"
    missing = {"id": "missing", "expression": "desired - running", "label": label, "return_data": True}
    Resource(
        service,
        "alarm-missing-tasks",
        "aws_cloudwatch_metric_alarm",
        alarm_name=f"{service.path.replace('/', '-')}-missing-tasks",
        alarm_description=f"{service.path}: fewer tasks than desired have run for 15 minutes",
        metric_query=[*counts, missing],
        evaluation_periods=3,
        # On average: a task that starts and ends again and again runs for a part of the time.
        threshold=0.5,
        comparison_operator="GreaterThanOrEqualToThreshold",
        treat_missing_data="notBreaching",
        actions_enabled=True,
        alarm_actions=[topic.arn],
        tags=service.config.tags or None,
    )


def of_service(service: ServiceParts) -> Iterator[WorkloadAlarm]:
    """CPU or memory that runs out."""
    dimensions = dimensions_of(service)
    for name, metric in (("cpu", "CPUUtilization"), ("memory", "MemoryUtilization")):
        yield WorkloadAlarm(
            name,
            "AWS/ECS",
            metric,
            dimensions,
            _FULL_PERCENT,
            f"average {name} use has been {_FULL_PERCENT} percent or more for 15 minutes",
            statistic="Average",
            periods=3,
        )


def of_target(listening: Listening) -> Iterator[WorkloadAlarm]:
    """Requests that fail, where the load balancer knows them, and tasks that fail the health check."""
    dimensions = {
        "LoadBalancer": listening.load_balancer.ref("arn_suffix"),
        "TargetGroup": listening.target_group.ref("arn_suffix"),
    }
    if listening.counts_requests:
        yield WorkloadAlarm(
            f"{listening.name}-5xx",
            "AWS/ApplicationELB",
            "HTTPCode_Target_5XX_Count",
            dimensions,
            _ERRORS,
            f"tasks answered {_ERRORS} requests or more with a server error within 5 minutes",
        )
    yield WorkloadAlarm(
        f"{listening.name}-unhealthy",
        "AWS/ApplicationELB" if listening.counts_requests else "AWS/NetworkELB",
        "UnHealthyHostCount",
        dimensions,
        1,
        "a task has failed the load balancer's health check for 15 minutes",
        statistic="Minimum",
        periods=3,
    )
