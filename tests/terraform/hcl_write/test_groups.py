"""Code as a tree of brackets."""

from __future__ import annotations

import pytest
from hypothesis import given

from secureinfra.terraform.hcl_write.code import formatted, spaced
from secureinfra.terraform.hcl_write.groups import Group, has_equals, nodes_of, words_in
from tests.terraform.hcl_write.strategies import codes


@pytest.mark.parametrize(
    ("code", "kind", "items"),
    [
        ("f(a, b)", "call", 2),
        ("a::b()", "call", 0),
        ("(a)", "paren", 1),
        ("[a, [b, c]]", "list", 2),
        ("a[0]", "index", 1),
        ('a["x"][*]', "index", 1),
        ("{ a = 1, (b) = 2 }", "object", 2),
        ("{ a : b ? 1 : 2 }", "object", 1),
        ("{ a ? b : c = 1 }", "other", 1),
        ("[for x, y in z : [x, y]]", "for", 1),
        ("{ for x, y in z : x => y }", "for", 1),
        ("[for x in [1] : x][0]", "index", 1),
        ("a == [1]", "list", 1),
    ],
)
def test_kinds(code: str, kind: str, items: int) -> None:
    group = nodes_of(code)[-1]
    assert isinstance(group, Group)
    assert (group.kind, len(group.items)) == (kind, items)


@pytest.mark.parametrize(
    ("code", "spreads"),
    [
        ("[{ a = 1, b = 2 }]", True),
        ("f(x, [for y in z : { a = 1, b = 2 }])", True),
        ("[{ a = 1 }]", False),
        ("x[{ a = 1, b = 2 }]", False),
        ('["${ { a = 1, b = 2 } }"]', False),
        ("[x ? { a = 1, b = 2 } : { a = 1, b = 2 }]", False),
    ],
)
def test_spreads(code: str, spreads: bool) -> None:
    group = nodes_of(code)[-1]
    assert isinstance(group, Group)
    assert group.spreads == spreads


def test_equals_signs() -> None:
    assert has_equals(words_in(nodes_of("f({ a = 1 })")))
    assert has_equals(words_in(nodes_of('"${ { a = 1 }["a"] }"')))
    assert not has_equals(words_in(nodes_of('f(a == b, "a = b", "${a == b}")')))


@given(codes)
def test_the_tree_has_every_word(code: str) -> None:
    written = formatted(code)
    assert spaced(words_in(nodes_of(written))) == written
