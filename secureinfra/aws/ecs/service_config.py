"""What a caller may choose about a service: its container and sidecars, size, network, deployment and owner of the image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.aws.cloudwatch.log_group import RetentionDays
from secureinfra.aws.ecs.connect_config import LEAST_CPU, ServiceConnectConfig
from secureinfra.aws.ecs.container import ContainerConfig
from secureinfra.aws.ecs.image import is_public
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Arn, Number, VpcId, is_token
from secureinfra.facts import arns

__all__ = ["EcsServiceConfig", "SidecarConfig"]

SERVICE_NAME = matches(
    r"[A-Za-z0-9_-]{1,255}", "is not a service name", "write up to 255 letters, digits, '_' and '-'", example="shop"
)
_SIDECAR = matches(r"[a-z][a-z0-9-]{0,62}", "is not a name of a sidecar", example="proxy")
_SUBNET = matches(r"subnet-[0-9a-f]+", "is not a subnet's id", example="subnet-0a1b2c3d4e5f60718")
_REPOSITORY = matches(
    arns.arn("ecr", "repository/.+"),
    "is not a repository",
    "write its ARN",
    example="arn:aws:ecr:eu-central-1:111122223333:repository/shop",
)
MAIN = "app"
"""Name of the service's own container."""

# CPU units, and the memory in MiB that goes with them: the least, the most, and the step.
# docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
_SIZES = {
    256: (512, 2048, 512),
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}


class SidecarConfig(ContainerConfig):
    """A container that runs beside the service's own one in each task, and shares its network and storage."""

    essential: bool = True
    """The task stops with it; `False` for one that does its work at the start and ends."""
    starts_first: bool = False
    """The service's own container starts after it: once it is healthy, or has ended with success, if it is not essential."""

    def problems(self) -> Iterator[Problem]:
        """What is waited for can be known."""
        yield from super().problems()
        if self.starts_first and self.essential and not self.health_command:
            yield Problem(
                "starts_first",
                "needs health_command",
                "nothing else tells when an essential container is ready",
                lambda words: f"Add it, or {words.setting('essential', False)} where it ends by itself",
            )


