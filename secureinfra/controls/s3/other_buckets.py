"""Controls on directory buckets and Multi-Region Access Points."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_true, named_by

_FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")

MULTI_REGION_NOT_PUBLIC = Control(
    id="s3-multi-region-access-point-not-public",
    title="Multi-Region Access Points block public access",
    why="one wrong policy could expose the buckets behind it",
    row="s3-mrap-bpa",
    fix="Remove public_access_block from details, or set all four arguments to true.",
)
MULTI_REGION_NOT_PUBLIC.check("aws_s3control_multi_region_access_point")(
    all_hold(
        *(argument(f"details.public_access_block.{flag}", is_true, f"{flag} = true", absent=True) for flag in _FLAGS)
    )
)

DIRECTORY_LIFECYCLE = Control(
    id="s3-directory-bucket-lifecycle",
    title="Directory buckets have a lifecycle",
    why="objects that no one needs any more would stay, and be charged",
    row="s3-directory-lifecycle",
    fix="Write an aws_s3_bucket_lifecycle_configuration with bucket = the name of the directory bucket.",
)
DIRECTORY_LIFECYCLE.check("aws_s3_directory_bucket")(named_by("aws_s3_bucket_lifecycle_configuration", "bucket"))
