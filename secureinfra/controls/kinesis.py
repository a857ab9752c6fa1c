"""Controls on Kinesis streams and Firehose delivery streams."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, at_least, is_true, one_of, only_if
from secureinfra.controls.shared.keys import customer_key
from secureinfra.terraform.unknown import any_of

STREAM, FIREHOSE = "aws_kinesis_stream", "aws_kinesis_firehose_delivery_stream"

ENCRYPTED = Control(
    id="kinesis-stream-encrypted",
    title="Kinesis streams are encrypted",
    why="a copy of the storage would expose every record",
    row="kinesis-encrypted",
    fix='Set encryption_type = "KMS" and kms_key_id.',
)
ENCRYPTED.check(STREAM)(argument("encryption_type", one_of("KMS"), 'encryption_type = "KMS"', absent="NONE"))

CUSTOMER_KEY = Control(
    id="kinesis-stream-customer-key",
    title="Kinesis streams are encrypted with a customer managed key",
    why="with an AWS managed key, you could not see or limit who decrypts the records",
    # No framework requires a customer managed key here: the row is about encryption.
    fix="Set kms_key_id to the ARN of a customer managed key.",
)
CUSTOMER_KEY.check(STREAM)(customer_key("kms_key_id"))

RETAINED = Control(
    id="kinesis-stream-retained",
    title="Kinesis streams keep records for a week",
    why="records would be lost if their reader is down over a weekend",
    row="kinesis-retention",
    fix="Set retention_period = 168 or more hours; more than 24 are charged.",
)
RETAINED.check(STREAM)(argument("retention_period", at_least(168), "retention_period = 168 or more", absent=24))

_OF_A_STREAM = (
    # registry.terraform.io/providers/hashicorp/aws: server_side_encryption cannot be set with such a source.
    lambda firehose: not any_of(firehose.blocks("kinesis_source_configuration"), lambda node: node.is_there),
    "its records come from a Kinesis stream, which is checked instead",
)

FIREHOSE_ENCRYPTED = Control(
    id="kinesis-firehose-encrypted",
    title="Firehose delivery streams are encrypted",
    why="records that wait for delivery would be readable in a copy of the storage",
    row="firehose-encrypted",
    fix='Write server_side_encryption { enabled = true, key_type = "CUSTOMER_MANAGED_CMK", key_arn = ... }.',
)
FIREHOSE_ENCRYPTED.check(FIREHOSE)(
    only_if(
        *_OF_A_STREAM,
        argument("server_side_encryption.enabled", is_true, "server_side_encryption { enabled = true }", absent=False),
    )
)

FIREHOSE_CUSTOMER_KEY = Control(
    id="kinesis-firehose-customer-key",
    title="Firehose delivery streams are encrypted with a customer managed key",
    why="with an AWS owned key, you could not see or limit who decrypts the records",
    # No framework requires a customer managed key here: the row is about encryption.
    fix='Set key_type = "CUSTOMER_MANAGED_CMK" and key_arn in server_side_encryption.',
)
FIREHOSE_CUSTOMER_KEY.check(FIREHOSE)(
    only_if(
        *_OF_A_STREAM,
        all_hold(
            customer_key("server_side_encryption.key_arn"),
            argument(
                "server_side_encryption.key_type",
                one_of("CUSTOMER_MANAGED_CMK"),
                'key_type = "CUSTOMER_MANAGED_CMK"',
                absent="AWS_OWNED_CMK",
            ),
        ),
    )
)
