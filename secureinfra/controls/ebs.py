"""Controls on EBS volumes and snapshots, and on what an account lays down for them in a region."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, is_true, one_of
from secureinfra.controls.reading.keys import customer_key

VOLUME_ENCRYPTED = Control(
    id="ebs-volume-encrypted",
    title="The volume is encrypted",
    why="who gets hold of the volume or its snapshot could read it",
    row="ebs-volume-encrypted",
    mend="Set encrypted = true.",
)


VOLUME_ENCRYPTED.check("aws_ebs_volume")(argument("encrypted", is_true, "encrypted = true", absent=False))

VOLUME_CUSTOMER_KEY = Control(
    id="ebs-volume-customer-key",
    title="The volume is encrypted with a customer managed key",
    why="nobody could take the key away from those who hold a copy",
    row="ebs-volume-cmk",
    mend="Set kms_key_id to the ARN of an aws_kms_key.",
    python="SecureKey makes one; its arn goes here.",
)

VOLUME_CUSTOMER_KEY.check("aws_ebs_volume")(customer_key("kms_key_id"))

DEFAULT_ENCRYPTION = Control(
    id="ebs-encryption-by-default",
    title="New volumes are encrypted unless somebody says otherwise",
    why="a volume made by hand, or by a program that does not ask for it, would not be encrypted",
    row="ebs-default-encryption",
    mend="Set enabled = true in aws_ebs_encryption_by_default, in every region.",
)

DEFAULT_ENCRYPTION.check("aws_ebs_encryption_by_default")(argument("enabled", is_true, "enabled = true", absent=True))

DEFAULT_KEY = Control(
    id="ebs-default-kms-key-customer",
    title="New volumes are encrypted with a customer managed key",
    why="a volume encrypted with the key that AWS manages cannot be shared with the account that restores it",
    row="ebs-default-encryption",
    mend="Set key_arn in aws_ebs_default_kms_key to the ARN of an aws_kms_key.",
    python="SecureKey makes one; its arn goes here.",
)

DEFAULT_KEY.check("aws_ebs_default_kms_key")(customer_key("key_arn"))

SNAPSHOTS_NOT_PUBLIC = Control(
    id="ebs-snapshot-block-public-access",
    title="No snapshot of the account is public",
    why="everybody with an AWS account could restore what was on the disk",
    row="ebs-snapshot-bpa",
    mend='Set state = "block-all-sharing" in aws_ebs_snapshot_block_public_access, in every region.',
)

SNAPSHOTS_NOT_PUBLIC.check("aws_ebs_snapshot_block_public_access")(
    argument("state", one_of("block-all-sharing"), 'state = "block-all-sharing"')
)
