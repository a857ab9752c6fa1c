"""Settings of buckets: which bucket they speak of, and whether they are there at all."""

from typing import Any

import pytest

from secureinfra.check.run import run_controls
from secureinfra.controls.s3 import bucket as s3
from secureinfra.terraform.model.configuration import Configuration
from tests.controls.judge import findings, status

ENABLED = {"versioning_configuration": {"status": "Enabled"}}
TYPE = "aws_s3_bucket_versioning"


def answers(bucket: dict[str, Any], versioning: dict[str, Any], **others: Any) -> dict[str, str]:
    """What `s3-bucket-versioned` says, by address."""
    found = findings(s3.VERSIONED, aws_s3_bucket=bucket, **{TYPE: versioning}, **others)
    return {finding.address: finding.status for finding in found}


@pytest.mark.parametrize(
    "named",
    [
        "${aws_s3_bucket.b.id}",
        "${aws_s3_bucket.b.bucket}",
        "acme-b",
        "${local.name}",
        "${aws_s3_bucket_public_access_block.p.bucket}",
        "${aws_s3_bucket_public_access_block.p.id}",
        "${aws_s3_bucket_ownership_controls.o.id}",
        "${try(aws_s3_bucket_policy.none[0].id, aws_s3_bucket.b.id)}",
    ],
)
def test_bucket_is_found(named: str) -> None:
    """By reference, by name, and through another of its settings, which people name to have one made after the other."""
    document = {
        "locals": {"name": "${aws_s3_bucket.b.id}"},
        "resource": {
            "aws_s3_bucket": {"b": {"bucket": "acme-b"}, "other": {"bucket": "acme-other"}},
            "aws_s3_bucket_public_access_block": {"p": {"bucket": "${aws_s3_bucket.b.id}"}},
            "aws_s3_bucket_ownership_controls": {"o": {"bucket": "${aws_s3_bucket_public_access_block.p.id}"}},
            "aws_s3_bucket_policy": {"none": {"count": 0}},
            TYPE: {"v": {"bucket": named, **ENABLED}},
        },
    }
    found = {f.address: f.status for f in run_controls(Configuration.of(document), [s3.VERSIONED])}
    assert found == {
        "aws_s3_bucket.b": "not applicable",
        "aws_s3_bucket.other": "failed",
        f"{TYPE}.v": "passed",
    }


def test_each_of_several_buckets_has_its_own() -> None:
    buckets = {"b": {"for_each": {"a": "a", "z": "z"}, "bucket": "acme-${each.key}"}}
    all_of_them = {"v": {"for_each": "${aws_s3_bucket.b}", "bucket": "${each.value.id}", **ENABLED}}
    one_of_them = {"v": {"bucket": '${aws_s3_bucket.b["a"].id}', **ENABLED}}
    assert "failed" not in answers(buckets, all_of_them).values()
    assert answers(buckets, one_of_them)['aws_s3_bucket.b["z"]'] == "failed"
    assert answers(buckets, one_of_them)['aws_s3_bucket.b["a"]'] == "not applicable"


@pytest.mark.parametrize("count", ["${var.n}", "${var.on ? 1 : 0}"])
def test_setting_of_which_nobody_knows_whether_it_is_there(count: str) -> None:
    variable: Any = {"n": {}, "on": {}}
    unsure = {"v": {"count": count, "bucket": "${aws_s3_bucket.b.id}", **ENABLED}}
    assert answers({"b": {}}, unsure, variable=variable)["aws_s3_bucket.b"] == "unknown"
    both = {"v": {"count": count, "bucket": "${aws_s3_bucket.b[count.index].id}", **ENABLED}}
    assert answers({"b": {"count": count}}, both, variable=variable)["aws_s3_bucket.b"] == "not applicable"


def test_setting_of_a_bucket_elsewhere_is_judged() -> None:
    suspended = {"x": {"bucket": "elsewhere", "versioning_configuration": {"status": "Suspended"}}}
    assert status(s3.VERSIONED, **{TYPE: suspended}) == "failed"
    data = {"aws_s3_bucket": {"d": {"bucket": "elsewhere"}}}
    looked_up = {"x": {"bucket": "${data.aws_s3_bucket.d.id}", **ENABLED}}
    assert answers({"b": {}}, looked_up, data=data)["aws_s3_bucket.b"] == "failed"
