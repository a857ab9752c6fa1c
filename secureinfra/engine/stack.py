"""What all constructs of a stack share: names taken, environment, permissions boundary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from weakref import WeakValueDictionary

from constructs import IConstruct

from secureinfra.config.config import Precondition
from secureinfra.config.rules import ARN
from secureinfra.engine._cdk import ENGINE, DefaultTokenResolver, StringConcat, TerraformStack, Tokenization
from secureinfra.engine.naming import Names
from secureinfra.engine.synthesis import Synthesis
from secureinfra.errors import ConfigError
from secureinfra.facts.tokens import named_by

ENVIRONMENTS = ("production", "staging", "development", "sandbox")


class Neighbors(list["StackState"]):
    """The stacks of one app that contain constructs of this library; a class, since a plain list cannot be weakly referenced."""

    def __init__(self) -> None:
        super().__init__()
        self.synthesis = Synthesis()


# By the engine's id of the app, whose Python object may be gone by the time the second stack is created.
_apps: WeakValueDictionary[str, Neighbors] = WeakValueDictionary()


def neighbors_in(app: IConstruct) -> Neighbors | None:
    """The stacks of an app that contain constructs of this library; `None` if there are none."""
    return _apps.get(app.__jsii_ref__.ref)  # type: ignore[attr-defined]


def foreigners(neighbors: Neighbors) -> list[StackState]:
    """The stacks of all other apps in this process."""
    return [state for others in _apps.values() if others is not neighbors for state in others]


@dataclass(eq=False)
class StackState:
    """Python's side of one `TerraformStack`.

    Args:
        module: id of the construct that it is written out as a module for.
        conditions: what Terraform checks, by its message; modules reword it.
        forgotten: what Terraform is to forget rather than destroy, by the address that it may have, with the construct that says so.
        provider_major: of the AWS provider that it is written for; `None` for both.
        built_for_both: the first construct that asked and was told `None`.
        enlisted: whether the engine has an element that writes it.
        arrived: the constructs that were in another stack.
        imports: what to import them by, by the path of that stack; `None` when all is there.
        let_go: addresses that another program's stack takes over.
        moves: addresses that resources have in the stack's own state, by those that they have here.
    """

    path: str
    stack: TerraformStack
    neighbors: Neighbors = field(default_factory=Neighbors)
    addresses: set[str] = field(default_factory=set)
    crossed: dict[tuple[str, str], str] = field(default_factory=dict)
    names: Names = field(default_factory=Names)
    environment: str | None = None
    permissions_boundary: str | None = None
    shared: dict[str, Any] = field(default_factory=dict)
    constructs: list[Any] = field(default_factory=list)
    module: str | None = None
    forgotten: dict[str, Any] = field(default_factory=dict)
    conditions: dict[str, Precondition] = field(default_factory=dict)
    provider_major: Literal[5, 6] | None = None
    built_for_both: str | None = None
    enlisted: bool = False
    arrived: list[Any] = field(default_factory=list)
    imports: dict[str | None, Mapping[str, str | None] | None] = field(default_factory=dict)
    let_go: list[str] = field(default_factory=list)
    moves: Mapping[str, str] = field(default_factory=dict)

    @property
    def protects(self) -> bool:
        """Whether keys, buckets and trails refuse to be destroyed: everywhere but in a sandbox."""
        return self.environment != "sandbox"


def _named(placeholder: Any) -> str | None:
    """What an engine placeholder stands for; any stack can resolve it."""
    stacks = (state.stack for neighbors in _apps.values() for state in neighbors)
    if (scope := next(stacks, None)) is None:
        return None
    if isinstance(placeholder, str) and placeholder.startswith("#{"):
        # The item of a token list: the engine resolves it only inside a list.
        placeholder = [placeholder]
    resolver = DefaultTokenResolver(StringConcat())
    try:
        found = Tokenization.resolve(placeholder, scope=scope, resolver=resolver, preparing=False)
    except RuntimeError:
        # From another process, or not a placeholder.
        return None
    return found if isinstance(found, str) else None


named_by(_named)


def configure(
    stack: TerraformStack, *, environment: str | None = None, permissions_boundary: str | None = None
) -> None:
    """Set defaults for every construct of a stack, before or after they are created.

    Args:
        stack: the engine's own `TerraformStack`.
        environment: `production`, `staging`, `development` or `sandbox`. In a `sandbox`, `prevent_destroy` is left
            out and buckets are emptied when they are destroyed (`force_destroy`), so that a trial can be destroyed; only an
            object lock still stands in the way. Apply once after the change: Terraform reads `force_destroy` from the state.
        permissions_boundary: ARN of the managed policy that bounds every role of the stack.

    Raises:
        ConfigError: the environment is not one of the four, or the boundary is not an ARN.
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
    """Python's side of a stack, created on first use."""
    state: StackState | None = stack.__dict__.get("_secureinfra")
    if state is None:
        node = stack.node
        neighbors = _apps.setdefault(node.root.__jsii_ref__.ref, Neighbors())  # type: ignore[attr-defined]
        state = StackState(node.path, stack, neighbors)
        neighbors.append(state)
        stack.__dict__["_secureinfra"] = state
    return state


def stack_of(scope: IConstruct, id: str) -> TerraformStack:
    """The stack around a scope.

    Raises:
        ConfigError: the scope belongs to the other engine, or is not inside a stack.
    """
    if isinstance(scope, TerraformStack):
        return scope
    known: StackState | None = getattr(scope, "stack_state", None)
    if known is not None:
        # Constructs of this library know their stack; asking the engine costs a call to Node for each nested construct.
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
            f"{id}: its scope is not inside a stack. Pass a TerraformStack, or a construct inside one."
        ) from None
