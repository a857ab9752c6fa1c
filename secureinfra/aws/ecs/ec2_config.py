"""What a caller may choose about a service on instances: its container and all else, in the sizes and with the hardware of EC2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.aws.ecs.service_config import EcsServiceConfig
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between
from secureinfra.config.rules import Number

__all__ = ["Ec2ServiceConfig"]


class Ec2ServiceConfig(EcsServiceConfig):
    """What a caller may choose about a service whose tasks run on instances of an `EcsCapacityProvider`."""

    # docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters_ec2.html#task_size_ec2
    cpu: Annotated[Number, between(128, 196_608, "CPU units")] = 256
    """CPU units of a task, 1,024 for each processor of the instances: the most that it may use."""
    memory_mib: Annotated[Number, between(6, 25_165_824, "MiB")] = 512
    """Memory of a task in MiB: the most that it may use."""
    gpus: Annotated[Number, between(1, 16, "GPUs")] | None = None
    """GPUs of its own container, for itself alone; the capacity provider needs `gpu=True`."""
    placement: Literal["spread", "binpack"] = "spread"
    """Where a task starts in its zone: on the instance with the fewest tasks, or on the one with the least memory left, so that
    fewer instances run and each takes more tasks down with it."""

    def problems(self) -> Iterator[Problem]:
        """What only Fargate has is left out."""
        yield from super().problems()
        if self.storage_gib is not None:
            why = "tasks share the root volume of their instance"
            yield Problem(
                "storage_gib",
                "is for Fargate only",
                why,
                "Set volume_size_gib of the capacity provider",
                subject="storage_gib",
            )
        if "cpu_architecture" in self.model_fields_set:
            why = "tasks run on the architecture of their instances"
            yield Problem(
                "cpu_architecture",
                "is for Fargate only",
                why,
                "Set architecture of the capacity provider",
                subject="cpu_architecture",
            )

    def _size_problems(self) -> Iterator[Problem]:
        """Any size goes; only Fargate has a table."""
        yield from ()
