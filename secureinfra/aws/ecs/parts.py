"""The parts of a service that everything around it refers to: network, cluster, roles, task definition."""

from __future__ import annotations

from secureinfra.aws.cloudwatch.log_group import SecureLogGroup
from secureinfra.aws.ecs.capacity_provider import EcsCapacityProvider
from secureinfra.aws.ecs.cluster import EcsCluster
from secureinfra.aws.ecs.service_config import EcsServiceConfig
from secureinfra.aws.iam.role import SecureRole
from secureinfra.aws.security_group.group import Connections, SecurityGroup
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct


@declares(apart="the base of EcsService")
class ServiceParts(SecureConstruct):
    """Base of `EcsService`, which creates the parts; what is around it only refers to them."""

    config: EcsServiceConfig
    vpc: SecureVpc | None
    cluster: EcsCluster
    log: SecureLogGroup
    security_group: SecurityGroup
    execution_role: SecureRole
    role: SecureRole
    task_definition: Resource
    service: Resource
    capacity: EcsCapacityProvider | None
    certificates_role: SecureRole | None = None
    dns_name = ""

    @property
    def arn(self) -> str:
        """Reference to the service's ARN."""
        # The id of the resource is the ARN in both majors of the provider, of which only the newer one has an `arn`.
        return self.service.ref("id")

    @property
    def name(self) -> str:
        """Reference to the service's name."""
        return self.service.ref("name")

    @property
    def family(self) -> str:
        """Reference to the family of its task definitions."""
        return self.task_definition.ref("family")

    @property
    def family_arn(self) -> str:
        """The ARN of the family, to which ':' and a revision are added."""
        return f"arn:{self.partition}:ecs:{self.region}:{self.account_id}:task-definition/{self.family}"

    @property
    def security_group_id(self) -> str:
        """Reference to the id of its tasks' security group."""
        return self.security_group.security_group_id

    @property
    def connections(self) -> Connections:
        """Security-group rules on both sides, to and from its tasks."""
        return self.security_group.connections

    @property
    def secrets(self) -> dict[str, str]:
        """Secrets of its own container that were added to those of the configuration, by variable."""
        found: dict[str, str] = self.__dict__.setdefault("_added_secrets", {})
        return found

    def endpoints(self) -> tuple[str, ...]:
        """The interface endpoints that its network needs where there is no NAT: for `VpcConfig(endpoints=...)`."""
        needed = self.config.endpoints()
        more = ("secretsmanager",) if self.secrets and "secretsmanager" not in needed else ()
        return (*needed, *more)
