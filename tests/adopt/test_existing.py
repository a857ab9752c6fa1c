"""States and plans: what exists, where it is, and what is refused."""

import json
from typing import Any

import pytest

from secureinfra.adopt.existing import Existing, Unfit, read_estate
from secureinfra.errors import ConfigurationError
from tests.adopt.states import bucket, estate, found, key, resource, state


def test_a_state_with_modules() -> None:
    inner = {**bucket("inner"), "address": "module.lake[0].aws_s3_bucket.this"}
    root = {"resources": [bucket("own")], "child_modules": [{"resources": [inner]}]}
    there = read_estate(json.dumps({"format_version": "1.0", "values": {"root_module": root}}), "state.json")
    assert [one.address for one in there.of("aws_s3_bucket")] == [
        "aws_s3_bucket.own",
        "module.lake[0].aws_s3_bucket.this",
    ]


def test_a_plan_is_read_for_what_exists() -> None:
    planned = {"root_module": {"resources": [bucket("new")]}}
    prior = {"format_version": "1.0", "values": {"root_module": {"resources": [bucket("old")]}}}
    text = json.dumps({"format_version": "1.2", "planned_values": planned, "prior_state": prior})
    assert [one.address for one in read_estate(text, "plan.json").resources] == ["aws_s3_bucket.old"]


def test_region_account_and_partition_are_those_of_most() -> None:
    other = key("other", arn="arn:aws:kms:us-east-1:111122223333:key/x")
    there = read_estate(state(key("a"), key("b"), other), "state.json")
    assert (there.region, there.account, there.partition) == ("eu-central-1", "123456789012", "aws")
    assert found(there, "aws_kms_key.other").region == "us-east-1"
    assert (
        read_estate(state(bucket("a"), bucket("b", region="us-east-1")), "x", region="us-east-1").region == "us-east-1"
    )


def test_other_providers_and_data_sources_are_no_matter() -> None:
    others: list[dict[str, Any]] = [
        {**resource("random_id.x"), "provider_name": "registry.terraform.io/hashicorp/random"},
        {**resource("aws_region.x"), "mode": "data"},
    ]
    assert [one.address for one in estate(key(), *others).resources] == ["aws_kms_key.data"]


def test_sensitive_values_are_not_read() -> None:
    one = Existing("aws_x.y", "aws_x", {"tags": {"a": "b"}, "name": "n"}, {"tags": {"a": True}, "name": False})
    assert one.get("name") == "n"
    with pytest.raises(Unfit, match="its tags is sensitive"):
        one.get("tags")


def test_import_ids() -> None:
    assert Existing("aws_iam_role_policy.x", "aws_iam_role_policy", {"role": "r", "name": "n"}).import_id == "r:n"
    assert Existing("aws_x.x", "aws_inspector2_enabler", {"id": "i"}).import_id is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "not what `terraform show -json` prints"),
        ("[]", "not what `terraform show -json` prints"),
        ('{"version": 4, "serial": 1}', "the file in which Terraform keeps a state"),
        ('{"format_version": "2.0"}', "of format '2.0', which this version does not know"),
        ('{"format_version": "1.0"}', "the state is empty"),
        ('{"format_version": "1.0", "values": []}', "the state is empty"),
        ('{"format_version": "1.2", "planned_values": {}}', "the plan is of what does not exist yet"),
        (state(resource("aws_iam_policy.x", id="x")), "Add --region"),
    ],
)
def test_refuses_what_it_cannot_read(text: str, why: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        read_estate(text, "given.json")
    assert str(error.value).startswith("given.json: ")
    assert why in str(error.value)
