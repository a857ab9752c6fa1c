"""Controls on public access to buckets, access points and objects: block public access and ACLs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.s3.settings import (
    CLOUDFRONT_LOGS,
    bucket_of,
    judged_elsewhere,
    writers_of,
)
from secureinfra.controls.shared.arguments import is_set, is_true
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

_FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_ALL_FLAGS = ", ".join(f"{flag} = true" for flag in _FLAGS)

NOT_PUBLIC = Control(
    id="s3-bucket-not-public",
    title="S3 buckets block public access",
    why="one wrong policy or ACL could make the bucket public",
    row="s3-bpa-bucket",
    waivable=False,
    fix="Write an aws_s3_bucket_public_access_block for the bucket with all four arguments true.",
)


@NOT_PUBLIC.check("aws_s3_bucket")
def _not_public(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    judged_elsewhere(bucket, "aws_s3_bucket_public_access_block", configuration)
    yield Failure("no aws_s3_bucket_public_access_block", _ALL_FLAGS)


ACCOUNT_NOT_PUBLIC = Control(
    id="s3-account-not-public",
    title="S3 public access is blocked for the account",
    why="a bucket without its own block could become public",
    row="s3-bpa-account",
    fix="Set all four arguments of aws_s3_account_public_access_block to true.",
)


# A configuration without the account's block is not checked: one configuration of the account writes it.
@NOT_PUBLIC.check("aws_s3_bucket_public_access_block")
@ACCOUNT_NOT_PUBLIC.check("aws_s3_account_public_access_block")
def _blocks(block: Block, configuration: Configuration) -> Iterator[Failure]:
    return _flags(block, on_by_default=False)


ACCESS_POINT_NOT_PUBLIC = Control(
    id="s3-access-point-not-public",
    title="S3 access points block public access",
    why="a wrong access point policy could make its bucket public, and the block cannot be changed later",
    row="s3-access-point-bpa",
    waivable=False,
    fix="Remove the access point's public_access_block_configuration, or set its four arguments to true.",
)


# docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-bpa-settings.html: all four are on by default.
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
    title="S3 buckets have ACLs disabled, so the bucket owner owns every object",
    why="an ACL grants access that is not visible in any policy",
    row="s3-acls-disabled",
    fix=(
        'Set object_ownership = "BucketOwnerEnforced" in an aws_s3_bucket_ownership_controls for the bucket, and remove its ACLs.'
    ),
)
_ENFORCED = 'object_ownership = "BucketOwnerEnforced"'


@ACLS_DISABLED.check("aws_s3_bucket")
def _acls_disabled(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    _needs_acl(bucket, configuration)
    acl = bucket.get("acl")
    if is_set(acl):
        yield Failure(written("acl", acl), "acl is not set", at="acl")
    # A plan lists the owner's own grant of every existing bucket, whether or not it is written.
    if bucket.document is not None and any_of(bucket.blocks("grant"), lambda node: node.is_there):
        yield Failure("a grant block", "no grant block", at="grant[0]")
    judged_elsewhere(bucket, "aws_s3_bucket_ownership_controls", configuration)
    # AWS disables ACLs for new buckets only since April 2023, and Terraform cannot tell how old a bucket is.
    yield Failure("no aws_s3_bucket_ownership_controls", _ENFORCED)


@ACLS_DISABLED.check("aws_s3_bucket_ownership_controls")
def _ownership(controls: Block, configuration: Configuration) -> Iterator[Failure]:
    _needs_acl(bucket_of(controls, configuration), configuration)
    if (value := controls.get("rule.object_ownership")) != "BucketOwnerEnforced":
        yield Failure(written("object_ownership", value), _ENFORCED, at="rule[0].object_ownership")


@ACLS_DISABLED.check("aws_s3_bucket_acl")
def _acl(acl: Block, configuration: Configuration) -> Iterator[Failure]:
    _needs_acl(bucket_of(acl, configuration), configuration)
    # Even `private` means that ACLs are enabled: S3 refuses the call if they are disabled.
    found = "an access_control_policy" if acl.blocks("access_control_policy") else written("acl", acl.get("acl"))
    yield Failure(found, "no aws_s3_bucket_acl")


def _needs_acl(bucket: Block | None, configuration: Configuration) -> None:
    # docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
    if bucket is not None and (writer := writers_of(bucket, configuration, CLOUDFRONT_LOGS)):
        raise NotApplicable(f"{writer} writes standard logs (legacy) to it, for which CloudFront needs ACLs")


ACL_NOT_PUBLIC = Control(
    id="s3-bucket-acl-not-public",
    title="S3 ACLs do not allow public access",
    why="anyone could read or write the data, and no policy would show it",
    row="s3-acls-disabled",
    waivable=False,
    fix="Remove the public ACL or grant; use CloudFront for public content.",
    setting="SecureBucket does: it has no ACL.",
)
# The last is any AWS account.
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
                "no public ACL",
                at=f"{node.path}.{name}" if node.path else name,
            )

    return each([block, *grants], judge)
