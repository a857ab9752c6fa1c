"""Which expressions are sure to be strings.

Within text an interpolation makes a string of whatever it holds; an expression on its own does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

_TRAVERSAL: Final = re.compile(r'[a-zA-Z_][\w-]*(?:\.[a-zA-Z_][\w-]*|\[(?:\d+|"[^"$%\\]*"|[\w.]+)\])*')
_INDEX: Final = re.compile(r"\[[^\]]*\]")
_ALWAYS: Final = ("each.key", "terraform.workspace", "path.module", "path.root", "path.cwd")
_IDENTIFIERS: Final = ("id", "arn")
_FUNCTION: Final = re.compile(
    r"(?:abspath|base64encode|base64sha256|basename|chomp|cidrhost|cidrsubnet|dirname|file|format|formatdate|indent|join"
    r"|jsonencode|lower|md5|pathexpand|replace|sha1|sha256|strrev|substr|templatefile|timestamp|title|tostring|trim"
    r"|trimprefix|trimspace|trimsuffix|upper|urlencode|uuid)\("
)
_DEEPEST: Final = 20


class Texts:
    """Knows strings by what is declared around them.

    Args:
        document: where variables and locals are declared.
        type_of: the type of an attribute, asked with `resource` or `data`, its type, and its name.
    """

    def __init__(self, document: Mapping[str, Any], type_of: Callable[[str, str, str], Any]) -> None:
        self._document, self._type_of = document, type_of

    def has(self, code: str) -> bool:
        """Whether that expression is a string, whatever it refers to."""
        return self._has(code, 0)

    def _has(self, code: str, depth: int) -> bool:
        if _FUNCTION.match(code):
            return _is_one_call(code)
        if code.startswith('"') or not _TRAVERSAL.fullmatch(code) or depth > _DEEPEST:
            return code.startswith('"') and code.find('"', 1) == len(code) - 1
        if code in _ALWAYS:
            return True
        root, *steps = _INDEX.sub("", code).split(".")
        if root == "var" and "." in code:
            return steps == code.split(".")[1:] and self._is_string_variable(steps)
        if root == "local" and len(steps) == 1 and "[" not in code:
            return self._is_string(_member(self._document, "locals", steps[0]), depth)
        return self._is_string_attribute([root, *steps])

    def _is_string_variable(self, steps: list[str]) -> bool:
        declared = _member(self._document, "variable", steps[0])
        return len(steps) == 1 and isinstance(declared, Mapping) and declared.get("type") == "string"

    def _is_string(self, value: Any, depth: int) -> bool:
        if not isinstance(value, str):
            return False
        return self._has(value[2:-1], depth + 1) if value.startswith("${") and value.endswith("}") else True

    def _is_string_attribute(self, steps: list[str]) -> bool:
        section = "data" if steps[0] == "data" else "resource"
        path = steps[1:] if section == "data" else steps
        if len(path) < 3:
            return False
        known = self._type_of(section, path[0], path[2]) if len(path) == 3 else None
        return known == "string" if known is not None else path[-1].rpartition("_")[2] in _IDENTIFIERS


def _member(document: Mapping[str, Any], section: str, name: str) -> Any:
    held = document.get(section)
    for part in held if isinstance(held, list) else [held]:
        if isinstance(part, Mapping) and name in part:
            return part[name]
    return None


def _is_one_call(code: str) -> bool:
    """Whether the parenthesis that the code opens first is closed by its last character."""
    if not code.endswith(")") or '"' in re.sub(r'"[^"\\$%()]*"', "", code):
        return False
    depth = 0
    for index, character in enumerate(code):
        depth += (character == "(") - (character == ")")
        if character == ")" and depth == 0:
            return index == len(code) - 1
    return False
