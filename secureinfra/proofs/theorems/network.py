"""Theorems about paths through the network: what the internet reaches, what leaves, and what a lost zone takes away."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from secureinfra.proofs.network.groups import NO_GROUP
from secureinfra.proofs.network.interfaces import Interface
from secureinfra.proofs.network.layout import Subnet, Vpc
from secureinfra.proofs.network.model import Network
from secureinfra.proofs.network.names import anything_in
from secureinfra.proofs.network.paths import NOT_REACHABLE, REACHABLE, Answer, End, routed
from secureinfra.proofs.network.routes import APPLIANCE, EGRESS_ONLY, INTERNET, NAT
from secureinfra.proofs.network.walk import INTERNET as THE_INTERNET
from secureinfra.proofs.network.walk import OUTSIDE
from secureinfra.proofs.theorems.theorem import Result, Step, Theorem, broken, proved, unknown
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["THEOREMS", "of_answer"]

_PRIVATE = re.compile(r"(?:^|[^a-z])(?:private|isolated|internal|intra|database|db)(?:[^a-z]|$)", re.IGNORECASE)
_ISOLATED = re.compile(r"(?:^|[^a-z])(?:isolated|intra)(?:[^a-z]|$)", re.IGNORECASE)
_DATABASES = (
    *("aws_db_instance", "aws_rds_cluster", "aws_docdb_cluster", "aws_neptune_cluster", "aws_redshift_cluster"),
    *("aws_redshiftserverless_workgroup", "aws_elasticache_cluster", "aws_elasticache_replication_group"),
    *("aws_elasticache_serverless_cache", "aws_memorydb_cluster", "aws_dax_cluster"),
)
_SCOPE = (
    "Routed paths of this configuration: what a load balancer, CloudFront or API Gateway answers for, and what an instance "
    "forwards by itself, is not a path here."
)
_INTERNET = End("the internet", None, THE_INTERNET)
Subjects = Iterable[tuple[Answer, str]]


def of_answer(subject: Block | None, answers: Iterable[Answer], found: str) -> Result:
    """The result of a theorem that none of some paths is there.

    Args:
        subject: the block it speaks of.
        answers: the paths; the first that is there breaks the theorem.
        found: what to say if none is there.
    """
    left: Result | None = None
    for answer in answers:
        if answer.verdict == REACHABLE:
            return _path(subject, answer)
        if answer.verdict != NOT_REACHABLE and left is None:
            reason = f"whether {answer.source} reaches {answer.target} depends on {', '.join(answer.doubts[:3])}"
            left = unknown(subject, reason, _steps(answer))
    return left or proved(subject, found)


def _path(subject: Block | None, answer: Answer) -> Result:
    data = {"from": answer.source, "to": answer.target, "traffic": answer.traffic}
    return broken(subject, f"{answer.source} reaches {answer.target} by {answer.traffic}", _steps(answer), data)


def _steps(answer: Answer) -> list[Step]:
    return [Step(step.text, step.block, step.at) for step in answer.steps]


def _says(subnet: Subnet, pattern: re.Pattern[str]) -> bool:
    if subnet.block is None:
        return False
    tags = subnet.block.get("tags")
    values = tags.values() if isinstance(tags, dict) else ()
    return any(pattern.search(text) for text in (subnet.block.name, *(v for v in values if isinstance(v, str))))


def _private(network: Network) -> Iterator[Subnet]:
    """Subnets that are named private, and those without a route to an internet gateway."""
    for subnet in _own(network):
        tables = network.tables.of(subnet)
        public = any(route.kind == INTERNET for table in tables for route in table.routes)
        if not public or _says(subnet, _PRIVATE):
            yield subnet


def _own(network: Network) -> Iterator[Subnet]:
    """The subnets of the configuration."""
    yield from (held for held in network.layout.subnets.values() if held.block and held.block.section != "data")


def _within(network: Network, subnet: Subnet) -> Iterator[End]:
    """What is in a subnet: anything, and each interface that is there."""
    yield anything_in(subnet)
    yield from (End(held.key, held) for held in network.interfaces.all() if held.subnet is subnet)


def _not_from_internet(configuration: Configuration) -> Iterator[Result]:
    network = Network.of(configuration)
    for subnet in _private(network):
        first = routed(network, _INTERNET, anything_in(subnet))
        # What holds of anything holds of what is there.
        rest = () if first.verdict == NOT_REACHABLE else _within(network, subnet)
        answers = [first] if first.verdict == NOT_REACHABLE else [routed(network, _INTERNET, end) for end in rest]
        yield of_answer(subnet.block, answers, "the internet reaches nothing in it, whatever its groups allow")


NOT_FROM_INTERNET = Theorem(
    id="private-subnets-not-from-internet",
    title="The internet has no routed path to private and isolated subnets",
    why="anyone could connect to what is meant to be reached from within only",
    scope=(
        "Subnets that are named private or isolated, and all without a route to an internet gateway, with whatever is put into "
        f"them. {_SCOPE}"
    ),
    prove=_not_from_internet,
)


def _isolated_closed(configuration: Configuration) -> Iterator[Result]:
    network = Network.of(configuration)
    for subnet in _own(network):
        if _says(subnet, _ISOLATED):
            start = anything_in(subnet)
            targets = [_INTERNET, _outside(network, subnet.vpc), *_other_vpcs(network, subnet.vpc)]
            answers = (routed(network, start, target) for target in targets)
            yield of_answer(subnet.block, answers, "it reaches its VPC and endpoints only")


def _outside(network: Network, vpc: Vpc) -> End:
    """All networks that are not in the configuration."""
    networks = {
        version: space.beyond(
            [part for held in network.layout.vpcs.values() for part in held.networks.get(version, ())]
        )
        for version, space in network.layout.spaces.items()
    }
    return End("other networks", None, OUTSIDE, networks)


def _other_vpcs(network: Network, vpc: Vpc) -> Iterator[End]:
    yield from (anything_in(held) for held in network.layout.subnets.values() if held.vpc is not vpc)


ISOLATED_CLOSED = Theorem(
    id="isolated-subnets-reach-nothing-outside",
    title="Isolated subnets reach nothing outside of their VPC but endpoints",
    why="data could leave from where nothing is meant to leave",
    scope=f"Subnets that are named isolated or intra, with whatever is put into them. {_SCOPE}",
    prove=_isolated_closed,
)


def _databases(configuration: Configuration) -> Iterator[Result]:
    network = Network.of(configuration)
    known: dict[object, list[Answer]] = {}
    for block in configuration.of_type(*_DATABASES):
        interfaces = network.interfaces.by_key.get(block.address, [])
        answers = [answer for held in interfaces for answer in _strangers(network, held, known)]
        if interfaces:
            yield of_answer(block, answers, "only members of groups that its rules name reach it")


def _strangers(network: Network, database: Interface, known: dict[object, list[Answer]]) -> list[Answer]:
    """From the internet, other networks, and anything in the VPC whose groups no rule names."""
    public = database.public.text if is_unknown(database.public) else database.public  # type: ignore[union-attr]
    key = (database.subnet.key, database.groups, public)
    if key not in known:
        vpc = database.subnet.vpc
        within = [anything_in(held, name=f"what is in {held.key}", group=NO_GROUP) for held in vpc.subnets]
        target = End(database.key, database)
        sources = [_INTERNET, _outside(network, vpc), *within]
        known[key] = [routed(network, source, target) for source in sources]
    return known[key]


DATABASES = Theorem(
    id="databases-from-named-groups",
    title="Databases are reached only from security groups that their rules name",
    why="whatever gets an address in the network could connect to the data",
    scope=f"Databases and caches of this configuration, from the internet, from other networks and from their VPC. {_SCOPE}",
    prove=_databases,
    assumes="Other configurations add no rules to these groups.",
)


def _nothing_leaves(configuration: Configuration) -> Iterator[Result]:
    network = Network.of(configuration)
    for subnet in _private(network):
        answer = routed(network, anything_in(subnet), _INTERNET, avoid=frozenset((NAT, EGRESS_ONLY, APPLIANCE)))
        yield of_answer(
            subnet.block, [answer], "every way out passes a firewall, a NAT or egress-only gateway, or an endpoint"
        )


NOTHING_LEAVES = Theorem(
    id="private-subnets-leave-through-gateways",
    title="Private subnets reach the internet only through a firewall, a NAT or egress-only gateway, or an endpoint",
    why="what leaves would have its own public address, to which the internet can answer and connect",
    scope=(
        "Subnets that are named private or isolated, and all without a route to an internet gateway, with whatever is put into "
        f"them. {_SCOPE}"
    ),
    prove=_nothing_leaves,
)

THEOREMS = (NOT_FROM_INTERNET, ISOLATED_CLOSED, DATABASES, NOTHING_LEAVES)
