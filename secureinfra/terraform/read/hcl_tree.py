"""The grammar of HCL: blocks, arguments, and how far expressions reach.

Source: github.com/hashicorp/hcl, hclsyntax/spec.md, and its parser where that says less. What stands within strings and
heredocs is not parsed here.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from secureinfra.terraform.read.hcl_text import Source, Token

_BINARY = frozenset(("+", "-", "*", "/", "%", "<", ">", "<=", ">=", "==", "!=", "&&", "||"))


class Node(NamedTuple):
    """An expression.

    Args:
        kind: `string` for a quoted string or heredoc, `tuple`, `object`, or `code` for anything else.
        start: the offset of its first character.
        end: the offset after its last one.
        items: the elements of a tuple.
        pairs: keys and values of an object.
    """

    kind: str
    start: int
    end: int
    items: tuple[Node, ...] = ()
    pairs: tuple[tuple[Node, Node], ...] = ()


class Item(NamedTuple):
    """An argument or a block.

    Args:
        words: its name and, of a block, its labels, as tokens.
        start: the offset of its first character.
        end: the offset after its last one.
        value: of an argument.
        body: of a block.
    """

    words: tuple[Token, ...]
    start: int
    end: int
    value: Node | None
    body: tuple[Item, ...] = ()


class Parser:
    """Reads the tokens of a file.

    Args:
        source: the file.
    """

    def __init__(self, source: Source) -> None:
        self._source, self._text = source, source.text
        self._tokens = source.tokens
        self._at = 0
        self._depth = 0

    def items(self) -> Iterator[Item]:
        """The arguments and blocks at the top of the file, one at a time, since trees take more memory than text.

        Raises:
            ConfigurationError: something is not HCL; the error has its line and column.
        """
        while self._next().kind != "end":
            yield self._item()

    def _next(self) -> Token:
        """The next token that is not a new line."""
        tokens = self._tokens
        while tokens[self._at].kind == "line":
            self._at += 1
        return tokens[self._at]

    def _take(self, word: str) -> bool:
        if self._tokens[self._at].word == word:
            self._at += 1
            return True
        return False

    def _expect(self, word: str) -> None:
        if not self._take(word):
            self._unexpected()

    def _item(self) -> Item:
        first, tokens = self._at, self._tokens
        begins_line = not first or tokens[first - 1].kind == "line" or tokens[first - 1].word == "{"
        if tokens[first].kind != "name":
            self._unexpected()
        while tokens[self._at].kind in ("name", "string"):
            self._at += 1
        words, here = tuple(tokens[first : self._at]), tokens[self._at]
        if not (here.word == "{" or (here.word == "=" and len(words) == 1)):
            if here.kind == "line" and self._depth:
                self._next()
            self._unexpected()
        start = tokens[first].start
        if not begins_line:
            raise self._source.error(start, "something is before this on its line. Write it on a line of its own.")
        self._at += 1
        if here.word == "=":
            value = self._expression()
            return Item(words, start, value.end, value)
        self._depth += 1
        body: list[Item] = []
        while self._next().word != "}":
            body.append(self._item())
        self._depth -= 1
        self._at += 1
        return Item(words, start, tokens[self._at - 1].end, None, tuple(body))

    def _expression(self) -> Node:
        """An expression up to what cannot continue it."""
        tokens = self._tokens
        first = tokens[self._at].start
        node, conditions, is_one = self._operand(), 0, True
        while True:
            token = tokens[self._at]
            word = token.word
            if word in _BINARY or (token.kind == "sign" and word[0] == "-"):
                self._at += 1
            elif word == "?":
                conditions += 1
                self._at += 1
            elif word == ":" and conditions:
                conditions -= 1
                self._at += 1
            else:
                break
            is_one = False
            self._operand()
        if conditions:
            self._unexpected()
        return node if is_one else Node("code", first, tokens[self._at - 1].end)

    def _operand(self) -> Node:
        """A value with what is before and after it: signs, attributes, indexes."""
        tokens = self._tokens
        first = self._at
        start = tokens[first].start
        while tokens[self._at].kind == "sign" or tokens[self._at].word in ("-", "!"):
            self._at += 1
        value = self._at
        node = self._value()
        after = self._at
        while True:
            word = tokens[self._at].word
            if word == ".":
                self._at += 1
                if tokens[self._at].kind not in ("name", "number") and tokens[self._at].word != "*":
                    self._unexpected()
                self._at += 1
            elif word == "[":
                self._at += 1
                if not self._take("*"):
                    self._expression()
                self._expect("]")
            else:
                break
        if value == first and after == self._at:
            return node
        return Node("code", start, tokens[self._at - 1].end)

    def _value(self) -> Node:
        token = self._tokens[self._at]
        if token.kind == "name":
            self._at += 1
            if self._take("("):
                self._arguments()
        elif token.kind == "number":
            self._at += 1
        elif token.kind in ("string", "heredoc"):
            self._at += 1
            return Node("string", token.start, token.end)
        elif token.word == "(":
            self._at += 1
            self._expression()
            self._expect(")")
        elif token.word == "[":
            self._at += 1
            return self._tuple(token.start)
        elif token.word == "{":
            self._at += 1
            return self._object(token.start)
        else:
            self._unexpected()
        return Node("code", token.start, self._tokens[self._at - 1].end)

    def _arguments(self) -> None:
        while not self._take(")"):
            self._expression()
            if self._take("..."):
                self._take(",")
                self._expect(")")
                return
            if not self._take(","):
                self._expect(")")
                return

    def _tuple(self, start: int) -> Node:
        if self._is_for():
            self._for_head()
            self._expression()
            self._condition()
            self._expect("]")
            return Node("code", start, self._tokens[self._at - 1].end)
        items: list[Node] = []
        while not self._take("]"):
            items.append(self._expression())
            if not self._take(","):
                self._expect("]")
                break
        return Node("tuple", start, self._tokens[self._at - 1].end, tuple(items))

    def _object(self, start: int) -> Node:
        if self._is_for():
            self._for_head()
            self._expression()
            self._expect("=>")
            self._expression()
            self._take("...")
            self._condition()
            self._expect("}")
            return Node("code", start, self._tokens[self._at - 1].end)
        self._depth += 1
        pairs: list[tuple[Node, Node]] = []
        while self._next().word != "}":
            key = self._expression()
            if not (self._take("=") or self._take(":")):
                self._unexpected()
            pairs.append((key, self._expression()))
            token = self._tokens[self._at]
            if not self._take(",") and token.kind != "line" and token.word != "}":
                if token.kind in ("name", "string", "number"):
                    raise self._source.error(token.start, "a comma or a new line is missing before this. Add one.")
                self._unexpected()
        self._depth -= 1
        self._at += 1
        return Node("object", start, self._tokens[self._at - 1].end, pairs=tuple(pairs))

    def _is_for(self) -> bool:
        here, after = self._tokens[self._at], self._tokens[self._at + 1 : self._at + 2]
        return here.word == "for" and bool(after) and after[0].kind == "name"

    def _for_head(self) -> None:
        self._at += 1
        self._name()
        if self._take(","):
            self._name()
        self._expect("in")
        self._expression()
        self._expect(":")

    def _condition(self) -> None:
        if self._take("if"):
            self._expression()

    def _name(self) -> None:
        if self._tokens[self._at].kind != "name":
            self._unexpected()
        self._at += 1

    def _unexpected(self) -> NoReturn:
        """Refuse the next token."""
        token = self._tokens[self._at]
        if token.kind == "end" or (token.kind == "line" and not self._depth):
            end = self._tokens[self._at - 1].end if self._at else 0
            raise self._source.error(end, "an argument or block ends too early. Complete it.")
        found = self._text[token.start :].split(maxsplit=1)[0][:20]
        said = f"{found!r} is not valid HCL here. Fix it, or what comes just before."
        raise self._source.error(token.start, said)
