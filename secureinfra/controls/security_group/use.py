"""Controls on security groups: that they are used."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.security_group.permissions import GROUPS, RULES
from secureinfra.controls.verdict import Failure, NotApplicable
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

IN_USE = Control(
    id="security-group-in-use",
    title="Security groups are attached to a resource",
    why="an unused group may be reused later for a purpose its rules were not reviewed for",
    row="sg-in-use",
    fix="Attach the group, or remove it. Add a waiver if another configuration attaches it.",
    setting="Pass service.security_group_id to the resource that the group protects.",
)

# Resources that can have security groups even if none are written.
_CAN_HAVE_GROUPS = {
    *("aws_instance", "aws_launch_template", "aws_launch_configuration", "aws_spot_instance_request"),
    *("aws_network_interface", "aws_db_instance", "aws_rds_cluster"),
    *("aws_docdb_cluster", "aws_neptune_cluster", "aws_redshift_cluster", "aws_elasticache_cluster"),
    *("aws_elasticache_replication_group", "aws_efs_mount_target", "aws_eks_cluster", "aws_msk_cluster"),
}
# Endpoints and load balancers belong to the network, whose configuration often passes its groups to those of the services:
# resources that register as targets are in the configuration.
_OF_THE_NETWORK = {
    *("aws_vpc", "aws_default_vpc", "aws_vpc_endpoint", "aws_vpc_endpoint_security_group_association"),
    *("aws_lb", "aws_alb", "aws_elb"),
}
# Resources that refer to a group without attaching it.
_NO_USE = {*GROUPS, *RULES, "aws_vpc_security_group_vpc_association", "aws_vpc_security_group_rules_exclusive"}
_META = {"//", "depends_on", "lifecycle", "count", "for_each", "provider", "provisioner", "connection"}
_ARGUMENT = re.compile(r"security_groups?(_ids?|_arns|_id_list|_names)?$")
_ID = re.compile(r"sg-[0-9a-f]{8,17}")

_USED: weakref.WeakKeyDictionary[Configuration, tuple[set[str], bool]] = weakref.WeakKeyDictionary()


@IN_USE.check("aws_security_group")
def _in_use(group: Block, configuration: Configuration) -> Iterator[Failure]:
    if configuration not in _USED:
        _USED[configuration] = _all_used(configuration)
    used, attaching = _USED[configuration]
    # Instances of the default VPC name groups, too. What is not known is the same where it is written alike.
    named = {text_of(value) for value in (group.get("id"), group.get("name")) if value is not None}
    if group.address in used or not named.isdisjoint(used):
        return
    if configuration.unread:
        raise UnknownValueError(Unknown(f"what {configuration.unread[0].what} attaches"))
    if not attaching:
        raise NotApplicable(
            "no resource in this configuration can have security groups, so another configuration attaches them"
        )
    yield Failure("no resource with this group", "the group attached to a resource, or removed")


def _all_used(configuration: Configuration) -> tuple[set[str], bool]:
    """The addresses, ids and names of groups that resources refer to, and whether any resource here can have groups."""
    used: set[str] = set()
    attaching = False
    for block in configuration.blocks:
        if block.section == "data" or block.type in _NO_USE:
            continue
        has_argument = _has_argument(block.raw)
        if block.type not in _OF_THE_NETWORK:
            attaching = attaching or block.type in _CAN_HAVE_GROUPS or has_argument
        for name in block.raw:
            if name not in _META:
                used.update(found.address for found in configuration.targets(block, name, "aws_security_group"))
                used.update(_ids(block.raw[name]))
                if has_argument:
                    used.update(_named({name: block.get(name)}))
    return used, attaching


def _named(held: Any, *, of_groups: bool = False) -> Iterator[str]:
    """What stands in arguments for security groups, however deep."""
    if isinstance(held, Mapping):
        for name, value in held.items():
            yield from _named(value, of_groups=of_groups or _ARGUMENT.search(name) is not None)
    elif isinstance(held, list):
        for value in held:
            yield from _named(value, of_groups=of_groups)
    elif of_groups and (is_unknown(held) or isinstance(held, str)):
        yield text_of(held)


def _has_argument(held: Any) -> bool:
    if isinstance(held, Mapping):
        return any(
            (_ARGUMENT.search(name) and _is_written(value)) or _has_argument(value) for name, value in held.items()
        )
    return isinstance(held, list) and any(map(_has_argument, held))


def _is_written(value: Any) -> bool:
    return is_unknown(value) or bool(value)


def _ids(held: Any) -> Iterator[str]:
    if isinstance(held, str):
        yield from _ID.findall(held)
    elif isinstance(held, Mapping | list):
        for part in held.values() if isinstance(held, Mapping) else held:
            yield from _ids(part)
