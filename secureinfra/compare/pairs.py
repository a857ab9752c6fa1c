"""Which resource of the new configuration is which of the old one: by address, through `moved` blocks and Terraform's own moves.

https://developer.hashicorp.com/terraform/language/modules/develop/refactoring: a `moved` block names a resource, an instance or a
module; where `count` is added or removed, Terraform moves `a` to `a[0]`, or back, by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from secureinfra.terraform.model.block import INSTANCE_KEY, Block
from secureinfra.terraform.model.configuration import Configuration


@dataclass
class Pairs:
    """The resources of two configurations.

    Args:
        kept: those that are in both, the old one first.
        gone: those that are in the old one only, and would be destroyed.
        forgotten: those that leave the state without being destroyed.
        unsure: those of which it is not known whether they are still there.
        added: those that are in the new one only.
        renamed: old address by new one, where they differ.
    """

    kept: list[tuple[Block, Block]] = field(default_factory=list)
    gone: list[Block] = field(default_factory=list)
    forgotten: list[Block] = field(default_factory=list)
    unsure: list[Block] = field(default_factory=list)
    added: list[Block] = field(default_factory=list)
    renamed: dict[str, str] = field(default_factory=dict)


def pairs_of(old: Configuration, new: Configuration) -> Pairs:
    """The resources of two configurations, paired."""
    found, taken = Pairs(), set[str]()
    there = {block.address: block for block in new.blocks if block.section == "resource"}
    before = {block.address for block in old.blocks if block.section == "resource"}
    for block in old.blocks:
        if block.section != "resource":
            continue
        address = _moved(block.address, new.moves)
        other = there.get(address) or _by_itself(address, there, before)
        if other is not None and other.address not in taken:
            taken.add(other.address)
            found.kept.append((block, other))
            if other.address != block.address:
                found.renamed[other.address] = block.address
        elif any(_covers(one, block.address) for one in new.forgotten):
            found.forgotten.append(block)
        elif _may_be_there(address, new):
            found.unsure.append(block)
        else:
            found.gone.append(block)
    found.added = [block for address, block in there.items() if address not in taken]
    return found


def _moved(address: str, moves: Iterable[tuple[str, str]]) -> str:
    """Where a resource is now; moves of earlier versions may follow each other."""
    left = list(moves)
    while (move := next((one for one in left if _covers(one[0], address)), None)) is not None:
        left.remove(move)
        address = move[1] + address.removeprefix(move[0])
    return address


def _covers(named: str, address: str) -> bool:
    """Whether an address names a resource, one of its instances, or a module that it is in."""
    rest = address.removeprefix(named)
    return address.startswith(named) and (not rest or rest[0] in ".[")


def _by_itself(address: str, there: Mapping[str, Block], before: set[str]) -> Block | None:
    first = f"{address}[0]"
    if first in there and first not in before:
        return there[first]
    single = there.get(address.removesuffix("[0]")) if address.endswith("[0]") else None
    # A block whose number is not known is at the address without a key, too.
    return single if single is not None and single.address not in before and not single.stands_for_several else None


def _may_be_there(address: str, new: Configuration) -> bool:
    """Whether the new configuration has instances of it whose number is not known."""
    without_keys = INSTANCE_KEY.sub("", address)
    return any(
        block.section == "resource" and block.doubts and INSTANCE_KEY.sub("", block.address) == without_keys
        for block in new.blocks
    )
