"""Autoscaling of provisioned capacity: of the table, and of each index, for reads and for writes."""

from __future__ import annotations

from secureinfra.aws.dynamodb.config import TableCapacity
from secureinfra.engine import Resource, SecureConstruct


def autoscale(owner: SecureConstruct, table: Resource, capacity: TableCapacity, indexes: list[str]) -> None:
    """Keep the share of units in use near the target, for the table and for each index.

    AWS creates the service-linked role for it (`AWSServiceRoleForApplicationAutoScaling_DynamoDBTable`).
    """
    whole = f"table/{table.ref('name')}"
    for name, resource_id, kind in (
        ("table", whole, "table"),
        *((f"index-{index}", f"{whole}/index/{index}", "index") for index in indexes),
    ):
        for direction in ("Read", "Write"):
            _scale(
                owner, f"{name}-{direction.lower()}", resource_id, f"dynamodb:{kind}:{direction}CapacityUnits", capacity
            )


def _scale(owner: SecureConstruct, id: str, resource_id: str, dimension: str, capacity: TableCapacity) -> None:
    reads = ":Read" in dimension
    target = Resource(
        owner,
        f"{id}-capacity",
        "aws_appautoscaling_target",
        service_namespace="dynamodb",
        resource_id=resource_id,
        scalable_dimension=dimension,
        min_capacity=capacity.read_min if reads else capacity.write_min,
        max_capacity=capacity.read_max if reads else capacity.write_max,
    )
    metric = "DynamoDBReadCapacityUtilization" if reads else "DynamoDBWriteCapacityUtilization"
    Resource(
        owner,
        f"{id}-scaling",
        "aws_appautoscaling_policy",
        name=f"{id}-utilization",
        policy_type="TargetTrackingScaling",
        service_namespace=target.ref("service_namespace"),
        resource_id=target.ref("resource_id"),
        scalable_dimension=target.ref("scalable_dimension"),
        target_tracking_scaling_policy_configuration={
            "target_value": capacity.target_percent,
            "predefined_metric_specification": {"predefined_metric_type": metric},
        },
    )
