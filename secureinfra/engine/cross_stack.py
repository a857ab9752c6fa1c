"""References from one stack to another: read from the other's state, as the engine does with its own.

A reference here is a plain string that does not say which stack it belongs to. If an app has several stacks, the
emitted JSON is therefore read again: an address that only another stack has becomes an output there and a
`terraform_remote_state` here. An address that both have is read as the stack's own, unless the reference still carries
its stack, which it does until it is formatted into other text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from secureinfra.engine._cdk import TerraformStack
from secureinfra.engine.local_state import keep_state_by_relative_path
from secureinfra.engine.stack import StackState, state_of
from secureinfra.errors import ConfigError

_ADDRESS = re.compile(r"(?<![\w.\"-])((?:data\.)?[a-z][a-z0-9]*_\w+\.[A-Za-z_]\w*)(\.[A-Za-z_]\w*)?")


class Reference(str):
    """A reference that knows its stack until it is formatted into other text."""

    __slots__ = ("state",)
    state: StackState

    @classmethod
    def to(cls, identifier: str, state: StackState) -> Reference:
        """A reference to something of a stack."""
        reference = cls(f"${{{identifier}}}")
        reference.state = state
        return reference

    def seen_from(self, state: StackState) -> str:
        """The equivalent text for use in another stack."""
        if self.state is state:
            return self
        if self.state.neighbors is not state.neighbors:
            raise ConfigError(f"{state.path}: {of_another_app(self[2:-1], self.state)}")
        return f"${{{_cross(state, self.state, self[2:-1])}}}"

    def __deepcopy__(self, memo: object) -> Reference:
        return self


Cross = Callable[[StackState, str], str]


def of_another_app(identifier: str, other: StackState) -> str:
    """What is wrong with a reference to something of another app, and what to do."""
    return (
        f"{identifier} is in stack {other.path} of another App, whose state this one does not read: Terraform would not know it. "
        "Create both stacks in one App, or pass the value itself."
    )


def join_stacks(document: dict[str, Any], state: StackState) -> dict[str, Any]:
    """The document of a stack, with every reference to another stack read from that stack's state.

    Raises:
        ConfigError: two stacks refer to each other, so that neither could be applied first.
    """
    if len(state.neighbors) < 2:
        return document
    foreign = {address: other for other in state.neighbors for address in other.addresses - state.addresses}
    joined = _rewritten(document, foreign, lambda other, identifier: _cross(state, other, identifier))
    return joined if isinstance(joined, dict) else {}


def across_stacks(stack: TerraformStack, value: str) -> str:
    """A value from a construct of another stack, as the engine's own elements of this stack must be given it.

    Constructs of this library do not need it: values from another stack are read from its state automatically.

    Args:
        stack: where the value is used.
        value: with references to another stack of the same app, e.g. `network.vpc_id`.

    Raises:
        ConfigError: the other stack already uses something of this one.

    Example:
        `TerraformOutput(service, "vpc", value=across_stacks(service, network.vpc_id))`
    """
    state = state_of(stack)
    return str(join_stacks({"value": value}, state)["value"])


def references_to(document: dict[str, Any], foreign: Mapping[str, StackState]) -> list[tuple[StackState, str]]:
    """Each reference in a document to one of these addresses, with the stack that has it."""
    found: list[tuple[StackState, str]] = []

    def note(other: StackState, identifier: str) -> str:
        found.append((other, identifier))
        return identifier

    _rewritten(document, foreign, note)
    return found


def _rewritten(value: Any, foreign: Mapping[str, StackState], cross: Cross) -> Any:
    if isinstance(value, dict):
        return {
            key: _ordered(item, foreign, cross) if key == "depends_on" else _rewritten(item, foreign, cross)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_rewritten(item, foreign, cross) for item in value]
    if not isinstance(value, str) or "${" not in value:
        return value

    def led(match: re.Match[str]) -> str:
        address, attribute = match[1], match[2] or ""
        return cross(foreign[address], address + attribute) if address in foreign else match[0]

    return "".join(_ADDRESS.sub(led, part) if inside else part for inside, part in _parts(value))


def _ordered(addresses: Any, foreign: Mapping[str, StackState], cross: Cross) -> Any:
    """`depends_on` without addresses of other stacks; the order of the stacks takes care of those."""
    if not isinstance(addresses, list):
        return addresses
    for address in addresses:
        if address in foreign:
            cross(foreign[address], "")
    return [address for address in addresses if address not in foreign]


def _parts(template: str) -> list[tuple[bool, str]]:
    """A template split into what Terraform reads as an expression and what it reads as text."""
    parts: list[tuple[bool, str]] = []
    start = position = 0
    while (position := template.find("${", position)) >= 0:
        if template[position - 1 : position] == "$" and position:
            position += 2
            continue
        end = _end_of(template, position + 2)
        parts += [(False, template[start:position]), (True, template[position:end])]
        start = position = end
    return [*parts, (False, template[start:])]


def _end_of(template: str, position: int) -> int:
    depth = 1
    while depth and position < len(template):
        depth += {"{": 1, "}": -1}.get(template[position], 0)
        position += 1
    return position


def _cross(state: StackState, other: StackState, identifier: str) -> str:
    """The expression for something of another stack; the output and the data source are created on first use."""
    key = (other.path, identifier)
    if key not in state.crossed:
        try:
            state.stack.add_dependency(other.stack)
        except RuntimeError:
            raise ConfigError(
                f"{state.path}: it uses {identifier} of stack {other.path}, which uses something of {state.path}: "
                "neither could be applied first. Move one of the two into the other's stack."
            ) from None
        if not identifier:
            return ""
        keep_state_by_relative_path(other.stack)
        output = other.stack.register_outgoing_cross_stack_reference(identifier)
        remote = state.stack.register_incoming_cross_stack_reference(other.stack)
        state.crossed[key] = f"{remote.fqn}.outputs.{output.friendly_unique_id}"
    return state.crossed[key]
