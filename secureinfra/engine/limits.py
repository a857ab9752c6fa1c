"""Text that the AWS provider would refuse at plan: names that a long path has made too long, above all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from secureinfra.engine.stack import StackState
from secureinfra.errors import ConfigError
from secureinfra.facts.limits import limits_of
from secureinfra.facts.tokens import is_token


def unfit(state: StackState) -> ConfigError | None:
    """Report the first argument of a stack's resources whose text breaks a limit of the provider.

    Text with references in it is left to Terraform, which knows it.
    """
    for construct in state.constructs:
        for block in construct.resources.values():
            if block.section == "resource" and block.included():
                for path, text, broken in _broken(block):
                    return ConfigError(
                        f"{construct.path}: {block.address}: {path} is {_shown(text)}, which the AWS provider refuses: {broken}. "
                        "Give the construct another name; a name that is made from its path needs shorter ids, of the construct or "
                        "of those around it."
                    )
    return None


def _broken(block: Any) -> Iterator[tuple[str, str, str]]:
    for path, limit in limits_of(block.type).items():
        for text in _texts(block.attributes.get(path[0]), path[1:]):
            if broken := limit.broken_by(text):
                yield ".".join(path), text, broken


def _texts(value: Any, path: tuple[str, ...]) -> Iterator[str]:
    """The constant texts at a path, in each of repeated blocks."""
    if callable(value):
        value = value()
    if isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, path)
    elif path:
        if isinstance(value, Mapping):
            yield from _texts(value.get(path[0]), path[1:])
    elif isinstance(value, str) and not is_token(value):
        yield value.replace("$${", "${").replace("%%{", "%{")


def _shown(text: str) -> str:
    return repr(text if len(text) <= 100 else f"{text[:100]}...")
