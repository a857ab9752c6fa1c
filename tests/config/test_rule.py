"""Rules as data: what Python, Terraform, JSON Schema and an error's reader get to see all comes from the same few values."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

import secureinfra
import secureinfra_blueprints
from secureinfra.config.config import Config
from secureinfra.config.rule import Pattern, Predicate, Rule, between, matches, one_of
from secureinfra.modules.build.settings import _rules

EVEN = Predicate(lambda number: number % 2 == 0, "is odd", "{value} % 2 == 0", "double it")


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (between(7, 30, "days"), [7, 30], [6, 31]),
        (one_of("a", 2), ["a", 2], ["c", "2"]),
        (matches("[a-z]+", "is bad"), ["abc"], ["abc\n", "ABC", " abc", ""]),
        (EVEN, [0, 2], [1]),
    ],
)
def test_values(rule: Rule, good: list[Any], bad: list[Any]) -> None:
    assert [rule.complaint(value) for value in good] == [None] * len(good)
    assert [rule.complaint(value) for value in bad] == [rule.message] * len(bad)
    assert rule.complaint("${var.x}") is None


@pytest.mark.parametrize(
    ("rule", "expression", "schema", "example"),
    [
        (
            between(7, 30, "days"),
            "{value} >= 7 && {value} <= 30",
            {"minimum": 7, "maximum": 30},
            7,
        ),
        (one_of("a", 2), 'contains(["a", 2], {value})', {"enum": ["a", 2]}, "a"),
        (
            matches(r"a\d\"", "is bad", example='a1"'),
            r'can(regex("^(?:a\\d\\\")$", {value}))',
            {"pattern": r"^(?:a\d\")$"},
            'a1"',
        ),
        (EVEN, "{value} % 2 == 0", {}, None),
    ],
)
def test_forms(rule: Rule, expression: str, schema: dict[str, Any], example: Any) -> None:
    assert (rule.expression, rule.json_schema, rule.example) == (expression, schema, example)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (between(7, 30, "days"), "must be between 7 and 30 days"),
        (between(1, 9, ""), "must be between 1 and 9"),
        (one_of("a", 2), "must be one of a, 2"),
        (matches("a+", "is bad"), "is bad"),
        (matches("a+", "is bad", "write a's"), "is bad: write a's"),
        (matches("a+", "is bad", example="aa"), "is bad: write e.g. 'aa'"),
        (matches("a+", "is {bad}", "write a's", example="aa"), "is {bad}: write a's, e.g. 'aa'"),
        (EVEN, "is odd: double it"),
    ],
)
def test_message(rule: Rule, message: str) -> None:
    assert rule.message == message


def _modules(package: ModuleType) -> Iterator[ModuleType]:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not {"__main__", "template"} & set(module.name.split(".")):
            yield importlib.import_module(module.name)


def _all_rules() -> Iterator[tuple[str, Rule]]:
    for module in (*_modules(secureinfra), *_modules(secureinfra_blueprints)):
        for name, held in vars(module).items():
            if isinstance(held, Rule):
                yield f"{module.__name__}.{name}", held
            if isinstance(held, type) and issubclass(held, Config) and held.__module__ == module.__name__:
                for field, info in held.model_fields.items():
                    for rule in (*info.metadata, *_rules(info.annotation), *_rules(info.annotation, items=True)):
                        if isinstance(rule, Rule):
                            yield f"{module.__name__}.{name}.{field}", rule


def test_every_example_is_accepted_by_its_rule() -> None:
    rules = dict(_all_rules())
    shown = {name: rule for name, rule in rules.items() if rule.example is not None}
    assert len(shown) > 50
    assert [name for name, rule in shown.items() if not rule.test(rule.example)] == []


def test_no_example_hides_in_the_words() -> None:
    # The words are free to change: an example in them alone would be lost to modules and their tests.
    hidden = [
        name for name, rule in _all_rules() if isinstance(rule, Pattern) and "e.g." in f"{rule.what}{rule.instead}"
    ]
    assert hidden == []
