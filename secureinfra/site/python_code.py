"""Terraform JSON as the Python that writes it with `Resource`, for what no construct makes."""

from __future__ import annotations

import ast
import json
import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Any

WIDTH = 96
_REFERENCE = re.compile(r"\$\{(data\.)?(\w+)\.([\w-]+)\.(\w+)\}")
_SECTIONS = {"data": "Data", "resource": "Resource"}
# What `Resource` takes under its own names.
_META = ("depends_on", "lifecycle", "provider", "count", "for_each", "provisioner", "connection")


def python(document: Mapping[str, Any]) -> str:
    """The statements that write a configuration, for the constructor of a `SecureConstruct`; empty where `Resource` cannot.

    Args:
        document: Terraform JSON with resources and data sources.
    """
    blocks = [
        (section, type, name, body)
        for section in ("data", "resource")
        for type, named in document.get(section, {}).items()
        for name, body in named.items()
    ]
    if set(document) - set(_SECTIONS) or any(not _writable(body) for *_, body in blocks):
        return ""
    names = {(section, type, name): _variable(name, type, blocks) for section, type, name, _ in blocks}
    lines, left = [], blocks
    while left:
        ready = [one for one in left if not any(_refers(one[3], other[:3]) for other in left if other is not one)]
        if not ready:
            return ""
        used = [key for key in names if any(_refers(body, key) for *_, body in blocks)]
        lines += [_statement(one, names, assigned=one[:3] in used) for one in ready]
        left = [one for one in left if one not in ready]
    return "\n".join(lines)


def on_lines(code: str) -> str:
    """Python with each statement on a line of its own; what is not Python stays as it is.

    Args:
        code: statements, as a docstring writes them on one line.
    """
    try:
        statements = ast.parse(code).body
    except SyntaxError:
        return code
    if "\n" in code or "#" in code:
        return code
    return "\n".join(filter(None, (ast.get_source_segment(code, one) for one in statements)))


def _writable(body: Any) -> bool:
    return isinstance(body, Mapping) and not any(name in body for name in (*_META, "//", "dynamic"))


def _variable(name: str, type: str, blocks: list[tuple[str, str, str, Any]]) -> str:
    plain = re.sub(r"\W", "_", name)
    if sum(1 for *_, other, _ in blocks if other == name) > 1 or keyword.iskeyword(plain) or plain in ("self", "id"):
        return f"{type.removeprefix('aws_')}_{plain}"
    return plain


def _refers(value: Any, key: tuple[str, str, str]) -> bool:
    section, type, name = key
    text = json.dumps(value)
    return any(
        (("data" if match[1] else "resource"), match[2], match[3]) == (section, type, name)
        for match in _REFERENCE.finditer(text)
    )


def _statement(block: tuple[str, str, str, Any], names: Mapping[tuple[str, str, str], str], *, assigned: bool) -> str:
    section, type, name, body = block
    head = f"{names[section, type, name]} = " if assigned else ""
    # Ids are unique within a construct, whatever the type.
    alone = sum(1 for _, _, other in names if other == name) == 1
    id = name if alone else names[section, type, name].replace("_", "-")
    arguments = [f'self, "{id}", "{type}"']
    plain = {key: value for key, value in body.items() if key.isidentifier() and not keyword.iskeyword(key)}
    arguments += [f"{key}={_value(value, names, 4)}" for key, value in plain.items()]
    if others := {key: value for key, value in body.items() if key not in plain}:
        arguments.append(f"**{_value(others, names, 4)}")
    line = f"{head}{_SECTIONS[section]}({', '.join(arguments)})"
    if len(line) <= WIDTH and "\n" not in line:
        return line
    return "\n".join([f"{head}{_SECTIONS[section]}(", *(f"    {one}," for one in arguments), ")"])


def _value(value: Any, names: Mapping[tuple[str, str, str], str], indent: int) -> str:
    if isinstance(value, Mapping):
        pairs = [f"{_value(key, {}, indent)}: {_value(held, names, indent + 4)}" for key, held in value.items()]
        return _spread("{", pairs, "}", indent)
    if isinstance(value, list):
        return _spread("[", [_value(held, names, indent + 4) for held in value], "]", indent)
    if isinstance(value, str):
        return _text(value, names, indent)
    return repr(value)


def _text(value: str, names: Mapping[tuple[str, str, str], str], indent: int) -> str:
    if value.startswith("{"):
        try:
            return f"json.dumps({_value(json.loads(value), names, indent)})"
        except ValueError:
            pass
    pieces = list(_pieces(value, names))
    if len(pieces) == 1 and pieces[0][1]:
        return pieces[0][0]
    if any(code for _, code in pieces):
        held = "".join(f"{{{text}}}".replace('"', "'") if code else _escaped(text) for text, code in pieces)
        return f'f"{held}"'
    return json.dumps(value, ensure_ascii=False)


def _pieces(value: str, names: Mapping[tuple[str, str, str], str]) -> Iterator[tuple[str, bool]]:
    """The parts of a text, and whether each is Python code: references to other blocks are."""
    end = 0
    for match in _REFERENCE.finditer(value):
        key = ("data" if match[1] else "resource", match[2], match[3])
        if key in names:
            if value[end : match.start()]:
                yield value[end : match.start()], False
            yield f'{names[key]}.ref("{match[4]}")', True
            end = match.end()
    if value[end:] or not value:
        yield value[end:], False


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1].replace("{", "{{").replace("}", "}}")


def _spread(start: str, items: list[str], end: str, indent: int) -> str:
    line = f"{start}{', '.join(items)}{end}"
    if len(line) + indent <= WIDTH - 20 and "\n" not in line:
        return line
    space = " " * indent
    return "\n".join([start, *(f"{space}    {item}," for item in items), f"{space}{end}"])
