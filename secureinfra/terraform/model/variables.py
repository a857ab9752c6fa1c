"""Input variables of a module: what is given or the default, as the declared type has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secureinfra.terraform.expressions import evaluate
from secureinfra.terraform.read.inputs import Written
from secureinfra.terraform.unknown import is_unknown

_TAKEN_AS_TEXT = ("", "string", "number", "bool")


def declared_value(declaration: Mapping[str, Any], given: Any, unknown: Any) -> Any:
    """The value that a module sees of its variable.

    Validation blocks are no promise: Terraform says afterwards that they failed.

    Args:
        declaration: the `variable` block.
        given: what the call, a file or the command line gives; `None` for null, `Written` for text.
        unknown: the answer where Terraform would refuse the value, or demands one that is not there.
    """
    type = str(declaration.get("type") or "").strip()
    if isinstance(given, Written) and type not in _TAKEN_AS_TEXT:
        given = evaluate(f"${{{given}}}", {})
    if given is None and declaration.get("nullable") in (False, "false"):
        given = declaration.get("default", unknown)
    if type in ("", "any") or given is None or is_unknown(given):
        return str(given) if isinstance(given, Written) else given
    # The parser of expressions is loaded for variables that have a type and a value only.
    from secureinfra.terraform.expressions.declared import applied, declared  # noqa: PLC0415
    from secureinfra.terraform.expressions.values import NotKnownError, RefusedError  # noqa: PLC0415

    try:
        return applied(given, declared(type))
    except (RefusedError, NotKnownError):
        return unknown
