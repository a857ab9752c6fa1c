"""Controls on ECS clusters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_true, one_of
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Failure, each
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

_EXEC = "configuration.execute_command_configuration"

CONTAINER_INSIGHTS = Control(
    id="ecs-cluster-container-insights",
    title="ECS clusters have Container Insights",
    why="a container that restarts repeatedly or uses up its host would go unnoticed",
    row="ecs-container-insights",
    fix='Write setting { name = "containerInsights", value = "enhanced" }.',
)


@CONTAINER_INSIGHTS.check("aws_ecs_cluster")
def _container_insights(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    # The account's default does not count: it applies only to clusters created after it was set.
    def measures(setting: Node) -> bool:
        return bool(setting.get("name") == "containerInsights" and setting.get("value") in ("enabled", "enhanced"))

    if not any_of(cluster.blocks("setting"), measures):
        yield Failure("containerInsights is not enabled", 'setting { name = "containerInsights", value = "enhanced" }')


EXEC_LOGGED = Control(
    id="ecs-cluster-exec-logged",
    title="ECS Exec sessions are logged and the logs are encrypted",
    why="you could not find out what was done with a shell in a running container",
    row="ecs-exec-logging",
    fix='Write execute_command_configuration with logging = "OVERRIDE" and a log_configuration with '
    "cloud_watch_encryption_enabled or s3_bucket_encryption_enabled = true.",
)
_DESTINATIONS = (
    ("cloud_watch_log_group_name", "cloud_watch_encryption_enabled"),
    ("s3_bucket_name", "s3_bucket_encryption_enabled"),
)


@EXEC_LOGGED.check("aws_ecs_cluster")
def _exec_logged(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    logs = f"{_EXEC}.log_configuration"
    named = [pair for pair in _DESTINATIONS if cluster.get(f"{logs}.{pair[0]}") is not None]
    asked = [argument(f"{_EXEC}.logging", one_of("OVERRIDE"), 'logging = "OVERRIDE"', absent="DEFAULT")]
    asked += [argument(f"{logs}.{flag}", is_true, f"{flag} = true", absent=False) for _, flag in named]
    yield from each(asked, lambda check: check(cluster, configuration))
    if not named and cluster.get(f"{_EXEC}.logging") == "OVERRIDE":
        yield Failure("log_configuration without a destination", "cloud_watch_log_group_name = a log group", at=logs)


EXEC_CUSTOMER_KEY = Control(
    id="ecs-cluster-exec-customer-key",
    title="ECS Exec sessions are encrypted with a customer managed key",
    why="you could not stop sessions by disabling the key, or see in its log who opened one",
    row="ecs-exec-logging",
    fix="Set kms_key_id in execute_command_configuration to the id or ARN of an aws_kms_key.",
    setting="SecureKey creates one; pass its arn.",
)

EXEC_CUSTOMER_KEY.check("aws_ecs_cluster")(customer_key(f"{_EXEC}.kms_key_id"))
