"""The same in pytest, for your own constructs: `pytest examples/guard`."""

from secureinfra import SecureBucket
from secureinfra.testing import assert_meets, configuration_of, test_stack


def test_bucket_meets_the_benchmark() -> None:
    stack = test_stack("orders")
    SecureBucket(stack, "invoices")
    assert_meets(configuration_of(stack), "cis-v5", "fsbp")


def test_there_is_one_key_for_the_bucket() -> None:
    stack = test_stack("orders")
    SecureBucket(stack, "invoices")
    configuration = configuration_of(stack)
    (bucket,) = [block for block in configuration.of_type("aws_s3_bucket") if block.name == "invoices_bucket"]
    (encryption,) = configuration.attached(bucket, "aws_s3_bucket_server_side_encryption_configuration", "bucket")
    key = configuration.target(encryption.get("rule.apply_server_side_encryption_by_default.kms_master_key_id"))
    assert key is not None
    assert key.get("enable_key_rotation") is True
