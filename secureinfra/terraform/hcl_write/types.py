"""Type constraints of variables, a member of an object on each line."""

from __future__ import annotations

import re
from typing import Final

from secureinfra.terraform.hcl_write.code import members_of
from secureinfra.terraform.hcl_write.layout import Assignment, Lines, assigned, indented

_OBJECT: Final = re.compile(r"(?:[a-z]+\()*object\(\{")
_SHORT: Final = {"list": "list(any)", "map": "map(any)", "set": "set(any)"}


def type_lines(code: str) -> Lines:
    """A type constraint; objects of several members take several lines.

    Args:
        code: the constraint, formatted on one line.
    """
    begins = _OBJECT.match(code)
    members, after = members_of(code[begins.end() :]) if begins else ([], "")
    parted = [member.partition(" = ") for member in members]
    if begins is None or len(members) < 2 or not all(sign for _, sign, _ in parted):
        return [_SHORT.get(code, code)]
    lines = assigned(Assignment(name, type_lines(held)) for name, _, held in parted)
    return [begins[0], *indented(lines), f"}}{after}"]
