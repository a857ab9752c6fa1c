"""Controls on ECS clusters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, is_true, one_of
from secureinfra.controls.reading.keys import customer_key
from secureinfra.controls.verdict import Failure, any_of, each

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

_EXEC = "configuration.execute_command_configuration"

CONTAINER_INSIGHTS = Control(
    id="ecs-cluster-container-insights",
    title="The cluster measures its services and containers",
    why="nobody would see that a container is restarted again and again, or takes all of a machine",
    row="ecs-container-insights",
    mend='Write setting { name = "containerInsights", value = "enhanced" }.',
)


@CONTAINER_INSIGHTS.check("aws_ecs_cluster")
def _container_insights(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    # What the account sets by default is not counted: it holds for clusters that were made after it only.
    def measures(setting: Node) -> bool:
        return bool(setting.get("name") == "containerInsights" and setting.get("value") in ("enabled", "enhanced"))

    if not any_of(cluster.blocks("setting"), measures):
        yield Failure("containerInsights is not enabled", 'setting { name = "containerInsights", value = "enhanced" }')


EXEC_LOGGED = Control(
    id="ecs-cluster-exec-logged",
    title="What people do in containers is recorded, encrypted",
    why="nobody could tell what somebody did with a shell in a running container",
    row="ecs-exec-logging",
    mend='Write execute_command_configuration with logging = "OVERRIDE" and a log_configuration with '
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
        yield Failure("log_configuration names no destination", "cloud_watch_log_group_name = a log group", at=logs)


EXEC_CUSTOMER_KEY = Control(
    id="ecs-cluster-exec-customer-key",
    title="Shells in containers are encrypted with a customer managed key",
    why="nobody could stop a session by taking the key away, and the key's log says nothing of who had one",
    row="ecs-exec-logging",
    mend="Set kms_key_id in execute_command_configuration to an aws_kms_key.",
    python="SecureKey makes one; its arn goes here.",
)

EXEC_CUSTOMER_KEY.check("aws_ecs_cluster")(customer_key(f"{_EXEC}.kms_key_id"))
