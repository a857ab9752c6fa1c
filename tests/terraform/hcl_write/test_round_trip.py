"""What is written as HCL and read back is what it was written from."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

from hypothesis import example, given

from secureinfra.terraform.hcl_write import expression, write_document
from secureinfra.terraform.hcl_write.templates import literal, pieces_of
from secureinfra.terraform.model.written import evaluated
from secureinfra.terraform.read import hcl
from secureinfra.terraform.unknown import is_unknown
from tests.terraform.hcl_write.strategies import codes, plain_texts, templates, values

SCOPE = {"local": {"text": "v", "off": False, "list": [1, 2], "none": None}}


def read_back(document: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = dict(hcl.document(write_document(document), "written.tf").body)
    return body


def as_templates(value: Any) -> Any:
    if isinstance(value, str):
        return literal(value)
    if isinstance(value, dict):
        return {literal(name): as_templates(held) for name, held in value.items()}
    return [as_templates(item) for item in value] if isinstance(value, list) else value


def come_to(value: Any) -> Any:
    """The value as Terraform composes its letters, with unknown parts as their text, so that it can be compared."""
    if is_unknown(value):
        return ("unknown", "".join(piece.text for piece in pieces_of(value.text)))
    if isinstance(value, dict):
        return {unicodedata.normalize("NFC", name): come_to(held) for name, held in value.items()}
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    return [come_to(item) for item in value] if isinstance(value, list) else value


@given(plain_texts.map(literal))
def test_strings_come_back_as_they_were(text: str) -> None:
    read = read_back({"locals": {"value": text}})["locals"]["value"]
    assert read == text


@given(values(plain_texts))
def test_values_come_back(value: Any) -> None:
    read = read_back({"locals": {"value": as_templates(value)}})["locals"]["value"]
    assert come_to(evaluated(read, {})) == value


@given(templates())
@example("${local.text}\x00{")
def test_templates_come_to_the_same(text: str) -> None:
    read = read_back({"locals": {"value": text}})["locals"]["value"]
    assert come_to(evaluated(read, SCOPE)) == come_to(evaluated(text, SCOPE))


@given(codes)
def test_code_comes_to_the_same(code: str) -> None:
    text = f'${{try({code}, "failed")}}'
    read = read_back({"locals": {"value": text, "items": [text]}})["locals"]
    expected = come_to(evaluated(text, SCOPE))
    assert come_to(evaluated(read["value"], SCOPE)) == expected
    assert come_to(evaluated(read["items"], SCOPE)) == [expected]


@given(values(plain_texts).filter(lambda value: isinstance(value, dict) and value))
def test_json_text_comes_to_the_same(value: dict[str, Any]) -> None:
    text = literal(json.dumps(value, ensure_ascii=False))
    # Text with a character that stands for interpolations while JSON is read stays text.
    assert expression(text).startswith("jsonencode({") or {"\ue000", "\ue001"} & set(text)
    read = read_back({"locals": {"value": text}})["locals"]["value"]
    assert json.loads(evaluated(read, {})) == value


@given(values(plain_texts))
def test_defaults_of_variables_are_taken_as_they_are(value: Any) -> None:
    read = read_back({"variable": {"v": {"default": value}}})["variable"]["v"]["default"]
    assert read == value


@given(values(plain_texts))
def test_arguments_come_back(value: Any) -> None:
    body = read_back({"module": {"m": {"source": "./m", "value": as_templates(value)}}})
    assert come_to(evaluated(body["module"]["m"]["value"], {})) == value
