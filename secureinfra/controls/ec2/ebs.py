"""Controls on EBS volumes and snapshots, and on the EBS settings of an account in a region."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_true, one_of
from secureinfra.controls.shared.keys import customer_key

VOLUME_ENCRYPTED = Control(
    id="ebs-volume-encrypted",
    title="EBS volumes are encrypted",
    why="a copy of the volume or a snapshot would expose the data",
    row="ebs-volume-encrypted",
    fix="Set encrypted = true.",
)


VOLUME_ENCRYPTED.check("aws_ebs_volume")(argument("encrypted", is_true, "encrypted = true", absent=False))

VOLUME_CUSTOMER_KEY = Control(
    id="ebs-volume-customer-key",
    title="EBS volumes are encrypted with a customer managed key",
    why="you could not revoke the key that protects a leaked copy",
    row="ebs-volume-cmk",
    fix="Set kms_key_id to the ARN of an aws_kms_key.",
    setting="SecureKey creates one; pass its arn.",
)

VOLUME_CUSTOMER_KEY.check("aws_ebs_volume")(customer_key("kms_key_id"))

DEFAULT_ENCRYPTION = Control(
    id="ebs-encryption-by-default",
    title="EBS encryption by default is enabled",
    why="a volume created by hand, or by a tool that does not ask for encryption, would not be encrypted",
    row="ebs-default-encryption",
    fix="Set enabled = true in aws_ebs_encryption_by_default, in every region.",
)

DEFAULT_ENCRYPTION.check("aws_ebs_encryption_by_default")(argument("enabled", is_true, "enabled = true", absent=True))

DEFAULT_KEY = Control(
    id="ebs-default-kms-key-customer",
    title="EBS encryption by default uses a customer managed key",
    why="a volume encrypted with the AWS managed key cannot be shared with the account that restores it",
    row="ebs-default-encryption",
    fix="Set key_arn in aws_ebs_default_kms_key to the ARN of an aws_kms_key.",
    setting="SecureKey creates one; pass its arn.",
)

DEFAULT_KEY.check("aws_ebs_default_kms_key")(customer_key("key_arn"))

SNAPSHOTS_NOT_PUBLIC = Control(
    id="ebs-snapshot-block-public-access",
    title="Public sharing of EBS snapshots is blocked for the account",
    why="any AWS account could restore a disk from a public snapshot",
    row="ebs-snapshot-bpa",
    fix='Set state = "block-all-sharing" in aws_ebs_snapshot_block_public_access, in every region.',
)

SNAPSHOTS_NOT_PUBLIC.check("aws_ebs_snapshot_block_public_access")(
    argument("state", one_of("block-all-sharing"), 'state = "block-all-sharing"')
)
