"""Controls on EC2 settings of an account in a region. A configuration without them does not fail: another may set them."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, one_of

ACCOUNT_IMDSV2 = Control(
    id="instance-metadata-defaults-imdsv2",
    title="The account's default for instance metadata requires a token (IMDSv2)",
    why="an instance without its own setting would give its role's credentials to anyone who can make it request a URL",
    row="ec2-account-imdsv2",
    fix='Set http_tokens = "required" in aws_ec2_instance_metadata_defaults, in every region.',
)

ACCOUNT_IMDSV2.check("aws_ec2_instance_metadata_defaults")(
    argument("http_tokens", one_of("required"), 'http_tokens = "required"', absent="no-preference")
)

IMAGES_NOT_PUBLIC = Control(
    id="image-block-public-access",
    title="Public sharing of AMIs is blocked for the account",
    why="one wrong click could make a copy of an image's disk public",
    row="ami-bpa",
    fix='Set state = "block-new-sharing" in aws_ec2_image_block_public_access, in every region.',
)

IMAGES_NOT_PUBLIC.check("aws_ec2_image_block_public_access")(
    argument("state", one_of("block-new-sharing"), 'state = "block-new-sharing"')
)
