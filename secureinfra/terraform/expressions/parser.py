"""Reads expressions, by the grammar of Terraform's language."""

from __future__ import annotations

from typing import Final

from secureinfra.terraform.expressions.call import Call
from secureinfra.terraform.expressions.constructors import ForNode, ListNode, ObjectNode
from secureinfra.terraform.expressions.lexer import MOST_NESTING, ParseError
from secureinfra.terraform.expressions.nodes import Literal, Node, Parentheses
from secureinfra.terraform.expressions.operators import PRECEDENCE, Binary, Conditional, Unary
from secureinfra.terraform.expressions.template_parser import TemplateParser
from secureinfra.terraform.expressions.traversal import Element, Splat, Traversal
from secureinfra.terraform.expressions.values import Key, NotKnownError, RefusedError, number_of

_CONSTANTS: Final = {"true": True, "false": False, "null": None}


class Parser(TemplateParser):
    """Reads one text: `Parser(text).template()`."""

    def expression(self) -> Node:
        """Read an expression.

        Raises:
            ParseError: there is none.
        """
        self.deeper()
        start = self.start()
        node = self._operators(1)
        if self.accept("?"):
            yes = self.expression()
            self.expect(":")
            node = self._placed(Conditional(node, yes, self.expression()), start)
        self.nesting -= 1
        return node

    def _placed(self, node: Node, start: int) -> Node:
        node.start, node.end = start, self.position
        return node

    def _operators(self, least: int) -> Node:
        start = self.start()
        node = self._term()
        chained = 0
        while PRECEDENCE.get(operator := self.peek(), 0) >= least:
            self.take()
            node = self._placed(Binary(operator, node, self._operators(PRECEDENCE[operator] + 1)), start)
            chained += 1
            if chained > MOST_NESTING:
                raise ParseError("too many operators in a row")
        return node

    def _term(self) -> Node:
        start = self.start()
        if self.peek() in ("-", "!"):
            self.deeper()
            node = self._placed(Unary(self.take(), self._term()), start)
            self.nesting -= 1
            return node
        return self._steps(self._primary(), start)

    def _primary(self) -> Node:
        start, kind = self.start(), self.peek()
        if kind == "name":
            return self._read_name()
        if kind == "number":
            return self._placed(Literal(_number(self.take())), start)
        if kind == '"':
            return self._whole(self.quoted(), start)
        if kind == "heredoc":
            return self._whole(self.heredoc(), start)
        bracketed = {"(": self._parentheses, "[": self._brackets, "{": self._braces}.get(kind)
        if bracketed is None:
            raise ParseError(f"expected an expression at {start}")
        return bracketed()

    def _parentheses(self) -> Node:
        start = self.start()
        self.take()
        self.see_newlines(False)
        inner = self.expression()
        self.expect(")")
        self.forget_newlines()
        return self._placed(Parentheses(inner), start)

    def _whole(self, node: Node, start: int) -> Node:
        # A string that is one interpolation is that expression, yet no traversal may be continued through its quotes.
        if self.text[node.start : node.end] != self.text[start : self.position]:
            node = Parentheses(node)
        return self._placed(node, start)

    def _read_name(self) -> Node:
        start = self.start()
        name = self.take()
        while self.accept("::"):
            name += f"::{self.expect('name')}"
        if self.peek() == "(":
            return self._call(name, start)
        if "::" in name:
            raise ParseError(f"{name} is not a function call")
        if name in _CONSTANTS:
            return self._placed(Literal(_CONSTANTS[name]), start)
        return self._placed(Traversal(name, None, ()), start)

    def _call(self, name: str, start: int) -> Node:
        self.take()
        self.see_newlines(False)
        arguments: list[Node] = []
        expanded = False
        while not self.accept(")"):
            arguments.append(self.expression())
            if self.accept("..."):
                expanded = True
                self.expect(")")
                break
            if not self.accept(","):
                self.expect(")")
                break
        self.forget_newlines()
        return self._placed(Call(name, arguments, expanded=expanded), start)

    def _steps(self, node: Node, start: int) -> Node:
        while True:
            kind = self.peek()
            if kind == ".":
                self.take()
                node = self._after_dot(node, start)
            elif kind == "[":
                self.take()
                self.see_newlines(False)
                if self.accept("*"):
                    self.expect("]")
                    self.forget_newlines()
                    return self._splat(node, self._each(start), start)
                index = self.expression()
                self.expect("]")
                self.forget_newlines()
                node = self._stepped(node, _constant(index), start)
            else:
                return node

    def _each(self, start: int) -> Node:
        self.deeper()
        each = self._steps(self._placed(Element(), start), start)
        self.nesting -= 1
        return each

    def _splat(self, node: Node, each: Node, start: int) -> Node:
        return self._placed(Splat(node, each), start)

    def _after_dot(self, node: Node, start: int) -> Node:
        if self.accept("*"):
            each = self._placed(Element(), start)
            while self.accept("."):
                each = self._attribute(each, start)
            return self._splat(node, each, start)
        return self._attribute(node, start)

    def _attribute(self, node: Node, start: int) -> Node:
        if self.peek() == "number":
            digits = self.take()
            if not digits.isdigit() or len(digits) > 9:
                raise ParseError(f"no index {digits}")
            return self._stepped(node, int(digits), start)
        return self._stepped(node, self.expect("name"), start)

    def _stepped(self, node: Node, step: str | int | Node, start: int) -> Node:
        if isinstance(node, Traversal):
            if len(node.steps) > MOST_NESTING:
                raise ParseError("too many steps in a row")
            return self._placed(Traversal(node.root or None, node.base, (*node.steps, step)), start)
        return self._placed(Traversal(None, node, (step,)), start)

    def _brackets(self) -> Node:
        start = self.start()
        self.take()
        self.see_newlines(False)
        if self.accept_name("for"):
            node = self._for("]")
        else:
            elements: list[Node] = []
            while not self.accept("]"):
                elements.append(self.expression())
                if not self.accept(","):
                    self.expect("]")
                    break
            node = ListNode(elements)
        self.forget_newlines()
        return self._placed(node, start)

    def _braces(self) -> Node:
        start = self.start()
        self.take()
        self.see_newlines(False)
        is_for = self.accept_name("for")
        if is_for:
            node = self._for("}")
        self.forget_newlines()
        if not is_for:
            self.see_newlines(True)
            node = self._object()
            self.forget_newlines()
        return self._placed(node, start)

    def _object(self) -> Node:
        entries: list[tuple[Node, Node]] = []
        while True:
            while self.accept("newline"):
                pass
            if self.accept("}"):
                return ObjectNode(entries)
            key = self._key()
            if not self.accept("="):
                self.expect(":")
            entries.append((key, self.expression()))
            if self.peek() not in (",", "newline", "}"):
                raise ParseError(f"expected the end of an entry at {self.start()}")
            self.accept(",")

    def _key(self) -> Node:
        start = self.start()
        node = self.expression()
        if isinstance(node, Traversal) and node.base is None:
            if node.steps:
                raise ParseError(f"an ambiguous key at {start}")
            return self._placed(Literal(node.root), start)
        if isinstance(node, Literal) and self.text[start : self.position] in _CONSTANTS:
            return self._placed(Literal(self.text[start : self.position]), start)
        return node

    def _for(self, closing: str) -> Node:
        names = self.for_names()
        collection = self.expression()
        self.expect(":")
        key: Node | None = None
        result = self.expression()
        if closing == "}":
            self.expect("=>")
            key, result = result, self.expression()
        node = ForNode(names, collection, key, result)
        node.grouped = key is not None and self.accept("...")
        if self.accept_name("if"):
            node.condition = self.expression()
        self.expect(closing)
        return node


def _constant(index: Node) -> str | int | Node:
    if isinstance(index, Literal):
        if isinstance(index.constant, str):
            return Key(index.constant)
        if type(index.constant) is int:
            return index.constant
    return index


def _number(text: str) -> int | float:
    try:
        return number_of(text)
    except (NotKnownError, RefusedError):
        raise ParseError(f"a number too large: {text[:20]}") from None
