"""What a mocked provider answers in a module's tests."""

from dataclasses import replace
from typing import Any

from secureinfra.modules.content.assemble import GeneratedModule
from secureinfra.modules.content.mocks import mocked
from tests.modules.content.small import KEY, small

OTHER = "us_east_1"


def answers(resources: dict[str, Any], data: dict[str, Any] | None = None, alias: str | None = None) -> dict[str, Any]:
    return mocked(module_with(resources, data or {}), alias)


def module_with(resources: dict[str, Any], data: dict[str, Any]) -> GeneratedModule:
    """A module of these and a key, whatever the controls say of them."""
    return replace(small(), document={"resource": {"aws_kms_key": {"key": dict(KEY)}, **resources}, "data": data})


def arn(type: str, **block: Any) -> str:
    found: str = answers({type: {"x": block}})["mock_resource"][type]["defaults"]["arn"]
    return found


def test_arns_are_such_as_the_provider_takes() -> None:
    assert answers({})["mock_resource"]["aws_kms_key"]["defaults"] == {
        "arn": "arn:aws:kms:eu-central-1:111122223333:key/mock"
    }
    # IAM has no region, and a load balancer's service has another name.
    assert arn("aws_iam_role") == "arn:aws:iam::111122223333:role/mock"
    assert arn("aws_lb_target_group", target_type="ip") == (
        "arn:aws:elasticloadbalancing:eu-central-1:111122223333:targetgroup/mock/1"
    )


def test_data_sources_answer_what_is_known_of_them() -> None:
    found = answers({}, {"aws_caller_identity": {"current": {}}, "aws_region": {"current": {}}})["mock_data"]
    assert found["aws_caller_identity"]["defaults"]["account_id"] == "111122223333"
    assert found["aws_region"]["defaults"]["id"] == "eu-central-1"


def test_a_further_provider_answers_in_its_region_for_its_own_resources() -> None:
    resources = {"aws_sns_topic": {"t": {"name": "t", "provider": f"aws.{OTHER}", "kms_master_key_id": "${var.owner}"}}}
    module = module_with(resources, {})
    other = mocked(module, OTHER)
    assert other["alias"] == OTHER
    assert set(other["mock_resource"]) == {"aws_sns_topic"}
    assert ":us-east-1:" in other["mock_resource"]["aws_sns_topic"]["defaults"]["arn"]
    assert set(mocked(module, None)["mock_resource"]) == {"aws_kms_key"}


def test_an_attribute_that_others_take_apart_is_answered_where_they_ask() -> None:
    rule = {"description": "${cidrsubnet(aws_vpc.x.ipv6_cidr_block, 8, 1)}"}
    vpc = {"aws_vpc": {"x": {"cidr_block": "10.0.0.0/16"}}}
    asked = answers({**vpc, "aws_ec2_managed_prefix_list_entry": {"e": rule}})["mock_resource"]["aws_vpc"]["defaults"]
    assert asked["ipv6_cidr_block"].endswith("::/56")
    assert "ipv6_cidr_block" not in answers(vpc)["mock_resource"]["aws_vpc"]["defaults"]
