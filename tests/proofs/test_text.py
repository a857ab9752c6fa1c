"""Patterns: what they describe, what stands for them, and what Terraform leaves open in them."""

import pytest

from secureinfra.proofs.text import (
    FRESH,
    HOLE,
    STAR,
    Truth,
    all3,
    any3,
    fresh,
    has_fresh,
    longest_run,
    matches,
    meets,
    negated,
    shown,
    symbol,
)

B = symbol("aws_s3_bucket.b.id")
C = symbol("aws_s3_bucket.c.id")
ARN = symbol("aws_x.y.arn", whole=True)


@pytest.mark.parametrize(
    ("pattern", "text", "answer"),
    [
        ("*", "", True),
        ("?", "", False),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a*c", "abbc", True),
        ("a*", "b", False),
        ("a.c", "abc", False),
        ("a[bc]", "ab", False),
        ("a*c", "a\nc", True),
        (f"a{STAR}", "ab", False),
        (f"a{STAR}", "a*", True),
        (f"{B}/*", f"{B}/x", True),
        (f"{B}/*", "b/x", None),
        (f"{B}/*", f"{FRESH}/x", False),
        (f"{B}/*", f"{C}/x", None),
        (f"{B}/*", "b", False),
        (f"{B}", "a:b", False),
        (f"{ARN}", "a:b", None),
        (f"{ARN}", f"a:{FRESH}", False),
        ("b/*", f"{B}/x", None),
        ("*", f"{B}", True),
        ("*/x", f"{B}/x", True),
        ("?/x", f"{B}/x", None),
        (HOLE, "x", None),
        (HOLE, FRESH, None),
        (f"a{HOLE}", "b", False),
        (f"a{HOLE}", "a", None),
    ],
)
def test_matches(pattern: str, text: str, answer: Truth) -> None:
    assert matches(pattern, text) is answer


def test_matches_as_letters_or_in_any_case() -> None:
    assert matches("a*", "ab", wild=False) is False
    assert matches("a*", "a*", wild=False) is True
    assert matches("ABC", "abc") is False
    assert matches("ABC", "abc", ignore_case=True) is True


def test_three_values() -> None:
    assert all3([True, None]) is None
    assert all3([None, False]) is False
    assert all3([]) is True
    assert any3([False, None]) is None
    assert any3([None, True]) is True
    assert any3([]) is False
    assert negated(None) is None
    assert negated(False) is True


def test_fresh() -> None:
    assert list(fresh("a*b?")) == [f"a{FRESH}b{FRESH}"]
    assert list(fresh("abc", 3)) == ["abc"]
    assert list(fresh("a*", 2)) == ["a", f"a{FRESH}", f"a{FRESH * 2}"]
    assert has_fresh(f"a{FRESH}")
    assert not has_fresh(f"a{B}")
    assert longest_run(["a*", "b"]) == 0
    assert longest_run(["a?*?b?"]) == 3


def test_one_length_does_not_stand_for_all() -> None:
    """`*` is not inside `?`, and `?*` leaves out the empty text."""
    assert not all(matches("?", text) for text in fresh("*", longest_run(["?"])))
    assert not all(matches("?*", text) for text in fresh("*", longest_run(["?*"])))


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("a*", "*b", {"a*b"}),
        ("a*", "b*", set()),
        ("*", "a", {"a"}),
        ("a?", "?b", {"ab"}),
        (f"{B}/*", "b/x", {f"{B}/x"}),
        (f"{B}", "b:x", set()),
    ],
)
def test_meets(one: str, other: str, both: set[str]) -> None:
    assert set(meets(one, other)) >= both if both else set(meets(one, other)) == set()


def test_shown() -> None:
    assert shown(f"arn:aws:s3:::{B}/{STAR}") == "arn:aws:s3:::${aws_s3_bucket.b.id}/*"


def test_arns_of_two_resources_differ() -> None:
    one, other = (symbol(f"the name of aws_iam_role.{name}", whole=True, of=f"aws_iam_role.{name}") for name in "ab")
    assert matches(f"arn:aws:iam::1:role/{one}", f"arn:aws:iam::1:role/{other}", wild=False) is False
    assert matches(f"arn:aws:iam::1:role/{one}", f"arn:aws:iam::1:role/x{other}", wild=False) is None, (
        "one name may end as another"
    )
    assert matches(f"arn:aws:iam::1:role/{one}*", f"arn:aws:iam::1:role/{other}") is None
    bucket, second = (symbol(f"aws_s3_bucket.{name}.bucket", of=f"aws_s3_bucket.{name}") for name in "ab")
    assert matches(f"arn:aws:s3:::{bucket}/*", f"arn:aws:s3:::{second}/x:y") is False
    assert matches(f"arn:aws:s3:::{bucket}*", f"arn:aws:s3:::{second}/x") is None


def test_instances_of_one_resource_may_be_the_same() -> None:
    one, every = (
        symbol(f"the name of aws_iam_role.c{key}", whole=True, of=f"aws_iam_role.c{key}") for key in ("[0]", "")
    )
    assert matches(f"arn:aws:iam::1:role/{one}", f"arn:aws:iam::1:role/{every}", wild=False) is None
