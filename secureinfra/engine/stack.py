"""What a stack knows for all constructs in it: names taken, environment, permissions boundary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from constructs import IConstruct

from secureinfra.engine._cdk import ENGINE, TerraformStack
from secureinfra.engine.naming import Names
from secureinfra.errors import ConfigError
from secureinfra.values import ARN

ENVIRONMENTS = ("production", "staging", "development", "sandbox")


class _Neighbours(list["StackState"]):
    """The stacks of one app that hold something of ours; a class of its own, since no plain list can be held weakly."""


# By the engine's id of the app, whose own Python object may be gone by the time the second stack is made.
_apps: WeakValueDictionary[str, _Neighbours] = WeakValueDictionary()


@dataclass(eq=False)
class StackState:
    """Python's side of one `TerraformStack`; `module` is the id of the construct that it is written out as a module for."""

    path: str
    stack: TerraformStack
    neighbours: list[StackState] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)
    crossed: dict[tuple[str, str], str] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    environment: str | None = None
    permissions_boundary: str | None = None
    shared: dict[str, Any] = field(default_factory=dict)
    constructs: list[Any] = field(default_factory=list)
    module: str | None = None

    @property
    def protects(self) -> bool:
        """Whether keys, buckets and trails refuse to be destroyed: everywhere but in a sandbox."""
        return self.environment != "sandbox"


def configure(
    stack: TerraformStack, *, environment: str | None = None, permissions_boundary: str | None = None
) -> None:
    """Set what holds for every construct of a stack, before or after they are made.

    Args:
        stack: the engine's own `TerraformStack`.
        environment: `production`, `staging`, `development` or `sandbox`. In a `sandbox`, `prevent_destroy` is left
            out, so that a trial can be taken down; nothing else changes.
        permissions_boundary: ARN of the managed policy that bounds every role of the stack.

    Raises:
        ConfigError: the environment is none of the four, or the boundary is no ARN.
    """
    state = state_of(stack)
    if environment is not None:
        if environment not in ENVIRONMENTS:
            raise ConfigError(
                f"{state.path}: environment={environment!r} is unknown: it decides what may be destroyed. "
                f"Use one of {', '.join(ENVIRONMENTS)}."
            )
        state.environment = environment
    if permissions_boundary is not None:
        if complaint := ARN.complaint(permissions_boundary):
            raise ConfigError(f"{state.path}: permissions_boundary={permissions_boundary!r} {complaint}")
        state.permissions_boundary = permissions_boundary


def state_of(stack: TerraformStack) -> StackState:
    """Python's side of a stack, made on first use."""
    state: StackState | None = stack.__dict__.get("_secureinfra")
    if state is None:
        node = stack.node
        neighbours = _apps.setdefault(node.root.__jsii_ref__.ref, _Neighbours())  # type: ignore[attr-defined]
        state = StackState(node.path, stack, neighbours)
        neighbours.append(state)
        stack.__dict__["_secureinfra"] = state
    return state


def stack_of(scope: IConstruct, id: str) -> TerraformStack:
    """The stack around a scope.

    Raises:
        ConfigError: the scope belongs to the other engine, or lies in no stack.
    """
    if isinstance(scope, TerraformStack):
        return scope
    known: StackState | None = getattr(scope, "stack_state", None)
    if known is not None:
        # A construct of ours knows its stack; asking the engine costs a call to Node for each construct within another.
        return known.stack
    module = type(scope).__module__
    foreign = {"cdktf": "cdktn", "cdktn": "cdktf"}[ENGINE]
    if any(base.__module__.split(".")[0] == foreign for base in type(scope).__mro__):
        raise ConfigError(
            f"{id}: its scope is a {module}.{type(scope).__name__} of {foreign}, but secureinfra runs on {ENGINE} here: "
            f"objects of one engine cannot live in an app of the other. Import {ENGINE} instead of {foreign}, or set "
            f"SECUREINFRA_ENGINE={foreign}."
        )
    try:
        return TerraformStack.of(scope)
    except RuntimeError:
        raise ConfigError(
            f"{id}: its scope lies in no stack: give it a TerraformStack, or a construct within one."
        ) from None
