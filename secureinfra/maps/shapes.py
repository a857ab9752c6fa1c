"""What a picture consists of: rectangles, texts, lines and arrowheads with fixed coordinates."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from secureinfra.maps.metrics import MONO, width

__all__ = ["Box", "Canvas", "Curve", "Head", "Line", "Mark", "Point", "Rect", "Text", "Where"]

RADIUS = 7
"""Of the corners of lines."""
_PARTS = 24
"""Of a curve, where its room is measured."""


class Point(NamedTuple):
    """A place in the picture, in whole units."""

    x: int
    y: int


class Box(NamedTuple):
    """The room that something takes."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether the two have a part in common."""
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )


class Where(NamedTuple):
    """The block of Terraform that something in a picture stands for.

    Args:
        address: of the block; several are joined.
        file: where it is written; empty if that is not known.
        line: in that file.
    """

    address: str
    file: str = ""
    line: int = 0


@dataclass(frozen=True)
class Rect:
    """A rectangle with round corners."""

    x: int
    y: int
    width: int
    height: int
    look: str
    radius: int = 6
    title: str = ""
    where: Where | None = None

    @property
    def box(self) -> Box:
        """The room it takes."""
        return Box(self.x, self.y, self.x + self.width, self.y + self.height)


@dataclass(frozen=True)
class Text:
    """One line of text.

    Args:
        x: its start, middle or end, as `anchor` says.
        y: its base line.
        look: classes; `h1`, `h2`, `b` and `mono` set the font.
        anchor: `start`, `middle` or `end`.
    """

    x: int
    y: int
    text: str
    look: str = ""
    anchor: str = "start"
    title: str = ""
    where: Where | None = None

    @property
    def size(self) -> float:
        """Of its font."""
        looks = self.look.split()
        return 20 if "h1" in looks else 14 if "h2" in looks else MONO if "mono" in looks else 12

    @property
    def box(self) -> Box:
        """The room it takes in the widest font."""
        looks = self.look.split()
        bold = any(each in ("h1", "h2", "b", "on") or each.startswith("t-") for each in looks)
        wide = width(self.text, self.size, bold=bold, mono="mono" in looks)
        left = self.x - (0 if self.anchor == "start" else wide / 2 if self.anchor == "middle" else wide)
        return Box(left, self.y - self.size * 0.8, left + wide, self.y + self.size * 0.22)


@dataclass(frozen=True)
class Line:
    """A line over right angles, with round corners."""

    points: tuple[Point, ...]
    look: str
    title: str = ""

    def segments(self) -> Iterator[Box]:
        """The room of each straight part."""
        for one, other in itertools.pairwise(self.points):
            left, right = sorted((one.x, other.x))
            top, bottom = sorted((one.y, other.y))
            yield Box(left - 0.5, top - 0.5, right + 0.5, bottom + 0.5)


@dataclass(frozen=True)
class Curve:
    """A line from left to right whose ends are horizontal.

    Args:
        start: its left end.
        end: its right end.
    """

    start: Point
    end: Point
    look: str
    title: str = ""

    @property
    def bend(self) -> int:
        """Where the handles of both ends stand."""
        return (self.start.x + self.end.x) // 2

    def segments(self) -> Iterator[Box]:
        """The room of each of its parts, which are short."""
        points = [self._at(part / _PARTS) for part in range(_PARTS + 1)]
        for (x, y), (right, other) in itertools.pairwise(points):
            yield Box(x - 0.5, min(y, other) - 0.5, right + 0.5, max(y, other) + 0.5)

    def _at(self, part: float) -> tuple[float, float]:
        rest = 1 - part
        first, second = 3 * rest * rest * part, 3 * rest * part * part
        ends = rest**3, part**3
        x = ends[0] * self.start.x + (first + second) * self.bend + ends[1] * self.end.x
        return x, (ends[0] + first) * self.start.y + (second + ends[1]) * self.end.y


@dataclass(frozen=True)
class Head:
    """The head of an arrow. It is a polygon, so that every program draws it alike.

    Args:
        tip: where it points to.
        way: `left`, `right`, `up` or `down`.
    """

    tip: Point
    way: str
    look: str
    size: int = 8

    @property
    def corners(self) -> tuple[Point, Point, Point]:
        """Its three corners."""
        (x, y), half = self.tip, (self.size + 2) // 2
        back = {"left": (self.size, 0), "right": (-self.size, 0), "up": (0, self.size), "down": (0, -self.size)}
        across, down = back[self.way]
        if across:
            return self.tip, Point(x + across, y - half), Point(x + across, y + half)
        return self.tip, Point(x - half, y + down), Point(x + half, y + down)


@dataclass(frozen=True)
class Mark:
    """Another drawing of fixed shape: a path in SVG's own words."""

    path: str
    look: str


@dataclass
class Canvas:
    """A picture that is being drawn.

    Args:
        width: in units.
        height: in units; what is drawn last says it.
    """

    width: int
    height: int = 0
    shapes: list[Rect | Text | Line | Curve | Head | Mark] = field(default_factory=list)

    def add(self, *shapes: Rect | Text | Line | Curve | Head | Mark) -> None:
        """Draw on top of what is there."""
        self.shapes += shapes

    def arrow(self, points: Sequence[Point], look: str, title: str = "", *, half: bool = False) -> None:
        """A line with a head at its end.

        Args:
            points: its corners, of which the last is the tip.
            look: the class of the line and its head, e.g. `allow`.
            title: what it stands for.
            half: whether only one side allows it.
        """
        end, before = points[-1], points[-2]
        way = ("left" if end.x < before.x else "right") if end.y == before.y else "up" if end.y < before.y else "down"
        size = 10 if look == "exposed" else 8
        short = {
            "left": Point(end.x + size - 1, end.y),
            "right": Point(end.x - size + 1, end.y),
            "up": Point(end.x, end.y + size - 1),
            "down": Point(end.x, end.y - size + 1),
        }[way]
        self.add(
            Line((*points[:-1], short), f"ln l-{look}{' l-half' if half else ''}", title),
            Head(end, way, f"f-{look}", size),
        )

    def of(self, kind: type) -> list[object]:
        """All shapes of a kind."""
        return [shape for shape in self.shapes if isinstance(shape, kind)]
