"""Values as expressions on one line, for conditions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from secureinfra.terraform.hcl_write import expression

_NAME = re.compile(r"[A-Za-z_][\w-]*")


def inline(value: Any) -> str:
    """A value of Terraform JSON as an expression on one line."""
    if isinstance(value, Mapping):
        members = ", ".join(
            f"{key if _NAME.fullmatch(key) else json.dumps(key)} = {inline(item)}" for key, item in value.items()
        )
        return f"{{ {members} }}" if value else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(inline, value))}]"
    return expression(value)
