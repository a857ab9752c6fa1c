"""Markdown from plain text: text is escaped, code stays code, and public names become links."""

from __future__ import annotations

import html
import re
import string
from collections.abc import Iterable, Mapping

# What Markdown and its extensions read as markup in text. HTML entities mean themselves everywhere, in tables too.
_MARKUP = re.compile(r"[\\*_\[\]<>|~^{}#&!=+$]")
_CODE = re.compile(r"(`+)(.+?)\1")
_URL = re.compile(r"https?://[^\s)]+[^\s).,;:]")
Links = Mapping[str, str]
NONE: Links = {}
_LETTERS = string.ascii_letters + string.digits + "_"


def plain(text: str) -> str:
    """A text that is shown as it is, also within a table.

    Args:
        text: without markup.
    """
    return _MARKUP.sub(lambda match: f"&#{ord(match.group())};", text)


def code(text: str, links: Links = NONE) -> str:
    """A piece of code, on one line, also within a table.

    Args:
        text: the code.
        links: where public names lead: those within the piece are links.
    """
    pieces = (_name(piece, links) for piece in re.split(r"(\w+)", text)) if links else (plain(text),)
    return f"<code>{''.join(pieces)}</code>"


def _name(piece: str, links: Links) -> str:
    # HTML within HTML, so the link names the built page: see `use_directory_urls`.
    return f'<a href="{links[piece].removesuffix(".md")}.html">{piece}</a>' if piece in links else plain(piece)


def text(said: str, links: Links = NONE) -> str:
    """A text of the library, in which single backticks mark code and addresses are links.

    Args:
        said: the text, on one line.
        links: where public names lead, when they are marked as code.
    """
    pieces, end = [], 0
    for match in _CODE.finditer(said):
        pieces += [_linked(said[end : match.start()]), _marked(match[2].strip(), links)]
        end = match.end()
    return "".join([*pieces, _linked(said[end:])])


def _marked(piece: str, links: Links) -> str:
    # `Principal: "*"` is a word of a policy, `Principal.everybody()` is ours.
    word = piece[: len(piece) - len(piece.lstrip(_LETTERS))]
    ours = word in links and piece[len(word) : len(word) + 1] in ("", "(", ".")
    return code(piece, links if ours else NONE)


def _linked(said: str) -> str:
    pieces, end = [], 0
    for match in _URL.finditer(said):
        pieces += [plain(said[end : match.start()]), f"[{plain(match.group())}](<{match.group()}>)"]
        end = match.end()
    return "".join([*pieces, plain(said[end:])])


def named(said: str, links: Links) -> str:
    """A sentence in which public names stand without marks: they become links.

    Args:
        said: the text.
        links: where public names lead.
    """
    words = re.split(r"(\w+)", said)
    return "".join(code(word, links) if word in links and word[:1].isupper() else plain(word) for word in words)


def fenced(language: str, content: str) -> str:
    """A block of code.

    Args:
        language: for colors; empty for none.
        content: the code.
    """
    longest = max((len(run) for run in re.findall(r"`{3,}", content)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{content.rstrip()}\n{fence}"


def tabs(parts: Mapping[str, str]) -> str:
    """Blocks of which the reader sees one at a time.

    Args:
        parts: their Markdown by title.
    """
    return "\n\n".join(f'=== "{title}"\n\n{_indented(part)}' for title, part in parts.items())


def _indented(part: str) -> str:
    return "\n".join(f"    {line}" if line else "" for line in part.splitlines())


def table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table.

    Args:
        header: titles of the columns.
        rows: cells, as Markdown on one line each.
    """
    titles = list(header)
    lines = [titles, ["---"] * len(titles), *(list(row) for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def attribute(value: str) -> str:
    """A text as the value of an attribute of HTML.

    Args:
        value: the text.
    """
    return html.escape(value, quote=True)