class EcsServiceConfig(ContainerConfig):
    """What a caller may choose about a service."""

    name: Annotated[str, SERVICE_NAME] | None = None
    """Name of the service and of its task definitions; by default the construct's path with '-'. Another name replaces it."""
    cpu: Number = 256
    """CPU units of a task, 256 (a quarter of a processor) to 16,384."""
    memory_mib: Number = 512
    """Memory of a task in MiB; Fargate takes 2 to 8 times the CPU units."""
    cpu_architecture: Literal["X86_64", "ARM64"] = "X86_64"
    """Processor that the image is built for; ARM64 costs a fifth less."""
    storage_gib: Annotated[Number, between(21, 200, "GiB")] | None = None
    """Storage of a task for image and scratch directories; by default 20 GiB, which cost nothing."""
    desired_count: Annotated[Number, between(0, 5000, "tasks")] = 2
    """How many tasks run, spread over the zones; with `autoscale`, how many at first."""
    sidecars: dict[Annotated[str, _SIDECAR], SidecarConfig] = {}
    """Further containers of each task, by their names."""
    repository_arn: Annotated[Arn, _REPOSITORY] | None = None
    """Repository of the image, where its address does not show it, e.g. if only Terraform knows it."""
    secret_key_arns: tuple[Arn, ...] = ()
    """Customer keys that the `secrets` are encrypted with."""
    tier: Literal["private", "isolated"] = "private"
    """Subnets of the `vpc=` that tasks run in."""
    vpc_id: VpcId | None = None
    """An existing VPC, where no `vpc=` is given. Another one replaces the group."""
    subnet_ids: tuple[Annotated[str, _SUBNET], ...] = ()
    """Subnets of that VPC, in two zones or more, none of them public."""
    image_owner: Literal["terraform", "pipeline"] = "terraform"
    """What changes the image later: this configuration, or a pipeline that registers revisions of the task definition. Then
    Terraform keeps its hands off containers, deployed revision and number of tasks once they exist."""
    exec: bool = False
    """Sessions in containers can be opened (ECS Exec); they are encrypted and recorded by the cluster."""
    minimum_healthy_percent: Annotated[Number, between(50, 100, "percent")] = 100
    """How many of the desired tasks stay up during a deployment."""
    maximum_percent: Annotated[Number, between(100, 200, "percent")] = 200
    """How many of the desired tasks may run during a deployment, old and new."""
    health_check_grace_seconds: Annotated[Number, between(0, 2_147_483_647, "seconds")] = 60
    """How long a new task may fail the load balancer's health check before it is replaced."""
    log_retention_in_days: RetentionDays = 365
    """How long its output is kept, one of CloudWatch's periods; 0 keeps it forever."""
    service_connect: ServiceConnectConfig | None = None
    """How it takes part in the namespace of its cluster (Service Connect); by default not at all."""
    force_new_deployment: bool = False
    """Every change of the service starts new tasks. Written before a service moves from instances back to Fargate, it keeps
    Terraform from replacing the service."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags; tasks get them too."""

    def endpoints(self) -> tuple[str, ...]:
        """The interface endpoints that a network without NAT needs for its tasks: for `VpcConfig(endpoints=...)`.

        The gateway endpoint for S3, which the layers of images come through, is a `SecureVpc`'s default.
        """
        # docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html and, for secrets and sessions,
        # docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
        held = [value for container in self.containers().values() for value in container.secrets.values()]
        parameters = [value for value in held if is_parameter(value)]
        services = ["ecr.api", "ecr.dkr", "logs"]
        services += ["secretsmanager"] if len(parameters) < len(held) else []
        services += ["ssm"] if parameters else []
        services += ["ssmmessages", "kms"] if self.exec else []
        return tuple(services)

    def containers(self) -> dict[str, ContainerConfig]:
        """All containers of a task, by their names; the service's own one first."""
        return {MAIN: self, **self.sidecars}

    def problems(self) -> Iterator[Problem]:
        """The size is one of Fargate's, and network, containers and deployment fit together."""
        yield from super().problems()
        yield from self._size_problems()
        yield from self._container_problems()
        if self.vpc_id is not None and len(self.subnet_ids) < 2:
            why = "tasks are spread over zones, so that the loss of one does not stop the service"
            yield Problem(
                "subnet_ids", "names fewer than two subnets", why, "Name one in each zone", subject="subnet_ids"
            )
        yield from self._connect_problems()
        if self.subnet_ids and self.vpc_id is None:
            yield Problem(
                "subnet_ids", "needs vpc_id", "the security group is made there", "Add it", subject="subnet_ids"
            )
        low, high = self.minimum_healthy_percent, self.maximum_percent
        if not is_token(low) and not is_token(high) and low == high:
            what, why = f"is minimum_healthy_percent={low} too", "no task could be replaced"
            yield Problem("maximum_percent", what, why, "Raise it, e.g. to 200")
        if self.exec and self.read_only_root:
            # docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html (considerations)
            yield Problem(
                "exec",
                "needs read_only_root=False",
                "the agent that serves sessions writes to the root file system",
                lambda words: (
                    f"Leave exec out, or write {words.setting('read_only_root', False)} with "
                    f"{words.waiver('ecs-task-definition-readonly-root')}"
                ),
            )

    def _connect_problems(self) -> Iterator[Problem]:
        connect = self.service_connect
        if connect is None:
            return
        if connect.serves and self.port is None:
            why = "other services would connect to nothing"
            yield Problem(
                "service_connect", "needs a port", why, "Set port, or write serves=False", subject="service_connect"
            )
        if not is_token(self.cpu) and self.cpu < LEAST_CPU:
            # docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
            what, why = "leaves nothing beside Service Connect's proxy", "it takes 256 CPU units and 64 MiB or more"
            yield Problem("cpu", what, why, f"Use {LEAST_CPU} or more, or leave service_connect out")

    def _size_problems(self) -> Iterator[Problem]:
        if is_token(self.cpu):
            return
        if self.cpu not in _SIZES:
            sizes = ", ".join(map(str, _SIZES))
            yield Problem("cpu", "is not a size of Fargate", instead=f"Use one of {sizes}")
            return
        least, most, step = _SIZES[self.cpu]
        if not is_token(self.memory_mib) and self.memory_mib not in range(least, most + 1, step):
            what, why = f"does not go with cpu={self.cpu}", "Fargate would refuse the task"
            yield Problem("memory_mib", what, why, f"Use {least} to {most}, in steps of {step}")

    def _container_problems(self) -> Iterator[Problem]:
        if MAIN in self.sidecars:
            why = "the service's own container has this name"
            yield Problem("sidecars", f"names one {MAIN!r}", why, "Give it another name", subject="sidecars")
        ports = [one.port for one in self.containers().values() if one.port is not None]
        for port in dict.fromkeys(ports):
            if ports.count(port) > 1:
                why = "containers of a task share one network interface"
                yield Problem("sidecars", f"listens on port {port} too", why, "Use another port", subject="a sidecar")
        if self.repository_arn is not None and is_public(self.image):
            what = "is given for an image of a public registry"
            yield Problem("repository_arn", what, instead="Leave it out", subject="repository_arn")


def is_parameter(secret: str) -> bool:
    """Whether a secret is a parameter of Systems Manager, as far as its ARN or reference shows."""
    return ":ssm:" in secret or "aws_ssm_parameter." in secret
