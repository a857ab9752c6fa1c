"""Filter patterns compared by what they match."""

import pytest

from secureinfra.controls.cloudwatch.filter_pattern import AllOf, Condition, alternatives, covers, parsed

DELETED = (Condition("$.eventName", "=", "DeleteTrail"), Condition("$.eventSource", "=", "cloudtrail.amazonaws.com"))


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.eventName = DeleteTrail }",
        '{($.eventName="DeleteTrail")}',
        "{ ((($.eventName = StopLogging) || ($.eventName = DeleteTrail))) }",
        "{ $.eventName = Delete* }",
        "{ $.eventName = *Trail }",
        "{ ($.eventSource = cloudtrail.amazonaws.com) && (($.eventName = DeleteTrail) || ($.eventName = X)) }",
        "{ $.eventName != HeadBucket }",
        "{ $.eventName = X || $.eventName = DeleteTrail && $.eventSource = cloudtrail.amazonaws.com }",
        "",
        " ",
    ],
)
def test_covers(pattern: str) -> None:
    read = parsed(pattern)
    assert read is not None
    assert covers(read, DELETED)


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.eventName = StopLogging }",
        "{ $.eventName = Create* }",
        "{ ($.eventName = DeleteTrail) && ($.userIdentity.type = Root) }",
        "{ ($.eventName = DeleteTrail) && ($.eventSource = ec2.amazonaws.com) }",
        "{ $.eventName != Delete* }",
        "{ $.eventName = DeleteTrail? }",
        "{ $.eventName = %Delete.*% }",
        "{ $.requestParameters.eventName = DeleteTrail }",
        "{ $.eventName NOT EXISTS }",
    ],
)
def test_does_not_cover(pattern: str) -> None:
    read = parsed(pattern)
    assert read is not None
    assert not covers(read, DELETED)


def test_wildcards_of_what_is_known_are_met_by_wildcards_only() -> None:
    denied = (Condition("$.errorCode", "=", "AccessDenied*"),)
    assert covers(parsed("{ $.errorCode = Access* }") or Condition("", ""), denied)
    assert covers(parsed("{ $.errorCode = *Denied* }") or Condition("", ""), denied)
    assert not covers(parsed("{ $.errorCode = AccessDenied }") or Condition("", ""), denied)
    assert not covers(parsed("{ $.errorCode != ThrottlingException }") or Condition("", ""), denied)


def test_exclusions() -> None:
    others = (Condition("$.sourceIPAddress", "!=", "10.*"),)
    assert covers(parsed("{ $.sourceIPAddress != 10.0.0.1 }") or Condition("", ""), others)
    assert not covers(parsed("{ $.sourceIPAddress != 11.0.0.1 }") or Condition("", ""), others)


def test_and_binds_before_or() -> None:
    read = parsed("{ $.a = 1 || $.b = 2 && $.c IS NULL }")
    assert read is not None
    assert alternatives(read) == (
        (Condition("$.a", "=", "1"),),
        (Condition("$.b", "=", "2"), Condition("$.c", "IS NULL")),
    )
    assert [str(condition) for condition in alternatives(read)[1]] == ["$.b = 2", "$.c IS NULL"]


def test_alternatives_are_multiplied_out() -> None:
    read = parsed("{ ($.a = 1 || $.a = 2) && ($.b = 3 || $.b = 4) }")
    assert read is not None
    assert [[condition.value for condition in one] for one in alternatives(read)] == [
        ["1", "3"],
        ["1", "4"],
        ["2", "3"],
        ["2", "4"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "DeleteTrail",
        "[ip, user, status = 4*]",
        "{ }",
        "{ $.eventName }",
        "{ $.eventName = Failed authentication }",
        "{ ($.eventName = DeleteTrail }",
        "{ $.eventName == DeleteTrail }",
        '{ $.eventName = "DeleteTrail }',
        "{ $.eventName = DeleteTrail || }",
        "{ $.eventName = DeleteTrail &. $.a = 1 }",
        "{" + "(" * 200 + "$.a = 1" + ")" * 200 + "}",
        "{ $.a = " + "1" * 1024 + " }",
    ],
)
def test_what_cloudwatch_does_not_take_is_no_pattern(text: str) -> None:
    assert parsed(text) is None


def test_empty_pattern_matches_everything() -> None:
    assert parsed("") == AllOf(())
