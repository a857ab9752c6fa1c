"""The elements of a stack through which all our resources reach the engine, many constructs each.

Every element that Python adds to the engine costs a call each way at construction and at synthesis. A few elements for
a whole stack make a thousand resources several times cheaper than one each (`make bench` shows the figures). A single one
would do too, but on its way to the engine its document is copied several times: in parts that takes less memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from secureinfra.engine import failure
from secureinfra.engine._cdk import TerraformElement, TerraformStack
from secureinfra.engine.cross_stack import dangling, join_stacks
from secureinfra.engine.stack import state_of
from secureinfra.engine.validation import validate
from secureinfra.errors import ConfigError, SecureInfraError
from secureinfra.values import is_token

if TYPE_CHECKING:
    from secureinfra.engine.construct import SecureConstruct

_TOGETHER = 250


class _Output(TerraformElement):
    """Answers the engine's question for Terraform JSON with the documents of constructs of its stack."""

    def __init__(self, stack: TerraformStack, first: int) -> None:
        super().__init__(stack, f"secureinfra-output-{first}" if first else "secureinfra-output")
        self._state = state_of(stack)
        self._first = first
        self._written = False

    def to_metadata(self) -> Any:
        # Both engines ask for an element's metadata when they are about to write it, and not when they prepare a stack.
        self._written = True
        return {}

    def to_terraform(self) -> Any:
        merged: dict[str, Any] = {}
        try:
            for construct in self._state.constructs[self._first : self._first + _TOGETHER]:
                _merge(merged, construct.document())
            joined = join_stacks(merged, self._state)
        except SecureInfraError as error:
            failure.remember(error)
            raise
        written, self._written = self._written, False
        # Preparing, the engine only follows its placeholders into other stacks. Passing everything twice would double
        # the cost of synthesis.
        return joined if written or _has_placeholder(joined) else {}

    def to_hcl_terraform(self) -> Any:
        error = ConfigError(
            f"{self._state.path}: the engine's HCL output would leave these resources out: synthesise JSON "
            "(App(hcl_output=False), no SYNTH_HCL_OUTPUT)."
        )
        failure.remember(error)
        raise error


def _dangling(stack: TerraformStack) -> ConfigError | None:
    """Asked of each stack; the first one answers for all stacks of the app."""
    neighbours = state_of(stack).neighbours
    stacks = [node for node in stack.node.root.node.children if isinstance(node, TerraformStack)]
    if len(stacks) < 2 or stack is not neighbours[0].stack:
        return None
    return next((ConfigError(problem) for other in stacks if (problem := dangling(other, neighbours))), None)


def enlist(construct: SecureConstruct, stack: TerraformStack) -> None:
    """Have a construct's resources emitted with its stack."""
    constructs = state_of(stack).constructs
    if len(constructs) % _TOGETHER == 0:
        output = _Output(stack, len(constructs))
        if not constructs:
            validate(output, lambda: _dangling(stack))
    constructs.append(construct)


def _merge(target: dict[str, Any], source: dict[str, Any]) -> None:
    # As the engine merges elements: objects into each other, lists one after the other.
    for key, value in source.items():
        present = target.get(key)
        if isinstance(present, dict) and isinstance(value, dict):
            _merge(present, value)
        elif isinstance(present, list) and isinstance(value, list):
            present.extend(value)
        else:
            target[key] = value


def _has_placeholder(value: Any) -> bool:
    """Whether the engine has something to resolve: a placeholder as a text, list or number, or an object of its own."""
    if isinstance(value, dict):
        return any(_has_placeholder(name) or _has_placeholder(item) for name, item in value.items())
    if isinstance(value, list):
        return any(map(_has_placeholder, value))
    if isinstance(value, str):
        return "TfToken[" in value
    return not isinstance(value, int | float | None) or is_token(value)
