"""Controls on AWS Config."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, is_true
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each, written
from secureinfra.terraform.unknown import UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

_RECORDER = "aws_config_configuration_recorder"
_STATUS = "aws_config_configuration_recorder_status"
_GLOBAL = "include_global_resource_types"

ALL_RESOURCES = Control(
    id="config-recorder-all-resources",
    title="Every kind of resource is recorded",
    why="changes to what is left out would go unseen",
    row="config-recorder",
    mend="Set recording_group.all_supported = true, or leave the recording_group out.",
)

ALL_RESOURCES.check(_RECORDER)(
    argument("recording_group.all_supported", is_true, "all_supported = true", absent=True),
)

GLOBAL_RESOURCES = Control(
    id="config-recorder-global-resources",
    title="Users, roles and other global resources are recorded",
    why="changes to who may do what would go unseen",
    row="config-recorder",
    mend="Set recording_group.include_global_resource_types = true on the recorder of one region.",
)


@GLOBAL_RESOURCES.check(_RECORDER)
def _global_resources(recorder: Block, configuration: Configuration) -> Iterator[Failure]:
    path = f"recording_group.{_GLOBAL}"
    if is_true(value := recorder.get(path)):
        return
    # One region is enough: each further one would record, and bill, the same resources again.
    others = [other for other in configuration.of_type(_RECORDER) if other is not recorder]
    if any_of(others, lambda other: is_true(other.get(path))):
        raise NotApplicable("the recorder of another region records them")
    yield Failure(written(path, value), f"{_GLOBAL} = true", at=path)


SWITCHED_ON = Control(
    id="config-recorder-enabled",
    title="The recorder is switched on",
    why="nothing would be recorded",
    row="config-recorder",
    mend="Write an aws_config_configuration_recorder_status for the recorder, with is_enabled = true.",
)

SWITCHED_ON.check(_STATUS)(argument("is_enabled", is_true, "is_enabled = true"))


@SWITCHED_ON.check(_RECORDER)
def _switched_on(recorder: Block, configuration: Configuration) -> Iterator[Failure]:
    # A recorder is made switched off, so that the configuration that makes it is the one to switch it on.
    if configuration.attached(recorder, _STATUS, "name"):
        return
    name = recorder.get("name", "default")
    if not any_of(configuration.of_type(_STATUS), lambda status: status.get("name") == name):
        yield Failure(f"no {_STATUS}", "one for this recorder with is_enabled = true")


DELIVERED = Control(
    id="config-recorder-delivered",
    title="What is recorded is delivered to a bucket",
    why="a recorder without a delivery channel does not start",
    row="config-recorder",
    mend="Write an aws_config_delivery_channel with s3_bucket_name.",
)


@DELIVERED.check(_RECORDER)
def _delivered(recorder: Block, configuration: Configuration) -> Iterator[Failure]:
    if not configuration.of_type("aws_config_delivery_channel"):
        yield Failure("no aws_config_delivery_channel", "one with s3_bucket_name")


SERVICE_LINKED_ROLE = Control(
    id="config-recorder-service-linked-role",
    title="The recorder works with AWS Config's own role",
    why="a role of one's own misses permissions for new kinds of resources, which then go unrecorded, or has too many",
    row="config-service-linked-role",
    mend='Set role_arn to that of an aws_iam_service_linked_role with aws_service_name = "config.amazonaws.com".',
)
_ROLE = "AWSServiceRoleForConfig"


@SERVICE_LINKED_ROLE.check(_RECORDER)
def _service_linked_role(recorder: Block, configuration: Configuration) -> Iterator[Failure]:
    value = recorder.get("role_arn")
    text = text_of(value)
    if text.endswith(f":role/aws-service-role/config.amazonaws.com/{_ROLE}"):
        return
    role = configuration.target(value)
    if role is None and is_unknown(value):
        raise UnknownValueError(value)
    if role is None or not _is_service_linked(role):
        expected = "role_arn = the ARN of an aws_iam_service_linked_role for config.amazonaws.com"
        yield Failure(written("role_arn", value), expected, at="role_arn")


def _is_service_linked(role: Block) -> bool:
    if role.section == "data":
        return bool(role.get("name") == _ROLE)
    return role.type == "aws_iam_service_linked_role" and bool(role.get("aws_service_name") == "config.amazonaws.com")


AGGREGATES_ALL_REGIONS = Control(
    id="config-aggregator-all-regions",
    title="The aggregator gathers from every region",
    why="an attacker works in the region that nobody looks at",
    row="config-aggregator-all-regions",
    mend="Set all_regions = true in the aggregation source, and leave regions out.",
)


@AGGREGATES_ALL_REGIONS.check("aws_config_configuration_aggregator")
def _aggregates_all_regions(aggregator: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(source: Node) -> Iterator[Failure]:
        if not is_true(value := source.get("all_regions")):
            yield Failure(written("all_regions", value), "all_regions = true", at=f"{source.path}.all_regions")

    sources = ("account_aggregation_source", "organization_aggregation_source")
    return each([node for name in sources for node in aggregator.blocks(name)], judge)
