"""Answers to `who` and `can` as text and as JSON."""

from __future__ import annotations

import json

from secureinfra.check.proofs.answers import exit_code, rendered
from secureinfra.proofs.model.asking import Answer, who
from secureinfra.proofs.model.names import resource_named
from secureinfra.proofs.outside import Verdict
from tests.proofs.configurations import allow, configuration, role

HELD = configuration(aws_s3_bucket__b={"bucket": "data"}, **role(allow("s3:GetObject", "${aws_s3_bucket.b.arn}/*")))
BUCKET = resource_named("aws_s3_bucket.b", [HELD])
ANSWERS = who("s3:GetObject", BUCKET)


def test_exit_codes() -> None:
    may, may_not, open_ = (Answer("x", Verdict(answer)) for answer in ("BROKEN", "PROVED", "UNKNOWN"))
    assert [exit_code(one) for one in ([], [may_not], [may_not, open_], [open_, may])] == [0, 0, 3, 1]


def test_table_lists_who_may_and_by_what() -> None:
    assert rendered(ANSWERS, "s3:GetObject", BUCKET, "table", everyone=False) == (
        "ALLOWED     aws_iam_role.app\n"
        "  request   ${aws_iam_role.app.arn} could s3:GetObject arn:aws:s3:::data/example\n"
        "  by        Allow s3:GetObject  aws_iam_role_policy.app\n"
        "2 of 3 callers may not s3:GetObject on aws_s3_bucket.b.\n"
    )


def test_table_lists_everyone_if_asked() -> None:
    text = rendered(ANSWERS, "s3:GetObject", BUCKET, "table", everyone=True)
    assert "NOT ALLOWED anonymous\n" in text
    assert "callers may not" not in text


def test_json() -> None:
    found = json.loads(rendered(ANSWERS, "s3:GetObject", BUCKET, "json", everyone=False))
    assert (found["action"], found["resource"], found["address"]) == (
        "s3:GetObject",
        "arn:aws:s3:::data",
        "aws_s3_bucket.b",
    )
    assert [(one["principal"], one["verdict"]) for one in found["answers"]] == [
        ("aws_iam_role.app", "ALLOWED"),
        ("anonymous", "NOT ALLOWED"),
        ("any other account", "NOT ALLOWED"),
    ]
    assert found["answers"][0]["request"]["resource"] == "arn:aws:s3:::data/example"
