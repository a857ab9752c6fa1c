"""What the provider demands of text: asked by type and path, as it would answer."""

import pytest

from secureinfra.facts.limits import Limit, _lines, limits_of


def test_limits_of_a_type() -> None:
    role = limits_of("aws_iam_role")
    assert role["name",].longest == 64
    assert role["name_prefix",].longest == 38
    assert limits_of("aws_security_group")["ingress", "description"].longest == 255
    assert limits_of("aws_s3_bucket")["bucket",].broken_by("b" * 64) == "it has 64 characters, and may have 63"


def test_every_pattern_is_one_of_pythons_too() -> None:
    for type in _lines():
        for limit in limits_of(type).values():
            limit.broken_by("x")


def test_a_type_without_limits_has_none() -> None:
    assert limits_of("aws_no_such_type") == {}


@pytest.mark.parametrize(
    ("limit", "good", "bad", "said"),
    [
        (Limit(2, 4), "four", "x", "it has 1 characters, and must have 2 at least"),
        (Limit(longest=4), "four", "fünf", "it has 5 characters, and may have 4"),
        (Limit(patterns=(r"^\w+$",)), "plain", "two words", r"it must match ^\w+$"),
        (Limit(patterns=(r"^\w+$",)), "ascii", "fünf", r"it must match ^\w+$"),
        (Limit(patterns=("^a$",)), "a", "a\n", "it must match ^a$"),
        (Limit(patterns=("^[a$]+$",)), "a$", "b", "it must match ^[a$]+$"),
        (Limit(never=("^sg-",)), "group", "sg-group", "it must not match ^sg-"),
        (Limit(never=(r"\$",)), "plain", "5$", r"it must not match \$"),
    ],
)
def test_what_breaks_one(limit: Limit, good: str, bad: str, said: str) -> None:
    assert limit.broken_by(good) is None
    assert limit.broken_by(bad) == said
