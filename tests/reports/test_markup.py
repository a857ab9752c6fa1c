"""Markup is escaped unless this library made it."""

from secureinfra.reports.markup import Markup, join, tag


def test_text_is_escaped_and_markup_is_not() -> None:
    assert tag("p", "<b>", tag("b", "&")) == "<p>&lt;b&gt;<b>&amp;</b></p>"
    assert join(["a ", None, Markup("<br>"), '"']) == "a <br>&quot;"


def test_attributes() -> None:
    made = tag("input", type="checkbox", for_="x", data_label='"><i>', checked=True, hidden=False, id=None)
    assert made == '<input type="checkbox" for="x" data-label="&quot;&gt;&lt;i&gt;" checked>'


def test_characters_that_turn_text_are_dropped() -> None:
    assert tag("p", "a\u202eb\x00") == "<p>ab</p>"
