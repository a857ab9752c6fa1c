"""Controls on principals that bucket and access point policies allow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.s3.settings import POLICIES, POLICY, statements_in, where
from secureinfra.controls.shared.administrators import foreign_administrators
from secureinfra.controls.shared.outsiders import request_of_outsiders
from secureinfra.controls.verdict import Failure, each

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

POLICY_NOT_PUBLIC = Control(
    id="s3-bucket-policy-not-public",
    title="S3 bucket policies do not allow public access",
    why="anyone could read or write the data",
    row="s3-policy-no-public",
    waivable=False,
    fix=(
        "Name the principals by ARN, or limit Principal '*' by a condition with fixed values, such as "
        "aws:SourceVpce, aws:SourceArn or aws:PrincipalOrgID; use CloudFront for public content."
    ),
    setting="bucket.grant_read(role) and similar methods name them.",
)


@POLICY_NOT_PUBLIC.check(*POLICIES)
def _policy_not_public(block: Block, configuration: Configuration) -> Iterator[Failure]:
    statements = statements_in(block, configuration)

    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        if not statement.allows or not statement.everybody:
            return
        if request := request_of_outsiders(statement, statements, configuration):
            yield Failure(
                f"Allow for Principal '*': {request}",
                "principals by ARN, or a condition with fixed values",
                at=where(block, statement),
            )

    return each(statements, judge)


POLICY_NO_EXTERNAL_ADMIN = Control(
    id="s3-bucket-policy-no-external-admin",
    title="S3 bucket policies do not allow other accounts to change access to the bucket",
    why="another account could make the bucket public, or remove its encryption",
    row="s3-policy-no-external-admin",
    fix=(
        "Allow other accounts only the object actions they need, and none of s3:DeleteBucketPolicy, "
        "s3:PutBucketAcl, s3:PutBucketPolicy, s3:PutEncryptionConfiguration and s3:PutObjectAcl. Reference "
        "the own account through data.aws_caller_identity, or list it in the provider's allowed_account_ids."
    ),
    setting="bucket.grant_read(role) and similar methods allow object actions only.",
)
_ADMINISTRATION = (
    "s3:DeleteBucketPolicy",
    "s3:PutBucketAcl",
    "s3:PutBucketPolicy",
    "s3:PutEncryptionConfiguration",
    "s3:PutObjectAcl",
)


@POLICY_NO_EXTERNAL_ADMIN.check("aws_s3_bucket", POLICY)
def _policy_no_external_admin(block: Block, configuration: Configuration) -> Iterator[Failure]:
    statements = statements_in(block, configuration)

    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        for failure in foreign_administrators(statement, statements, _ADMINISTRATION, configuration):
            yield Failure(failure.found, "object actions only", at=where(block, statement))

    return each(statements, judge)
