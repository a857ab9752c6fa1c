"""Controls on security groups: that something uses them."""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.reading.security_group_permissions import GROUPS, RULES
from secureinfra.controls.verdict import Failure, NotApplicable
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

IN_USE = Control(
    id="security-group-in-use",
    title="Every security group is attached to something",
    why="an unused group is reused one day for rules that nobody reviewed for it",
    row="sg-in-use",
    mend="Attach the group, or remove it. Waive this where another configuration attaches it.",
    python="service.security_group_id is what to give to whatever the group stands before.",
)

# Resources that can have groups of their own though none may be written in them.
_CAN_HAVE_GROUPS = {
    *("aws_instance", "aws_launch_template", "aws_launch_configuration", "aws_spot_instance_request"),
    *("aws_network_interface", "aws_db_instance", "aws_rds_cluster"),
    *("aws_docdb_cluster", "aws_neptune_cluster", "aws_redshift_cluster", "aws_elasticache_cluster"),
    *("aws_elasticache_replication_group", "aws_efs_mount_target", "aws_eks_cluster", "aws_msk_cluster"),
}
# Endpoints and load balancers stand with the network, whose configuration often hands its groups to those of the services:
# what registers itself as a target is there.
_OF_THE_NETWORK = {
    *("aws_vpc", "aws_default_vpc", "aws_vpc_endpoint", "aws_vpc_endpoint_security_group_association"),
    *("aws_lb", "aws_alb", "aws_elb"),
}
# What names a group without putting anything behind it.
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
    id = group.get("id")
    if group.address in used or (isinstance(id, str) and id in used):
        return
    if configuration.unread:
        raise UnknownValueError(Unknown(f"what {configuration.unread[0]} attaches"))
    if not attaching:
        raise NotApplicable("nothing in this configuration can have security groups, so another one attaches them")
    yield Failure("no resource that has this group", "the group attached to a resource, or removed")


def _all_used(configuration: Configuration) -> tuple[set[str], bool]:
    """The addresses and ids of groups that something names, and whether anything here can have groups."""
    used: set[str] = set()
    attaching = False
    for block in configuration.blocks:
        if block.section == "data" or block.type in _NO_USE:
            continue
        if block.type not in _OF_THE_NETWORK:
            attaching = attaching or block.type in _CAN_HAVE_GROUPS or _has_argument(block.raw)
        for name in block.raw:
            if name not in _META:
                used.update(found.address for found in configuration.targets(block, name, "aws_security_group"))
                used.update(_ids(block.raw[name]))
    return used, attaching


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
