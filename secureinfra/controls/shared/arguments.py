"""Checks on one argument of a resource, and tests of its value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.controls.verdict import Check, Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_given, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration


def argument(path: str, test: Callable[[Any], bool], expected: str, *, absent: Any = None) -> Check:
    """A check that an argument passes a test.

    Args:
        path: names divided by dots. `[]` after the name of a nested block means each one of them, of which there
            may be none: `ebs_block_device[].encrypted`, `launch_specification[].ebs_block_device[].encrypted`.
        test: true for a value that meets the control; it gets `None` if the argument is missing.
        expected: what should be written, as Terraform writes it: `encrypted = true`.
        absent: what AWS or the provider uses if the argument is missing.
    """
    return Argument(path, test, expected, absent)


@dataclass(frozen=True)
class Argument:
    """The check that `argument` makes, as data: what it asks can also be written in another language.

    Args:
        path: as for `argument`.
        test: as for `argument`.
        expected: as for `argument`.
        absent: as for `argument`.
    """

    path: str
    test: Callable[[Any], bool]
    expected: str
    absent: Any = None

    def __call__(self, block: Block, configuration: Configuration) -> Iterator[Failure]:
        """The failures of a block."""
        blocks, several, _ = self.path.rpartition("[].")
        return each(nodes_at(block, blocks), self._judge) if several else self._judge(block)

    def _judge(self, node: Node) -> Iterator[Failure]:
        name = self.path.rpartition("[].")[2]
        value = node.get(name)
        if not self.test(self.absent if value is None else value):
            at = f"{node.path}.{name}" if node.path else name
            taken = f" (AWS defaults to {self.absent!r})" if value is None and self.absent is not None else ""
            yield Failure(found=written(at, value) + taken, expected=self.expected, at=at)


def has_blocks(path: str, expected: str) -> Check:
    """A check that a nested block exists.

    Args:
        path: its name, with those of the blocks around it, divided by dots.
        expected: what should be written.
    """
    return some_block(path, lambda node: node.is_there, f"no {path} block", expected)


def some_block(path: str, test: Callable[[Node], object], found: str, expected: str) -> Check:
    """A check that some nested block passes a test.

    Args:
        path: as for `has_blocks`.
        test: true for a block that meets the control.
        found: what is said where none does.
        expected: what should be written.
    """

    def check(block: Block, configuration: Configuration) -> Iterator[Failure]:
        if not any_of(nodes_at(block, path), test):
            yield Failure(found, expected, at=path)

    return check


def named_by(type: str, via: str) -> Check:
    """A check that some resource of a type is surely there and names the one that is checked.

    Args:
        type: of the resource that names it.
        via: the argument in which it does.
    """

    def check(block: Block, configuration: Configuration) -> Iterator[Failure]:
        if not configuration.attached(block, type, via):
            yield Failure(f"no {type} for it", f"an {type} with {via} = {block.type}.{block.name}")

    return check


def all_hold(*checks: Check) -> Check:
    """A check that fails where any of several does; one without an answer does not hide the failure of another."""
    return AllHold(checks)


@dataclass(frozen=True)
class AllHold:
    """The check that `all_hold` makes, as data.

    Args:
        checks: what must hold.
    """

    checks: tuple[Check, ...]

    def __call__(self, block: Block, configuration: Configuration) -> Iterator[Failure]:
        """The failures of a block."""
        return each(self.checks, lambda check: check(block, configuration))


def only_if(test: Callable[[Block], object], why: str, check: Check) -> Check:
    """A check that applies to some blocks only.

    Args:
        test: true for a block that it applies to.
        why: why it does not apply to others.
        check: the check.
    """

    def guarded(block: Block, configuration: Configuration) -> Iterator[Failure]:
        if not test(block):
            raise NotApplicable(why)
        yield from check(block, configuration)

    return guarded


def nodes_at(node: Node, path: str) -> list[Node]:
    """Every nested block at a path, in each of the blocks around it.

    Args:
        node: a resource or nested block.
        path: names of blocks divided by dots, each with or without `[]`; empty for the node itself.
    """
    found = [node]
    for name in filter(None, path.replace("[]", "").split(".")):
        found = [inner for outer in found for inner in outer.blocks(name)]
    return found


def is_true(value: Any) -> bool:
    """Whether Terraform reads it as true; strings count too."""
    return value is True or value == "true"


def is_false(value: Any) -> bool:
    """Whether Terraform reads it as false, or it is missing."""
    return value is None or value is False or value == "false"


def is_set(value: Any) -> bool:
    """Whether it has a value that is not empty; an attribute of another resource counts as one.

    Raises:
        UnknownValueError: a variable that may be null.
    """
    return is_given(value)


def one_of(*choices: Any) -> OneOf:
    """A test that a value is one of several."""
    return OneOf(choices)


def not_one_of(*choices: Any) -> OneOf:
    """A test that a value is none of several."""
    return OneOf(choices, negated=True)


@dataclass(frozen=True)
class OneOf:
    """A test of a value, as data.

    Args:
        choices: the values.
        negated: whether it must be none of them.
    """

    choices: tuple[Any, ...]
    negated: bool = False

    def __call__(self, value: Any) -> bool:
        """Whether a value passes."""
        return (value in self.choices) is not self.negated


def includes(wanted: str) -> Callable[[Any], bool]:
    """A test that a list has an item.

    Raises:
        UnknownValueError: it is not in the list for sure, and the list or an item is not known.
    """

    def test(value: Any) -> bool:
        items = value if isinstance(value, list) else [value]
        return value is not None and any_of(items, lambda item: item == wanted)

    return test


def at_least(least: float) -> Bound:
    """A test that a number is not smaller; a value that is not a number fails."""
    return Bound(least=least)


def at_most(most: float) -> Bound:
    """A test that a number is not larger; a value that is not a number fails."""
    return Bound(most=most)


@dataclass(frozen=True)
class Bound:
    """A test of a number, as data.

    Args:
        least: the smallest that passes.
        most: the largest that passes.
    """

    least: float | None = None
    most: float | None = None

    def __call__(self, value: Any) -> bool:
        """Whether a value passes."""
        known = number(value)
        if known is None:
            return False
        return (self.least is None or known >= self.least) and (self.most is None or known <= self.most)


def number(value: Any) -> float | None:
    """The number that Terraform reads; `None` if it is not a number.

    Raises:
        UnknownValueError: it is unknown.
    """
    if is_unknown(value):
        raise UnknownValueError(value)
    try:
        return None if isinstance(value, bool) or value is None else float(value)
    except (TypeError, ValueError):
        return None


def text_in(value: Any) -> str:
    """A known value as text in lower case; empty if it is missing or not text.

    Raises:
        UnknownValueError: it is unknown.
    """
    if is_unknown(value):
        raise UnknownValueError(value)
    return "" if value is None else str(value).lower()
