"""Which policies of resources and principals allow a request that none allowed before, each with such a request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from secureinfra.compare.change import Change
from secureinfra.compare.pairs import Pairs
from secureinfra.proofs.model.access import world_of_principal
from secureinfra.proofs.model.principals import Principal, principals_of
from secureinfra.proofs.model.resources import Resource, resource_of, resources_of
from secureinfra.proofs.questions import callers_in, no_wider
from secureinfra.proofs.statements import Statement
from secureinfra.proofs.worlds import World
from secureinfra.terraform.model.block import Block
from secureinfra.terraform.model.configuration import Configuration


def access_changes(old: Configuration, new: Configuration, pairs: Pairs) -> Iterator[Change]:
    """What the policies of each resource allow in addition, by a request that is allowed now and was not before.

    What a new resource allows is not wider access: theorems and controls check it.

    Args:
        old: the old configuration.
        new: the new configuration.
        pairs: their resources.
    """
    before = {after.address: old_block for old_block, after in pairs.kept}
    for resource in resources_of(new).values():
        if resource.block.address in before:
            earlier = resource_of(before[resource.block.address], old)
            yield from _of_resource(resource, earlier)
    for address, principal in principals_of(new).items():
        if address in before and (held := principals_of(old).get(before[address].address)) is not None:
            yield from _of_principal(principal, held)


def _of_resource(resource: Resource, earlier: Resource) -> Iterator[Change]:
    if not resource.documents:
        return
    unread = resource.unread or earlier.unread
    if unread:
        if resource.unread != earlier.unread:
            yield Change("access", False, resource.block, f"its policy depends on {unread}")
        return
    yield from _wider(resource.block, resource.statements, earlier.statements)


def _of_principal(principal: Principal, earlier: Principal) -> Iterator[Change]:
    """What its policies and its boundary allow in addition, and which further callers may assume a role."""
    block, own = principal.block, [world_of_principal(principal.caller)]
    if principal.unread != earlier.unread:
        yield Change("access", False, block, f"its policies depend on {principal.unread or earlier.unread}")
    elif not principal.unread:
        yield from _wider(block, principal.identity, earlier.identity, own)
    if earlier.boundary is not None and principal.boundary is None:
        yield Change("access", True, block, "its permissions boundary is removed")
    elif earlier.boundary is not None and principal.boundary is not None:
        yield from _wider(block, principal.boundary, earlier.boundary, own)
    yield from _wider(block, principal.trust, earlier.trust)


def _wider(
    block: Block, now: Sequence[Statement], before: Sequence[Statement], worlds: Iterable[World] | None = None
) -> Iterator[Change]:
    if _texts(now) == _texts(before):
        return
    new, old = tuple(now), tuple(before)
    open_answer = ""
    for world in callers_in((*new, *old)) if worlds is None else worlds:
        verdict = no_wider(new, old, world)
        if verdict.answer == "BROKEN":
            yield Change("access", True, block, f"now, and not before: {verdict.told()}")
            return
        if verdict.answer == "UNKNOWN":
            open_answer = open_answer or verdict.why
    if open_answer:
        yield Change("access", False, block, open_answer)


def _texts(statements: Sequence[Statement]) -> list[object]:
    """Statements without the place where they stand."""
    return [
        (
            one.effect,
            one.actions,
            one.not_actions,
            one.resources,
            one.not_resources,
            one.principals,
            one.not_principals,
            one.conditions,
        )
        for one in statements
    ]
