"""ECS cluster: Container Insights, and sessions in containers encrypted and recorded."""

from __future__ import annotations

from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.cloudwatch.log_group import LogGroupConfig, RetentionDays, SecureLogGroup
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.config.config import Config
from secureinfra.config.rule import matches
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct
from secureinfra.engine.naming import derived_name
from secureinfra.policy import Statement

__all__ = ["EcsCluster", "EcsClusterConfig"]

# docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
CLUSTER_NAME = matches(
    r"[A-Za-z0-9_-]{1,255}", "is not a cluster name", "write up to 255 letters, digits, '_' and '-'", example="shop"
)
# docs.aws.amazon.com/cloud-map/latest/api/API_CreateHttpNamespace.html; of its 1,024 characters, those that Terraform can count.
NAMESPACE = matches(
    r"[A-Za-z0-9._-]{1,1000}", "is not a namespace", "write letters, digits, '.', '_' and '-'", example="shop"
)
# What SSM Agent in the container calls: docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-exec.html
_CHANNELS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)


class EcsClusterConfig(Config):
    """What a caller may choose about a cluster."""

    name: Annotated[str, CLUSTER_NAME] | None = None
    """Name of the cluster; by default the construct's path with '-'. Another name replaces it, with its services."""
    namespace: Annotated[str, NAMESPACE] | None = None
    """Name of a namespace of its own, in which its services find each other by Service Connect; unique in the account and
    region. Another name replaces it."""
    exec_retention_in_days: RetentionDays = 365
    """How long records of sessions in containers are kept, one of CloudWatch's periods; 0 keeps them forever."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(
    module="ecs-cluster",
    page="containers",
    yours=("Services: the cluster runs nothing by itself.",),
)
class EcsCluster(SecureConstruct):
    """A cluster on Fargate with Container Insights, in which no session in a container goes unrecorded.

    Creates the cluster with Fargate as its capacity, a log group and a key for sessions (ECS Exec), and, on request, a
    namespace for Service Connect. A service allows sessions only if its configuration says so. `EcsCapacityProvider` adds
    instances. The cluster costs nothing by itself; Container Insights costs about 0.30 USD
    a month for each of its metrics (docs.aws.amazon.com/AmazonECS/latest/developerguide/cloudwatch-container-insights.html).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key for sessions and their records; by default one of its own (1 USD a month, 3 after two rotations).
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `cluster = EcsCluster(stack, "cluster")`
    """

    config: EcsClusterConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: EcsClusterConfig = EcsClusterConfig(),
        *,
        key: SecureKey | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.key = key_of(self, key, KeyConfig(description=f"{self.path}: ECS Exec", tags=config.tags))
        records = LogGroupConfig(retention_in_days=config.exec_retention_in_days, tags=config.tags)
        self.exec_log = SecureLogGroup(self, "exec-log", records, key=self.key)
        self.cluster = Resource(
            self,
            "cluster",
            "aws_ecs_cluster",
            name=config.name or derived_name(self, CLUSTER_NAME),
            setting=[{"name": "containerInsights", "value": "enhanced"}],
            configuration={
                "execute_command_configuration": {
                    "kms_key_id": self.key.arn,
                    "logging": "OVERRIDE",
                    "log_configuration": {
                        "cloud_watch_encryption_enabled": True,
                        "cloud_watch_log_group_name": self.exec_log.name,
                    },
                }
            },
            tags=config.tags or None,
        )
        self._capacity: list[str] = []
        self.names: dict[str, str] = {}
        self.namespace = self._make_namespace()
        self.capacity = Resource(
            self,
            "capacity",
            "aws_ecs_cluster_capacity_providers",
            cluster_name=self.name,
            capacity_providers=lambda: ["FARGATE", *self._capacity],
            default_capacity_provider_strategy=[{"capacity_provider": "FARGATE", "weight": 1}],
        )

    @property
    def arn(self) -> str:
        """Reference to the cluster's ARN."""
        return self.cluster.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the cluster's name."""
        return self.cluster.ref("name")

    def add_capacity(self, name: str) -> None:
        """Let services of the cluster use a capacity provider; an `EcsCapacityProvider` does so by itself.

        Args:
            name: its name, or a reference to it.
        """
        self._capacity.append(name)

    def grant_sessions(self, task_role: Grantee) -> None:
        """Let the tasks of a role serve sessions (ECS Exec), which are encrypted and recorded; who may open one is not decided here.

        Args:
            task_role: the role of the tasks.
        """
        # Neither takes a resource: docs.aws.amazon.com/service-authorization/latest/reference/list_amazonmessagegatewayservice.html
        # and, for the groups, list_amazoncloudwatchlogs.html.
        task_role.add_to_policy(Statement(actions=_CHANNELS, resources=("*",)))
        task_role.add_to_policy(Statement(actions=("logs:DescribeLogGroups",), resources=("*",)))
        self.exec_log.grant_write(task_role)
        self.key.grant_decrypt(task_role)

    def _make_namespace(self) -> Resource | None:
        if self.config.namespace is None:
            return None
        return Resource(
            self,
            "namespace",
            "aws_service_discovery_http_namespace",
            name=self.config.namespace,
            tags=self.config.tags or None,
        )
