"""EventPattern: what EventBridge accepts, and what it refuses."""

from typing import Any

import pytest

from secureinfra.aws.cloudwatch.event_pattern import EventPattern
from secureinfra.errors import ConfigError


def problems(**given: Any) -> str:
    with pytest.raises(ConfigError) as error:
        EventPattern(**given).require("test/rule")
    return str(error.value)


def test_rendered_under_eventbridge_s_names() -> None:
    pattern = EventPattern(
        source=("aws.s3",), detail_type=("Object Created",), detail={"bucket": {"name": ["uploads"]}}
    )
    assert pattern.rendered() == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": ["uploads"]}},
    }


@pytest.mark.parametrize(
    "filter",
    [
        "draft",
        7,
        None,
        True,
        {"prefix": "us-"},
        {"prefix": {"equals-ignore-case": "us-"}},
        {"suffix": ".png"},
        {"equals-ignore-case": "draft"},
        {"wildcard": "*/lib/*"},
        {"anything-but": "draft"},
        {"anything-but": ["draft", "old"]},
        {"anything-but": [1, 2]},
        {"anything-but": {"prefix": ["a", "b"]}},
        {"anything-but": {"wildcard": "*/lib/*"}},
        {"numeric": ["=", 3]},
        {"numeric": [">", 0, "<=", 5.5]},
        {"cidr": "10.0.0.0/8"},
        {"exists": False},
        "${var.state}",
    ],
)
def test_accepts(filter: Any) -> None:
    assert EventPattern(source=("acme",), detail={"state": [filter]}).rendered()["detail"] == {"state": [filter]}


@pytest.mark.parametrize(
    ("filter", "message"),
    [
        ({"starts-with": "us-"}, "has an unknown filter 'starts-with' at detail.state"),
        ({"prefix": "a", "suffix": "b"}, "has a filter of 2 parts at detail.state"),
        ({}, "has a filter of 0 parts"),
        ({"prefix": 7}, "has the filter 'prefix' with 7"),
        ({"equals-ignore-case": ["a"]}, "has the filter 'equals-ignore-case'"),
        ({"wildcard": "a**b"}, "no two of them in a row"),
        ({"anything-but": ["a", 1]}, "has the filter 'anything-but'"),
        ({"anything-but": []}, "has the filter 'anything-but'"),
        ({"anything-but": {"exists": True}}, "has the filter 'anything-but'"),
        ({"numeric": [">"]}, "has the filter 'numeric'"),
        ({"numeric": ["!=", 3]}, "has the filter 'numeric'"),
        ({"numeric": [">", 5, "<", 5]}, "has the filter 'numeric'"),
        ({"numeric": ["<", 5, ">", 0]}, "has the filter 'numeric'"),
        ({"cidr": "10.0.0.0"}, "has the filter 'cidr'"),
        ({"cidr": "10.0.0.0/33"}, "has the filter 'cidr'"),
        ({"exists": "yes"}, "It takes True or False"),
        (["a"], "a list holds strings, numbers, true, false, null and filters"),
    ],
)
def test_refuses(filter: Any, message: str) -> None:
    assert message in problems(source=("acme",), detail={"state": [filter]})


@pytest.mark.parametrize("value", ["draft", 7, [], {"prefix": "a"}])
def test_refuses_a_value_without_its_list(value: Any) -> None:
    assert "EventBridge compares with a list of values" in problems(source=("acme",), detail={"state": value})


def test_either_of_several_patterns() -> None:
    either = {"$or": [{"state": ["a"]}, {"size": [{"numeric": [">", 3]}]}]}
    assert EventPattern(source=("acme",), detail=either).rendered()["detail"] == either


@pytest.mark.parametrize("value", [[{"state": ["a"]}], ["a", "b"], {"state": ["a"]}])
def test_refuses_or_of_fewer_than_two_patterns(value: Any) -> None:
    assert "EventBridge chooses between two or more patterns there" in problems(source=("acme",), detail={"$or": value})


def test_refuses_a_mistake_within_either() -> None:
    found = problems(source=("acme",), detail={"$or": [{"state": "a"}, {"size": [1]}]})
    assert "has 'a' at detail.$or.0.state" in found


def test_refuses_every_event() -> None:
    assert "every event of the bus would match" in problems(region=("eu-central-1",))


def test_refuses_what_is_too_long() -> None:
    assert "EventBridge takes 2,048" in problems(source=tuple(f"acme.{number}" for number in range(300)))
