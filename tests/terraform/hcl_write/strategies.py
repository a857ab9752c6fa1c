"""Values of Terraform's JSON syntax, put together at random from what is hard to write in HCL."""

from __future__ import annotations

import functools
import unicodedata
from typing import Any

from hypothesis import strategies as st

_HARD = ["$", "%", "{", "}", "$$", "%%", "$${", "%%{", '"', "\\", "\n", "\r", "\t", "~", "#", "//", "\x00", "\x7f", "é"]
_HARD += [
    "e\u0301",
    "\u200b",
    "\u2028",
    "a\ufeff",
    "\u0085",
    "😀",
    "👩\u200d🚀",
    "日本",
    "\\n",
    "\\u0041",
    "<<EOT",
    "'",
    " ",
    "=",
    "ก\u0e33",
]
_CODE = [
    "${local.text}",
    '${"q"}',
    "${ upper( local.text ) }",
    "${local.list [0]}",
    '${"a${ local.text }b"}',
    "${-1}",
    "${1-1}",
]
_CODE += [
    "%{ if true }",
    "%{ if local.off ~}",
    "%{~ else }",
    "%{ endif }",
    "${~ local.text ~}",
    '${{a=1}["a"]}',
    "${[for x in local.list:x][1]}",
]

plain_texts = st.lists(
    st.sampled_from(_HARD) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufeff"), max_size=4),
    max_size=8,
).map("".join)
"""Text that is not a template: `${` stands for itself."""

numbers = st.integers() | st.integers(-(10**12), 10**12).map(lambda number: number / 1000)
"""Numbers of so few digits that every reader keeps all of them."""


def values(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """Any JSON, with these strings in it and as names; Terraform reads letters in their composed form."""
    texts = texts.map(functools.partial(unicodedata.normalize, "NFC"))
    leaves = st.none() | st.booleans() | numbers | texts
    names = st.sampled_from(["a", "managed-by", "for", "true", "null", "aws:SourceArn", "", "_x", "9"]) | texts
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4), max_leaves=12
    )


@st.composite
def templates(draw: st.DrawFn) -> str:
    """Strings with interpolations and directives, each of which Terraform can read.

    After a carriage return Terraform reads no template in the JSON syntax, so none is in them. Nor does a `~` follow a
    sign of literal text, which ends what Terraform trims.
    """
    text, state = "", "closed"
    for piece in draw(st.lists(st.sampled_from([*_HARD, *_CODE]).filter("\r".__ne__), max_size=8)):
        if text.endswith(("$", "%")) and piece[0] in "{$%":
            continue  # this would begin an interpolation, or escape one
        if piece.startswith(("${~", "%{~")) and set("$%") & set(text.rpartition("}")[2]):
            continue
        if piece.startswith("%{"):
            kind = "if" if " if " in piece else "else" if "else" in piece else "closed"
            if state not in {"if": ("closed",), "else": ("if",), "closed": ("if", "else")}[kind]:
                continue
            state = kind
        text += piece
    return text if state == "closed" else f"{text} %{{ endif }}"


_LEAVES = ["local.text", '"q"', "1", "-1", "!local.off", "null", "local.list[0]", f'"{"a" * 40}"', f'"{"b" * 80}"']
_LEAVES += [
    '"a${local.text}b"',
    '"${{ a = 1, b = 2 }["a"]}="',
    '"} ${local.text} ]"',
    "local.list[*]",
    '"\\"{"',
    '"x == {"',
]
_KEYS = [
    "a",
    "long_name",
    '"a:b"',
    "(local.text)",
    '"k${local.text}"',
    "(upper(local.text))",
    '(try({ a = 1 }.a, "z"))',
]
_LEAVES += [f'"{letter * 45}"' for letter in "cdefgh"]


def _comma(items: list[str]) -> str:
    return ", ".join(items)


def _composed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    some = st.lists(inner, max_size=3).map(_comma)
    objects = st.dictionaries(st.sampled_from(_KEYS), inner, max_size=3).map(
        lambda held: f"{{{_comma([f'{name} = {value}' for name, value in held.items()])}}}"
    )
    lists = some.map("[{}]".format)
    loops = st.builds(
        "[for x in [{}] : {}{}]".format, some, inner, st.sampled_from(["", ' if x != "q"', " if local.off"])
    )
    maps = st.builds("{{for k, v in {} : k => {}}}".format, objects, inner)
    comparison = st.builds("{} {} {}".format, inner, st.sampled_from(["==", "!="]), inner)
    chains = st.lists(comparison, min_size=2, max_size=3).flatmap(
        lambda parts: st.sampled_from([" && ", " || "]).map(lambda sign: sign.join(parts))
    )
    calls = st.one_of(
        st.builds("merge({}, {})".format, objects, objects),
        st.builds("merge({}, local.none, {})".format, maps, objects),
        st.builds("merge([{}, {}]...)".format, objects, objects),
        st.builds("concat({}, {})".format, lists, loops),
        st.builds("concat(local.list, {})".format, lists),
        st.builds("try({}, {})".format, inner, inner),
        st.builds("jsonencode({})".format, inner),
        st.builds("alltrue([{}])".format, chains),
        st.builds("anytrue([for x in local.list : {}])".format, chains),
    )
    conditions = st.builds("local.off ? {} : {}".format, lists | objects | inner, lists | objects | inner)
    others = st.one_of(
        chains.map("({})".format),
        conditions.map("({})".format),
        conditions,
        st.builds("{}[0]".format, lists),
        st.builds("{}.a".format, objects),
        inner.map('"<${{{}}}>"'.format),
        inner.map("({})".format),
    )
    return st.one_of(objects, lists, loops, maps, calls, others)


codes = st.recursive(st.sampled_from(_LEAVES), _composed, max_leaves=12)
"""Expressions with brackets of every kind within each other; not all of them come to a value."""
