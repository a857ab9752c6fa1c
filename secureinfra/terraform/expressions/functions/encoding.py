"""Functions that encode, decode and hash."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

from secureinfra.terraform.expressions.functions.registry import NULLABLE, TEXT, function
from secureinfra.terraform.expressions.nodes import Environment
from secureinfra.terraform.expressions.values import (
    MOST_CHARACTERS,
    NotKnownError,
    RefusedError,
    escaped,
    number_of,
    number_text,
    references_of,
)
from secureinfra.terraform.unknown import Unknown

_HTML = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


@function(NULLABLE, reach="any", wants_environment=True)
def jsonencode(env: Environment, value: Any) -> str | Unknown:
    """JSON; with unknown parts, an unknown value whose text is JSON with each of them as a string of its template."""
    unknown = env.parts_of(value)
    named = iter(unknown)
    pieces: list[str] = []
    _encode(value, named, bool(unknown), pieces)
    text = "".join(pieces)
    if len(text) > MOST_CHARACTERS:
        raise NotKnownError(*unknown)
    return Unknown(text, references_of(unknown)) if unknown else text


def _encode(value: Any, unknown: Any, template: bool, pieces: list[str]) -> None:
    if isinstance(value, dict) and not hasattr(type(value), "__missing__"):
        pieces.append("{")
        # What is unknown is numbered in the order of the source, JSON is written in the order of the keys.
        encoded: dict[str, list[str]] = {}
        for key in value:
            encoded[key] = [json_text(escaped(key) if template else key), ":"]
            _encode(value[key], unknown, template, encoded[key])
        for count, key in enumerate(sorted(encoded)):
            pieces += ([","] if count else []) + encoded[key]
        pieces.append("}")
    elif isinstance(value, list):
        pieces.append("[")
        for count, held in enumerate(value):
            if count:
                pieces.append(",")
            _encode(held, unknown, template, pieces)
        pieces.append("]")
    elif isinstance(value, dict) or type(value) is Unknown:
        pieces.append(json_text(next(unknown).text))
    elif isinstance(value, str):
        pieces.append(json_text(escaped(value) if template else value))
    elif isinstance(value, bool) or value is None:
        pieces.append({True: "true", False: "false", None: "null"}[value])
    else:
        pieces.append(number_text(value))


def json_text(text: str) -> str:
    """A string in JSON, with what HTML gives a meaning escaped, as Terraform writes it."""
    return json.dumps(text, ensure_ascii=False).translate(_HTML)


@function(TEXT)
def jsondecode(text: str) -> Any:
    """The value of a JSON text."""
    try:
        return json.loads(text, parse_float=number_of, parse_int=number_of, parse_constant=_no_constant)
    except ValueError:
        raise RefusedError("no JSON") from None


def _no_constant(_: str) -> Any:
    raise RefusedError("JSON has no such number")


@function(TEXT)
def base64encode(text: str) -> str:
    """Base64 of the text in UTF-8."""
    return base64.b64encode(_bytes(text)).decode()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@function(TEXT)
def base64decode(text: str) -> str:
    """The UTF-8 text that a Base64 text holds."""
    return _decoded(text, "utf-8")


def _decoded(text: str, encoding: str) -> str:
    try:
        return base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True).decode(encoding)
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise RefusedError("no Base64 text") from None


_ENCODINGS = {"UTF-8": "utf-8", "UTF-16LE": "utf-16-le", "UTF-16BE": "utf-16-be", "ISO-8859-1": "latin-1"}


def _encoding(name: str) -> str:
    if name.upper() not in _ENCODINGS:
        raise NotKnownError
    return _ENCODINGS[name.upper()]


@function(TEXT, TEXT)
def textencodebase64(text: str, encoding: str) -> str:
    """Base64 of the text in an encoding."""
    try:
        return base64.b64encode(text.encode(_encoding(encoding))).decode()
    except UnicodeEncodeError:
        raise RefusedError("the encoding lacks a character") from None


@function(TEXT, TEXT)
def textdecodebase64(text: str, encoding: str) -> str:
    """The text that a Base64 text holds in an encoding."""
    return _decoded(text, _encoding(encoding))


@function(TEXT)
def urlencode(text: str) -> str:
    """The text as part of a query."""
    from urllib.parse import quote_plus  # noqa: PLC0415 - few configurations need it

    return quote_plus(_bytes(text), safe="")


@function(TEXT)
def md5(text: str) -> str:
    """MD5, in hexadecimal."""
    return hashlib.md5(_bytes(text), usedforsecurity=False).hexdigest()


@function(TEXT)
def sha1(text: str) -> str:
    """SHA-1, in hexadecimal."""
    return hashlib.sha1(_bytes(text), usedforsecurity=False).hexdigest()


@function(TEXT)
def sha256(text: str) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(_bytes(text)).hexdigest()


@function(TEXT)
def sha512(text: str) -> str:
    """SHA-512, in hexadecimal."""
    return hashlib.sha512(_bytes(text)).hexdigest()


@function(TEXT)
def base64sha256(text: str) -> str:
    """SHA-256, in Base64."""
    return base64.b64encode(hashlib.sha256(_bytes(text)).digest()).decode()


@function(TEXT)
def base64sha512(text: str) -> str:
    """SHA-512, in Base64."""
    return base64.b64encode(hashlib.sha512(_bytes(text)).digest()).decode()


@function(TEXT, TEXT)
def uuidv5(namespace: str, name: str) -> str:
    """The UUID of a name in a namespace."""
    import uuid  # noqa: PLC0415 - few configurations need it

    spaces = {
        "dns": uuid.NAMESPACE_DNS,
        "url": uuid.NAMESPACE_URL,
        "oid": uuid.NAMESPACE_OID,
        "x500": uuid.NAMESPACE_X500,
    }
    try:
        return str(uuid.uuid5(spaces.get(namespace) or uuid.UUID(namespace), name))
    except ValueError:
        raise RefusedError("no namespace") from None


@function(TEXT)
def csvdecode(text: str) -> list[dict[str, str]]:
    """A list of objects, named after the first line."""
    import csv  # noqa: PLC0415 - few configurations need it
    import io  # noqa: PLC0415

    try:
        header, *rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except (ValueError, csv.Error):
        raise RefusedError("no CSV") from None
    if len(set(header)) != len(header) or any(len(row) != len(header) for row in rows):
        raise RefusedError("rows and header differ")
    return [dict(zip(header, row, strict=True)) for row in rows]
