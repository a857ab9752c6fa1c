"""Instances of a cluster: what ECS's agent on them is told, what it may do, and what it connects to."""

from __future__ import annotations

from secureinfra.aws.ecs.cluster import EcsCluster
from secureinfra.aws.iam.role import SecureRole
from secureinfra.policy import Statement
from secureinfra.policy.conditions import arn_like

# docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
AGENT_ENDPOINTS = ("ecs", "ecs-agent", "ecs-telemetry")
# What it sends to the cluster, and about itself, each with the resource that it may be limited to:
# docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
_TO_CLUSTER = (
    "ecs:RegisterContainerInstance",
    "ecs:DeregisterContainerInstance",
    "ecs:SubmitAttachmentStateChanges",
    "ecs:SubmitContainerStateChange",
    "ecs:SubmitTaskStateChange",
)
_OF_INSTANCE = ("ecs:Poll", "ecs:StartTelemetrySession", "ecs:UpdateContainerInstancesState")


def allow_agent(role: SecureRole, cluster: EcsCluster) -> None:
    """Let the agent on the instances run tasks of one cluster; no `AmazonEC2ContainerServiceforEC2Role`, which creates clusters,
    pulls every image and writes to every log group of the account.

    Images, secrets and logs are the business of each task's execution role.
    """
    role.add_to_policy(Statement(actions=("ecs:DiscoverPollEndpoint",), resources=("*",)))
    role.add_to_policy(Statement(actions=_TO_CLUSTER, resources=(cluster.arn,)))
    here = f"arn:{cluster.partition}:ecs:{cluster.region}:{cluster.account_id}"
    instances = (f"{here}:container-instance/{cluster.name}/*",)
    its = arn_like("ecs:cluster", cluster.arn)
    role.add_to_policy(Statement(actions=_OF_INSTANCE, resources=instances, conditions=(its,)))


def agent_settings(cluster: EcsCluster, *, gpu: bool) -> str:
    """The script that tells the agent its cluster, and keeps tasks away from the instance's metadata and its role.

    docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
    """
    settings = {
        "ECS_CLUSTER": cluster.name,
        # Tasks have their own network interface and their own role; with it they could get the instance's.
        "ECS_AWSVPC_BLOCK_IMDS": "true",
        "ECS_ENABLE_TASK_ENI": "true",
        "ECS_ENABLE_TASK_IAM_ROLE": "true",
        # Without it, logs are written as the instance, whose role may not.
        "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE": "true",
        "ECS_DISABLE_PRIVILEGED": "true",
        **({"ECS_ENABLE_GPU_SUPPORT": "true"} if gpu else {}),
    }
    lines = "".join(f"{name}={value}\n" for name, value in settings.items())
    return f"#!/bin/sh\ncat >> /etc/ecs/ecs.config <<'END'\n{lines}END\n"
