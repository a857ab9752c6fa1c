"""What is wrong with a picture, measured on its shapes with the widths of the widest font."""

from __future__ import annotations

import itertools
from typing import Any

from secureinfra.maps.shapes import Box, Canvas, Curve, Line, Rect, Text


def texts_over_texts(drawn: Canvas) -> list[tuple[str, str]]:
    """Texts that meet another."""
    found = [shape for shape in drawn.shapes if isinstance(shape, Text)]
    return [(one.text, other.text) for one, other in itertools.combinations(found, 2) if one.box.meets(other.box)]


def lines_over_texts(drawn: Canvas) -> list[tuple[str, object]]:
    """Texts that a line meets, unless they stand in a frame that was drawn later."""
    lines = [shape for shape in drawn.shapes if isinstance(shape, Line | Curve)]
    segments = [(line, segment) for line in lines for segment in line.segments()]
    places = {id(shape): place for place, shape in enumerate(drawn.shapes)}
    met: list[tuple[str, object]] = []
    for text in drawn.shapes:
        if not isinstance(text, Text):
            continue
        covered = [shape for shape in drawn.shapes if isinstance(shape, Rect) and within(text.box, shape.box)]
        for line, segment in segments:
            hidden = any(places[id(frame)] > places[id(line)] and "card" in frame.look for frame in covered)
            if text.box.meets(segment) and not hidden:
                met.append((text.text, line))
    return met


def texts_over_edges(drawn: Canvas) -> list[tuple[str, Rect]]:
    """Texts that cross the edge of a frame, unless another frame covers it."""
    frames = [shape for shape in drawn.shapes if isinstance(shape, Rect)]
    crossed = []
    for text in (shape for shape in drawn.shapes if isinstance(shape, Text)):
        box = text.box
        for place, frame in enumerate(frames):
            over = frame.width >= 12 and box.meets(frame.box) and not within(box, frame.box)
            if over and not any(within(box, other.box) for other in frames[place + 1 :]):
                crossed.append((text.text, frame))
    return crossed


def beyond_the_edge(drawn: Canvas) -> list[Box]:
    """What is not within the picture."""
    whole = Box(0, 0, drawn.width, drawn.height)
    boxes: list[Any] = [shape.box for shape in drawn.shapes if isinstance(shape, Rect | Text)]
    boxes += [part for line in drawn.shapes if isinstance(line, Line | Curve) for part in line.segments()]
    return [box for box in boxes if not within(box, whole)]


def within(inner: Box, outer: Box) -> bool:
    """Whether one room is in the other."""
    return (
        outer.left <= inner.left
        and inner.right <= outer.right
        and outer.top <= inner.top
        and inner.bottom <= outer.bottom
    )
