"""ECS service on Fargate or instances: read-only containers that do not run as root, two roles, secrets by ARN, its own log."""

from __future__ import annotations

from typing import Any, Literal

from constructs import Construct

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, SecureLogGroup
from secureinfra.aws.cloudwatch.metric_alarm import add_alarms
from secureinfra.aws.ecr.repository import Repository
from secureinfra.aws.ecs.alarms import alarm_on_missing_tasks, of_service, of_target
from secureinfra.aws.ecs.capacity import cluster_of, where_tasks_run
from secureinfra.aws.ecs.capacity_provider import EcsCapacityProvider
from secureinfra.aws.ecs.cluster import EcsCluster
from secureinfra.aws.ecs.connect import connected, endpoint_of, let_connect
from secureinfra.aws.ecs.definitions import Surroundings, container_definitions, volumes
from secureinfra.aws.ecs.deployment import let_deploy
from secureinfra.aws.ecs.ec2_config import Ec2ServiceConfig
from secureinfra.aws.ecs.inputs import Secret, let_pull, let_read_secrets, refuse_strange_role
from secureinfra.aws.ecs.parts import ServiceParts
from secureinfra.aws.ecs.scaling import check_scale, scale
from secureinfra.aws.ecs.schedule import run_on_schedule
from secureinfra.aws.ecs.service_config import SERVICE_NAME, EcsServiceConfig
from secureinfra.aws.ecs.surroundings import Place, demand_way_out, place_of
from secureinfra.aws.ecs.targets import Listening, Requests, listen, register, target_of
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.network_balancer import NetworkLoadBalancer
from secureinfra.aws.lb.network_target import NetworkTargetConfig
from secureinfra.aws.lb.target_group import TargetConfig
from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig, refuse_another_vpc
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, HasArn, Resource, SecureConstruct
from secureinfra.engine.naming import derived_name
from secureinfra.errors import ConfigError

__all__ = ["EcsService"]


