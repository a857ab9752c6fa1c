"""Operators and the conditional."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from secureinfra.terraform.expressions.constructors import ForNode, ListNode, ObjectNode
from secureinfra.terraform.expressions.conversion import common_type, convert, to_bool, to_number, type_of
from secureinfra.terraform.expressions.nodes import Environment, Node, Parentheses
from secureinfra.terraform.expressions.values import (
    NotKnownError,
    RefusedError,
    is_lazy,
    plain_number,
    references_of,
    same,
)
from secureinfra.terraform.unknown import Unknown

PRECEDENCE: Final = {
    "||": 1,
    "&&": 2,
    "==": 3,
    "!=": 3,
    "<": 4,
    "<=": 4,
    ">": 4,
    ">=": 4,
    "+": 5,
    "-": 5,
    "*": 6,
    "/": 6,
    "%": 6,
}
MOST_BITS: Final = 4_096
"""A larger number is not worked out: its value counts as unknown."""
Number = int | float


def calculate(operator: str, left: Number, right: Number) -> Number:
    """The result of arithmetic, exact where a decimal fraction can be.

    Raises:
        RefusedError: division of zero by zero.
        NotKnownError: the number is infinite or too large.
    """
    if right == 0:
        if operator == "/":
            # Terraform has an infinity, which nothing accepts; only 0 / 0 is refused where it stands.
            raise NotKnownError if left else RefusedError("division of zero by zero")
        if operator == "%":
            return left
    if isinstance(left, int) and isinstance(right, int):
        whole = _whole(operator, left, right)
        if whole is not None:
            if whole.bit_length() > MOST_BITS:
                raise NotKnownError
            return whole
    from decimal import ROUND_DOWN, Context, Decimal, localcontext  # noqa: PLC0415 - few expressions have fractions

    a, b = Decimal(repr(left)), Decimal(repr(right))
    with localcontext(Context(prec=160)):
        if operator == "%":
            return plain_number(a - b * (a / b).to_integral_value(ROUND_DOWN))
        return plain_number(
            a + b if operator == "+" else a - b if operator == "-" else a * b if operator == "*" else a / b
        )


def _whole(operator: str, left: int, right: int) -> int | None:
    if operator == "+":
        return left + right
    if operator == "-":
        return left - right
    if operator == "*":
        return left * right
    if operator == "%":
        rest = abs(left) % abs(right)
        return -rest if left < 0 else rest
    return left // right if left % right == 0 else None


def compare(operator: str, left: Number, right: Number) -> bool:
    """The answer to `<`, `<=`, `>` or `>=`."""
    if operator[0] == ">":
        left, right = right, left
    return left < right or (len(operator) == 2 and left == right)


class Unary(Node):
    """`-a` or `!a`."""

    __slots__ = ("operand", "operator")

    def __init__(self, operator: str, operand: Node) -> None:
        self.operator = operator
        self.operand = operand

    def value(self, env: Environment) -> Any:
        """The negative or the opposite."""
        operand = self.operand.value(env)
        if type(operand) is Unknown or is_lazy(operand):
            return env.unknown(self, references_of(env.parts_of(operand)))
        return not to_bool(operand) if self.operator == "!" else -to_number(operand)

    def children(self) -> Iterable[Node]:
        """The operand."""
        return (self.operand,)


class Binary(Node):
    """`a + b` and its like."""

    __slots__ = ("left", "operator", "right")

    def __init__(self, operator: str, left: Node, right: Node) -> None:
        self.operator = operator
        self.left = left
        self.right = right

    def value(self, env: Environment) -> Any:
        """The result."""
        left = self.left.value(env)
        try:
            if self.operator in ("&&", "||"):
                return self._logic(env, left)
            right = self.right.value(env)
            if self.operator in ("==", "!="):
                return self._equal(left, right) == (self.operator == "==")
            if type(left) is Unknown or type(right) is Unknown:
                return env.unknown(self, references_of(env.parts_of(left, right)))
            numbers = to_number(left), to_number(right)
            if self.operator[0] in "<>":
                return compare(self.operator, *numbers)
            return calculate(self.operator, *numbers)
        except NotKnownError:
            return env.unknown(self, references_of(env.parts_of(left, self.right.value(env))))

    def _logic(self, env: Environment, left: Any) -> bool:
        right = self.right.value(env)
        decides = self.operator == "||"
        # Terraform evaluates both sides, so that each must be a bool; one known side may decide all the same.
        known = [to_bool(side) for side in (left, right) if type(side) is not Unknown]
        if decides in known:
            return decides
        if len(known) < 2:
            raise NotKnownError
        return not decides

    def _equal(self, left: Any, right: Any) -> bool:
        equal = same(left, right)
        # `var.names == []` compares a list with a tuple, which are never equal; whether the variable is typed is not known here.
        if equal and isinstance(left, list | dict) and _constructs(self.left) != _constructs(self.right):
            raise NotKnownError
        return equal

    def children(self) -> Iterable[Node]:
        """Both operands."""
        return (self.left, self.right)


def _constructs(node: Node) -> bool:
    while isinstance(node, Parentheses):
        node = node.inner
    return isinstance(node, ListNode | ObjectNode | ForNode)


class Conditional(Node):
    """`condition ? a : b`."""

    __slots__ = ("condition", "no", "yes")

    def __init__(self, condition: Node, yes: Node, no: Node) -> None:
        self.condition = condition
        self.yes = yes
        self.no = no

    def value(self, env: Environment) -> Any:
        """The chosen side, converted to the type that both have in common."""
        condition = self.condition.value(env)
        if type(condition) is Unknown or is_lazy(condition):
            return self._either(env, condition)
        chosen, other = (self.yes, self.no) if to_bool(condition) else (self.no, self.yes)
        value = chosen.value(env)
        try:
            left_out = other.value(env)
        except RefusedError:
            return value
        return meet(value, left_out, env)

    def _either(self, env: Environment, condition: Any) -> Any:
        try:
            yes, no = self.yes.value(env), self.no.value(env)
        except RefusedError:
            # The side that is refused may be the one that is not chosen.
            return env.unknown(self, [*references_of(env.parts_of(condition)), *self.references(env)])
        try:
            if same(yes, no):
                return yes
        except NotKnownError:
            pass
        return env.unknown(self, references_of(env.parts_of(condition, yes, no)))

    def children(self) -> Iterable[Node]:
        """Condition and both sides."""
        return (self.condition, self.yes, self.no)


def meet(value: Any, other: Any, env: Environment) -> Any:
    """A value as the type that it has in common with another.

    Raises:
        RefusedError: they have none.
    """
    if type(value) is type(other) and isinstance(value, str | bool | int):
        return value
    if value is None or other is None:
        return value
    if isinstance(value, list | dict) and (env.parts_of(value) or env.parts_of(other)):
        return value
    return convert(value, common_type([type_of(value), type_of(other)]))
