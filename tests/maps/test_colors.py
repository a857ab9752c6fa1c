"""Contrast of the colors of maps, computed: text at least 4.5, edges that carry meaning at least 3 (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re

import pytest

from secureinfra.maps.colors import DARK, LIGHT, STYLE

THEMES = {"light": LIGHT, "dark": DARK}
TIERS = ("public", "private", "isolated", "firewall", "unknown")
CANVASES = ("bg", "vpc", "card")


def luminance(color: str) -> float:
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_21() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("text", ["ink", "mute", "exposed", "allow", "other", "aws"])
def test_text_is_legible_everywhere(theme: str, text: str) -> None:
    colors = THEMES[theme]
    assert min(contrast(colors[text], colors[ground]) for ground in (*CANVASES, *TIERS, "awsbg")) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_text_on_a_filled_tag_is_legible(theme: str) -> None:
    assert contrast(THEMES[theme]["onfill"], THEMES[theme]["exposed"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("tier", TIERS)
def test_edges_of_tiers_are_seen(theme: str, tier: str) -> None:
    colors = THEMES[theme]
    assert contrast(colors[f"{tier}ln"], colors["vpc"]) >= 3
    assert contrast(colors["route"], colors[tier]) >= 3


def test_both_themes_have_every_color_that_the_style_uses() -> None:
    used = set(re.findall(r"var\(--(\w+)\)", STYLE))
    assert used == set(LIGHT) == set(DARK)
