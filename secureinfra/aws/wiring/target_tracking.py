"""A number that Application Auto Scaling keeps near a target."""

from __future__ import annotations

from typing import Any

from secureinfra.engine import Resource, SecureConstruct


def track(owner: SecureConstruct, prefix: str, name: str, target: Resource, configuration: dict[str, Any]) -> Resource:
    """Write the policy that keeps one average of a scalable target near a value.

    Args:
        owner: what is scaled.
        prefix: what its addresses begin with.
        name: of the average; part of the address and of the policy's name.
        target: what is registered with Application Auto Scaling.
        configuration: the value, the metric, and the seconds to wait.
    """
    return Resource(
        owner,
        f"{prefix}-{name}",
        "aws_appautoscaling_policy",
        name=f"{owner.path.replace('/', '-')}-{name}",
        policy_type="TargetTrackingScaling",
        service_namespace=target.ref("service_namespace"),
        scalable_dimension=target.ref("scalable_dimension"),
        resource_id=target.ref("resource_id"),
        target_tracking_scaling_policy_configuration=configuration,
    )
