"""Type constraints of variables, a member of an object on each line."""

from __future__ import annotations

import re
from typing import Final

from secureinfra.terraform.hcl_write.code import split_at_commas
from secureinfra.terraform.hcl_write.layout import Assignment, Lines, assigned, indented

_OBJECT: Final = re.compile(r"(?P<before>(?:[a-z]+\()*object\(\{) (?P<members>.*) (?P<after>\}\).*)")
_SHORT: Final = {"list": "list(any)", "map": "map(any)", "set": "set(any)"}


def type_lines(code: str) -> Lines:
    """A type constraint; objects of several members take several lines.

    Args:
        code: the constraint, formatted on one line.
    """
    found = _OBJECT.fullmatch(code)
    members = [member.partition(" = ") for member in split_at_commas(found["members"])] if found else []
    if found is None or len(members) < 2 or not all(sign for _, sign, _ in members):
        return [_SHORT.get(code, code)]
    lines = assigned(Assignment(name, type_lines(held)) for name, _, held in members)
    return [found["before"], *indented(lines), found["after"]]
