"""How many availability zones subnets are in, as far as the configuration shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_SUBNETS = ("aws_subnet", "aws_default_subnet")
_EXPRESSION = re.compile(r"\$\{[^{}]*\}")
_LAST_STEP = re.compile(r"\[(?:\d+|\"[^\"]*\")\]\}$")


def lie_in_zones(subnets: Any, least: int, configuration: Configuration) -> bool:
    """Whether subnets are in at least a number of zones.

    Args:
        subnets: ids of subnets or references to them, as in an argument; `None` for none.
        least: the minimum number of zones.
        configuration: what references are resolved in.

    Raises:
        UnknownValueError: it depends on subnets or zones that are unknown here.
    """
    if is_unknown(subnets):
        subnets = _members(subnets, configuration)
    distinct = {text_of(subnet): subnet for subnet in subnets or ()}
    whole_lists = [subnet for subnet in distinct.values() if is_unknown(subnet) and subnet.reference is None]
    if len(distinct) < least and not whole_lists:
        return False
    return zones_differ((_zone(subnet, configuration) for subnet in distinct.values()), least)


def _members(subnets: Unknown, configuration: Configuration) -> list[Unknown]:
    """The ids in a list for which a plan shows only references; not those of `aws_subnet.s[*].id`, which may be sliced."""

    def is_id(reference: str) -> bool:
        block = configuration.target(reference)
        return block is not None and block.type in _SUBNETS and reference == f"{block.address}.id"

    planned = subnets.text == "(known after apply)" or subnets.reference is not None
    if not planned or not subnets.references or not all(map(is_id, subnets.references)):
        raise UnknownValueError(subnets)
    return [Unknown(f"${{{reference}}}", (reference,)) for reference in subnets.references]


def zones_differ(zones: Iterable[Any], least: int) -> bool:
    """Whether names of zones, known or not, include at least a number of different ones.

    Raises:
        UnknownValueError: that is not certain.
    """
    held = list(zones)
    known = {str(zone) for zone in held if not is_unknown(zone)}
    unknown = {zone.text: zone for zone in held if is_unknown(zone)}
    # Two items of one list of zones differ, whatever they are; two variables may hold the same zone.
    # So do `${var.region}a` and `${var.region}b`: the same expressions, and other letters behind them.
    lists: dict[str, set[str]] = {}
    for text in unknown:
        lists.setdefault(_LAST_STEP.sub("", text), set()).add(text)
        if expressions := _EXPRESSION.findall(text):
            lists.setdefault(" ".join(expressions), set()).add(text)
    surely = max([len(known), *map(len, lists.values())])
    if surely >= least:
        return True
    if len(known) + len(unknown) < least:
        return False
    raise UnknownValueError(next(iter(unknown.values())))


def zone_of(subnet: Block) -> Any:
    """The zone of a subnet, by name or id, known or not; `None` where none is written."""
    zones = (subnet.get(name) for name in ("availability_zone", "availability_zone_id"))
    return next((zone for zone in zones if zone is not None), None)


def _zone(subnet: Any, configuration: Configuration) -> Any:
    block = configuration.target(subnet)
    if block is not None and block.type in _SUBNETS and (zone := zone_of(block)) is not None:
        return zone
    # A subnet without a written zone may be in any.
    return Unknown(f"the zone of {text_of(subnet)}")
