"""YAML as Terraform's `yamldecode` reads it: the words of YAML 1.1 for true and false, dates as whole timestamps."""

from __future__ import annotations

import re
from typing import Any, Final

from secureinfra.terraform.expressions.functions.registry import TEXT, function
from secureinfra.terraform.expressions.nodes import Environment
from secureinfra.terraform.expressions.values import NotKnownError, RefusedError, number_of

_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
}
_WHOLE: Final = re.compile(r"[-+]?[0-9]+")
_OTHER_BASE: Final = re.compile(r"0(?:o[0-7]+|x[0-9a-fA-F]+)")
_FRACTION: Final = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NOT_HELD: Final = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[Tt ].*")
"""Numbers without end, and times of a day in any of their many forms."""
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_PREFIX: Final = "tag:yaml.org,2002:"


@function(TEXT, wants_environment=True)
def yamldecode(env: Environment, text: str) -> Any:
    """The value of a YAML text."""
    # Importing YAML takes longer than most checks; nearly all that is decoded comes from files.
    from ruamel.yaml import YAML  # noqa: PLC0415
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        documents = list(YAML(typ="safe", pure=True).compose_all(text))
    except (YAMLError, ValueError, RecursionError):
        raise RefusedError("no YAML") from None
    if len(documents) != 1 or documents[0] is None:
        raise RefusedError("not one document")
    return _value(documents[0], env)


def _value(node: Any, env: Environment) -> Any:
    # A document may name one part many times, so that it is larger than its text.
    env.budget.spend()
    if node.id == "scalar":
        return _scalar(node)
    if node.tag not in (f"{_PREFIX}seq", f"{_PREFIX}map"):
        raise NotKnownError
    if node.id == "sequence":
        return [_value(held, env) for held in node.value]
    found: dict[str, Any] = {}
    for key, held in node.value:
        if key.id != "scalar" or (key.style is None and key.value == "<<"):
            raise NotKnownError
        name = _scalar(key)
        if name is None:
            raise RefusedError("a key is null")
        # Terraform names a key by what it means: `n: 1` is "false".
        found["true" if name is True else "false" if name is False else str(name)] = _value(held, env)
    return found


def _scalar(node: Any) -> Any:
    text: str = node.value
    if node.style is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _OTHER_BASE.fullmatch(text):
        return int(text, 0)
    if _NOT_HELD.fullmatch(text):
        raise NotKnownError
    if _WHOLE.fullmatch(text) or _FRACTION.fullmatch(text):
        return number_of(text.lstrip("+"))
    if date := _DATE.fullmatch(text):
        return f"{date[1]}-{date[2]:0>2}-{date[3]:0>2}T00:00:00Z"
    return text
