"""The networks of prefix lists: those of the configuration, and those of AWS's services."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.proofs.network.addresses import EVERYTHING, Match
from secureinfra.proofs.network.layout import Layout
from secureinfra.terraform.unknown import is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node

__all__ = ["PrefixLists", "service_of"]

_LIST = "aws_ec2_managed_prefix_list"
_TYPES = (_LIST, f"data.{_LIST}", "data.aws_prefix_list", "aws_vpc_endpoint", "data.aws_vpc_endpoint")
# docs.aws.amazon.com/vpc/latest/userguide/working-with-aws-managed-prefix-lists.html
_SERVICE = re.compile(r"com\.amazonaws\.(?:[^.]+|\$\{.*\})\.([a-z0-9-]+(?:\.[a-z0-9-]+)*)")


class PrefixLists:
    """All prefix lists that rules and routes name.

    Args:
        layout: the networks of the configuration.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout

    def named(self, node: Node, path: str) -> Iterator[tuple[int, Match]]:
        """The networks of the prefix lists that an argument names, each with its version.

        Args:
            node: a rule or route.
            path: the argument.
        """
        links = self.layout.reader.links(node, path, *_TYPES)
        for block in links.blocks:
            yield from self._of(block)
        unsure = [block.address for block in links.perhaps] + links.literals
        if links.unknown is not None:
            unsure.append(links.unknown.text)
        for text in unsure:
            for version in (4, 6):
                yield version, Match((), EVERYTHING, f"the networks of {text}")

    def _of(self, block: Block) -> Iterator[tuple[int, Match]]:
        if block.section == "data" or block.type == "aws_vpc_endpoint":
            service = service_of(block)
            if service:
                for version, space in self.layout.spaces.items():
                    place = space.apart(service)
                    yield version, Match(place, place)
                return
            for version in (4, 6):
                yield version, Match((), EVERYTHING, f"the networks of {block.address}")
            return
        family = block.get("address_family")
        for version in (4, 6) if is_unknown(family) else (6,) if family == "IPv6" else (4,):
            held = [node.get("cidr") for node in block.blocks("entry")]
            sure = True
            for entry in self.layout.configuration.of_type(f"{_LIST}_entry"):
                links = self.layout.reader.links(entry, "prefix_list_id", _LIST)
                if block in links.any:
                    held.append(entry.get("cidr"))
                    sure = sure and block in links.blocks and entry.is_as_sure_as(block)
            for value in held:
                match = self.layout.spaces[version].match(value)
                yield version, match if sure else Match((), match.may, f"the networks of {block.address}")


def service_of(block: Block) -> str:
    """The service whose addresses a prefix list or gateway endpoint stands for, e.g. `s3`; empty if not known."""
    value = block.get("service_name") if block.type == "aws_vpc_endpoint" else block.get("name")
    if value is None:
        value = block.get("service_name")
    found = _SERVICE.fullmatch(text_of(value)) if value is not None else None
    return found[1] if found else ""
