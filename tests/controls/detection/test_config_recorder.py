"""Controls on AWS Config."""

from typing import Any

import pytest

from secureinfra.check.run import run_controls
from secureinfra.controls.detection import config_recorder as config
from secureinfra.terraform.model.configuration import Configuration
from tests.controls.judge import failure, findings, status

RECORDER, STATUS = "aws_config_configuration_recorder", "aws_config_configuration_recorder_status"


def recorder(**arguments: Any) -> dict[str, Any]:
    return {RECORDER: {"r": arguments}}


def group(**arguments: Any) -> dict[str, Any]:
    return recorder(recording_group=[arguments])


def test_all_resources() -> None:
    control = config.ALL_RESOURCES
    assert status(control, **recorder()) == "passed"
    assert status(control, **group(all_supported=True)) == "passed"
    assert "all_supported = false -> all_supported = true" in failure(control, **group(all_supported=False))
    assert status(control, variable={"x": {}}, **group(all_supported="${var.x}")) == "unknown"


def test_global_resources() -> None:
    control = config.GLOBAL_RESOURCES
    assert status(control, **group(include_global_resource_types=True)) == "passed"
    assert "include_global_resource_types is not set" in failure(control, **recorder())
    assert status(control, **group(include_global_resource_types=False)) == "failed"
    assert status(control, variable={"x": {}}, **group(include_global_resource_types="${var.x}")) == "unknown"


def test_global_resources_of_one_region_are_enough() -> None:
    control = config.GLOBAL_RESOURCES
    home, other = {"recording_group": [{"include_global_resource_types": True}]}, {"provider": "aws.other"}
    two = findings(control, **{RECORDER: {"home": home, "other": other}})
    assert [finding.status for finding in two] == ["passed", "not applicable"]
    home["recording_group"][0]["include_global_resource_types"] = "${var.x}"  # type: ignore[assignment]
    assert status(control, variable={"x": {}}, **{RECORDER: {"home": home, "other": other}}) == "unknown"


def test_global_resources_of_a_region_that_cannot_record_them() -> None:
    """AWS Config came to eu-central-2 after February 2022."""

    def answers(home: str, other: bool = False, **home_arguments: Any) -> list[tuple[str, str]]:
        records = {"recording_group": [{"include_global_resource_types": True}]}
        recorders: dict[str, Any] = {"home": {**records, **home_arguments}}
        if other:
            recorders["other"] = {"provider": "aws.other", **records}
        providers = [{"region": home}, {"alias": "other", "region": "us-east-1"}]
        document = {"resource": {RECORDER: recorders}, "provider": {"aws": providers}, "variable": {"region": {}}}
        found = run_controls(Configuration.of(document, name="test"), [config.GLOBAL_RESOURCES])
        return [(finding.status, finding.found) for finding in found]

    late = "region eu-central-2, in which AWS Config records no IAM"
    assert answers("eu-central-1") == [("passed", "")]
    assert answers("me-south-1") == [("passed", "")]
    assert answers("eu-central-2") == [("failed", late)]
    assert answers("eu-central-1", region="eu-central-2") == [("failed", late)]
    assert [status for status, _ in answers("eu-central-2", other=True)] == ["not applicable", "passed"]
    assert [status for status, _ in answers("${var.region}")] == ["passed"]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"name": "main"}, f"${{{RECORDER}.r.name}}"),
        ({"name": "main"}, f"${{{RECORDER}.r.id}}"),
        ({"name": "main"}, "main"),
        ({}, "default"),
    ],
)
def test_switched_on(arguments: dict[str, Any], name: str) -> None:
    control = config.SWITCHED_ON
    held = {STATUS: {"s": {"name": name, "is_enabled": True}}}
    assert status(control, **recorder(**arguments), **held) == "passed"
    held[STATUS]["s"]["is_enabled"] = False
    assert failure(control, **recorder(**arguments), **held) == (
        f"{STATUS}.s is_enabled: is_enabled = false -> is_enabled = true"
    )
    held[STATUS]["s"]["is_enabled"] = "${var.x}"
    assert status(control, variable={"x": {}}, **recorder(**arguments), **held) == "unknown"


def test_switched_on_without_a_status() -> None:
    control = config.SWITCHED_ON
    assert f"{RECORDER}.r : no {STATUS} -> an aws_config_configuration_recorder_status for this recorder" in failure(
        control, **recorder(name="main")
    )
    other = {STATUS: {"s": {"name": "other", "is_enabled": True}}}
    assert status(control, **recorder(name="main"), **other) == "failed"
    other[STATUS]["s"]["name"] = "${var.x}"
    assert status(control, variable={"x": {}}, **recorder(name="main"), **other) == "unknown"


def test_delivered() -> None:
    control = config.DELIVERED
    channel = {"aws_config_delivery_channel": {"c": {"s3_bucket_name": "history"}}}
    assert status(control, **recorder(), **channel) == "passed"
    assert "no aws_config_delivery_channel" in failure(control, **recorder())
    assert status(control, **channel) == ""


LINKED = "arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"


@pytest.mark.parametrize(
    "role",
    [
        LINKED,
        LINKED.replace("111122223333", "${data.aws_caller_identity.current.account_id}"),
        "${aws_iam_service_linked_role.config.arn}",
        "${data.aws_iam_role.config.arn}",
    ],
)
def test_service_linked_role(role: str) -> None:
    held = {
        "data": {
            "aws_caller_identity": {"current": {}},
            "aws_iam_role": {"config": {"name": "AWSServiceRoleForConfig"}},
        },
        "aws_iam_service_linked_role": {"config": {"aws_service_name": "config.amazonaws.com"}},
    }
    assert status(config.SERVICE_LINKED_ROLE, **recorder(role_arn=role), **held) == "passed"


def test_service_linked_role_of_others() -> None:
    control = config.SERVICE_LINKED_ROLE
    assert 'role_arn = "arn:aws:iam::111122223333:role/config"' in failure(
        control, **recorder(role_arn="arn:aws:iam::111122223333:role/config")
    )
    own = recorder(role_arn="${aws_iam_role.config.arn}")
    assert status(control, **own, aws_iam_role={"config": {"name": "AWSServiceRoleForConfig"}}) == "failed"
    other = recorder(role_arn="${aws_iam_service_linked_role.o.arn}")
    linked = {"o": {"aws_service_name": "ecs.amazonaws.com"}}
    assert status(control, **other, aws_iam_service_linked_role=linked) == "failed"
    assert status(control, variable={"x": {}}, **recorder(role_arn="${var.x}")) == "unknown"


@pytest.mark.parametrize("source", ["account_aggregation_source", "organization_aggregation_source"])
def test_aggregates_all_regions(source: str) -> None:
    def aggregator(**arguments: Any) -> dict[str, Any]:
        return {"aws_config_configuration_aggregator": {"a": {"name": "a", source: [arguments]}}}

    control = config.AGGREGATES_ALL_REGIONS
    assert status(control, **aggregator(all_regions=True)) == "passed"
    assert f"{source}[0].all_regions: all_regions is not set" in failure(control, **aggregator(regions=["eu-west-1"]))
    assert status(control, **aggregator(all_regions=False)) == "failed"
    assert status(control, variable={"x": {}}, **aggregator(all_regions="${var.x}")) == "unknown"
