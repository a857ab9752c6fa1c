"""Constructs that moved into another stack: what that one imports, and what the first one lets go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from secureinfra.engine._cdk import TerraformStack
from secureinfra.engine.adopting import adopted_id
from secureinfra.engine.naming import terraform_name
from secureinfra.engine.other_region import region_argument
from secureinfra.engine.resource import Resource
from secureinfra.engine.stack import StackState
from secureinfra.errors import ConfigError
from secureinfra.terraform.model.block import INSTANCE_KEY

WRITE_IDS: Final = (
    "Write the file with `terraform show -json | secureinfra imports - > ids.json` in the folder of the first stack."
)


def imports_of(construct: Any) -> Iterator[tuple[str, str]]:
    """Address and import id of each resource of a construct that was in another stack, or that stood outside of all stacks."""
    for resource in _resources(construct):
        if (own := adopted_id(resource, construct)) is not None:
            yield resource.address, _in_region(own, resource, construct)
            continue
        for instance, id in _ids_of(resource, construct).items():
            if id is not None:
                yield f"{resource.address}{instance}", _in_region(id, resource, construct)


def _in_region(id: str, resource: Resource, construct: Any) -> str:
    # https://registry.terraform.io/providers/hashicorp/aws/latest/docs/guides/enhanced-region-support: `@` and the region.
    elsewhere = region_argument("resource", resource.type, construct.other_region).get("region")
    return f"{id}@{elsewhere}" if elsewhere else id


def address_before(resource: Resource, construct: Any) -> str | None:
    """The address that the stack's own state has a resource under, where another configuration gave it one."""
    state = construct.stack_state
    former = _former(resource, construct, state.path) if state.moves else ()
    return next((state.moves[one] for one in former if one in state.moves), None)


def _ids_of(resource: Resource, construct: Any) -> dict[str, str | None]:
    """The ids of a resource, by the key of the instance if it has several; empty if none is known."""
    ids = _ids(construct)
    if not ids:
        return {}
    for address in _former(resource, construct, construct.locations.elsewhere or construct.stack_state.path):
        instances = (one for one in ids if one == address or one.startswith(f"{address}["))
        if found := {one.removeprefix(address): ids[one] for one in instances}:
            return found
    return {}


def _ids(construct: Any) -> Mapping[str, str | None]:
    """What is known of the stack that a construct was in last, which may be its own; nothing if all of it was imported."""
    state = construct.stack_state
    return state.imports.get(construct.locations.elsewhere or state.path) or {}


def _resources(construct: Any) -> list[Resource]:
    return [one for one in construct.resources.values() if isinstance(one, Resource) and one.included()]


def _former(resource: Resource, construct: Any, stack: str) -> list[str]:
    """The addresses that a resource had in another stack, the last one first."""
    return [
        f"{resource.type}.{terraform_name(location.ids(resource.id))}"
        for location in reversed(construct.locations.known)
        if location.stack == stack
    ]


def _without_id(construct: Any) -> list[Resource]:
    """The resources that are neither among the ids nor said to be created."""
    return [one for one in _resources(construct) if _ids(construct) and not _ids_of(one, construct)]


def removed_from(state: StackState) -> list[str]:
    """The addresses that a stack lets go, since what had them is in another stack now."""
    gone = list(state.let_go)
    for address, construct in _left(state):
        gone.append(address)
        gone += construct.let_gone(state.path) if state.protects else ()
    return list(dict.fromkeys(one for one in gone if one not in state.addresses))


def _left(state: StackState) -> Iterator[tuple[str, Any]]:
    for construct in (one for other in state.neighbors if other is not state for one in other.arrived):
        for resource in construct.resources.values():
            if isinstance(resource, Resource):
                yield from ((address, construct) for address in _former(resource, construct, state.path))


def notes(state: StackState) -> Iterator[str]:
    """What Terraform will do beside importing what moved into a stack."""
    for source in dict.fromkeys(
        one.locations.elsewhere for one in state.arrived if state.imports.get(one.locations.elsewhere)
    ):
        if _stack(state, source) is None:
            yield (
                f"{state.path}: the stack {source!r} of another program destroys what moved here, unless it has "
                "let_go(stack, path, ids) and is applied with it."
            )
    for construct in state.arrived:
        for resource in _without_id(construct):
            yield (
                f"{construct.node_path}: {resource.address} has no import id and will be created. Write null for it among the "
                "ids if that is right."
            )


def _stack(state: StackState, path: str | None) -> TerraformStack | None:
    """A stack of the same app."""
    found = state.stack.node.root.node.try_find_child(str(path)) if path and "/" not in path else None
    return found if isinstance(found, TerraformStack) else None


def still_writes(construct: Any) -> TerraformStack | None:
    """The stack of the same app that a construct was in, which has to let it go."""
    return _stack(construct.stack_state, construct.locations.elsewhere)


def unready(state: StackState) -> ConfigError | None:
    """Report a construct from another stack of which nothing is imported, one that is still there, and ids for nothing."""
    if unknown := _for_nothing(state):
        return ConfigError(
            f"{state.path}: no resource has the address {unknown}, which import_from or move_from names: what it stands for would be "
            "created a second time. Correct the address, or take it out."
        )
    for construct in state.arrived:
        source = construct.locations.elsewhere
        if source not in state.imports:
            return ConfigError(
                f"{construct.node_path}: moved_from={construct.locations.said!r} is in another stack: without import ids everything "
                f"would be created again, under names that are taken. Add import_from(stack, {source!r}, 'ids.json'). {WRITE_IDS}"
            )
        lacking = _without_id(construct)
        if lacking and len(lacking) == len(_resources(construct)):
            return ConfigError(
                f"{construct.node_path}: moved_from={construct.locations.said!r}: none of its resources is among the ids of {source!r}, "
                f"e.g. {_former(lacking[0], construct, source)[0]}. Correct the path, or write null for each that is to be created."
            )
    for address, construct in _left(state):
        if address in state.addresses:
            return ConfigError(
                f"{construct.node_path}: moved_from={construct.locations.said!r}, but {state.path} still has {address}: two stacks would "
                "manage one resource. Remove the construct there."
            )
    return None


def _for_nothing(state: StackState) -> str | None:
    """The first address among those that are said of the stack's own resources that none of them has or had."""
    ids = {**(state.imports.get(state.path) or {}), **state.moves}
    known = {
        address
        for construct in (state.constructs if ids else ())
        for resource in construct.resources.values()
        if isinstance(resource, Resource)
        for address in _former(resource, construct, state.path)
    }
    return next((one for one in ids if INSTANCE_KEY.sub("", one) not in known), None)
