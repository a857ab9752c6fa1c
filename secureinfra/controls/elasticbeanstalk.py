"""Controls on Elastic Beanstalk environments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import some_block, text_in
from secureinfra.controls.verdict import Check, Failure
from secureinfra.terraform.unknown import Unknown, UnknownValueError

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

ENVIRONMENT = "aws_elastic_beanstalk_environment"
_NAMESPACE = "aws:elasticbeanstalk"


def _set_to(namespace: str, name: str, *values: str) -> Check:
    """A check that an option has one of some values; a saved template may set it too."""
    expected = f'setting {{ namespace = "{_NAMESPACE}:{namespace}", name = "{name}", value = "{values[0]}" }}'

    def is_set(node: Node) -> bool:
        named = node.get("namespace") == f"{_NAMESPACE}:{namespace}" and node.get("name") == name
        return bool(named and text_in(node.get("value")) in values)

    def check(environment: Block, configuration: Configuration) -> Iterator[Failure]:
        for failure in some_block("setting", is_set, f"{name} is not {values[0]}", expected)(
            environment, configuration
        ):
            if environment.has("template_name"):
                raise UnknownValueError(Unknown("what the template of the environment sets"))
            yield failure

    return check


ENHANCED_HEALTH = Control(
    id="elastic-beanstalk-enhanced-health",
    title="Elastic Beanstalk environments report enhanced health",
    why="a failing instance would be noticed late",
    row="eb-enhanced-health",
    fix='Write a setting of aws:elasticbeanstalk:healthreporting:system with SystemType = "enhanced".',
)
ENHANCED_HEALTH.check(ENVIRONMENT)(_set_to("healthreporting:system", "SystemType", "enhanced"))

MANAGED_UPDATES = Control(
    id="elastic-beanstalk-managed-updates",
    title="Elastic Beanstalk environments update their platform",
    why="vulnerabilities that are fixed in a newer platform would remain",
    row="eb-managed-updates",
    fix='Write settings of aws:elasticbeanstalk:managedactions with ManagedActionsEnabled = "true", and of '
    'aws:elasticbeanstalk:managedactions:platformupdate with UpdateLevel = "minor".',
)


@MANAGED_UPDATES.check(ENVIRONMENT)
def _managed_updates(environment: Block, configuration: Configuration) -> Iterator[Failure]:
    yield from _set_to("managedactions", "ManagedActionsEnabled", "true")(environment, configuration)
    yield from _set_to("managedactions:platformupdate", "UpdateLevel", "minor", "patch")(environment, configuration)


LOGS_STREAMED = Control(
    id="elastic-beanstalk-logs-streamed",
    title="Elastic Beanstalk environments stream their logs to CloudWatch",
    why="the log of an instance is gone with the instance",
    row="eb-cloudwatch-logs",
    fix='Write a setting of aws:elasticbeanstalk:cloudwatch:logs with StreamLogs = "true".',
)
LOGS_STREAMED.check(ENVIRONMENT)(_set_to("cloudwatch:logs", "StreamLogs", "true"))
