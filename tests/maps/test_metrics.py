"""Widths of texts."""

import pytest

from secureinfra.maps.metrics import fitted, width, wrapped


def test_width_grows_with_the_size_and_with_every_character() -> None:
    assert width("map", 24) == pytest.approx(2 * width("map", 12))
    assert width("maps") > width("map")
    assert width("maps", bold=True) > width("maps")
    assert width("i" * 10, mono=True) == width("m" * 10, mono=True)


def test_character_that_is_not_in_the_table_is_as_wide_as_the_widest() -> None:
    assert width("網") >= width("W")


@pytest.mark.parametrize("room", [20, 40, 61.5, 90])
def test_text_is_cut_to_the_room(room: float) -> None:
    text = fitted("the orders database", room, bold=True)
    assert width(text, bold=True) <= room
    assert text.endswith("…")
    assert "the orders database".startswith(text.removesuffix("…"))


def test_text_that_fits_stays() -> None:
    assert fitted("web", 100) == "web"
    assert fitted("web", 1) == "…"


def test_text_breaks_between_words() -> None:
    assert list(wrapped("one two three", width("one two"))) == ["one two", "three"]
    assert list(wrapped("abcdefghijklmnop", 40)) == [fitted("abcdefghijklmnop", 40)]
