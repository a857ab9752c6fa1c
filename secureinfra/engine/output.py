"""The elements of a stack that pass all resources of this library to the engine, many constructs each.

Every element that Python adds to the engine costs a call each way at construction and at synthesis. A few elements for
a whole stack make a thousand resources several times cheaper than one each (`make bench` shows the figures). A single one
would work too, but its document is copied several times on the way to the engine; parts need less memory.
"""

from __future__ import annotations

from typing import Any, Protocol

from secureinfra.config.rules import is_token
from secureinfra.engine._cdk import TerraformElement, TerraformStack
from secureinfra.engine.cross_stack import join_stacks
from secureinfra.engine.handover import removed_from
from secureinfra.engine.stack import state_of
from secureinfra.engine.validation import validate
from secureinfra.engine.whole_app import complaint, dangling
from secureinfra.errors import ConfigError

_TOGETHER = 250


class Documented(Protocol):
    """Anything that is emitted with a stack, such as a `SecureConstruct`."""

    def document(self) -> dict[str, Any]:
        """Its Terraform JSON."""
        ...


class _Output(TerraformElement):
    """Renders the constructs of its stack when the engine asks for Terraform JSON."""

    def __init__(self, stack: TerraformStack, first: int) -> None:
        super().__init__(stack, f"secureinfra-output-{first}" if first else "secureinfra-output")
        self._state = state_of(stack)
        self._first = first
        self._written = False

    def to_metadata(self) -> Any:
        # Both engines ask for an element's metadata when they write it, not when they prepare a stack.
        self._written = True
        return {}

    def to_terraform(self) -> Any:
        merged: dict[str, Any] = {}
        for construct in self._state.constructs[self._first : self._first + _TOGETHER]:
            _merge(merged, construct.document())
        if not self._first and (gone := removed_from(self._state)):
            _merge(merged, {"removed": [{"from": one, "lifecycle": {"destroy": False}} for one in gone]})
        joined = join_stacks(merged, self._state)
        written, self._written = self._written, False
        # Preparing, the engine only follows its placeholders into other stacks. Passing everything twice would double
        # the cost of synthesis.
        return joined if written or _has_placeholder(joined) else {}

    def to_hcl_terraform(self) -> Any:
        raise ConfigError(
            f"{self._state.path}: the engine's HCL output would leave these resources out: synthesize JSON "
            "(App(hcl_output=False), no SYNTH_HCL_OUTPUT)."
        )


def enlist(construct: Documented, stack: TerraformStack) -> None:
    """Emit a construct's resources with its stack."""
    state = state_of(stack)
    constructs = state.constructs
    if not constructs:
        enlist_stack(stack)
    elif len(constructs) % _TOGETHER == 0:
        _Output(stack, len(constructs))
    constructs.append(construct)


def enlist_stack(stack: TerraformStack) -> None:
    """Emit what a stack writes beside its constructs, even if it has none."""
    state = state_of(stack)
    if not state.enlisted:
        state.enlisted = True
        validate(_Output(stack, 0), lambda: complaint(state) or dangling(state))


def _merge(target: dict[str, Any], source: dict[str, Any]) -> None:
    # The way the engine merges elements: objects are merged, lists are concatenated.
    for key, value in source.items():
        present = target.get(key)
        if isinstance(present, dict) and isinstance(value, dict):
            _merge(present, value)
        elif isinstance(present, list) and isinstance(value, list):
            present.extend(value)
        else:
            target[key] = value


def _has_placeholder(value: Any) -> bool:
    """Whether the engine has something to resolve: a placeholder (string, list or number) or an engine object."""
    if isinstance(value, dict):
        return any(_has_placeholder(name) or _has_placeholder(item) for name, item in value.items())
    if isinstance(value, list):
        return any(map(_has_placeholder, value))
    if isinstance(value, str):
        return "TfToken[" in value
    return not isinstance(value, int | float | None) or is_token(value)
