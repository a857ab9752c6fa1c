"""Controls on EMR clusters and their security configurations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_set, is_true, number
from secureinfra.controls.shared.subnets import no_public_addresses
from secureinfra.controls.verdict import Failure, each
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

CLUSTER, CONFIGURATION = "aws_emr_cluster", "aws_emr_security_configuration"
ACCOUNT = "aws_emr_block_public_access_configuration"
_RANGE = "permitted_public_security_group_rule_range"

NO_PUBLIC_IP = Control(
    id="emr-cluster-no-public-ip",
    title="EMR clusters are in subnets that assign no public addresses",
    why="anyone on the internet could try to reach the primary node, which controls the cluster",
    row="emr-no-public-ip",
    fix="Set subnet_id or subnet_ids in ec2_attributes to private subnets.",
)
NO_PUBLIC_IP.check(CLUSTER)(no_public_addresses("ec2_attributes.subnet_id", "ec2_attributes.subnet_ids"))

PUBLIC_ACCESS_BLOCKED = Control(
    id="emr-block-public-access",
    title="EMR refuses clusters whose security groups are open to the internet",
    why="one wrong security group would expose a cluster and all of its data",
    row="emr-block-public-access",
    fix="Set block_public_security_group_rules = true, and permit no range but port 22.",
)


def _only_ssh(settings: Block, configuration: Configuration) -> Iterator[Failure]:
    def check(node: Node) -> Iterator[Failure]:
        first, last = number(node.get("min_range")), number(node.get("max_range"))
        if (first, last) != (22, 22):
            yield Failure(f"ports {first} to {last} are permitted", "min_range = 22, max_range = 22", at=node.path)

    return each(settings.blocks(_RANGE), check)


# An account has one such setting, usually in another configuration: it is checked only if it is written.
PUBLIC_ACCESS_BLOCKED.check(ACCOUNT)(
    all_hold(
        argument("block_public_security_group_rules", is_true, "block_public_security_group_rules = true"), _only_ssh
    )
)

AT_REST = Control(
    id="emr-security-configuration-at-rest",
    title="EMR security configurations encrypt data at rest, in S3 and on local disks",
    why="a copy of a disk or an object would expose the data",
    row="emr-at-rest",
    fix="Set EnableAtRestEncryption = true, with S3EncryptionConfiguration and LocalDiskEncryptionConfiguration.",
)
IN_TRANSIT = Control(
    id="emr-security-configuration-in-transit",
    title="EMR security configurations encrypt data in transit",
    why="data could be read on the way from node to node",
    row="emr-in-transit",
    fix="Set EnableInTransitEncryption = true, with InTransitEncryptionConfiguration.",
)
_REST = "AtRestEncryptionConfiguration"


def _encryption(configuration: Block) -> Any:
    from secureinfra.terraform.model.json_argument import decoded  # noqa: PLC0415 - the emitting wing needs none of it

    return _member(decoded(configuration.get("configuration")), "EncryptionConfiguration")


def _member(held: Any, *names: str) -> Any:
    for name in names:
        if is_unknown(held):
            return held
        held = held.get(name) if isinstance(held, Mapping) else None
    return held


@AT_REST.check(CONFIGURATION)
def _at_rest(settings: Block, configuration: Configuration) -> Iterator[Failure]:
    encryption = _encryption(settings)
    if not is_true(value := _member(encryption, "EnableAtRestEncryption")):
        yield Failure(f"EnableAtRestEncryption is {value!r}", "EnableAtRestEncryption = true", at="configuration")
        return
    for part in ("S3EncryptionConfiguration", "LocalDiskEncryptionConfiguration"):
        if not is_set(_member(encryption, _REST, part)):
            yield Failure(f"no {part}", f"{_REST}.{part}", at="configuration")


@IN_TRANSIT.check(CONFIGURATION)
def _in_transit(settings: Block, configuration: Configuration) -> Iterator[Failure]:
    if not is_true(value := _member(_encryption(settings), "EnableInTransitEncryption")):
        yield Failure(f"EnableInTransitEncryption is {value!r}", "EnableInTransitEncryption = true", at="configuration")


CONFIGURED = Control(
    id="emr-cluster-security-configuration",
    title="EMR clusters have a security configuration",
    why="nothing on the cluster would be encrypted",
    row="emr-security-configuration",
    fix="Set security_configuration to the name of an aws_emr_security_configuration.",
)
CONFIGURED.check(CLUSTER)(argument("security_configuration", is_set, "security_configuration = its name"))
