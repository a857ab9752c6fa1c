"""In how many availability zones subnets lie, as far as the configuration says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.configuration import Configuration

_SUBNETS = ("aws_subnet", "aws_default_subnet")
_LAST_STEP = re.compile(r"\[(?:\d+|\"[^\"]*\")\]\}$")


def lie_in_zones(subnets: Any, least: int, configuration: Configuration) -> bool:
    """Whether subnets lie in at least so many zones.

    Args:
        subnets: ids of subnets or references to them, as an argument holds them; `None` for none.
        least: how many zones there should be.
        configuration: where references lead.

    Raises:
        UnknownValueError: it depends on subnets or zones that are not known here.
    """
    if is_unknown(subnets):
        subnets = _members(subnets, configuration)
    distinct = {text_of(subnet): subnet for subnet in subnets or ()}
    whole_lists = [subnet for subnet in distinct.values() if is_unknown(subnet) and subnet.reference is None]
    if len(distinct) < least and not whole_lists:
        return False
    return zones_differ((_zone(subnet, configuration) for subnet in distinct.values()), least)


def _members(subnets: Unknown, configuration: Configuration) -> list[Unknown]:
    """The ids in a list of which a plan says only what it is made of; not those of `aws_subnet.s[*].id`, which may be cut."""

    def is_id(reference: str) -> bool:
        block = configuration.target(reference)
        return block is not None and block.type in _SUBNETS and reference == f"{block.address}.id"

    planned = subnets.text == "(known after apply)" or subnets.reference is not None
    if not planned or not subnets.references or not all(map(is_id, subnets.references)):
        raise UnknownValueError(subnets)
    return [Unknown(f"${{{reference}}}", (reference,)) for reference in subnets.references]


def zones_differ(zones: Iterable[Any], least: int) -> bool:
    """Whether names of zones, known or not, are at least so many different ones.

    Raises:
        UnknownValueError: that is not sure.
    """
    held = list(zones)
    known = {str(zone) for zone in held if not is_unknown(zone)}
    unknown = {zone.text: zone for zone in held if is_unknown(zone)}
    # Two items of one list of zones differ, whatever they are; two variables may name the same zone.
    lists: dict[str, set[str]] = {}
    for text in unknown:
        lists.setdefault(_LAST_STEP.sub("", text), set()).add(text)
    surely = max([len(known), *map(len, lists.values())])
    if surely >= least:
        return True
    if len(known) + len(unknown) < least:
        return False
    raise UnknownValueError(next(iter(unknown.values())))


def _zone(subnet: Any, configuration: Configuration) -> Any:
    block = configuration.target(subnet)
    if block is not None and block.type in _SUBNETS:
        for name in ("availability_zone", "availability_zone_id"):
            zone = block.get(name)
            if zone is not None:
                return zone
    # Each subnet whose zone is not written may lie in any.
    return Unknown(f"the zone of {text_of(subnet)}")
