"""Which expressions are sure to be strings.

Within text an interpolation makes a string of whatever it holds; an expression on its own does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from secureinfra.terraform.hcl_write.code import CodeError, Word, formatted, spaced
from secureinfra.terraform.hcl_write.groups import Group, Nodes, nodes_of, parted, words_in
from secureinfra.terraform.hcl_write.nesting import INDEX
from secureinfra.terraform.hcl_write.templates import expression_of, pieces_of

_ALWAYS: Final = ("each.key", "terraform.workspace", "path.module", "path.root", "path.cwd")
_IDENTIFIERS: Final = ("id", "arn")
_FUNCTIONS: Final = frozenset(
    "abspath base64decode base64encode base64gzip base64sha256 base64sha512 basename bcrypt chomp cidrhost cidrnetmask"
    " cidrsubnet dirname file filebase64 filebase64sha256 filemd5 filesha1 filesha256 format formatdate indent join"
    " jsonencode lower md5 pathexpand plantimestamp replace sha1 sha256 sha512 strrev substr templatefile"
    " textdecodebase64 textencodebase64 timeadd timestamp title tostring trim trimprefix trimspace trimsuffix upper"
    " urlencode uuid uuidv5 yamlencode".split()
)
# What these give has the type of their arguments.
_CHOOSING: Final = frozenset(("coalesce", "nonsensitive", "sensitive", "try"))
# The elements of these variables are strings.
_COLLECTIONS: Final = ("map(string)", "list(string)")
_DEEPEST: Final = 20

TypeAt = Callable[[str, str, Sequence[str]], Any]
"""The type at steps within a `resource` or `data` of a type, as `nesting.type_at` gives it."""


class Texts:
    """Knows strings by what is declared around them.

    Args:
        document: where variables and locals are declared.
        type_at: the types that the provider declares.
    """

    def __init__(self, document: Mapping[str, Any], type_at: TypeAt) -> None:
        self._document, self._type_at = document, type_at

    def has(self, code: str) -> bool:
        """Whether that expression, formatted, is a string, whatever it refers to."""
        return self._has(nodes_of(code), 0)

    def _has(self, nodes: Nodes, depth: int) -> bool:
        if depth > _DEEPEST or not nodes:
            return False
        first, *others = nodes
        if isinstance(first, Group):
            return first.kind == "paren" and not others and self._has(first.items[0], depth + 1)
        if len(nodes) == 1 and first.kind == "string":
            # `"${var.x}"` is what the variable is.
            return not first.text.startswith(('"${', '"%{'))
        if len(others) == 1 and isinstance(others[0], Group) and others[0].kind == "call":
            chooses = first.text in _CHOOSING and all(self._has(item, depth + 1) for item in others[0].items)
            return chooses or first.text in _FUNCTIONS
        if Word("sign", "?") in nodes:
            return self._chooses(nodes, depth)
        steps = _steps(nodes)
        return steps is not None and self._refers(spaced(words_in(nodes)), steps, depth)

    def _chooses(self, nodes: Nodes, depth: int) -> bool:
        """Whether both sides of a conditional are strings."""
        _, *chosen = parted(nodes, "?")
        sides = parted(chosen[0], ":") if len(chosen) == 1 else []
        return len(sides) == 2 and all(self._has(side, depth + 1) for side in sides)

    def _refers(self, code: str, steps: list[str], depth: int) -> bool:
        if code in _ALWAYS:
            return True
        root, *path = steps
        if root == "var":
            return self._is_string_variable(path)
        if root == "local":
            return len(path) == 1 and self._is_string(_member(self._document, "locals", path[0]), depth)
        section = "data" if root == "data" else "resource"
        return self._is_string_attribute(section, path if section == "data" else steps)

    def _is_string_variable(self, path: list[str]) -> bool:
        declared = _member(self._document, "variable", path[0]) if path else None
        type = declared.get("type") if isinstance(declared, Mapping) else None
        if not isinstance(type, str):
            return False
        if len(path) == 2:
            return type in (_COLLECTIONS if path[1] == INDEX else _COLLECTIONS[:1])
        return len(path) == 1 and type == "string"

    def _is_string(self, value: Any, depth: int) -> bool:
        if not isinstance(value, str):
            return False
        try:
            code = expression_of(pieces_of(value))
            return code is None or self._has(nodes_of(formatted(code)), depth + 1)
        except CodeError:
            return False

    def _is_string_attribute(self, section: str, path: list[str]) -> bool:
        type, name, *steps = path if len(path) > 1 else ("", "")
        if steps[:1] == [INDEX]:  # of several instances
            del steps[0]
        if not steps or name == INDEX:
            return False
        known = self._type_at(section, type, steps)
        if known is None:
            return steps[-1].rpartition("_")[2] in _IDENTIFIERS
        return bool(known == "string")


def _steps(nodes: Nodes) -> list[str] | None:
    """The names of a reference, with `INDEX` for each of its items; `None` if it is none, or one to all items of a list."""
    steps: list[str] = []
    named = True
    for node in nodes:
        if isinstance(node, Group):
            if node.kind != "index" or named or not _is_item(node):
                return None
            steps.append(INDEX)
        elif named:
            if node.kind != "name":
                return None
            steps.append(node.text)
            named = False
        elif node.text == ".":
            named = True
        else:
            return None
    return None if named else steps


def _is_item(index: Group) -> bool:
    return len(index.items) == 1 and index.items[0] != (Word("sign", "*"),)


def _member(document: Mapping[str, Any], section: str, name: str) -> Any:
    held = document.get(section)
    for part in held if isinstance(held, list) else [held]:
        if isinstance(part, Mapping) and name in part:
            return part[name]
    return None
