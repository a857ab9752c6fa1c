"""How a fix is written: for someone who writes Python, and for someone who writes YAML."""

from typing import Any

import pytest
import ruamel.yaml

from secureinfra.config.words import PYTHON, YAML, Words, said


@pytest.mark.parametrize(
    ("value", "python", "yaml"),
    [
        (2, "2", "2"),
        (True, "True", "true"),
        ("per_zone", "'per_zone'", "per_zone"),
        ("443", "'443'", '"443"'),
        ("no", "'no'", '"no"'),
        ("a: b", "'a: b'", '"a: b"'),
        (("main",), "('main',)", "[main]"),
        (("a", "b"), "('a', 'b')", "[a, b]"),
        (None, "None", "null"),
        (..., "...", "..."),
    ],
)
def test_setting(value: Any, python: str, yaml: str) -> None:
    assert PYTHON.setting("trust.field", value) == f"trust.field={python}"
    assert YAML.setting("trust.field", value) == f"'field: {yaml}'"


@pytest.mark.parametrize(
    "value", [2, True, "per_zone", "443", "no", "a: b", "*", "a*", "~", "1e3", "é", ("x", "1"), "a:", ".5"]
)
def test_yaml_means_the_value(value: Any) -> None:
    (read,) = ruamel.yaml.YAML(typ="safe", pure=True).load(YAML.setting("field", value).strip("'")).values()
    assert read == (list(value) if isinstance(value, tuple) else value)


def test_part() -> None:
    fields = {"criteria": "resource", "eq": (...,)}
    assert PYTHON.part("ArchiveFilter", fields) == "ArchiveFilter(criteria='resource', eq=(...,))"
    assert YAML.part("ArchiveFilter", fields) == "'{criteria: resource, eq: [...]}'"


@pytest.mark.parametrize(
    ("words", "waiver", "several", "fields"),
    [
        (PYTHON, "Waiver(control='x', reason=..., owner=..., until=...)", "a tuple, ('a',)", "A(...) or B(...)"),
        (YAML, "'waivers: [{control: x, reason: ..., owner: ..., until: YYYY-MM-DD}]'", "a list, [a]", "them by name"),
    ],
)
def test_further_forms(words: Words, waiver: str, several: str, fields: str) -> None:
    assert words.waiver("x") == waiver
    assert words.several("a") == several
    assert words.fields(("A", "B")) == fields


def test_a_text_may_know_no_language() -> None:
    assert said("Remove it", YAML) == "Remove it"
    assert said(lambda words: words.setting("a", 1), YAML) == "'a: 1'"
