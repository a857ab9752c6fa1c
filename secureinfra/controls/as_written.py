"""Values as they were written, where a plan shows what AWS fills in."""

from __future__ import annotations

from typing import Any

from secureinfra.terraform.unknown import UnknownValueError, is_unknown


def left_out(value: Any) -> bool:
    """Whether nobody wrote an argument, though a plan says that AWS will fill it in."""
    return is_unknown(value) and not value.references and value.text == "(known after apply)"


def known_text(value: Any) -> str:
    """A value as text.

    Raises:
        UnknownValueError: it is not known.
    """
    if is_unknown(value):
        raise UnknownValueError(value)
    return str(value)
