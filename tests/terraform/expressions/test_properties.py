"""What holds for any text and any value."""

import json
import unicodedata
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from secureinfra.terraform.expressions import evaluate
from secureinfra.terraform.unknown import Unknown, unknowns

MARKS = "${}[]().,:?!+-*/%<>=&|~\"\\#\n 'a1"
SIGNS = "${ %{ ${~ ~} $${ %%{ if for in else endif endfor => ... && || == <<E <<-E a.b null true upper( [*] .* 1.5e3 /* // \u00e9"
WORDS = st.sampled_from([*MARKS, *SIGNS.split(), "if ", "for ", " in ", "<<E\n", "<<-E\n", "\nE\n"])
PLAIN = st.text(max_size=12).filter(lambda text: unicodedata.normalize("NFC", text) == text)
FRACTIONS = st.floats(-1e12, 1e12).filter(lambda number: abs(number) > 1e-12 and not number.is_integer())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | FRACTIONS | PLAIN,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(PLAIN, inner, max_size=4),
    max_leaves=12,
)
REFERENCES = st.sampled_from(["a.b.c", "a.b.d", 'a.s["x"].e'])
VALUES = {"a": {"b": {"c": "1${x}", "d": "%{"}, "s": {"x": {"e": "$"}}}}


def escape(text: str) -> str:
    return text.replace("${", "$${").replace("%{", "%%{")


@given(st.lists(WORDS, max_size=25).map("".join) | st.text(max_size=30))
def test_any_text_has_a_value(text: str) -> None:
    evaluate(text, VALUES)
    evaluate(f"${{{text}}}", VALUES)
    evaluate(f'${{"{text}"}}', VALUES)


@given(st.lists(WORDS, max_size=10).map("".join) | PLAIN)
def test_an_escaped_text_is_itself(text: str) -> None:
    assert evaluate(escape(text), {}) == text


@given(JSON)
def test_json_comes_back(value: Any) -> None:
    scope = {"var": {"x": value}}
    text = evaluate("${jsonencode(var.x)}", scope)
    assert json.loads(text) == value
    assert evaluate("${jsondecode(jsonencode(var.x))}", scope) == value


def with_unknowns(value: Any, unknown: list[str]) -> Any:
    if isinstance(value, list):
        return [with_unknowns(held, unknown) for held in value]
    if isinstance(value, dict):
        return {key: with_unknowns(held, unknown) for key, held in value.items()}
    if value is None and unknown:
        reference = unknown.pop()
        return Unknown(f"${{{reference}}}", (reference,))
    return value


def evaluated(value: Any) -> Any:
    if isinstance(value, str):
        return evaluate(value, {})
    if isinstance(value, list):
        return [evaluated(held) for held in value]
    if isinstance(value, dict):
        return {evaluate(key, {}): evaluated(held) for key, held in value.items()}
    return value


@given(JSON, st.lists(REFERENCES, min_size=1, max_size=3))
def test_unknown_json_evaluates_to_what_was_encoded(value: Any, references: list[str]) -> None:
    value = with_unknowns({"held": [None, value]}, references)
    encoded = evaluate("${jsonencode(var.x)}", {"var": {"x": value}})
    assert type(encoded) is Unknown
    back = evaluated(json.loads(encoded.text))
    assert shown(back) == shown(value)


def shown(value: Any) -> str:
    return json.dumps(value, default=lambda unknown: [unknown.text, unknown.references], sort_keys=True)


@given(st.lists(st.tuples(st.lists(WORDS, max_size=4).map("".join), REFERENCES), min_size=1, max_size=4))
def test_an_unknown_text_is_a_template_of_the_same_value(parts: list[tuple[str, str]]) -> None:
    template = "".join(escape(text).rstrip("$%") + f"${{{reference}}}" for text, reference in parts)
    unknown = evaluate(template, {})
    assert next(unknowns(unknown)) is unknown
    again = evaluate(unknown.text, {})
    assert (again.text, again.references) == (unknown.text, unknown.references)
    assert evaluate(unknown.text, VALUES) == evaluate(template, VALUES)


@given(st.text(alphabet="ab-.", max_size=12), st.text(alphabet="ab-.|*+?()[]^$", max_size=8))
def test_any_pattern_has_an_answer(text: str, pattern: str) -> None:
    value = evaluate("${regexall(var.pattern, var.text)}", {"var": {"pattern": pattern, "text": text}})
    assert type(value) is Unknown or isinstance(value, list)
