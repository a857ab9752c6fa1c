"""Instances that follow those of something else."""

import pytest

from secureinfra.terraform.model.repetition import chained, follows, is_at_most_one
from secureinfra.terraform.unknown import Unknown

MANY = "aws_s3_bucket.many"


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        (f"${{{MANY}}}", MANY),
        (f"${{{{ for k, v in {MANY} : k => v }}}}", MANY),
        (f"${{{{for name, bucket in {MANY}: name => bucket.id}}}}", f"{MANY}.id"),
    ],
)
def test_each_value_is_one_of_them(text: str, reference: str) -> None:
    found = chained(Unknown(text, (MANY,)))
    assert found is not None
    assert found.reference == reference


@pytest.mark.parametrize(
    "text",
    [
        f"${{{{ for k, v in {MANY} : k => v if v.wanted }}}}",
        f"${{{{ for k, v in {MANY} : v => k }}}}",
        f"${{merge({MANY}, var.others)}}",
        "${var.names}",
    ],
)
def test_anything_else_is_not_said(text: str) -> None:
    found = chained(Unknown(text, (MANY if MANY in text else "var.names",)))
    assert found is None
    assert not follows(text, MANY)


@pytest.mark.parametrize("value", ["x", {"a": 1}, None])
def test_what_is_known_is_not_chained(value: object) -> None:
    assert chained(value) is None


@pytest.mark.parametrize(
    "text",
    [
        "MANY",
        "length(MANY)",
        "keys(MANY)",
        "toset(keys(MANY))",
        "toset(MANY.*.arn)",
        "toset(MANY[*].arn)",
        "toset([for one in MANY : one.arn])",
        "{ for k, v in MANY : k => v }",
        "{ for k, v in MANY : k => v.id }",
    ],
)
def test_as_many_as_a_resource(text: str) -> None:
    written = f"${{{text.replace('MANY', MANY)}}}"
    assert follows(written, MANY)
    assert not follows(written, "aws_s3_bucket.man")


@pytest.mark.parametrize(
    ("written", "right"),
    [("${var.on ? 1 : 0}", True), ("${var.off ? 0 : 1}", True), ("${var.n}", False), ("${var.on ? 2 : 0}", False)],
)
def test_at_most_one(written: str, right: bool) -> None:
    assert is_at_most_one(written) is right
