"""What all buckets share: names that S3 accepts."""

import pytest

from secureinfra.aws.s3.bucket import BucketConfig, SecureBucket
from secureinfra.aws.s3.lifecycle import Transition
from secureinfra.aws.s3.private_bucket import ObjectLock
from secureinfra.aws.s3.replication import Replication
from secureinfra.testing import synthesize, test_stack


def bucket_of(id: str, config: BucketConfig) -> dict[str, object]:
    stack = test_stack("Payments_EU")
    SecureBucket(stack, id, config)
    buckets = synthesize(stack)["resource"]["aws_s3_bucket"]
    return next(dict(block) for name, block in buckets.items() if not name.startswith("access_logs"))


def test_prefix_comes_from_the_path() -> None:
    bucket = bucket_of("Up-loads", BucketConfig())
    assert bucket["bucket_prefix"] == "payments-eu-up-loads-"
    assert "bucket" not in bucket


def test_long_path_is_cut_to_what_aws_takes() -> None:
    prefix = str(bucket_of("x" * 80, BucketConfig())["bucket_prefix"])
    assert len(prefix) <= 37
    assert prefix.endswith("-")


def test_exact_name() -> None:
    bucket = bucket_of("uploads", BucketConfig(name="acme-uploads"))
    assert bucket["bucket"] == "acme-uploads"
    assert "bucket_prefix" not in bucket


@pytest.mark.parametrize("option", ["force_destroy", "acl"])
def test_dangerous_arguments_are_never_written(option: str) -> None:
    assert option not in bucket_of("uploads", BucketConfig())


def test_variables_in_parts_are_judged_by_terraform() -> None:
    stack = test_stack()
    key = "arn:aws:kms:eu-west-1:111122223333:key/1"
    config = BucketConfig(
        object_lock=ObjectLock(days="${var.locked}"),  # type: ignore[arg-type]
        transitions=(Transition(storage_class="GLACIER", days="${var.moved}"),),  # type: ignore[arg-type]
        replicate_to=Replication(bucket_arn="${var.replica}", kms_key_arn=key, region="eu-west-1"),
    )
    SecureBucket(stack, "uploads", config)
    bucket = synthesize(stack)["resource"]["aws_s3_bucket"]["uploads_bucket"]
    conditions = [item["condition"] for item in bucket["lifecycle"]["precondition"]]
    for variable in ("var.locked", "var.moved", "var.replica"):
        assert any(variable in condition for condition in conditions)
