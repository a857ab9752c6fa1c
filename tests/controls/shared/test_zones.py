"""Whether subnets lie in several zones: by name, by position in a list of zones, or nobody knows."""

from typing import Any

import pytest

from secureinfra.controls.shared.zones import lie_in_zones
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.unknown import Unknown, UnknownValueError

DATA: dict[str, Any] = {
    "aws_availability_zones": {"z": {}},
    "aws_subnet": {"looked_up": {}},
    "aws_subnets": {"all": {}},
}
SUBNETS = {
    "a": {"availability_zone": "eu-west-1a"},
    "also_a": {"availability_zone": "eu-west-1a"},
    "b": {"availability_zone": "eu-west-1b"},
    "id_b": {"availability_zone_id": "euw1-az2"},
    "first": {"availability_zone": "${data.aws_availability_zones.z.names[0]}"},
    "also_first": {"availability_zone": "${data.aws_availability_zones.z.names[0]}"},
    "second": {"availability_zone": "${data.aws_availability_zones.z.names[1]}"},
    "x": {"availability_zone": "${var.x}"},
    "y": {"availability_zone": "${var.y}"},
    "letter_a": {"availability_zone": "${var.x}a"},
    "letter_b": {"availability_zone": "${var.x}b"},
    "any": {},
    "each": {"for_each": "${toset(var.zones)}", "availability_zone": "${each.value}"},
    "some": {"count": "${var.x}"},
}


def spread(written: Any) -> Any:
    document = {
        "variable": {"x": {}, "y": {}, "zones": {"default": ["eu-west-1a", "eu-west-1b"]}},
        "data": DATA,
        "resource": {"aws_subnet": SUBNETS, "aws_x": {"x": {"held": written}}},
    }
    configuration = Configuration.of(document)
    try:
        return lie_in_zones(configuration.of_type("aws_x")[0].get("held"), 2, configuration)
    except UnknownValueError:
        return "unknown"


def ids(*names: str) -> list[str]:
    return [f"${{aws_subnet.{name}.id}}" for name in names]


@pytest.mark.parametrize(
    ("written", "answer"),
    [
        (ids("letter_a", "letter_b"), True),
        (ids("letter_a", "y"), "unknown"),
        (ids("a", "b"), True),
        (ids("a", "also_a", "b"), True),
        (ids("a", "also_a"), False),
        (ids("a", "id_b"), True),
        (ids("a"), False),
        (ids("a", "a"), False),
        ([], False),
        (None, False),
        (ids("first", "second"), True),
        (ids("first", "also_first"), False),
        (ids("a", "first"), "unknown"),
        (ids("x", "y"), "unknown"),
        (ids("any", "a"), "unknown"),
        ("${aws_subnet.each[*].id}", "unknown"),
        ("${[for s in aws_subnet.each : s.id]}", True),
        ("${aws_subnet.some[*].id}", "unknown"),
        ("${data.aws_subnets.all.ids}", "unknown"),
        (["subnet-1", "subnet-2"], "unknown"),
        (["subnet-1"], False),
        (["${data.aws_subnet.looked_up.id}", *ids("a")], "unknown"),
        ([*ids("a"), "${var.x}"], "unknown"),
    ],
)
def test_lie_in_zones(written: Any, answer: Any) -> None:
    assert spread(written) == answer


@pytest.mark.parametrize(
    ("references", "answer"),
    [
        (["a", "b"], True),
        (["a", "also_a"], False),
        (["a"], False),
        (["a", "x"], "unknown"),
        ([], "unknown"),
    ],
)
def test_a_list_of_a_plan(references: list[str], answer: Any) -> None:
    configuration = Configuration.of({"variable": {"x": {}}, "resource": {"aws_subnet": SUBNETS}, "data": DATA})
    named = tuple(f"aws_subnet.{name}.id" for name in references)
    planned = Unknown(f"${{{named[0]}}}" if len(named) == 1 else "(known after apply)", named)
    try:
        assert lie_in_zones(planned, 2, configuration) == answer
    except UnknownValueError:
        assert answer == "unknown"


def test_a_list_of_a_plan_that_may_be_cut() -> None:
    configuration = Configuration.of({"resource": {"aws_subnet": {"s": {"count": 2}}}})
    with pytest.raises(UnknownValueError):
        lie_in_zones(Unknown("${aws_subnet.s}", ("aws_subnet.s",)), 2, configuration)
