"""EC2 capacity of a cluster: encrypted instances without keys, which ECS adds, drains and removes by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from constructs import Construct

from secureinfra.aws.autoscaling.config import FleetConfig
from secureinfra.aws.autoscaling.group import Fleet
from secureinfra.aws.cloudwatch.metric_alarm import WorkloadAlarm, add_alarms
from secureinfra.aws.ec2.image import MachineImage
from secureinfra.aws.ecs.agent import AGENT_ENDPOINTS, agent_settings, allow_agent
from secureinfra.aws.ecs.capacity_config import PROVIDER_NAME, EcsCapacityProviderConfig
from secureinfra.aws.ecs.cluster import EcsCluster
from secureinfra.aws.ecs.way_out import demand_endpoints, let_out
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.security_group.group import Connections
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError

__all__ = ["EcsCapacityProvider"]

# What Amazon recommends, tested with the agent: docs.aws.amazon.com/AmazonECS/latest/developerguide/retrieve-ecs-optimized_AMI.html
_IMAGES = "/aws/service/ecs/optimized-ami/amazon-linux-2023"

_WAY = (
    "aws_network_acl_rule",
    "aws_route",
    "aws_route_table_association",
    "aws_vpc_endpoint",
    "aws_vpc_security_group_egress_rule",
    "aws_vpc_security_group_ingress_rule",
)


@declares(
    module="capacity-provider",
    page="containers",
    asks=("vpc_id",),
    needs=("subnet_ids",),
    yours=(
        "What runs on the instances: each task's role decides what it may do.",
        "Ways to ECS, to Amazon's registry and to Systems Manager: NAT, or interface endpoints.",
        "An apply now and then: it renews the instances once Amazon recommends another image.",
    ),
)
class EcsCapacityProvider(SecureConstruct):
    """Instances for a cluster that no task can reach into: no SSH, no public address, encrypted, their metadata closed to tasks.

    Creates a `Fleet` with Amazon's ECS-optimized image, whose role may do only what ECS's agent needs in this cluster, and the
    capacity provider, by which ECS adds instances when tasks do not fit, removes those without tasks, and drains each one
    before it ends. A service runs there with `EcsService(..., Ec2ServiceConfig(...), capacity=...)`. An `m7g.large` costs about 70
    USD a month while it runs.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: types and sizes; the defaults meet every control.
        cluster: the cluster, of the same stack; by default one of its own.
        vpc: the network of instances and tasks; instances are in the private subnets, or in the isolated ones if there are none.
        key: key for volumes and sessions; by default one of its own (1 USD a month, 3 after two rotations).
        alarms: notified when tasks wait for room, instances fail their status checks, or CPU runs out.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, the cluster is in another stack, no subnets in two zones are known, or, at synthesis, the
            instances could not reach ECS.

    Example:
        `instances = EcsCapacityProvider(stack, "instances", cluster=cluster, vpc=network)`
    """

    config: EcsCapacityProviderConfig
    same_region = SecureConstruct.same_region | {"cluster"}

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: EcsCapacityProviderConfig = EcsCapacityProviderConfig(),
        *,
        cluster: EcsCluster | None = None,
        vpc: SecureVpc | None = None,
        key: SecureKey | None = None,
        alarms: SecureTopic | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.vpc = vpc
        name = config.name or derived_name(self, PROVIDER_NAME)
        self.cluster = cluster or EcsCluster(self, "cluster")
        if self.cluster.stack_state is not self.stack_state:
            raise ConfigError(
                f"{self.path}: cluster {self.cluster.path!r} is in another stack: it lists its capacity providers, and these need it, "
                "so that neither stack could be applied first. Create both in one stack."
            )
        self.fleet = Fleet(self, "fleet", self._fleet_config(), vpc=vpc, key=key, alarms=alarms)
        self._let_ecs_manage()
        allow_agent(self.fleet.role, self.cluster)
        let_out(self.fleet.security_group, vpc, self._tier)
        self.capacity_provider = self._provide(name)
        self.cluster.add_capacity(self.name)
        add_alarms(self, alarms, [self._alarm()])

    @property
    def arn(self) -> str:
        """Reference to the capacity provider's ARN."""
        return self.capacity_provider.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the capacity provider's name."""
        return self.capacity_provider.ref("name")

    @property
    def connections(self) -> Connections:
        """Security-group rules on both sides, to and from the instances; tasks have a group of their own."""
        return self.fleet.connections

    def grant_session(self, grantee: Grantee) -> None:
        """Let a role open sessions on the instances, as with `Fleet.grant_session`.

        Args:
            grantee: a `SecureRole`.

        Raises:
            ConfigError: the grantee is an ARN.
        """
        self.fleet.grant_session(grantee)

    def document(self) -> dict[str, Any]:
        """Like every construct's, after checking that the instances reach ECS."""
        if self.vpc is not None:
            demand_endpoints(
                self.path, "its instances could not join the cluster", self.vpc, self._tier, AGENT_ENDPOINTS
            )
        group = self.fleet.group
        group.depends_on += [one for one in self._agent_needs() if one.included() and one not in group.depends_on]
        return super().document()

    def _agent_needs(self) -> Iterator[Resource]:
        """What the agent needs to the end: without its role or its way to ECS, it cannot say that tasks have stopped, and a destroy
        waits for the service that they belong to."""
        fleet = self.fleet
        yield fleet.role.inline
        held = [*fleet.security_group.resources.values()]
        vpc = self.vpc
        if vpc is not None and vpc.stack_state is self.stack_state:
            if vpc.config.services():
                held += vpc.endpoint_security_group.resources.values()
            tiers = ("public", self._tier, "endpoint")
            held += [one for name, one in vpc.resources.items() if name.startswith(tiers)]
        for one in held:
            if isinstance(one, Resource) and one.type in _WAY:
                yield one

    @property
    def _tier(self) -> str:
        vpc = self.vpc
        return "private" if vpc is None or any(name.startswith("private-") for name in vpc.subnets) else "isolated"

    def _fleet_config(self) -> FleetConfig:
        config = self.config
        kind = {"arm64": "/arm64", "x86_64": "/gpu" if config.gpu else ""}[config.architecture]
        return FleetConfig(
            image=MachineImage(
                owners=("amazon",),
                parameter=f"{_IMAGES}{kind}/recommended/image_id",
                architecture=config.architecture,
            ),
            instance_types=config.instance_types,
            min_size=config.min_size,
            max_size=config.max_size,
            # ECS sets the size by the tasks that wait.
            cpu_target_percent=None,
            volume_size_gib=config.volume_size_gib,
            user_data=agent_settings(self.cluster, gpu=config.gpu),
            session_idle_minutes=config.session_idle_minutes,
            vpc_id=config.vpc_id,
            subnet_ids=config.subnet_ids,
            tags=config.tags,
        )

    def _let_ecs_manage(self) -> None:
        """Leave the end of each instance to ECS, and do not let a destroy wait for it."""
        group = self.fleet.group.attributes
        group["protect_from_scale_in"] = True
        # A refresh skips protected instances by default, and would renew none; with this they are drained and replaced:
        # docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-instance-draining.html
        group["instance_refresh"]["preferences"]["scale_in_protected_instances"] = "Refresh"
        # ECS adds the tag to the group, and Terraform would remove it:
        # registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/ecs_capacity_provider
        group["tag"].append({"key": "AmazonECSManaged", "value": "true", "propagate_at_launch": True})
        # Protected instances keep a group from being deleted, and ECS leaves the protection behind when the capacity provider
        # is gone (github.com/aws/containers-roadmap/issues/2862). By then services, which depend on it, have ended.
        group["force_delete"] = True

    def _provide(self, name: str) -> Resource:
        return Resource(
            self,
            "provider",
            "aws_ecs_capacity_provider",
            # Removed after the cluster and its services have let go of it; before, AWS refuses, and Terraform waits in vain
            # (github.com/hashicorp/terraform-provider-aws/issues/29152).
            create_before_destroy=True,
            name=name,
            auto_scaling_group_provider={
                "auto_scaling_group_arn": self.fleet.arn,
                "managed_draining": "ENABLED",
                "managed_termination_protection": "ENABLED",
                "managed_scaling": {"status": "ENABLED", "target_capacity": self.config.target_capacity_percent},
            },
            tags=self.config.tags or None,
        )

    def _alarm(self) -> WorkloadAlarm:
        # docs.aws.amazon.com/AmazonECS/latest/developerguide/cluster-auto-scaling.html
        return WorkloadAlarm(
            id="full",
            namespace="AWS/ECS/ManagedScaling",
            metric="CapacityProviderReservation",
            dimensions={"CapacityProviderName": self.name, "ClusterName": self.cluster.name},
            statistic="Minimum",
            threshold=101,
            why="tasks have waited for room on the instances for 30 minutes",
            periods=6,
        )
