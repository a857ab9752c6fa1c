"""Controls on AWS Config."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_true
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.facts.opt_in_regions import records_iam
from secureinfra.terraform.unknown import UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

_RECORDER = "aws_config_configuration_recorder"
_STATUS = "aws_config_configuration_recorder_status"
_GLOBAL = "include_global_resource_types"

ALL_RESOURCES = Control(
    id="config-recorder-all-resources",
    title="AWS Config records all resource types",
    why="changes to the other resource types would go unseen",
    row="config-recorder",
    fix="Set recording_group.all_supported = true, or remove the recording_group.",
)

ALL_RESOURCES.check(_RECORDER)(
    argument("recording_group.all_supported", is_true, "all_supported = true", absent=True),
)

GLOBAL_RESOURCES = Control(
    id="config-recorder-global-resources",
    title="AWS Config records global resource types, such as IAM users and roles",
    why="changes of permissions would go unseen",
    row="config-recorder",
    fix="Set recording_group.include_global_resource_types = true on the recorder of one region.",
)


@GLOBAL_RESOURCES.check(_RECORDER)
def _global_resources(recorder: Block, configuration: Configuration) -> Iterator[Failure]:
    path = f"recording_group.{_GLOBAL}"

    def records(one: Block) -> bool:
        return is_true(one.get(path)) and records_iam(_region_of(one, configuration))

    if records(recorder):
        return
    # One region is enough: another one would record, and bill, the same resources again.
    if configuration.is_there(_RECORDER, test=lambda other: other is not recorder and records(other), beside=recorder):
        raise NotApplicable("the recorder of another region records them")
    if is_true(value := recorder.get(path)):
        region = _region_of(recorder, configuration)
        yield Failure(f"region {region}, in which AWS Config records no IAM", "a recorder in another region", at=path)
    else:
        yield Failure(written(path, value), f"{_GLOBAL} = true", at=path)


def _region_of(recorder: Block, configuration: Configuration) -> str:
    """The recorder's region; empty if the configuration does not tell."""
    region = recorder.get("region")
    if region is None:
        alias = text_of(recorder.raw.get("provider", "aws")).removeprefix("${").removesuffix("}").partition(".")[2]
        held = [node for node in configuration.providers.get("aws", ()) if node.get("alias", "") == alias]
        region = held[0].get("region") if held else None
    return "" if region is None or is_unknown(region) else str(region)


SWITCHED_ON = Control(
    id="config-recorder-enabled",
    title="AWS Config recorders are enabled",
    why="nothing would be recorded",
    row="config-recorder",
    fix="Write an aws_config_configuration_recorder_status for the recorder, with is_enabled = true.",
)

SWITCHED_ON.check(_STATUS)(argument("is_enabled", is_true, "is_enabled = true"))


@SWITCHED_ON.check(_RECORDER)
def _switched_on(recorder: Block, configuration: Configuration) -> Iterator[Failure]:
    # A recorder is created disabled, so the configuration that creates it must enable it.
    if configuration.attached(recorder, _STATUS, "name"):
        return
    name = recorder.get("name", "default")
    if not configuration.is_there(_STATUS, test=lambda status: status.get("name") == name, beside=recorder):
        yield Failure(
            f"no {_STATUS}", "an aws_config_configuration_recorder_status for this recorder with is_enabled = true"
        )


DELIVERED = Control(
    id="config-recorder-delivered",
    title="AWS Config delivers to an S3 bucket",
    why="a recorder without a delivery channel does not start",
    row="config-recorder",
    fix="Write an aws_config_delivery_channel with s3_bucket_name.",
)


@DELIVERED.check(_RECORDER)
def _delivered(recorder: Block, configuration: Configuration) -> Iterator[Failure]:
    if not configuration.is_there("aws_config_delivery_channel", beside=recorder):
        yield Failure("no aws_config_delivery_channel", "an aws_config_delivery_channel with s3_bucket_name")


SERVICE_LINKED_ROLE = Control(
    id="config-recorder-service-linked-role",
    title="AWS Config uses its service-linked role",
    why="a custom role lacks permissions for new resource types, which are then not recorded, or has too many permissions",
    row="config-service-linked-role",
    fix='Set role_arn to the ARN of an aws_iam_service_linked_role with aws_service_name = "config.amazonaws.com".',
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
    title="AWS Config aggregators collect from all regions",
    why="an attacker could work unseen in a region that is not aggregated",
    row="config-aggregator-all-regions",
    fix="Set all_regions = true in the aggregation source, and remove regions.",
)


@AGGREGATES_ALL_REGIONS.check("aws_config_configuration_aggregator")
def _aggregates_all_regions(aggregator: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(source: Node) -> Iterator[Failure]:
        if not is_true(value := source.get("all_regions")):
            yield Failure(written("all_regions", value), "all_regions = true", at=f"{source.path}.all_regions")

    sources = ("account_aggregation_source", "organization_aggregation_source")
    return each([node for name in sources for node in aggregator.blocks(name)], judge)
