"""How many Availability Zones a load balancer spans.

AWS allows one subnet per zone (docs.aws.amazon.com/elasticloadbalancing/latest/application/
load-balancer-subnets.html), so two different subnets are two zones, even if their zones are unknown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from secureinfra.controls.shared.zones import zones_differ
from secureinfra.controls.verdict import Failure
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_reference_to_resource, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_SUBNETS = ("aws_subnet", "aws_default_subnet")
_EXPECTED = "subnets in two or more Availability Zones"


def several_subnets(balancer: Block, configuration: Configuration) -> Iterator[Failure]:
    """A failure if a load balancer spans fewer than two zones.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    value, path = balancer.get("subnets"), "subnets"
    if value is None:
        held, path = _mapped(balancer), "subnet_mapping"
    elif is_unknown(value):
        held = _behind(value, balancer, configuration)
    else:
        held = balancer.items(path)
    if not held:
        yield Failure("neither subnets nor subnet_mapping", _EXPECTED)
    elif not _differ(held):
        yield Failure(f"one subnet in {path}", _EXPECTED, at=path)
    elif (zone := _one_zone(held, configuration)) is not None:
        yield Failure(f"all subnets are in {zone}", _EXPECTED, at=path)


def _differ(subnets: Sequence[Any]) -> bool:
    return zones_differ((one.text if is_reference_to_resource(one) else one for one in subnets), 2)


def _mapped(balancer: Block) -> list[Any]:
    nodes = balancer.blocks("subnet_mapping")
    sure = [node.get("subnet_id") for node in nodes if node.raw]
    # A dynamic block with an unknown number of instances is read as one without content.
    hidden = [node.get("subnet_id") for node in nodes if not node.raw]
    hidden = [one for one in hidden if one is not None]
    if hidden and not (sure and _differ(sure)):
        raise UnknownValueError(hidden[0])
    return sure


def _behind(subnets: Unknown, balancer: Block, configuration: Configuration) -> list[Unknown]:
    """The subnets of a list whose ids only Terraform knows, each as a reference."""
    found: dict[str, Unknown] = {}
    for reference in sorted(balancer.references("subnets")):
        blocks = _find_subnets(reference, configuration)
        # `var.public ? [a.id] : [b.id]` refers to two subnets and uses one of them.
        if not blocks or "?" in subnets.text or any(block.stands_for_several for block in blocks):
            raise UnknownValueError(subnets)
        for block in blocks:
            found[block.address] = Unknown(f"${{{block.address}.id}}", (f"{block.address}.id",))
    if not found:
        raise UnknownValueError(subnets)
    return list(found.values())


def _find_subnets(reference: str, configuration: Configuration) -> list[Block]:
    """The subnets of a reference; all instances of a resource if it refers to the whole resource."""
    block = configuration.target(reference)
    if block is not None:
        return [block] if block.type in _SUBNETS else []
    whole = reference.partition("[")[0]
    while whole:
        found = [
            one for one in configuration.of_type(*_SUBNETS, "data.aws_subnet") if one.address.startswith(f"{whole}[")
        ]
        if found:
            return found
        whole = whole.rpartition(".")[0]
    return []


def _one_zone(subnets: Sequence[Any], configuration: Configuration) -> str | None:
    """The zone that certainly holds all of them; AWS would refuse them."""
    zones = set()
    for subnet in subnets:
        block = configuration.target(subnet)
        zone = None if block is None else block.get("availability_zone")
        if not isinstance(zone, str):
            return None
        zones.add(zone)
    return zones.pop() if len(zones) == 1 else None
