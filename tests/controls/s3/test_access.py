"""Controls on public access to S3, each with an input that meets it, ways of breaking it, and one that nobody knows."""

from typing import Any

import pytest

from secureinfra.controls.control import Control
from secureinfra.controls.s3 import access as s3_access
from tests.controls.judge import failure, status
from tests.controls.s3_blocks import B, bucket, of

BLOCK = "aws_s3_bucket_public_access_block"
FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
ALL = dict.fromkeys(FLAGS, True)
X: Any = {"x": {}}


@pytest.mark.parametrize("flag", FLAGS)
def test_not_public(flag: str) -> None:
    both = {"aws_s3_bucket": bucket()}
    assert status(s3_access.NOT_PUBLIC, **both, **{BLOCK: of(**ALL)}) == "passed"
    without = {name: True for name in FLAGS if name != flag}
    assert failure(s3_access.NOT_PUBLIC, **both, **{BLOCK: of(**without)}) == (
        f"{BLOCK}.x {flag}: {flag} is not set -> {flag} = true"
    )
    assert f"{flag} = false" in failure(s3_access.NOT_PUBLIC, **both, **{BLOCK: of(**{**ALL, flag: False})})
    assert f"no {BLOCK}" in failure(s3_access.NOT_PUBLIC, **both)
    assert status(s3_access.NOT_PUBLIC, variable=X, **both, **{BLOCK: of(**{**ALL, flag: "${var.x}"})}) == "unknown"
    unsure = {"x": {"bucket": B, "count": "${var.x}", **ALL}}
    assert status(s3_access.NOT_PUBLIC, variable=X, **both, **{BLOCK: unsure}) == "unknown"


def test_account_not_public() -> None:
    type = "aws_s3_account_public_access_block"
    assert status(s3_access.ACCOUNT_NOT_PUBLIC, **{type: {"a": ALL}}) == "passed"
    assert failure(s3_access.ACCOUNT_NOT_PUBLIC, **{type: {"a": {}}}).count("is not set") == len(FLAGS)
    assert "= false" in failure(s3_access.ACCOUNT_NOT_PUBLIC, **{type: {"a": {**ALL, "block_public_acls": False}}})
    one = {"a": {**ALL, "block_public_acls": "${var.x}"}}
    assert status(s3_access.ACCOUNT_NOT_PUBLIC, variable=X, **{type: one}) == "unknown"
    assert status(s3_access.ACCOUNT_NOT_PUBLIC, aws_s3_bucket=bucket()) == ""


def test_access_point_not_public() -> None:
    def point(**flags: Any) -> dict[str, Any]:
        return {"aws_s3_access_point": {"p": {"bucket": "b", "public_access_block_configuration": flags}}}

    control = s3_access.ACCESS_POINT_NOT_PUBLIC
    assert status(control, aws_s3_access_point={"p": {"bucket": "b", "name": "p"}}) == "passed"
    assert status(control, **point(block_public_acls=True)) == "passed"
    for flag in FLAGS:
        assert f"public_access_block_configuration[0].{flag}: {flag} = false" in failure(
            control, **point(**{flag: False})
        )
    assert status(control, variable=X, **point(block_public_acls="${var.x}")) == "unknown"
    details = {"name": "m", "public_access_block": {"ignore_public_acls": False}}
    assert "ignore_public_acls = false" in failure(
        control, aws_s3control_multi_region_access_point={"m": {"details": details}}
    )
    assert not control.waivable


ENFORCED = {"rule": {"object_ownership": "BucketOwnerEnforced"}}


def test_acls_disabled() -> None:
    control, ownership = s3_access.ACLS_DISABLED, "aws_s3_bucket_ownership_controls"
    assert status(control, aws_s3_bucket=bucket(), **{ownership: of(**ENFORCED)}) == "passed"
    assert f"no {ownership}" in failure(control, aws_s3_bucket=bucket())
    preferred = of(rule={"object_ownership": "BucketOwnerPreferred"})
    assert failure(control, aws_s3_bucket=bucket(), **{ownership: preferred}) == (
        f'{ownership}.x rule[0].object_ownership: object_ownership = "BucketOwnerPreferred" -> '
        'object_ownership = "BucketOwnerEnforced"'
    )
    unknown = of(rule={"object_ownership": "${var.x}"})
    assert status(control, variable=X, aws_s3_bucket=bucket(), **{ownership: unknown}) == "unknown"
    kept = {ownership: of(**ENFORCED)}
    assert 'acl = "private" -> no aws_s3_bucket_acl' in failure(
        control, aws_s3_bucket=bucket(), aws_s3_bucket_acl=of(acl="private"), **kept
    )
    assert 'acl: acl = "private"' in failure(control, aws_s3_bucket=bucket(acl="private"), **kept)
    assert "a grant block" in failure(control, aws_s3_bucket=bucket(grant=[{"type": "CanonicalUser"}]), **kept)
    assert status(control, variable=X, aws_s3_bucket=bucket(acl="${var.x}"), **kept) == "unknown"


def test_acls_disabled_is_not_asked_where_cloudfront_writes_its_logs() -> None:
    distribution = {"d": {"logging_config": {"bucket": "${aws_s3_bucket.b.bucket_domain_name}"}}}
    resources: Any = {
        "aws_s3_bucket": bucket(),
        "aws_s3_bucket_acl": of(acl="log-delivery-write"),
        "aws_s3_bucket_ownership_controls": of(rule={"object_ownership": "BucketOwnerPreferred"}),
    }
    assert status(s3_access.ACLS_DISABLED, **resources, aws_cloudfront_distribution=distribution) == "not applicable"
    assert status(s3_access.ACLS_DISABLED, **resources) == "failed"


@pytest.mark.parametrize("acl", ["public-read", "public-read-write", "authenticated-read"])
@pytest.mark.parametrize(
    "type", ["aws_s3_bucket_acl", "aws_s3_bucket", "aws_s3_object", "aws_s3_object_copy", "aws_s3_bucket_object"]
)
def test_acl_not_public(type: str, acl: str) -> None:
    control: Control = s3_access.ACL_NOT_PUBLIC
    assert f'acl = "{acl}"' in failure(control, **{type: {"x": {"acl": acl}}})
    assert status(control, **{type: {"x": {"acl": "private"}}}) == "passed"
    assert status(control, **{type: {"x": {}}}) == "passed"
    assert status(control, variable=X, **{type: {"x": {"acl": "${var.x}"}}}) == "unknown"
    assert not control.waivable


@pytest.mark.parametrize("group", ["AllUsers", "AuthenticatedUsers"])
def test_acl_not_public_by_grant(group: str) -> None:
    uri = f"http://acs.amazonaws.com/groups/global/{group}"
    grants = [{"grantee": {"type": "CanonicalUser", "id": "1"}}, {"grantee": {"type": "Group", "uri": uri}}]
    acl = of(access_control_policy={"grant": grants})
    assert "access_control_policy[0].grant[1].grantee[0].uri" in failure(
        s3_access.ACL_NOT_PUBLIC, aws_s3_bucket_acl=acl
    )
    assert (
        status(s3_access.ACL_NOT_PUBLIC, aws_s3_bucket_acl=of(access_control_policy={"grant": grants[:1]})) == "passed"
    )
    assert "grant[0].uri" in failure(s3_access.ACL_NOT_PUBLIC, aws_s3_bucket=bucket(grant=[{"uri": uri}]))
