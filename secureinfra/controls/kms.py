"""Controls on KMS keys."""

from secureinfra.controls.control import Control

ROTATED = Control(
    id="kms-key-rotated",
    title="Key material is rotated by AWS",
    why="a leaked key would open everything ever encrypted with it",
    row="kms-rotation",
)

POLICY_EXPLICIT = Control(
    id="kms-key-policy-explicit",
    title="Every key has a policy written for it",
    why="the default policy hands the key to whatever IAM allows",
    row="kms-policy-explicit",
)

POLICY_NOT_PUBLIC = Control(
    id="kms-key-policy-not-public",
    title="No key policy lets everyone in",
    why="anybody with an AWS account could use the key",
    row="kms-policy-no-public",
    waivable=False,
)

DELETION_DELAYED = Control(
    id="kms-key-deletion-delayed",
    title="A deleted key can be recovered for 30 days",
    why="data encrypted with a deleted key is lost for good",
    row="kms-deletion-window",
)

SINGLE_REGION = Control(
    id="kms-key-single-region",
    title="Key material stays in one region",
    why="a copy of the key in a second region is a second place to lose it",
    row="kms-single-region",
)
