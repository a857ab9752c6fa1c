"""Whether the subnets of a resource assign public addresses to what is launched in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.shared.arguments import is_false
from secureinfra.controls.verdict import Check, Failure, NotApplicable, each
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

# Subnets of a default VPC assign public addresses unless this is turned off.
_BY_DEFAULT = {"aws_subnet": False, "aws_default_subnet": True}


def no_public_addresses(*paths: str) -> Check:
    """A check that every subnet in some arguments has `map_public_ip_on_launch = false`.

    Args:
        paths: arguments with an id or a list of ids, of which not all need be there.
    """

    def check(block: Block, configuration: Configuration) -> Iterator[Failure]:
        named = [(path, item) for path in paths for item in block.items(path)]
        if not named:
            raise NotApplicable("it names no subnet")

        def judge(one: tuple[str, Any]) -> Iterator[Failure]:
            path, item = one
            subnets = (
                configuration.targets(block, path, *_BY_DEFAULT) if _is_whole(item) else [configuration.target(item)]
            )
            known = [
                subnet
                for subnet in subnets
                if subnet is not None and (subnet.section, subnet.type in _BY_DEFAULT) == ("resource", True)
            ]
            if not known:
                raise UnknownValueError(item if is_unknown(item) else Unknown(f"the subnet {text_of(item)}"))
            for subnet in known:
                value = subnet.get("map_public_ip_on_launch")
                if not is_false(_BY_DEFAULT[subnet.type] if value is None else value):
                    yield Failure(
                        f"{subnet.address} assigns public addresses",
                        "subnets with map_public_ip_on_launch = false",
                        at=path,
                    )

        yield from each(named, judge)

    return check


def _is_whole(item: Any) -> bool:
    """Whether an item stands for a whole list, such as `aws_subnet.private[*].id`."""
    return is_unknown(item) and item.reference is None
