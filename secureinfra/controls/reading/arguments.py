"""Checks on one argument of a resource, and the questions they ask of its value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.verdict import Check, Failure, any_of, each, written
from secureinfra.terraform.unknown import UnknownValueError, is_given, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block, Node
    from secureinfra.terraform.configuration import Configuration


def argument(path: str, test: Callable[[Any], bool], expected: str, *, absent: Any = None) -> Check:
    """A check that an argument passes a test.

    Args:
        path: names divided by dots. `[]` behind the name of a nested block means every one of them, of which there
            may be none: `ebs_block_device[].encrypted`.
        test: true for a value that meets the control; it is given `None` where nothing is written.
        expected: what should be written, as Terraform writes it: `encrypted = true`.
        absent: what AWS or the provider takes where nothing is written.
    """
    block_name, several, rest = path.partition("[].")

    def check(block: Block, configuration: Configuration) -> Iterator[Failure]:
        if not several:
            return judge(block)
        return each(block.blocks(block_name), judge)

    def judge(node: Node) -> Iterator[Failure]:
        name = rest or path
        value = node.get(name)
        if not test(absent if value is None else value):
            at = f"{node.path}.{name}" if node.path else name
            taken = f" (AWS takes {absent!r})" if value is None and absent is not None else ""
            yield Failure(found=written(at, value) + taken, expected=expected, at=at)

    return check


def has_blocks(name: str, expected: str) -> Check:
    """A check that a nested block is there.

    Args:
        name: of the nested block.
        expected: what should be written.
    """

    def check(block: Block, configuration: Configuration) -> Iterator[Failure]:
        if not any_of(block.blocks(name), lambda node: node.is_there):
            yield Failure(found=f"no {name} block", expected=expected)

    return check


def is_true(value: Any) -> bool:
    """Whether Terraform reads it as true; it takes the words as well."""
    return value is True or value == "true"


def is_false(value: Any) -> bool:
    """Whether Terraform reads it as false, or nothing is written."""
    return value is None or value is False or value == "false"


def is_set(value: Any) -> bool:
    """Whether anything but an empty value is written; an attribute of another resource is.

    Raises:
        UnknownValueError: a variable that may be null.
    """
    return is_given(value)


def one_of(*choices: Any) -> Callable[[Any], bool]:
    """A test that a value is one of a few."""
    return lambda value: value in choices


def at_least(least: float) -> Callable[[Any], bool]:
    """A test that a number is not smaller; what is no number fails it."""
    return lambda value: (known := number(value)) is not None and known >= least


def at_most(most: float) -> Callable[[Any], bool]:
    """A test that a number is not larger; what is no number fails it."""
    return lambda value: (known := number(value)) is not None and known <= most


def number(value: Any) -> float | None:
    """The number that Terraform reads; `None` for what is none.

    Raises:
        UnknownValueError: it is not known.
    """
    if is_unknown(value):
        raise UnknownValueError(value)
    try:
        return None if isinstance(value, bool) or value is None else float(value)
    except (TypeError, ValueError):
        return None
