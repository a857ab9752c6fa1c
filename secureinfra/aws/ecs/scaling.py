"""How many tasks a service runs: as many as keep averages at a target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from secureinfra.aws.ecs.parts import ServiceParts
from secureinfra.aws.ecs.targets import Listening
from secureinfra.aws.wiring.target_tracking import track
from secureinfra.config.rules import is_token
from secureinfra.engine import Resource
from secureinfra.errors import ConfigError

Measured = Mapping[str, int | None]

# docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
_METRICS = {
    "cpu": "ECSServiceAverageCPUUtilization",
    "memory": "ECSServiceAverageMemoryUtilization",
    "requests": "ALBRequestCountPerTarget",
}
# Out at once, in only when it is quiet for a while: a missing task is worse than one too many.
_SECONDS_OUT, _SECONDS_IN = 60, 300


def check_scale(
    service: ServiceParts, minimum: int, maximum: int, measured: Measured, listening: Sequence[Listening]
) -> None:
    """Refuse numbers that Application Auto Scaling would refuse or never act on.

    Raises:
        ConfigError: what is wrong.
    """
    given = f"{service.path}: autoscale({minimum}, {maximum})"
    if "scaling" in service.resources:
        raise ConfigError(f"{given} is called a second time: one service has one number of tasks. Call it once.")
    numbers = not any(map(is_token, (minimum, maximum)))
    if numbers and not 1 <= minimum < maximum:
        raise ConfigError(f"{given} is not a range: nothing would scale. Use 1 or more, and a larger maximum.")
    count = service.config.desired_count
    if numbers and isinstance(count, int) and not minimum <= count <= maximum:
        raise ConfigError(
            f"{given} does not include desired_count={count}, with which the service starts. Set a number in the range."
        )
    if all(target is None for target in measured.values()):
        raise ConfigError(
            f"{given} measures nothing. Add cpu=60 (percent), memory=70 (percent) or requests=1000 (a minute)."
        )
    for name in ("cpu", "memory"):
        percent = measured[name]
        if percent is not None and not 10 <= percent <= 90:
            raise ConfigError(f"{given} {name}={percent} is out of range: it is a percentage to keep. Use 10 to 90.")
    if measured["requests"] is not None:
        if measured["requests"] < 1:
            raise ConfigError(
                f"{given} requests={measured['requests']} is out of range. Use 1 or more a minute for each task."
            )
        if not any(one.counts_requests for one in listening):
            raise ConfigError(
                f"{given} requests=... needs an application load balancer, which counts them. Call listen(...) first."
            )


def scale(
    service: ServiceParts, minimum: int, maximum: int, measured: Measured, listening: Sequence[Listening]
) -> None:
    """Write the range and a policy for each average."""
    target = Resource(
        service,
        "scaling",
        "aws_appautoscaling_target",
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=f"service/{service.cluster.name}/{service.name}",
        min_capacity=minimum,
        max_capacity=maximum,
        tags=service.config.tags or None,
    )
    for name, value in measured.items():
        if value is None:
            continue
        metric = {"predefined_metric_type": _METRICS[name]}
        if name == "requests":
            first = next(one for one in listening if one.counts_requests)
            metric["resource_label"] = f"{first.load_balancer.ref('arn_suffix')}/{first.target_group.ref('arn_suffix')}"
        configuration = {
            "target_value": value,
            "scale_out_cooldown": _SECONDS_OUT,
            "scale_in_cooldown": _SECONDS_IN,
            "predefined_metric_specification": metric,
        }
        track(service, "scaling", name, target, configuration)
