"""Placeholders for variables in a document, and the expressions that replace them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from secureinfra.modules.content.inline import inline
from secureinfra.modules.content.source import ITEM, NAME, TAGS, Variable, item_of
from secureinfra.modules.content.walk import rewritten, strings

# A private-use character stands for an expression while the surrounding text is written.
_MARK = "\ue000"
_ITEM_TOKEN = re.compile(rf"\$\{{{ITEM}(\w+)\}}")


def misplaced(document: Mapping[str, Any], variables: Iterable[Variable]) -> dict[str, str]:
    """The settings that cannot be variables, by variable name, each with the reason.

    They have no effect, decide an address, or are used where a list is not possible.
    """
    texts = list(strings(without_metadata(document)))
    addresses = {label for _, labels, _ in blocks(document) for label in labels}
    written = list(strings(without_metadata(resolved(document))))
    left = [text for text in written if f"${{{ITEM}" in text or text.startswith(TAGS)]
    found = {}
    for variable in variables:
        if not _has_effect(variable, texts):
            found[variable.name] = f"{variable.setting} has no effect here and cannot be a variable of the module."
        elif _in_a_name(variable.name, addresses, texts):
            found[variable.name] = f"{variable.setting} decides addresses and cannot be a variable of the module."
        elif any(f"${{{ITEM}{variable.name}}}" in text or text == f"{TAGS}{variable.name}" for text in left):
            found[variable.name] = f"{variable.setting} decides structure and cannot be a variable of the module."
    return found


def _has_effect(variable: Variable, texts: Iterable[str]) -> bool:
    if variable.type == "list(string)":
        return any(f"{ITEM}{variable.name}" in text for text in texts)
    if variable.type == "map(string)":
        return f"{TAGS}{variable.name}" in texts
    return any(re.search(rf"\bvar\.{variable.name}\b", text) for text in texts)


def _in_a_name(variable: str, addresses: Iterable[str], texts: Iterable[str]) -> bool:
    """Whether something was named after the reference itself, as rules are after their ports."""
    written = re.compile(rf"\bvar-{variable.replace('_', '-')}\b")
    named = any(mark in address for address in addresses for mark in (f"var_{variable}", f"{ITEM}{variable}"))
    return named or any(map(written.search, texts))


def resolved(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with placeholders replaced by expressions of variables."""
    found: dict[str, Any] = _resolved(rewritten(document, lambda text: text.replace(NAME, "${var.name}")))
    return found


def blocks(document: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, str], dict[str, Any]]]:
    """Every resource, data source and ephemeral resource: its section, type and name, and its body."""
    for section in ("data", "ephemeral", "resource"):
        for type, held in document.get(section, {}).items():
            for name, block in held.items():
                yield section, (type, name), block


def without_metadata(value: Any) -> Any:
    """A value without the engine's metadata, which Terraform does not read."""
    if isinstance(value, Mapping):
        return {key: without_metadata(item) for key, item in value.items() if key != "//"}
    return [without_metadata(item) for item in value] if isinstance(value, list) else value


def _resolved(value: Any) -> Any:
    if isinstance(value, Mapping):
        held = {key: _resolved(item) for key, item in value.items()}
        return _merged(held) if any(key.startswith(TAGS) for key in held) else _with_repeated_blocks(held)
    if isinstance(value, list):
        spread = _spread([_resolved(item) for item in value])
        return f"${{{spread.code}}}" if isinstance(spread, _Code) else spread
    if isinstance(value, str) and value.startswith('{"') and f"${{{ITEM}" in value:
        return _resolved_json(value)
    return value


def _with_repeated_blocks(held: dict[str, Any]) -> dict[str, Any]:
    """A block whose blocks of `key` and `value`, as an auto scaling group has for tags, are repeated for all entries of a variable."""
    for name, items in list(held.items()):
        spread = next((item for item in items if _is_of_all_entries(item)), None) if isinstance(items, list) else None
        if spread is None:
            continue
        # What else a block says is the same for all that one block repeats; another one stays by itself.
        alike = [item for item in items if _beside(item) == _beside(spread)]
        entries = {item["key"]: item["value"] for item in alike}
        content = {**_beside(spread), "key": f"${{{name}.key}}", "value": f"${{{name}.value}}"}
        del held[name]
        if apart := [item for item in items if item not in alike]:
            held[name] = apart
        held["dynamic"] = {**held.get("dynamic", {}), name: {"for_each": _merged(entries), "content": content}}
    return held


def _beside(item: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in item.items() if key not in ("key", "value")}


def _is_of_all_entries(item: Any) -> bool:
    return isinstance(item, Mapping) and str(item.get("key", "")).startswith(TAGS) and "value" in item


@dataclass(frozen=True)
class _Code:
    """An expression in place of a value."""

    code: str


def _resolved_json(text: str) -> str:
    """JSON text in which lists are expressions that Terraform encodes in place."""
    codes: list[str] = []

    def spread(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: spread(item) for key, item in value.items()}
        if not isinstance(value, list):
            return value
        found = _spread([spread(item) for item in value])
        if isinstance(found, _Code):
            codes.append(found.code)
            return f"{_MARK}{len(codes) - 1}{_MARK}"
        return found

    try:
        held = spread(json.loads(text))
    except ValueError:
        return text
    written = json.dumps(held, separators=(",", ":"), ensure_ascii=False)
    return re.sub(f'"{_MARK}(\\d+){_MARK}"', lambda match: f"${{jsonencode({codes[int(match[1])]})}}", written)


def _merged(held: Mapping[str, Any]) -> str:
    """An object with placeholder keys for all entries of variables, as one expression."""
    parts: list[str] = []
    literal: dict[str, Any] = {}
    for key, item in held.items():
        if key.startswith(TAGS):
            parts += _object(literal)
            parts.append(f"var.{key.removeprefix(TAGS)}")
            literal = {}
        else:
            literal[key] = item
    parts += _object(literal)
    return f"${{{parts[0]}}}" if len(parts) == 1 else f"${{merge({', '.join(parts)})}}"


def _object(literal: Mapping[str, Any]) -> list[str]:
    return [inline(literal)] if literal else []


def _spread(items: Sequence[Any]) -> Any:
    """A list with a placeholder for all items of a variable, as one expression."""
    if not any(isinstance(item, str) and _ITEM_TOKEN.search(item) for item in items):
        return list(items)
    parts: list[str] = []
    literal: list[Any] = []
    for item in items:
        found = _ITEM_TOKEN.search(item) if isinstance(item, str) else None
        if found is None:
            literal.append(item)
            continue
        if literal:
            parts.append(inline(literal))
            literal = []
        parts.append(_each(item, found[1]))
    if literal:
        parts.append(inline(literal))
    return _Code(parts[0] if len(parts) == 1 else f"concat({', '.join(parts)})")


def _each(item: str, variable: str) -> str:
    if item == f"${{{ITEM}{variable}}}":
        return f"var.{variable}"
    name = item_of(variable)
    template = item.replace(f"${{{ITEM}{variable}}}", f"${{{name}}}")
    return f"[for {name} in var.{variable} : {inline(template)}]"
