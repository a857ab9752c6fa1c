"""Controls on what opens buckets, access points and objects to everybody: public-access blocks and ACLs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import is_set, is_true
from secureinfra.controls.reading.s3_settings import (
    CLOUDFRONT_LOGS,
    bucket_of,
    judged_elsewhere,
    writers_of,
)
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each, written

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration

_FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_ALL_FLAGS = ", ".join(f"{flag} = true" for flag in _FLAGS)

NOT_PUBLIC = Control(
    id="s3-bucket-not-public",
    title="All four public-access blocks are on",
    why="one wrong policy or ACL would open the bucket to everybody",
    row="s3-bpa-bucket",
    waivable=False,
    mend="Give the bucket an aws_s3_bucket_public_access_block with all four flags true.",
    python="SecureBucket and LogBucket do.",
)


@NOT_PUBLIC.check("aws_s3_bucket")
def _not_public(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    judged_elsewhere(bucket, "aws_s3_bucket_public_access_block", configuration)
    yield Failure("no aws_s3_bucket_public_access_block", _ALL_FLAGS)


ACCOUNT_NOT_PUBLIC = Control(
    id="s3-account-not-public",
    title="All four public-access blocks of the account are on",
    why="a bucket that was made without blocks of its own could be opened to everybody",
    row="s3-bpa-account",
    mend="Set all four flags of aws_s3_account_public_access_block to true.",
)


# A configuration without the account's block is not asked: it is written once for an account, by whoever owns that.
@NOT_PUBLIC.check("aws_s3_bucket_public_access_block")
@ACCOUNT_NOT_PUBLIC.check("aws_s3_account_public_access_block")
def _blocks(block: Block, configuration: Configuration) -> Iterator[Failure]:
    return _flags(block, on_by_default=False)


ACCESS_POINT_NOT_PUBLIC = Control(
    id="s3-access-point-not-public",
    title="All four public-access blocks of an access point are on",
    why="a wrong policy of the access point would open its bucket to everybody, for good: the blocks cannot be changed later",
    row="s3-access-point-bpa",
    waivable=False,
    mend="Leave the public-access block of the access point out, or set its four flags to true.",
)


# docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html: all four are on unless turned off.
@ACCESS_POINT_NOT_PUBLIC.check("aws_s3_access_point")
def _access_point(point: Block, configuration: Configuration) -> Iterator[Failure]:
    blocks = point.blocks("public_access_block_configuration")
    return each(blocks, lambda node: _flags(node, on_by_default=True))


@ACCESS_POINT_NOT_PUBLIC.check("aws_s3control_multi_region_access_point")
def _multi_region_access_point(point: Block, configuration: Configuration) -> Iterator[Failure]:
    blocks = [node for details in point.blocks("details") for node in details.blocks("public_access_block")]
    return each(blocks, lambda node: _flags(node, on_by_default=True))


def _flags(node: Node, *, on_by_default: bool) -> Iterator[Failure]:
    def judge(flag: str) -> Iterator[Failure]:
        value = node.get(flag, on_by_default or None)
        if not is_true(value):
            yield Failure(written(flag, value), f"{flag} = true", at=f"{node.path}.{flag}" if node.path else flag)

    return each(_FLAGS, judge)


ACLS_DISABLED = Control(
    id="s3-bucket-acls-disabled",
    title="ACLs are off: the bucket's owner owns every object",
    why="an ACL grants access that no policy shows",
    row="s3-acls-disabled",
    mend=(
        'Set object_ownership = "BucketOwnerEnforced" in an aws_s3_bucket_ownership_controls for the bucket, and give it '
        "no ACL."
    ),
    python="SecureBucket and LogBucket do.",
)
_ENFORCED = 'object_ownership = "BucketOwnerEnforced"'


@ACLS_DISABLED.check("aws_s3_bucket")
def _acls_disabled(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    _needs_acl(bucket, configuration)
    acl = bucket.get("acl")
    if is_set(acl):
        yield Failure(written("acl", acl), "acl is not set", at="acl")
    # A plan lists the owner's own grant of every bucket that exists, whether or not somebody wrote it.
    if bucket.document is not None and any_of(bucket.blocks("grant"), lambda node: node.is_there):
        yield Failure("a grant block", "no grant block", at="grant[0]")
    judged_elsewhere(bucket, "aws_s3_bucket_ownership_controls", configuration)
    # AWS turns ACLs off for new buckets only since April 2023, and Terraform cannot tell how old one is.
    yield Failure("no aws_s3_bucket_ownership_controls", _ENFORCED)


@ACLS_DISABLED.check("aws_s3_bucket_ownership_controls")
def _ownership(controls: Block, configuration: Configuration) -> Iterator[Failure]:
    _needs_acl(bucket_of(controls, configuration), configuration)
    if (value := controls.get("rule.object_ownership")) != "BucketOwnerEnforced":
        yield Failure(written("object_ownership", value), _ENFORCED, at="rule[0].object_ownership")


@ACLS_DISABLED.check("aws_s3_bucket_acl")
def _acl(acl: Block, configuration: Configuration) -> Iterator[Failure]:
    _needs_acl(bucket_of(acl, configuration), configuration)
    # Even `private` means that ACLs are on: S3 refuses the call where they are off.
    found = "an access_control_policy" if acl.blocks("access_control_policy") else written("acl", acl.get("acl"))
    yield Failure(found, "no aws_s3_bucket_acl")


def _needs_acl(bucket: Block | None, configuration: Configuration) -> None:
    # docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
    if bucket is not None and (writer := writers_of(bucket, configuration, CLOUDFRONT_LOGS)):
        raise NotApplicable(f"{writer} writes standard logs (legacy) to it, which CloudFront does by ACL")


ACL_NOT_PUBLIC = Control(
    id="s3-bucket-acl-not-public",
    title="No ACL lets everybody in",
    why="anybody could read or write the data, and no policy would show it",
    row="s3-acls-disabled",
    waivable=False,
    mend="Remove the public ACL or grant; serve what is public through CloudFront.",
    python="SecureBucket does: it has no ACL.",
)
# The last is everybody with an AWS account, of any owner.
_PUBLIC_ACLS = ("public-read", "public-read-write", "authenticated-read")
_PUBLIC_GROUPS = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)


@ACL_NOT_PUBLIC.check(
    "aws_s3_bucket_acl", "aws_s3_bucket", "aws_s3_object", "aws_s3_object_copy", "aws_s3_bucket_object"
)
def _acl_not_public(block: Block, configuration: Configuration) -> Iterator[Failure]:
    grants = [
        *block.blocks("grant"),
        *(
            grantee
            for policy in block.blocks("access_control_policy")
            for grant in policy.blocks("grant")
            for grantee in grant.blocks("grantee")
        ),
    ]

    def judge(node: Node) -> Iterator[Failure]:
        name, public = ("acl", _PUBLIC_ACLS) if node is block else ("uri", _PUBLIC_GROUPS)
        value = node.get(name)
        if value in public:
            yield Failure(
                written(name, value),
                "no ACL for everybody",
                at=f"{node.path}.{name}" if node.path else name,
            )

    return each([block, *grants], judge)
