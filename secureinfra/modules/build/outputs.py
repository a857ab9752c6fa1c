"""The outputs of a construct: its public properties that hold references."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from secureinfra.config.docstrings import on_one_line
from secureinfra.engine import SecureConstruct
from secureinfra.errors import SecureInfraError
from secureinfra.modules.content.source import Output

_INPUT = re.compile(r"\$\{var\.\w+\}")


def outputs_of(construct: Any) -> list[Output]:
    """The outputs of a construct: ids, ARNs and names that it exposes, except those that were passed in."""
    found: dict[str, Output] = {}
    for cls in type(construct).__mro__:
        # Properties of every construct are about account and region; those of the engine are not outputs.
        if (
            cls is SecureConstruct
            or not cls.__module__
            or cls.__module__.split(".")[0] in {"constructs", "cdktf", "cdktn"}
        ):
            break
        for name, member in vars(cls).items():
            if isinstance(member, property) and not name.startswith("_") and name not in found:
                value = _value(construct, name)
                if value is not None:
                    found[name] = Output(name, _sentence(member), value)
    for part, held in vars(construct).items():
        if isinstance(held, SecureConstruct) and not part.startswith("_") and part != "scope":
            for output in _own(held):
                name = f"{part}_{output.name}"
                found.setdefault(name, replace(output, name=name))
    return list(found.values())


def _own(part: SecureConstruct) -> Iterator[Output]:
    """The outputs of a nested construct: its ARN and its name."""
    for name in ("arn", "name"):
        member = getattr(type(part), name, None)
        value = _value(part, name) if isinstance(member, property) else None
        if isinstance(member, property) and value is not None:
            yield Output(name, _sentence(member), value)


def _value(construct: Any, name: str) -> Any:
    try:
        value = getattr(construct, name)
    except SecureInfraError:
        # It does not exist in this configuration.
        return None
    if isinstance(value, list | tuple) and value and all(map(_is_reference, value)):
        return [str(item) for item in value]
    # Values composed only of region and account are for policies inside the module, not for callers.
    return str(value) if _is_reference(value) and "${aws_" in value else None


def _is_reference(value: object) -> bool:
    return isinstance(value, str) and "${" in value and not _INPUT.fullmatch(value)


def _sentence(member: property) -> str:
    text = on_one_line(inspect.getdoc(member) or "")
    text = re.sub(r"^References? to ", "", text)
    first = "".join(_until_sentence_ends(text))
    return f"{first[:1].upper()}{first[1:]}"


def _until_sentence_ends(text: str) -> Iterator[str]:
    yield re.split(r"(?<=[^.])\.(?= |$)|: as | or references|;", text, maxsplit=1)[0].rstrip(".") + "."
