"""The control on the subnets of RDS databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.rds.engine import is_replica, source_of
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.controls.vpc.layout import is_public
from secureinfra.terraform.unknown import Unknown, UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_SUBNETS = ("aws_subnet", "aws_default_subnet")
_GROUP = "aws_db_subnet_group"

SUBNETS_PRIVATE = Control(
    id="rds-subnets-private",
    title="RDS databases are in subnets without a route to an internet gateway",
    why="one wrong setting could expose the database to the internet",
    row="rds-private-subnets",
    fix="List private subnets in an aws_db_subnet_group, and set db_subnet_group_name to its name.",
)


@SUBNETS_PRIVATE.check(_GROUP)
def _subnets_private(group: Block, configuration: Configuration) -> Iterator[Failure]:
    references = sorted(group.references("subnet_ids"))

    def judge(named: str) -> Iterator[Failure]:
        subnets = _subnets_at(named, configuration) if named in references else []
        if not subnets:
            text = f"${{{named}}}" if named in references else named
            raise UnknownValueError(Unknown(f"the routes of {text}"))
        found = [failure for subnet in subnets if (failure := _failure(subnet, configuration)) is not None]
        if 0 < len(found) < len(subnets):
            raise UnknownValueError(Unknown(f"which of {named} is used"))
        yield from found

    return each([*references, *_literals(group)], judge)


def _subnets_at(reference: str, configuration: Configuration) -> list[Block]:
    """The subnets of a traversal: for `aws_subnet.s[*].id` a plan shows only `aws_subnet.s`."""
    subnet = configuration.target(reference)
    if subnet is not None:
        return [subnet] if subnet.section == "resource" and subnet.type in _SUBNETS else []
    return [one for one in configuration.of_type(*_SUBNETS) if one.key and one.address == f"{reference}{one.key}"]


def _failure(subnet: Block, configuration: Configuration) -> Failure | None:
    if is_public(subnet, configuration):
        found = f"{subnet.address} has a route to an internet gateway"
    elif subnet.type == "aws_default_subnet" and _takes_aws_routes(subnet, configuration):
        found = f"{subnet.address} uses the default VPC's routes, one of them to an internet gateway"
    else:
        return None
    return Failure(found, "subnets without such a route", at="subnet_ids")


def _literals(group: Block) -> list[str]:
    """The subnets with a written id; those of a plan are references with known values."""
    if not group.is_source and group.references("subnet_ids"):
        return []
    return [str(id) for id in group.items("subnet_ids") if not is_unknown(id)]


def _takes_aws_routes(subnet: Block, configuration: Configuration) -> bool:
    """Whether the configuration leaves the routes of default subnets unchanged."""
    if configuration.of_type("aws_default_route_table", "aws_main_route_table_association"):
        return False
    return not configuration.attached(subnet, "aws_route_table_association", "subnet_id")


@SUBNETS_PRIVATE.check("aws_db_instance", "aws_rds_cluster")
def _group_named(database: Block, configuration: Configuration) -> Iterator[Failure]:
    for group in configuration.targets(database, "db_subnet_group_name", _GROUP):
        if group.section == "resource":
            raise NotApplicable(f"{group.address} is checked instead")
    name = database.get("db_subnet_group_name")
    if is_unknown(name):
        raise UnknownValueError(name)
    if name is None and is_replica(database):
        raise NotApplicable(f"it is in the subnets of {source_of(database, configuration).address}")
    # docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html: AWS uses the group
    # `default`; the subnets of a default VPC have a route to its internet gateway.
    if name is None or name == "default":
        taken = " (AWS uses the default VPC, whose subnets are public)"
        yield Failure(
            written("db_subnet_group_name", name) + taken,
            "db_subnet_group_name = an aws_db_subnet_group of private subnets",
            at="db_subnet_group_name",
        )
        return
    for group in configuration.of_type(_GROUP):
        if isinstance(known := group.get("name"), str) and known == name:
            raise NotApplicable(f"{group.address} is checked instead")
    raise UnknownValueError(Unknown(f"the subnets of {name}"))
