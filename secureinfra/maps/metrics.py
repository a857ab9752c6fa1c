"""How wide a text is at most, so that labels stay within their places on any machine."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["MONO", "fitted", "width", "wrapped"]

# Advance widths of DejaVu Sans 2.37 in thousandths of an em, from the space to `~`: the widest of the common fonts, so that
# text measured with it fits in every other.
_WIDTHS = (
    "318 401 460 838 636 950 780 275 390 390 500 838 318 361 318 337 636 636 636 636 636 636 636 636 636 636 337 337 838 838 "
    "838 531 1000 684 686 698 770 632 575 775 752 295 295 656 557 863 748 787 603 787 695 635 611 732 684 989 685 611 685 390 "
    "337 390 838 500 500 613 635 550 635 615 352 635 634 278 278 579 278 974 634 612 635 635 411 521 392 634 592 818 592 592 "
    "525 636 337 636 838"
)
_BOLD_WIDTHS = (
    "348 456 521 838 696 1002 872 306 457 457 523 838 380 415 380 365 696 696 696 696 696 696 696 696 696 696 400 400 838 838 "
    "838 580 1000 774 762 734 830 683 683 821 837 372 372 775 637 995 837 850 733 850 770 720 682 812 774 1103 771 724 725 457 "
    "365 457 838 500 500 675 716 593 716 678 435 716 712 343 343 665 343 1042 712 687 716 716 493 595 478 712 652 924 645 652 "
    "582 712 365 712 838"
)


def _table(widths: str, dot: float) -> dict[str, float]:
    found = {chr(32 + position): int(each) / 1000 for position, each in enumerate(widths.split())}
    return {**found, "…": 1.0, "·": dot}


_OF = {False: _table(_WIDTHS, 0.318), True: _table(_BOLD_WIDTHS, 0.38)}
_MONO = 0.603
MONO = 11.5
"""Size of monospaced text."""


def width(text: str, size: float = 12, *, bold: bool = False, mono: bool = False) -> float:
    """The width of a text in the widest common font, in units of the picture.

    Args:
        text: one line.
        size: of the font.
        bold: whether it is set in bold.
        mono: whether it is set in a monospaced font.
    """
    if mono:
        return len(text) * _MONO * size
    return sum(_OF[bold].get(character, 1.1) for character in text) * size


def fitted(text: str, room: float, size: float = 12, *, bold: bool = False, mono: bool = False) -> str:
    """A text that fits: cut at a character, with `…` at its end, if it is too wide."""
    if width(text, size, bold=bold, mono=mono) <= room:
        return text
    for end in range(len(text) - 1, 0, -1):
        cut = f"{text[:end].rstrip()}…"
        if width(cut, size, bold=bold, mono=mono) <= room:
            return cut
    return "…"


def wrapped(text: str, room: float, *, bold: bool = False) -> Iterator[str]:
    """The lines of a text that is broken between words; a word that is too wide is cut.

    Args:
        text: in any number of words.
        room: for each line.
        bold: whether it is set in bold.
    """
    line = ""
    for word in text.split():
        longer = f"{line} {word}".strip()
        if line and width(longer, bold=bold) > room:
            yield fitted(line, room, bold=bold)
            line = word
        else:
            line = longer
    yield fitted(line, room, bold=bold)
