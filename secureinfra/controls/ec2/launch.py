"""What an instance takes from its launch template if it has no value of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.verdict import Check, Failure, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration


def template_of(instance: Block, configuration: Configuration) -> Block | None:
    """The launch template that an instance refers to; `None` if there is none.

    Raises:
        UnknownValueError: the template is not in the configuration.
    """
    for node in instance.blocks("launch_template"):
        named = [value for value in (node.get("id"), node.get("name")) if value is not None]
        for value in named:
            block = configuration.target(value)
            if block is not None and (block.section, block.type) == ("resource", "aws_launch_template"):
                return block
            for template in configuration.of_type("aws_launch_template"):
                name = template.get("name")
                if isinstance(name, str) and isinstance(value, str) and name == value:
                    return template
        raise UnknownValueError(
            next(filter(is_unknown, named), Unknown(f"launch template {' '.join(map(str, named))}"))
        )
    return None


def launch_argument(
    path: str, in_template: str, test: Callable[[Any], bool], expected: str, *, absent: Any = None
) -> Check:
    """A check that an argument of an instance passes a test; if it is missing, that of its launch template.

    Args:
        path: the argument of the instance, names divided by dots.
        in_template: the argument of the launch template.
        test: true for a value that meets the control; it gets `None` if the argument is missing.
        expected: what should be written.
        absent: what AWS uses if neither has a value.
    """

    def check(instance: Block, configuration: Configuration) -> Iterator[Failure]:
        value, where = instance.get(path), path
        if value is None and (template := template_of(instance, configuration)) is not None:
            value, where = template.get(in_template), f"{template.address}: {in_template}"
        if not test(absent if value is None else value):
            taken = f" (AWS defaults to {absent!r})" if value is None and absent is not None else ""
            yield Failure(written(where, value) + taken, expected, at=path)

    return check
