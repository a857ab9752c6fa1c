"""Controls on directory buckets and Multi-Region Access Points."""

import pytest

from secureinfra.controls.s3 import other_buckets
from tests.controls.spec import Spec, switch

POINT = "aws_s3control_multi_region_access_point"
LIFECYCLE = "aws_s3_bucket_lifecycle_configuration"
FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
SPECS = [
    *(
        switch(
            other_buckets.MULTI_REGION_NOT_PUBLIC,
            POINT,
            f"details.public_access_block.{flag}",
            {"details": {"name": "p", "region": [{"bucket": "b"}]}},
            optional=True,
        )
        for flag in FLAGS
    ),
    Spec(
        other_buckets.DIRECTORY_LIFECYCLE,
        "aws_s3_directory_bucket",
        {"bucket": "b--euc1-az1--x-s3", "location": {"name": "euc1-az1"}},
        beside={LIFECYCLE: {"l": {"bucket": "${aws_s3_directory_bucket.this.bucket}"}}},
        fails=[({LIFECYCLE: {}}, f"no {LIFECYCLE} for it"), ({f"{LIFECYCLE}.l.bucket": "other"}, f"no {LIFECYCLE}")],
        unknown=[f"{LIFECYCLE}.l.bucket", f"{LIFECYCLE}.l.count"],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
