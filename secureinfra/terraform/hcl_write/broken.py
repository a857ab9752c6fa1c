"""Expressions over several lines, broken where people break them.

An object of more than one member takes a line for each, wherever it stands; so do the arguments of a call, the items of
a list, and within brackets the clauses of a `for` and the operands of `&&` and `||`, if they are too long for one line.
Nothing else breaks, and nothing is put into brackets: what has no such place stays on one line, however long.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, TypeAlias

from secureinfra.terraform.hcl_write.code import Word, spaced
from secureinfra.terraform.hcl_write.groups import Group, Nodes, has_equals, nodes_of, parted, words_in
from secureinfra.terraform.hcl_write.layout import WIDTH, Assignment, Lines, assigned, indented, misleads

Rows: TypeAlias = list[list[Word]]
"""Lines in words, since others may stand beside the first and the last."""

_COMMA: Final = Word("sign", ",")
_COLON: Final = Word("sign", ":")
_REST: Final = Word("sign", "...")
_JOINING: Final = (Word("sign", "||"), Word("sign", "&&"))
# Beside these an expression is one thing, which breaks where its brackets do.
_JOINTS: Final = frozenset((".", "::", "!", "..."))
_LITERALS: Final = frozenset(("list", "object", "for"))


class At(NamedTuple):
    """Where something begins: the indentation of its line, and its column."""

    indent: int
    column: int

    def within(self) -> At:
        """The beginning of a line one step further in."""
        return At(self.indent + 2, self.indent + 2)

    def after(self, words: Iterable[Word]) -> At:
        """Where something begins that stands behind these words."""
        return At(self.indent, self.column + len(spaced(words)))

    def holds(self, words: Iterable[Word]) -> bool:
        """Whether there is room for them on the line."""
        return self.after(words).column <= WIDTH


def code_lines(code: str, at: At) -> Lines:
    """The lines of an expression, as `terraform fmt` leaves them.

    Args:
        code: the expression, formatted on one line.
        at: where it begins.
    """
    fits = at.column + len(code) <= WIDTH
    if code.startswith('"') or not (("{" in code and "=" in code) if fits else any(sign in code for sign in "([{")):
        return [code]
    return [spaced(row) for row in _laid(nodes_of(code), at)]


def _laid(nodes: Nodes, at: At, *, inside: bool = False, wide: bool = False) -> Rows:
    """An expression over as many lines as it needs.

    Args:
        nodes: the expression.
        at: where it begins.
        inside: whether it is within brackets in which newlines mean nothing.
        wide: whether it is taken for too long however short it is.
    """
    words = words_in(nodes)
    wide = wide or not at.holds(words)
    operator = _joining(nodes) if inside and (wide or any(group.spreads for group in _groups(nodes))) else None
    if operator:
        return _joined((_laid(one, at, inside=True) for one in parted(nodes, operator.text)), operator, at_end=False)
    found = _breaking(nodes, wide=wide)
    if found is None:
        return [words]
    index, group = found
    return _broken([*words_in(nodes[:index]), group.opens], group, [group.closes, *words_in(nodes[index + 1 :])], at)


def _joining(nodes: Nodes) -> Word | None:
    """The `||` or `&&` that binds least."""
    return next((operator for operator in _JOINING if operator in nodes), None)


def _breaking(nodes: Nodes, *, wide: bool) -> tuple[int, Group] | None:
    """The brackets in which an expression breaks, and their index."""
    able = [(index, node) for index, node in enumerate(nodes) if isinstance(node, Group) and node.breaks]
    chosen = [(index, group) for index, group in able if group.spreads]
    if wide and able and not chosen:
        signs = _signs(nodes)
        if not signs or (signs in ({"=="}, {"!="}) and nodes[-1] == able[-1][1]):
            chosen = able[-1:]
        elif "?" in signs:
            chosen = [(index, group) for index, group in able if group.kind in _LITERALS]
    # terraform fmt would take the equals sign of an earlier object for that of an argument.
    return chosen[0] if len(chosen) == 1 and not has_equals(words_in(nodes[: chosen[0][0]])) else None


def _signs(nodes: Nodes) -> set[str]:
    """The operators between the parts of an expression."""
    return {node.text for node in nodes if isinstance(node, Word) and node.kind == "sign"} - _JOINTS


def _broken(opens: list[Word], group: Group, closes: list[Word], at: At) -> Rows:
    """Brackets over several lines, with the words before and after them."""
    inner = at.within()
    if group.kind == "object":
        return [opens, *_text(assigned(_member(item, inner) for item in group.items)), closes]
    if group.kind == "for":
        return _loop(opens, group.items[0], closes, at)
    if group.kind == "list":
        if all(len(item) == 1 and isinstance(item[0], Word) and item[0].kind == "number" for item in group.items):
            return [opens, *_text(_filled((words_in(item) for item in group.items), inner)), closes]
    else:
        embraced = _embraced(opens, group.items, closes, at)
        if embraced:
            return embraced
    ends = group.kind != "paren" and group.items[-1][-1] != _REST
    return [opens, *_rows((_laid(item, inner, inside=True) for item in group.items), ends), closes]


def _rows(items: Iterable[Rows], ends: bool) -> Rows:
    joined = _joined(items, _COMMA, at_end=ends)
    return _text(spaced(row) for row in joined)


def _filled(items: Iterable[list[Word]], at: At) -> Iterator[str]:
    """Short items with a comma after each, as many on a line as there is room for."""
    line: list[Word] = []
    for item in items:
        if line and not at.holds([*line, *item, _COMMA]):
            yield spaced(line)
            line = []
        line += [*item, _COMMA]
    yield spaced(line)


def _embraced(opens: list[Word], items: Sequence[Nodes], closes: list[Word], at: At) -> Rows | None:
    """A call whose brackets stand beside those of its only argument that breaks: `merge({` and `}, var.tags)`."""
    index = _argument(items)
    if index is None:
        return None
    found = _breaking(items[index], wide=True)
    before = [*opens, *(word for item in items[:index] for word in (*words_in(item), _COMMA))]
    after = [*(word for item in items[index + 1 :] for word in (_COMMA, *words_in(item))), *closes]
    if found is None or _joining(items[index]) or has_equals(before):
        return None
    begins = [*before, *words_in(items[index][: found[0]]), found[1].opens]
    if not (at.holds(begins) and At(at.indent, at.indent).holds([found[1].closes, *after])):
        return None
    first, *between, last = _laid(items[index], at.after(before), inside=True, wide=True)
    return [[*before, *first], *between, [*last, *after]]


def _argument(items: Sequence[Nodes]) -> int | None:
    """The argument that may break while the others do not: the only one, or the only list or object."""
    if len(items) == 1:
        return 0
    spread = [index for index, item in enumerate(items) if any(group.spreads for group in _groups(item))]
    literal = [index for index, item in enumerate(items) if any(group.kind in _LITERALS for group in _groups(item))]
    chosen = spread or literal
    return chosen[0] if len(chosen) == 1 and set(literal) <= set(chosen) else None


def _groups(nodes: Nodes) -> Iterator[Group]:
    return (node for node in nodes if isinstance(node, Group) and node.breaks)


def _loop(opens: list[Word], body: Nodes, closes: list[Word], at: At) -> Rows:
    """A `for`: the brackets of an object that it gives stand beside its own, else its clauses have lines of their own."""
    found = _breaking(body, wide=False)
    if found and not _joining(body) and at.holds([*opens, *words_in(body[: found[0]])]):
        first, *between, last = _laid(body, at.after(opens), inside=True)
        return [[*opens, *first], *between, [*last, *closes]]
    rows = [row for clause in _clauses(body, at.within()) for row in clause]
    return [opens, *_text(spaced(row) for row in rows), closes]


def _clauses(body: Nodes, at: At) -> Iterator[Rows]:
    """The lines of a `for`: its condition apart, and where the rest is too long what it runs over and what it gives."""
    rest, condition = _split(body, Word("name", "if"), last=True)
    if _stands(rest, at) or _COLON not in rest:
        yield [words_in(rest)]
    else:
        source, (_, *given) = _split(rest, _COLON, last=False)
        yield from _steps(source, tuple(given), at)
    if condition:
        yield _laid(condition, at, inside=True)


def _steps(source: Nodes, given: Nodes, at: At) -> Iterator[Rows]:
    """What a `for` runs over and what it gives, below each other or with the brackets of one of them between."""
    *above, head = _laid(source, at, inside=True)
    head = [*head, _COLON]
    found = _breaking(given, wide=True)
    if above and _stands(given, at) and at.holds([*head, *words_in(given)]):
        yield [*above, [*head, *words_in(given)]]
        return
    # Not below a line that closes brackets: terraform fmt would not indent one that opens others too as it does here.
    if not above and found and not _stands(given, at) and not _signs(given):
        begins = [*head, *words_in(given[: found[0]]), found[1].opens]
        if at.holds(begins):
            first, *others = _laid(given, at.after(head), inside=True, wide=True)
            yield [[*head, *first], *others]
            return
    yield [*above, head]
    yield _laid(given, at, inside=True)


def _stands(nodes: Nodes, at: At) -> bool:
    """Whether it stands on one line."""
    return at.holds(words_in(nodes)) and not any(group.spreads for group in _groups(nodes))


def _split(nodes: Nodes, sign: Word, *, last: bool) -> tuple[Nodes, Nodes]:
    """The nodes before a word, and those from it on."""
    found = [index for index, node in enumerate(nodes) if node == sign and nodes[index - 1] != ("sign", ".")]
    index = found[-1 if last else 0] if found else len(nodes)
    return nodes[:index], nodes[index:]


def _joined(parts: Iterable[Rows], sign: Word, *, at_end: bool) -> Rows:
    """The parts below each other, with a sign at the end of each."""
    rows: Rows = []
    for part in parts:
        rows += part
        rows[-1] = [*rows[-1], sign]
    if not at_end:
        rows[-1] = rows[-1][:-1]
    return rows


def _text(lines: Iterable[str]) -> Rows:
    """Whole lines, one step further in."""
    return [[Word("line", line)] for line in indented(lines)]


def _member(item: Nodes, at: At) -> Assignment:
    index = next(index for index, node in enumerate(item) if node in (("sign", "="), _COLON))
    name = spaced(words_in(item[:index]))
    value = item[index + 1 :]
    rows = [words_in(value)] if misleads(name) else _laid(value, At(at.indent, at.column + len(name) + len(" = ")))
    return Assignment(name, [spaced(row) for row in rows])
