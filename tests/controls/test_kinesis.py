"""Controls on Kinesis streams and Firehose delivery streams."""

import pytest

from secureinfra.controls import kinesis
from tests.controls.spec import KEY, OWN, Spec

STREAM, FIREHOSE = kinesis.STREAM, kinesis.FIREHOSE
SOURCE = {"kinesis_source_configuration": {"kinesis_stream_arn": "s", "role_arn": "r"}}
CUSTOMER = {"enabled": True, "key_type": "CUSTOMER_MANAGED_CMK", "key_arn": OWN}
SPECS = [
    Spec(
        kinesis.ENCRYPTED,
        STREAM,
        {"name": "s", "encryption_type": "KMS"},
        fails=[({"encryption_type": None}, "'NONE'"), ({"encryption_type": "NONE"}, '= "NONE"')],
        unknown=["encryption_type"],
    ),
    Spec(
        kinesis.CUSTOMER_KEY,
        STREAM,
        {"name": "s", "kms_key_id": OWN},
        beside=KEY,
        fails=[({"kms_key_id": None}, "kms_key_id is not set"), ({"kms_key_id": "alias/aws/kinesis"}, "alias/aws")],
        unknown=["kms_key_id"],
    ),
    Spec(
        kinesis.RETAINED,
        STREAM,
        {"name": "s", "retention_period": 168},
        fails=[({"retention_period": None}, "AWS defaults to 24"), ({"retention_period": 167}, "= 167")],
        unknown=["retention_period"],
    ),
    Spec(
        kinesis.FIREHOSE_ENCRYPTED,
        FIREHOSE,
        {"name": "f", "destination": "extended_s3", "server_side_encryption": {"enabled": True}},
        fails=[
            ({"server_side_encryption": None}, "AWS defaults to False"),
            ({"server_side_encryption.enabled": False}, "= false"),
        ],
        unknown=["server_side_encryption.enabled", "kinesis_source_configuration"],
        spared=[{"server_side_encryption": None, **SOURCE}],
    ),
    Spec(
        kinesis.FIREHOSE_CUSTOMER_KEY,
        FIREHOSE,
        {"name": "f", "destination": "extended_s3", "server_side_encryption": CUSTOMER},
        beside=KEY,
        fails=[
            ({"server_side_encryption.key_arn": None}, "key_arn is not set"),
            ({"server_side_encryption.key_type": None}, "AWS defaults to 'AWS_OWNED_CMK'"),
        ],
        unknown=["server_side_encryption.key_arn"],
        spared=[{"server_side_encryption": None, **SOURCE}],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
