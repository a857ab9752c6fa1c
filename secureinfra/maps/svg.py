"""A picture as SVG: one file, no program, no font and no host needed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from secureinfra.maps.colors import style
from secureinfra.maps.shapes import RADIUS, Canvas, Curve, Head, Line, Mark, Point, Rect, Text, Where

__all__ = ["NARROW_WIDTH", "Picture", "cleaned", "inline", "safe", "svg"]

NARROW_WIDTH = 390
# XML forbids control characters; the others turn the direction of the text that follows.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)


class Picture(NamedTuple):
    """A map in its two compositions.

    Args:
        title: what it shows.
        sentences: the same as text.
        wide: for a screen.
        narrow: for a telephone.
    """

    title: str
    sentences: Sequence[str]
    wide: Canvas
    narrow: Canvas


def safe(text: str) -> str:
    """A text as XML can hold it, without characters that change the direction of others."""
    return escape(_UNSAFE.sub("", text), quote=True)


def cleaned(text: str) -> str:
    """The same in one line."""
    return safe(" ".join(text.split()))


def svg(picture: Picture, layout: str = "auto", *, links: str = "") -> str:
    """The file of a picture.

    Args:
        picture: what to write.
        layout: `auto` holds both compositions and shows the one that fits; `wide` or `narrow` holds one.
        links: what the addresses of files begin with; links are left out where it is empty.
    """
    shown = picture.narrow if layout == "narrow" else picture.wide
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="si" role="img" aria-labelledby="map-title map-text" '
        f'width="{shown.width}" height="{shown.height}"'
        + ("" if layout == "auto" else f' viewBox="0 0 {shown.width} {shown.height}"')
        + ">",
        f'<title id="map-title">{cleaned(picture.title)}</title>',
        f'<desc id="map-text">{cleaned(" ".join(picture.sentences))}</desc>',
        f"<style>{style(_switch(picture) if layout == 'auto' else '')}</style>",
        '<rect width="100%" height="100%" class="f-bg"/>',
    ]
    if layout == "auto":
        lines += _nested(picture.wide, "wide", links)
        lines += _nested(picture.narrow, "narrow", links)
    else:
        lines += [_shape(shape, links) for shape in shown.shapes]
    return "\n".join([*lines, "</svg>", ""])


def inline(canvas: Canvas, name: str, title: str) -> str:
    """A composition as a part of a page that has the style sheet.

    Args:
        canvas: the composition.
        name: `wide` or `narrow`; the page shows one of them.
        title: what it shows.
    """
    head = (
        f'<svg class="si {name}" role="img" aria-label="{cleaned(title)}" viewBox="0 0 {canvas.width} {canvas.height}" '
        f'width="{canvas.width}" height="{canvas.height}">'
    )
    return "\n".join([head, *(_shape(shape, "") for shape in canvas.shapes), "</svg>"])


def _switch(picture: Picture) -> str:
    """Which composition is shown. In an `img` the file sees the box of the image, whose ratio is that of the wide one."""
    wide, narrow = picture.wide, picture.narrow
    ratio = min(800, 900 * wide.width // wide.height)
    return (
        f".si{{width:100%;height:calc(100vw*{wide.height}/{wide.width})}}.si .narrow{{display:none}}\n"
        f"@media (max-width:1079px) and (max-aspect-ratio:{ratio}/1000){{"
        f".si{{height:calc(min(100vw,560px)*{narrow.height}/{narrow.width})}}"
        ".si .wide{display:none}.si .narrow{display:inline;width:min(100%,560px)}}\n"
        f"@media (min-width:1500px){{.si{{height:calc(1500px*{wide.height}/{wide.width})}}}}"
    )


def _nested(canvas: Canvas, name: str, links: str) -> list[str]:
    head = (
        f'<svg class="{name}" width="100%" height="100%" viewBox="0 0 {canvas.width} {canvas.height}" '
        'preserveAspectRatio="xMidYMin meet">'
    )
    return [head, *(_shape(shape, links) for shape in canvas.shapes), "</svg>"]


def _shape(shape: object, links: str) -> str:
    if isinstance(shape, Rect):
        attributes = f'x="{shape.x}" y="{shape.y}" width="{shape.width}" height="{shape.height}" rx="{shape.radius}"'
        return _linked(_element("rect", attributes, shape.look, _titled(shape.title, shape.where)), shape.where, links)
    if isinstance(shape, Text):
        anchor = "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
        inner = cleaned(shape.text) + _titled(shape.title, shape.where)
        text = _element("text", f'x="{shape.x}" y="{shape.y}"{anchor}', shape.look, inner)
        return _linked(text, shape.where, links)
    if isinstance(shape, Line):
        return _element("path", f'd="{_rounded(shape.points)}"', shape.look, _titled(shape.title, None))
    if isinstance(shape, Curve):
        (x, y), (right, other), bend = shape.start, shape.end, shape.bend
        path = f"M{x} {y}C{bend} {y} {bend} {other} {right} {other}"
        return _element("path", f'd="{path}"', shape.look, _titled(shape.title, None))
    if isinstance(shape, Head):
        points = " ".join(f"{x},{y}" for x, y in shape.corners)
        return _element("polygon", f'points="{points}"', shape.look, "")
    assert isinstance(shape, Mark)  # noqa: S101 - the last kind
    return _element("path", f'd="{shape.path}"', shape.look, "")


def _element(name: str, attributes: str, look: str, inner: str) -> str:
    head = f"<{name} {attributes}" + (f' class="{look}"' if look else "")
    return f"{head}>{inner}</{name}>" if inner else f"{head}/>"


def _titled(title: str, where: Where | None) -> str:
    text = title or (where.address if where is not None else "")
    return f"<title>{cleaned(text)}</title>" if text else ""


def _linked(text: str, where: Where | None, links: str) -> str:
    if not links or where is None or not where.file:
        return text
    line = f"#L{where.line}" if where.line else ""
    return f'<a href="{cleaned(links + where.file + line)}">{text}</a>'


def _rounded(points: Sequence[Point]) -> str:
    """A path over some points, whose corners are round."""
    parts = [f"M{points[0].x} {points[0].y}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        radius = min(RADIUS, _length(before, corner) // 2, _length(corner, after) // 2)
        start, end = _towards(corner, before, radius), _towards(corner, after, radius)
        parts.append(f"L{start.x} {start.y}Q{corner.x} {corner.y} {end.x} {end.y}")
    parts.append(f"L{points[-1].x} {points[-1].y}")
    return "".join(parts)


def _length(one: Point, other: Point) -> int:
    return abs(one.x - other.x) + abs(one.y - other.y)


def _towards(corner: Point, other: Point, by: int) -> Point:
    def step(own: int, its: int) -> int:
        return own + (by if its > own else -by if its < own else 0)

    return Point(step(corner.x, other.x), step(corner.y, other.y))
