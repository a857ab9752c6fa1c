"""The whole mapping: names, order, what depends on what, and what may be replaced."""

from typing import Any

import pytest

from secureinfra.adopt.adopt import adopt
from secureinfra.adopt.handover import removed_blocks
from secureinfra.errors import ConfigError
from tests.adopt.states import bucket, estate, group, key, network, resource, role, setting


def lake(name: str, **values: Any) -> dict[str, Any]:
    return {**bucket(name, **values), "address": f'module.lake["{name}"].aws_s3_bucket.this[0]'}


def test_names_come_from_addresses_and_are_unique() -> None:
    there = estate(
        lake("raw"),
        bucket("data"),
        key("data"),
        bucket("class"),
        bucket("guard"),
        bucket("access_logs", bucket="acme-access", id="acme-access"),
    )
    found = adopt(there, "shop")
    assert [(one.candidate.id, one.candidate.variable) for one in found.outcomes] == [
        ("data-kms", "data_kms"),
        ("lake-raw", "lake_raw"),
        ("data-bucket", "data_bucket"),
        ("class", "class_"),
        ("guard", "guard_"),
        ("access-logs-adopted", "access_logs_adopted"),
    ]


def test_a_network_made_by_a_module_with_counts() -> None:
    def inside(one: dict[str, Any]) -> dict[str, Any]:
        type, _, name = one["address"].partition(".")
        tier, _, letter = name.partition("_")
        return {
            **one,
            "address": f"module.vpc.{type}.{'this' if tier == 'main' else tier}[{'ab'.find(letter) if letter else 0}]",
        }

    found = adopt(estate(*map(inside, network())), "shop")
    assert [one.candidate.id for one in found.outcomes] == ["vpc"]
    assert found.without_construct == ()
    assert found.imports["aws_subnet.vpc_private_b"] == "subnet-private-b"
    assert removed_blocks(found).count("removed {") == len({one["type"] for one in network()}) + 3


def test_imports_are_by_the_addresses_of_the_program() -> None:
    found = adopt(estate(key("data"), role()), "shop")
    assert found.imports == {"aws_kms_key.data_key": "1234-data", "aws_iam_role.worker_role": "worker"}


def test_what_needs_something_left_out_is_left_out_too() -> None:
    default = {"sse_algorithm": "aws:kms", "kms_master_key_id": "1234-data"}
    encryption = setting(
        "server_side_encryption_configuration", "uploads", rule=[{"apply_server_side_encryption_by_default": [default]}]
    )
    web = group(vpc_id="vpc-0a1b2c3d4e5f60718")
    flat = [*network(), resource("aws_network_acl.own", id="acl-1", vpc_id="vpc-0a1b2c3d4e5f60718")]
    found = adopt(estate(bucket("uploads"), encryption, key(is_enabled=False), role(), web, *flat), "shop")
    left = {one.address: reason for one, reason in found.left_out}
    assert left["aws_s3_bucket.uploads"] == "it needs aws_kms_key.data, which is left out"
    assert "network ACL of its own" in left["aws_vpc.main"]
    # A security group works without its VPC, by id.
    assert [one.candidate.id for one in found.outcomes] == ["web", "worker"]


def test_tainted_resources_and_other_regions_are_left_out() -> None:
    tainted = {**key("broken"), "tainted": True}
    elsewhere = key("far", arn="arn:aws:kms:us-east-1:123456789012:key/far")
    found = adopt(estate(key(), tainted, elsewhere), "shop")
    left = {one.address: reason for one, reason in found.left_out}
    assert "tainted" in left["aws_kms_key.broken"]
    assert "--region us-east-1" in left["aws_kms_key.far"]


def test_nothing_is_replaced_unless_that_is_said() -> None:
    versioning = setting(
        "versioning", "uploads", versioning_configuration=[{"status": "Enabled"}], expected_bucket_owner="123456789012"
    )
    there = estate(bucket("uploads"), versioning, key())
    found = adopt(there, "shop")
    ((existing, reason),) = found.left_out
    assert existing.address == "aws_s3_bucket.uploads"
    assert reason == (
        "aws_s3_bucket_versioning.uploads would be replaced, since expected_bucket_owner changes. "
        "--replace aws_s3_bucket_versioning.uploads allows it"
    )
    allowed = adopt(there, "shop", replaceable=["aws_s3_bucket_versioning.uploads"])
    assert allowed.left_out == ()
    assert [part.existing.address for one in allowed.outcomes for part in one.adopted if part.replaced] == [
        "aws_s3_bucket_versioning.uploads"
    ]


@pytest.mark.parametrize("name", ["", "a b", "a/b", "ä"])
def test_refuses_a_name_that_no_stack_has(name: str) -> None:
    with pytest.raises(ConfigError, match="is not a name of a stack"):
        adopt(estate(bucket("uploads")), name)


def test_refuses_an_unknown_address_to_replace() -> None:
    with pytest.raises(ConfigError, match="--replace 'aws_s3_bucket.upload': .* Did you mean 'aws_s3_bucket.uploads'"):
        adopt(estate(bucket("uploads")), "shop", replaceable=["aws_s3_bucket.upload"])
