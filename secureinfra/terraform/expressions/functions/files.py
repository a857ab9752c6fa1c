"""Functions that read files."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

from secureinfra.terraform.expressions.conversion import make_set, to_text
from secureinfra.terraform.expressions.files import SCOPE, Files
from secureinfra.terraform.expressions.functions.registry import MAP, TEXT, function
from secureinfra.terraform.expressions.nodes import Environment
from secureinfra.terraform.expressions.values import NotKnownError, RefusedError
from secureinfra.terraform.unknown import Unknown


def _files(env: Environment) -> Files:
    try:
        files = env.scope[SCOPE]
    except KeyError:
        raise NotKnownError from None
    if not isinstance(files, Files):
        raise NotKnownError
    return files


def _text(env: Environment, path: str) -> str:
    try:
        return _files(env).content(path).decode("utf-8")
    except UnicodeDecodeError:
        raise RefusedError("no UTF-8 text") from None


@function(TEXT, wants_environment=True)
def file(env: Environment, path: str) -> str:
    """The text of a file."""
    return _text(env, path)


@function(TEXT, wants_environment=True)
def filebase64(env: Environment, path: str) -> str:
    """Base64 of a file."""
    return base64.b64encode(_files(env).content(path)).decode()


@function(TEXT, wants_environment=True)
def fileexists(env: Environment, path: str) -> bool:
    """Whether there is such a file."""
    return _files(env).exists(path)


@function(TEXT, TEXT, wants_environment=True)
def fileset(env: Environment, folder: str, pattern: str) -> list[Any]:
    """The files below a folder that match a pattern."""
    wanted = re.compile(_pattern(pattern))
    return make_set([name for name in _files(env).below(folder) if wanted.fullmatch(name)])


def _pattern(pattern: str) -> str:
    """A regular expression for a pattern: `*` and `?` within a part of a path, `**` for any parts, `{a,b}` for either."""
    if "[" in pattern or "\\" in pattern:
        raise NotKnownError
    pieces = re.split(r"(\*\*/|/\*\*$|\*\*|\*|\?|[{},])", pattern)
    special = {
        "**/": "(?:[^/]+/)*",
        "/**": "(?:/[^/]+)+",
        "**": "[^/]*",
        "*": "[^/]*",
        "?": "[^/]",
        "{": "(?:",
        "}": ")",
    }
    if pattern == "**":
        return ".*"
    inside, written = False, ""
    for piece in pieces:
        inside = piece == "{" or (inside and piece != "}")
        written += "|" if piece == "," and inside else special.get(piece, re.escape(piece))
    try:
        re.compile(written)
    except re.error:
        raise RefusedError("no pattern") from None
    return written


@function(TEXT, MAP, reach="any", wants_environment=True)
def templatefile(env: Environment, path: Any, variables: Any) -> str:
    """The text of a file as a template, with the variables that a map names."""
    if type(path) is Unknown or type(variables) is Unknown:
        raise NotKnownError
    text = _text(env, path)
    env.budget.spend(1 + len(text) // 1000)
    value = env.evaluate(text, {**variables, SCOPE: _files(env)})
    if type(value) is Unknown:
        # Its text speaks of the template's own variables, which mean nothing where the template is used.
        raise NotKnownError(*env.parts_of(variables))
    return to_text(value)


def _digest(name: str, algorithm: str, *, as_base64: bool = False) -> None:
    @function(TEXT, name=name, wants_environment=True)
    def digest(env: Environment, path: str) -> str:
        made = hashlib.new(algorithm, _files(env).content(path), usedforsecurity=False)
        return base64.b64encode(made.digest()).decode() if as_base64 else made.hexdigest()


for _algorithm in ("md5", "sha1", "sha256", "sha512"):
    _digest(f"file{_algorithm}", _algorithm)
for _algorithm in ("sha256", "sha512"):
    _digest(f"filebase64{_algorithm}", _algorithm, as_base64=True)
