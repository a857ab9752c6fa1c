"""Text never meets a line: measured on every composition, with the widths of the widest font."""

import itertools
import re
import xml.etree.ElementTree as ET
from functools import cache

import pytest

from secureinfra.maps.shapes import Canvas, Curve
from secureinfra.maps.svg import Picture, svg
from secureinfra.maps.trust.draw import facts_of, picture_of
from secureinfra.terraform.model.configuration import Configuration
from tests.maps.measured import beyond_the_edge, lines_over_texts, texts_over_edges, texts_over_texts
from tests.maps.trust.documents import ALL, configuration, delivered, hostile

COMPOSITIONS = list(itertools.product(ALL, ("wide", "narrow")))


@cache
def picture(name: str) -> Picture:
    return picture_of(facts_of([configuration(name)]))


def canvas(name: str, layout: str) -> Canvas:
    return picture(name).wide if layout == "wide" else picture(name).narrow


@pytest.mark.parametrize(("name", "layout"), COMPOSITIONS)
def test_no_text_meets_another(name: str, layout: str) -> None:
    assert texts_over_texts(canvas(name, layout)) == []


@pytest.mark.parametrize(("name", "layout"), COMPOSITIONS)
def test_no_line_meets_a_text(name: str, layout: str) -> None:
    assert lines_over_texts(canvas(name, layout)) == []


@pytest.mark.parametrize(("name", "layout"), COMPOSITIONS)
def test_no_text_crosses_the_edge_of_a_frame(name: str, layout: str) -> None:
    assert texts_over_edges(canvas(name, layout)) == []


@pytest.mark.parametrize(("name", "layout"), COMPOSITIONS)
def test_everything_is_within_the_picture(name: str, layout: str) -> None:
    assert beyond_the_edge(canvas(name, layout)) == []


@pytest.mark.parametrize("name", ALL)
def test_file_is_well_formed_small_and_needs_nothing(name: str) -> None:
    text = svg(picture(name))
    ET.fromstring(text)
    assert len(text.encode()) < 150_000
    assert "style=" not in text
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]


def test_too_many_lines_become_words() -> None:
    drawn = canvas("woven", "wide")
    assert not [shape for shape in drawn.shapes if isinstance(shape, Curve)]
    assert "Too many lines to draw: each row says who." in {getattr(shape, "text", "") for shape in drawn.shapes}
    assert [shape for shape in canvas("shared", "wide").shapes if isinstance(shape, Curve)]


def test_names_are_text_and_nothing_else() -> None:
    text = svg(picture_of(facts_of([Configuration.of(hostile(), "<script>")])))
    root = ET.fromstring(text)
    names = {each.tag.partition("}")[2] for each in root.iter()}
    assert names <= {"svg", "title", "desc", "style", "rect", "text", "path", "polygon"}
    assert not any(name[:2] == "on" for each in root.iter() for name in each.attrib)
    assert not set("\u202e\u2066\x07") & set(text)


def test_order_of_the_blocks_changes_no_byte() -> None:
    document = delivered()
    turned = {
        **document,
        "resource": {
            type: dict(reversed(list(blocks.items()))) for type, blocks in reversed(document["resource"].items())
        },
    }
    one, other = (svg(picture_of(facts_of([Configuration.of(each, "acme")]))) for each in (document, turned))
    assert one == other
