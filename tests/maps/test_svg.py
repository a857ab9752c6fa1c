"""The file of a picture."""

import xml.etree.ElementTree as ET

import pytest

from secureinfra.maps.shapes import Canvas, Curve, Line, Mark, Point, Rect, Text, Where
from secureinfra.maps.svg import Picture, cleaned, svg

NAME = "{http://www.w3.org/2000/svg}"


def picture() -> Picture:
    wide, narrow = Canvas(1200, 400), Canvas(390, 800)
    wide.add(Rect(10, 20, 100, 50, "card", where=Where("aws_vpc.shop", "main.tf", 7)), Mark("M0 0h1", "globe"))
    wide.add(Text(12, 30, "a < b", "b", "middle", title="why & how"))
    narrow.add(Line((Point(0, 0), Point(40, 0), Point(40, 40)), "ln l-allow", "tcp 443"))
    return Picture("Map of shop", ["One.", "Two."], wide, narrow)


def test_title_and_text_are_for_those_who_do_not_see_it() -> None:
    root = ET.fromstring(svg(picture()))
    assert root.get("role") == "img"
    ids = (root.get("aria-labelledby") or "").split()
    assert [each.text for each in root if each.get("id") in ids] == ["Map of shop", "One. Two."]


def test_both_compositions_are_there_or_one() -> None:
    nested = [each.get("class") for each in ET.fromstring(svg(picture())).iter(f"{NAME}svg")]
    assert nested == ["si", "wide", "narrow"]
    for layout, box in (("wide", "0 0 1200 400"), ("narrow", "0 0 390 800")):
        root = ET.fromstring(svg(picture(), layout))
        assert [each.get("viewBox") for each in root.iter(f"{NAME}svg")] == [box]


def test_links_lead_to_the_line_where_they_are_wanted() -> None:
    assert "<a " not in svg(picture())
    root = ET.fromstring(svg(picture(), links="https://git.example.com/infra/blob/main/"))
    (link,) = root.iter(f"{NAME}a")
    assert link.get("href") == "https://git.example.com/infra/blob/main/main.tf#L7"


def test_corners_of_lines_are_round() -> None:
    (path,) = ET.fromstring(svg(picture(), "narrow")).iter(f"{NAME}path")
    assert path.get("d") == "M0 0L33 0Q40 0 40 7L40 40"


def test_curves_begin_and_end_horizontally() -> None:
    drawn = picture()
    drawn.narrow.shapes[:] = [Curve(Point(0, 10), Point(80, 50), "ln l-aws", "assume")]
    (path,) = ET.fromstring(svg(drawn, "narrow")).iter(f"{NAME}path")
    assert path.get("d") == "M0 10C40 10 40 50 80 50"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("a\x00b\x1b", "ab"),
        ("<&\"'>", "&lt;&amp;&quot;&#x27;&gt;"),
        ("one\n two", "one two"),
        ("\u202eabc\u2069", "abc"),
    ],
)
def test_text_is_made_safe(text: str, clean: str) -> None:
    assert cleaned(text) == clean
