"""Conditions, by AWS's tables of operators, on keys that are there, absent, and that hold several values."""

import pytest

from secureinfra.proofs.conditions import Condition, Context, operator, substituted, variables_in
from secureinfra.proofs.text import HOLE, STAR, Truth, symbol

IP = symbol("aws_eip.e.public_ip")


@pytest.mark.parametrize(
    ("written", "values", "given", "answer"),
    [
        ("StringEquals", ["a"], "a", True),
        ("StringEquals", ["a"], "A", False),
        ("StringEquals", ["a*"], "ab", False),
        ("StringEquals", ["a", "b"], "b", True),
        ("StringNotEquals", ["a", "b"], "b", False),
        ("StringNotEquals", ["a", "b"], "c", True),
        ("StringEqualsIgnoreCase", ["aB"], "Ab", True),
        ("StringNotEqualsIgnoreCase", ["aB"], "Ab", False),
        ("StringLike", ["a*"], "ab", True),
        ("StringLike", ["a*"], "Ab", False),
        ("StringNotLike", ["a*"], "ab", False),
        ("NumericEquals", ["1.2"], "1.20", True),
        ("NumericNotEquals", ["1"], "2", True),
        ("NumericLessThan", ["1.2"], "1.2", False),
        ("NumericLessThanEquals", ["1.2"], "1.2", True),
        ("NumericGreaterThan", ["1.2"], "1.3", True),
        ("NumericGreaterThanEquals", ["2"], "1.3", False),
        ("NumericEquals", ["AES256"], "AES256", False),
        ("DateGreaterThan", ["2020-01-01T00:00:00Z"], "2026-01-01T00:00:00Z", True),
        ("DateLessThan", ["2020-01-01T00:00:00Z"], "1577836799", True),
        ("DateEquals", ["2020-01-01T00:00:00Z"], "1577836800", True),
        ("Bool", ["true"], "true", True),
        ("Bool", ["True"], "true", True),
        ("Bool", ["false"], "true", False),
        ("BinaryEquals", ["QUJD"], "QUJD", True),
        ("IpAddress", ["203.0.113.0/24"], "203.0.113.9", True),
        ("IpAddress", ["203.0.113.9"], "203.0.113.9", True),
        ("IpAddress", ["203.0.113.0/24"], "2001:db8::1", False),
        ("IpAddress", ["2001:db8::/32"], "2001:db8::1", True),
        ("NotIpAddress", ["203.0.113.0/24"], "198.51.100.1", True),
        ("IpAddress", [f"{IP}/32"], "198.51.100.1", False),
        ("IpAddress", [f"{IP}/32"], IP, True),
        ("IpAddress", [f"{IP}/0"], "198.51.100.1", None),
        ("IpAddress", [f"{HOLE}/32"], "198.51.100.1", None),
        ("ArnEquals", ["arn:aws:iam::*:role/a*"], "arn:aws:iam::111122223333:role/ab", True),
        ("ArnLike", ["arn:aws:iam::*:role/a*"], "arn:aws:iam::111122223333:user/role/a", False),
        # Five parts are no ARN: AWS does not say what becomes of them.
        ("ArnLike", ["arn:aws:iam:*:role/x"], "arn:aws:iam::111122223333:role/x", None),
        ("StringLike", ["arn:aws:iam:*:role/x"], "arn:aws:iam::111122223333:role/x", True),
        # Paths may hold colons: only an ARN's own operator keeps a wildcard within its part.
        ("StringLike", ["arn:aws:iam::*:role/x"], "arn:aws:iam::111122223333:user/a:role/x", True),
        ("ArnLike", ["arn:aws:iam::*:role/x"], "arn:aws:iam::111122223333:user/a:role/x", False),
        ("ArnNotLike", ["arn:aws:iam::*:role/*"], "arn:aws:iam::111122223333:user/a", True),
        ("ArnNotEquals", ["arn:aws:iam::1:role/a"], "arn:aws:iam::1:role/a", False),
        ("Null", ["true"], "x", False),
        ("Null", ["false"], "x", True),
        ("StringEquals", [HOLE], "x", None),
        ("StringNotEquals", [HOLE], "x", None),
        ("StringEquals", [HOLE, "x"], "x", True),
        ("StringMatches", ["x"], "x", None),
        ("StringEquals", [], "x", False),
    ],
)
def test_holds(written: str, values: list[str], given: str, answer: Truth) -> None:
    assert Condition(written, "k", tuple(values)).holds({"k": (given,)}) is answer


