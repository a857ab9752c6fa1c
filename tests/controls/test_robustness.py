"""No check stumbles, whatever somebody has written: every argument of every type with values of the wrong kind."""

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.check.run import run_controls
from secureinfra.controls import every, registry
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.terraform.schema.schema import provider_schema

SCHEMA = provider_schema("5.100.0")
TYPES = sorted(type for type in registry._modules() if type.startswith("aws_") and type in SCHEMA.types())
ODD: tuple[Any, ...] = (
    *(
        None,
        "",
        "x",
        "*",
        "0",
        "-1",
        "true",
        0,
        1,
        -1,
        65536,
        1.5,
        True,
        False,
        [],
        {},
        [None],
        [[]],
        [{}],
        [1, "a", None],
    ),
    *(
        "${var.x}",
        "a-${var.x}",
        "${aws_x.y.arn}",
        "${",
        "%{if",
        "$${x}",
        "{",
        "[1]",
        "{}",
        "0.0.0.0/0",
        "::/0",
        "999.1.1.1/99",
    ),
    *(
        "arn:",
        "arn:aws:iam::1:role/x",
        "arn:aws:s3:::*",
        {"a": {"b": [1]}},
        {"Statement": 5},
        ["${var.x}"],
        {"dynamic": 1},
    ),
    *(
        json.dumps({"Statement": statement})
        for statement in (
            None,
            "x",
            [],
            [None],
            {},
            {"Effect": 1, "Action": 2, "Principal": 3, "Resource": 4, "Condition": 5},
            {
                "Effect": "Allow",
                "Action": [None, 1],
                "Principal": {"AWS": [None, {}]},
                "Condition": {"Bool": {"a": None}},
            },
            {"Effect": ["Allow"], "NotAction": {}, "NotPrincipal": "*", "Resource": [["x"]], "Condition": {"X": "y"}},
            {
                "Effect": "Allow",
                "Action": "*",
                "Principal": "*",
                "Resource": "*",
                "Condition": {"StringEquals": {"a": {}}},
            },
        )
    ),
)


def odd(choose: random.Random, names: list[str], depth: int = 0) -> Any:
    """A value nobody should write, now and then an object or a list of objects with arguments of its own."""
    if depth < 3 and choose.random() < 0.4:
        held = {name: odd(choose, names, depth + 1) for name in choose.sample(names, min(len(names), 4))}
        return choose.choice(
            (
                held,
                [held],
                [held, held],
                {"dynamic": {choose.choice(names): [{"for_each": "${var.x}", "content": held}]}},
            )
        )
    return choose.choice(ODD)


def inner_names(type: str) -> list[str]:
    """The arguments of a type, those of its nested blocks included."""
    found: set[str] = set()

    def collect(block: Any) -> None:
        found.update(block.get("a", {}))
        for name, (*_, inner) in block.get("b", {}).items():
            found.add(name)
            collect(inner)

    collect(SCHEMA.block("resource", type))
    return sorted(found)


@pytest.fixture(scope="module")
def judge() -> Callable[[dict[str, Any]], list[Any]]:
    controls = every()
    return lambda document: run_controls(Configuration.of(document), controls)


@pytest.mark.parametrize("type", TYPES)
def test_odd_values(type: str, judge: Callable[[dict[str, Any]], list[Any]]) -> None:
    choose = random.Random(type)
    names = inner_names(type)
    top = list(SCHEMA.arguments(type))
    for _ in range(25):
        blocks = {
            name: {argument: odd(choose, names) for argument in choose.sample(top, min(len(top), 8))}
            for name in ("a", "b")
        }
        document = {
            "variable": {"x": {}},
            "resource": {type: blocks, "aws_kms_key": {"k": {"policy": choose.choice(ODD)}}},
        }
        statuses = {finding.status for finding in judge(document)}
        assert statuses <= {"passed", "failed", "unknown", "not applicable"}
