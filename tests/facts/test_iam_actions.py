"""AWS's list of actions, as packaged."""

import pytest

from secureinfra.facts.iam_actions import is_unscopable, nearest_service, scopable


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("s3", None),
        ("dynamdb", "dynamodb"),
        ("labmda", "lambda"),
        ("lambdas", "lambda"),
        ("kmz", "kms"),
        ("efs", "elasticfilesystem"),
        ("brandnewservice", None),
        ("s4", None),
        ("resource-explorer-3", None),
    ],
)
def test_nearest_service(given: str, meant: str | None) -> None:
    assert nearest_service(given) == meant


def test_scopable_of_a_pattern() -> None:
    assert scopable("kms:Describe*") == ("kms:DescribeKey",)
    assert scopable("sts:GetCallerIdentity") == ()
    assert scopable("nosuch:Thing") == ("nosuch:Thing",)


def test_references_are_not_judged() -> None:
    assert is_unscopable("${var.action}")


def test_case_does_not_matter() -> None:
    assert is_unscopable("STS:getcalleridentity")
    assert scopable("S3:getobject") == ("s3:GetObject",)