# reference_policies_elements_condition_operators.html: "If the policy key is not present in the request context, ..."
@pytest.mark.parametrize(
    ("written", "answer"),
    [
        *(
            (name, False)
            for name in ("StringEquals", "StringLike", "NumericEquals", "DateLessThan", "Bool", "IpAddress")
        ),
        *((name, False) for name in ("ArnLike", "BinaryEquals", "NumericLessThan", "ForAnyValue:StringEquals")),
        *((name, True) for name in ("StringNotEquals", "StringNotLike", "NumericNotEquals", "NotIpAddress")),
        *((name, True) for name in ("ArnNotLike", "DateNotEquals", "StringEqualsIfExists", "NumericLessThanIfExists")),
        *((name, True) for name in ("ForAllValues:StringEquals", "ForAllValues:StringNotEquals", "BoolIfExists")),
        ("ForAnyValue:StringNotEquals", False),
    ],
)
def test_holds_on_absence(written: str, answer: Truth) -> None:
    assert Condition(written, "k", ("1",)).holds({}) is answer


def test_null() -> None:
    assert Condition("Null", "k", ("true",)).holds({}) is True
    assert Condition("Null", "k", ("false",)).holds({}) is False
    assert Condition("Null", "k", (HOLE,)).holds({}) is None


@pytest.mark.parametrize(
    ("written", "given", "answer"),
    [
        ("ForAllValues:StringEquals", ("a", "b"), True),
        ("ForAllValues:StringEquals", ("a", "c"), False),
        ("ForAnyValue:StringEquals", ("a", "c"), True),
        ("ForAnyValue:StringEquals", ("c",), False),
        ("ForAllValues:StringNotEquals", ("c", "d"), True),
        ("ForAllValues:StringNotEquals", ("a", "c"), False),
        ("ForAnyValue:StringNotEquals", ("a", "c"), True),
        ("ForAnyValue:StringNotEquals", ("a", "b"), False),
    ],
)
def test_several_values(written: str, given: tuple[str, ...], answer: Truth) -> None:
    assert Condition(written, "k", ("a", "b")).holds({"k": given}) is answer


def test_keys_are_of_either_case() -> None:
    assert Condition("StringEquals", "AWS:SourceVpc", ("v",)).holds({"aws:sourcevpc": ("v",)}) is True


@pytest.mark.parametrize(
    ("written", "context", "text"),
    [
        ("home/${aws:username}/*", {"aws:username": ("ann",)}, "home/ann/*"),
        ("home/${aws:username}", {}, None),
        ("${aws:PrincipalTag/team, 'none'}", {}, "none"),
        ("${aws:PrincipalTag/team, 'none'}", {"aws:principaltag/team": ("a",)}, "a"),
        ("${aws:PrincipalTag/team}", {"aws:principaltag/team": ("a", "b")}, None),
        ("${aws:username}", {"aws:username": ("*",)}, STAR),
        ("a${*}", {}, f"a{STAR}"),
        ("${$}{x}", {}, "${x}"),
        ("${provider::aws::f}", {}, "${provider::aws::f}"),
    ],
)
def test_variables(written: str, context: Context, text: str | None) -> None:
    assert substituted(written, context) == text


def test_variables_in() -> None:
    assert variables_in("${aws:PrincipalTag/Team}-${*}-${s3:prefix}") == ("aws:principaltag/team", "s3:prefix")


def test_a_policy_of_2008_has_no_variables() -> None:
    given = {"k": ("ann",), "aws:username": ("ann",)}
    assert Condition("StringEquals", "k", ("${aws:username}",)).holds(given) is True
    assert Condition("StringEquals", "k", ("${aws:username}",), variables=False).holds(given) is False


def test_operator() -> None:
    parsed = operator("foranyvalue:stringlikeifexists")
    assert parsed is not None
    assert (parsed.family, parsed.over, parsed.if_exists) == ("like", "any", True)
    assert operator("ForSome:StringLike") is None
