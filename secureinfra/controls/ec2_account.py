"""Controls on what an account lays down for EC2 in a region. That a configuration lays down nothing is no failure: another may."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, one_of

ACCOUNT_IMDSV2 = Control(
    id="instance-metadata-defaults-imdsv2",
    title="Instance metadata needs a token unless an instance says otherwise",
    why="an instance that says nothing would hand out its role's credentials to whoever can make it fetch a URL",
    row="ec2-account-imdsv2",
    mend='Set http_tokens = "required" in aws_ec2_instance_metadata_defaults, in every region.',
)

ACCOUNT_IMDSV2.check("aws_ec2_instance_metadata_defaults")(
    argument("http_tokens", one_of("required"), 'http_tokens = "required"', absent="no-preference")
)

IMAGES_NOT_PUBLIC = Control(
    id="image-block-public-access",
    title="No image of the account can be made public",
    why="one wrong click would give everybody a copy of what is on the image's disk",
    row="ami-bpa",
    mend='Set state = "block-new-sharing" in aws_ec2_image_block_public_access, in every region.',
)

IMAGES_NOT_PUBLIC.check("aws_ec2_image_block_public_access")(
    argument("state", one_of("block-new-sharing"), 'state = "block-new-sharing"')
)
