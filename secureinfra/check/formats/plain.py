"""Text of the input as it may stand in a log: no control characters, and nothing that a CI runner takes for a command.

GitHub's runner takes a line that begins with `::`, blanks before it or not, and `##[` anywhere in a line.
"""

from __future__ import annotations

import re
import textwrap

# C0 and C1 controls, and what turns or hides text: marks of direction, separators of lines, what has no width.
_CONTROLS = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\ufff9-\ufffb]"
)
_BEGINS_A_COMMAND = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
# What stands for `[` and for `:` in each form, so that what reads the form reads what was written.
_INSTEAD = {"json": (r"\u005b", ":"), "sarif": (r"\u005b", ":"), "junit": ("&#91;", "&#58;")}


def plain(text: str, *, lines: bool = False) -> str:
    """The text with blanks for line breaks and tabs, and other control characters as `\\\\x1b` and the like.

    Args:
        text: anything.
        lines: keep line breaks.
    """
    return _CONTROLS.sub(lambda found: found[0] if lines and found[0] == "\n" else _escaped(found[0]), text)


def wrapped(text: str, first: str, rest: str | None = None, *, width: int = 80) -> list[str]:
    """A text in lines of a width. Long words stay whole: an address or a path that is broken in two cannot be copied.

    Args:
        text: anything; it may stand in a log afterwards.
        first: what the first line begins with.
        rest: what the others begin with; by default the same.
        width: in characters.
    """
    return textwrap.wrap(
        plain(text),
        width,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )


def quiet(text: str, format: str = "table") -> str:
    """A report of which no line is a command."""
    bracket, colon = _INSTEAD.get(format, (" [", ": "))
    return _BEGINS_A_COMMAND.sub(rf"\g<1>{colon}", text).replace("##[", f"##{bracket}")


def _escaped(character: str) -> str:
    if character in "\n\r\t":
        return " "
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"
