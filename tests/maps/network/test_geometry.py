"""Text never meets a line: measured on every composition, with the widths of the widest font."""

import itertools
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest

from secureinfra.maps.network.draw import facts_of, picture_of
from secureinfra.maps.shapes import Box, Canvas, Line, Rect, Text
from secureinfra.maps.svg import svg
from secureinfra.terraform.model.configuration import Configuration
from tests.maps.network.documents import ALL, configuration, hostile

COMPOSITIONS = list(itertools.product(ALL, ("wide", "narrow")))


def canvas(name: str, layout: str) -> Canvas:
    picture = picture_of(facts_of([configuration(name)]))
    return picture.wide if layout == "wide" else picture.narrow


def texts(drawn: Canvas) -> list[Text]:
    return [shape for shape in drawn.shapes if isinstance(shape, Text)]


@pytest.mark.parametrize(("name", "layout"), COMPOSITIONS)
def test_no_text_meets_another(name: str, layout: str) -> None:
    found = texts(canvas(name, layout))
    assert [(one.text, other.text) for one, other in itertools.combinations(found, 2) if one.box.meets(other.box)] == []


@pytest.mark.parametrize(("name", "layout"), COMPOSITIONS)
def test_no_line_meets_a_text(name: str, layout: str) -> None:
    drawn = canvas(name, layout)
    segments = [(line, segment) for line in drawn.shapes if isinstance(line, Line) for segment in line.segments()]
    # What stands in a frame that was drawn later covers the line.
    frames = {id(shape): place for place, shape in enumerate(drawn.shapes)}
    met = []
    for text in texts(drawn):
        covered = [shape for shape in drawn.shapes if isinstance(shape, Rect) and _within(text.box, shape.box)]
        for line, segment in segments:
            hidden = any(frames[id(frame)] > frames[id(line)] and "card" in frame.look for frame in covered)
            if text.box.meets(segment) and not hidden:
                met.append((text.text, line.points))
    assert met == []


@pytest.mark.parametrize(("name", "layout"), COMPOSITIONS)
def test_no_text_crosses_the_edge_of_a_frame(name: str, layout: str) -> None:
    drawn = canvas(name, layout)
    crossed = []
    for text in texts(drawn):
        for shape in drawn.shapes:
            if not isinstance(shape, Rect) or shape.width < 12:
                continue
            box = shape.box
            inside = _within(text.box, box)
            covering = [
                other
                for other in drawn.shapes[drawn.shapes.index(shape) + 1 :]
                if isinstance(other, Rect) and _within(text.box, other.box)
            ]
            if text.box.meets(box) and not inside and not covering:
                crossed.append((text.text, shape))
    assert crossed == []


def _within(inner: Box, outer: Box) -> bool:
    return (
        outer.left <= inner.left
        and inner.right <= outer.right
        and outer.top <= inner.top
        and inner.bottom <= outer.bottom
    )


@pytest.mark.parametrize(("name", "layout"), COMPOSITIONS)
def test_everything_is_within_the_picture(name: str, layout: str) -> None:
    drawn = canvas(name, layout)
    whole = Box(0, 0, drawn.width, drawn.height)
    boxes: list[Any] = [shape.box for shape in drawn.shapes if isinstance(shape, Rect | Text)]
    boxes += [segment for line in drawn.shapes if isinstance(line, Line) for segment in line.segments()]
    assert [box for box in boxes if not _within(box, whole)] == []


@pytest.mark.parametrize("name", ALL)
def test_file_is_well_formed_small_and_needs_nothing(name: str) -> None:
    text = svg(picture_of(facts_of([configuration(name)])))
    ET.fromstring(text)
    assert len(text.encode()) < 150_000
    assert "style=" not in text
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]


def test_names_are_text_and_nothing_else() -> None:
    text = svg(picture_of(facts_of([Configuration.of(hostile(), "<script>")])))
    root = ET.fromstring(text)
    names = {each.tag.partition("}")[2] for each in root.iter()}
    assert names <= {"svg", "title", "desc", "style", "rect", "text", "path", "polygon"}
    assert not any(name[:2] == "on" for each in root.iter() for name in each.attrib)
    assert not set("\u202e\u2066\x07") & set(text)


def test_order_of_the_blocks_changes_no_byte() -> None:
    document = ALL["13 groups"]()
    turned = {
        "resource": {
            type: dict(reversed(list(blocks.items()))) for type, blocks in reversed(document["resource"].items())
        }
    }
    one, other = (svg(picture_of(facts_of([Configuration.of(each, "acme")]))) for each in (document, turned))
    assert one == other