@declares(
    module="ecs-service",
    page="containers",
    asks=("vpc_id", "repository_arn"),
    needs=("subnet_ids",),
    yours=(
        "A load balancer's target group, and rules that let it connect to the tasks.",
        "What the tasks may do: their role has no permission by itself.",
    ),
)
class EcsService(ServiceParts):
    """A service on Fargate or instances whose containers cannot write to their root, do not run as root, and hold no secret in the open.

    Creates the task definition and the service, spread over the zones, with a circuit breaker that rolls back; the
    *execution role*, by which ECS pulls the images, reads the secrets and writes the log, and the *task role* (`role`), by
    which the containers work, and which may do nothing until it is granted; a log group with its key; and a security group
    that allows nothing in, and out only what a task needs to start. With an `Ec2ServiceConfig` and `capacity=`, tasks run on the
    instances of an `EcsCapacityProvider`. About 22 USD a month for two of the smallest tasks.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: the image, and what else to choose.
        cluster: where it runs; by default that of the `capacity`, or one of its own.
        capacity: the instances that it runs on, with an `Ec2ServiceConfig`; by default Fargate.
        vpc: its network; or `vpc_id` and `subnet_ids` in the configuration.
        repository: the image's repository, where the image's address does not show it.
        alarms: notified when tasks are missing, CPU or memory run out, or a load balancer's targets fail.
        role: the task role, where it is there already; `ecs-tasks` must be able to assume it. By default one of its own.
        security_group: the tasks' group, where it is there already, with its rules, to which none is added. By default one of
            its own.
        log_group: where the tasks write, where it is there already; its retention and key stay as they are. By default one of
            its own.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused, no network is given, ECS cannot assume the role, capacity and configuration do not fit
            together, or, at synthesis, tasks could not start in the network.

    Example:
        `service.listen(balancer, path="/api/*", priority=10); service.autoscale(2, 10, cpu=60)`
    """

    config: EcsServiceConfig
    same_region = SecureConstruct.same_region | {"cluster", "capacity"}

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: EcsServiceConfig,
        *,
        cluster: EcsCluster | None = None,
        capacity: EcsCapacityProvider | None = None,
        vpc: SecureVpc | None = None,
        repository: Repository | None = None,
        alarms: SecureTopic | None = None,
        role: SecureRole | None = None,
        security_group: SecurityGroup | None = None,
        log_group: SecureLogGroup | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.vpc, self.alarms, self.capacity = vpc, alarms, capacity
        self._name = config.name or derived_name(self, SERVICE_NAME)
        self._listening: list[Listening] = []
        place = place_of(self, vpc)
        self.cluster = cluster_of(self, cluster, self._name)
        self.log = log_group or SecureLogGroup(
            self, "log", LogGroupConfig(retention_in_days=config.log_retention_in_days, tags=config.tags)
        )
        self.security_group = security_group or self._make_group(place)
        refuse_another_vpc(self.path, self.security_group, place.vpc_id)
        self.execution_role = self._make_role("execution")
        self.role = role or self._make_role("task")
        refuse_strange_role(self)
        self.log.grant_write(self.execution_role)
        let_pull(self, repository)
        let_read_secrets(self)
        if config.exec:
            self.cluster.grant_sessions(self.role)
        self.task_definition = self._define()
        self.service = self._serve(place)
        alarm_on_missing_tasks(self, alarms)
        add_alarms(self, alarms, of_service(self))

    def add_secret(self, variable: str, secret: Secret, *, key: str = "") -> None:
        """Give its own container a secret as a variable, which ECS reads when a task starts.

        Args:
            variable: name of the variable, e.g. `DB_PASSWORD`.
            secret: a construct with an ARN that it can grant reading of.
            key: one value of a secret that holds JSON, e.g. `password`.

        Raises:
            ConfigError: the variable has a value already.
        """
        if variable in {**self.config.environment, **self.config.secrets, **self.secrets}:
            raise ConfigError(
                f"{self.path}: add_secret({variable!r}) has a value already: ECS refuses a variable with two. Use another name."
            )
        secret.grant_read(self.execution_role)
        self.secrets[variable] = f"{secret.arn}:{key}::" if key else secret.arn

    def listen(
        self,
        load_balancer: SecureLoadBalancer | NetworkLoadBalancer,
        target: TargetConfig | NetworkTargetConfig | None = None,
        *,
        host: str | None = None,
        path: str | None = None,
        port: int | None = None,
        priority: int | None = None,
        health_check: str = "/healthz",
        protocol: Literal["HTTPS", "HTTP"] = "HTTPS",
        name: str | None = None,
    ) -> None:
        """Receive requests from a load balancer, which may connect to this port of the tasks and to nothing else.

        A network load balancer forwards connections over TLS, and listens on the same port, unless `target` says otherwise.

        Args:
            load_balancer: in the same VPC.
            target: all that can be chosen about the target, instead of the arguments below.
            host: host whose requests it gets, e.g. `shop.example.com`; by default all.
            path: path whose requests it gets, e.g. `/api/*`; by default all.
            port: port of one of its containers; by default that of its own one.
            priority: order of the rules, the lowest number first; required with host or path.
            health_check: path of the health check, with '/' first.
            protocol: `HTTPS`, for which a self-signed certificate in the container does, or `HTTP`, which can be read within
                the VPC (ELB.22).
            name: name of the target; by default the service's id.

        Raises:
            ConfigError: no container listens on the port, the load balancer is in another VPC, or a value is refused.
        """
        if target is None:
            requests = Requests(host, path, priority, health_check, protocol)
            target = target_of(self, load_balancer, port if port is not None else self._own_port(), requests)
        self._receive(listen(self, load_balancer, target, name or self.node.id.lower().replace("_", "-")))

    def register(
        self, load_balancer: SecureLoadBalancer | NetworkLoadBalancer, target: str, *, port: int | None = None
    ) -> None:
        """Register its tasks in a target that a load balancer has already, beside whatever is registered there.

        The load balancer may connect to the group that the target was added with: give the service that one,
        `EcsService(..., security_group=group)`.

        Args:
            load_balancer: in the same VPC.
            target: the name that `add_target` was called with.
            port: the target's; by default that of the service's own container.

        Raises:
            ConfigError: there is no such target, no container listens on the port, or the load balancer is in another VPC.
        """
        self._receive(register(self, load_balancer, target, port if port is not None else self._own_port()))

    def _receive(self, new: Listening) -> None:
        self._listening.append(new)
        self.service.attributes["load_balancer"] = [one.block for one in self._listening]
        self.service.attributes["health_check_grace_period_seconds"] = self.config.health_check_grace_seconds
        self.service.depends_on += new.before
        add_alarms(self, self.alarms, of_target(new))

    def autoscale(
        self,
        minimum: int,
        maximum: int,
        *,
        cpu: int | None = None,
        memory: int | None = None,
        requests: int | None = None,
    ) -> None:
        """Run as many tasks as needed to keep averages at a target; from then on `desired_count` is only the first number.

        Args:
            minimum: of tasks, 1 or more.
            maximum: of tasks.
            cpu: average CPU use to keep, in percent.
            memory: average memory use to keep, in percent.
            requests: requests per task and minute from the application load balancer that `listen` was called with first.

        Raises:
            ConfigError: nothing is measured, a number is out of range, or it is called twice.
        """
        measured = {"cpu": cpu, "memory": memory, "requests": requests}
        check_scale(self, minimum, maximum, measured, self._listening)
        scale(self, minimum, maximum, measured, self._listening)
        self._ignore("desired_count")

    def endpoint(self) -> str:
        """The address by which services of the same namespace connect to it, e.g. `orders:8443` (Service Connect).

        Raises:
            ConfigError: others do not find it, as its `service_connect` says.
        """
        return endpoint_of(self)

    def allow_client(self, client: ServiceParts) -> None:
        """Let another service's tasks connect to it by Service Connect: rules of both security groups, and it is deployed first,
        since a task finds only the names that existed when its deployment began.

        Args:
            client: an `EcsService` of the same cluster that takes part in Service Connect too.

        Raises:
            ConfigError: one of both takes no part in it, or they are in different clusters.
        """
        let_connect(self, client)

    def grant_deploy(self, grantee: Grantee) -> None:
        """Let a pipeline's role deploy: register revisions of this task definition with its two roles, and run them here.

        Args:
            grantee: a `SecureRole`, e.g. with a `GitHubTrust`.

        Raises:
            ConfigError: `image_owner` is `terraform`, so that the next apply would take the deployment back.
        """
        let_deploy(self, grantee)

    def run_on_schedule(
        self,
        name: str,
        expression: str,
        *,
        command: tuple[str, ...] = (),
        timezone: str = "UTC",
        dead_letter_queue: HasArn | None = None,
    ) -> Resource:
        """Run one task of the newest revision on a schedule, in the same network and with the same roles.

        Args:
            name: name of the schedule; part of its address.
            expression: `rate(1 hour)`, `cron(0 3 * * ? *)` or `at(...)`.
            command: what its own container runs instead of its command.
            timezone: time zone of the expression, e.g. `Europe/Berlin`.
            dead_letter_queue: queue for runs that could not start; it must let the schedule's role send.

        Raises:
            ConfigError: the name or the expression is refused.
        """
        return run_on_schedule(self, name, expression, command, timezone, dead_letter_queue)

    def document(self) -> dict[str, Any]:
        """Like every construct's, after checking that tasks can start in the network."""
        demand_way_out(self)
        before = [self.execution_role.inline, self.role.inline]
        if self.certificates_role is not None:
            # ECS drains a service with its certificates, and waits for ever once they are out of reach:
            # docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-tls.html
            before.append(self.certificates_role.inline)
        # A task that starts before its role may read the secrets fails, and the circuit breaker counts that.
        self.service.depends_on += [one for one in before if one.included() and one not in self.service.depends_on]
        return super().document()

    def _own_port(self) -> Any:
        if self.config.port is None:
            raise ConfigError(
                f"{self.path}: listen(...) needs a port: its container has none. Set EcsServiceConfig(port=...)."
            )
        return self.config.port

    def _make_group(self, place: Place) -> SecurityGroup:
        about = SecurityGroupConfig(description=f"{self.path}: tasks", tags=self.config.tags)
        group = SecurityGroup(self, "group", about, vpc_id=place.vpc_id)
        place.let_out(group)
        return group

    def _make_role(self, name: str) -> SecureRole:
        about = f"{self.path}: {name} role"
        trust = ServiceTrust(service="ecs-tasks")
        return SecureRole(self, name, RoleConfig(trust=trust, description=about, tags=self.config.tags))

    def _define(self) -> Resource:
        config = self.config
        return Resource(
            self,
            "task-definition",
            "aws_ecs_task_definition",
            ignore_changes=["container_definitions"] if config.image_owner == "pipeline" else (),
            family=self._name,
            requires_compatibilities=["EC2" if self.capacity else "FARGATE"],
            network_mode="awsvpc",
            cpu=f"{config.cpu}",
            memory=f"{config.memory_mib}",
            runtime_platform=None
            if self.capacity
            else {"operating_system_family": "LINUX", "cpu_architecture": config.cpu_architecture},
            ephemeral_storage={"size_in_gib": config.storage_gib} if config.storage_gib is not None else None,
            execution_role_arn=self.execution_role.arn,
            task_role_arn=self.role.arn,
            volume=[{"name": name} for name in volumes(config.containers())] or None,
            container_definitions=lambda: container_definitions(config.containers(), self._around()),
            # The circuit breaker rolls back to the last revision, which must still be active.
            skip_destroy=True,
            tags=config.tags or None,
        )

    def _around(self) -> Surroundings:
        connect = self.config.service_connect
        return Surroundings(
            self.log.name,
            self.region,
            self.secrets,
            self.config.exec,
            protocol=connect.app_protocol if connect is not None and connect.serves else None,
            gpus=self.config.gpus if isinstance(self.config, Ec2ServiceConfig) else None,
        )

    def _serve(self, place: Place) -> Resource:
        config = self.config
        ignored = ["task_definition", "desired_count"] if config.image_owner == "pipeline" else []
        return Resource(
            self,
            "service",
            "aws_ecs_service",
            depends_on=[self.cluster.capacity] if self.cluster.stack_state is self.stack_state else [],
            ignore_changes=ignored,
            name=self._name,
            cluster=self.cluster.arn,
            task_definition=self.task_definition.ref("arn"),
            desired_count=config.desired_count,
            **where_tasks_run(self),
            # Written, since AWS's default became ENABLED in September 2025, and the provider's is DISABLED:
            # docs.aws.amazon.com/AmazonECS/latest/developerguide/service-rebalancing.html
            availability_zone_rebalancing="ENABLED",
            network_configuration={
                "assign_public_ip": False,
                "subnets": place.subnet_ids,
                "security_groups": [self.security_group.security_group_id],
            },
            deployment_circuit_breaker={"enable": True, "rollback": True},
            deployment_minimum_healthy_percent=config.minimum_healthy_percent,
            deployment_maximum_percent=config.maximum_percent,
            enable_execute_command=config.exec,
            service_connect_configuration=connected(self, self._name),
            enable_ecs_managed_tags=True,
            propagate_tags="SERVICE",
            tags=config.tags or None,
        )

    def _ignore(self, argument: str) -> None:
        if argument not in self.service.ignore_changes:
            self.service.ignore_changes.append(argument)
