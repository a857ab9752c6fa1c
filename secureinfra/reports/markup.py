"""HTML that is safe by construction: text is escaped, and only what this module made is markup."""

from __future__ import annotations

from collections.abc import Iterable

from secureinfra.maps.svg import safe

__all__ = ["Markup", "join", "tag"]

_VOID = {"input", "meta", "link", "br"}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(name: str, /, *children: str | None, **attributes: str | int | bool | None) -> Markup:
    """An element.

    Args:
        name: of the element.
        children: markup, or text, which is escaped; `None` is left out.
        attributes: `_` at the end is dropped, and `_` within a name becomes `-`; `True` is an attribute without a value,
            `None` and `False` are left out.
    """
    head = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{safe(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if name in _VOID:
        return Markup(f"<{name}{head}>")
    return Markup(f"<{name}{head}>{join(children)}</{name}>")


def join(children: Iterable[str | None], between: str = "") -> Markup:
    """Markup of several pieces; what is text is escaped."""
    pieces = (child if isinstance(child, Markup) else safe(child) for child in children if child is not None)
    return Markup(between.join(pieces))
