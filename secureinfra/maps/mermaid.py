"""Text in Mermaid flowcharts."""

from __future__ import annotations

import re

__all__ = ["quoted"]


def quoted(text: str) -> str:
    """A text as Mermaid can hold it between quotes."""
    return re.sub(r"[\x00-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", text).translate(
        {ord('"'): "#quot;", ord("<"): "#lt;", ord(">"): "#gt;", ord("#"): "#35;", ord("`"): "'"}
    )
