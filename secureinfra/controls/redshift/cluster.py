"""Controls on provisioned Redshift clusters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.security_group.permissions import GROUPS, IN, Permission, neighbors
from secureinfra.controls.shared.arguments import (
    all_hold,
    argument,
    at_least,
    is_set,
    is_true,
    not_one_of,
    number,
    one_of,
    some_block,
    text_in,
)
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.shared.parameter_groups import own_group
from secureinfra.controls.shared.traffic import TCP, both
from secureinfra.controls.verdict import Check, Failure, each
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

CLUSTER, PARAMETERS, LOGGING = "aws_redshift_cluster", "aws_redshift_parameter_group", "aws_redshift_logging"
_PORT = 5439


def _stated(path: str, wanted: str) -> Check:
    """A check that an argument is written as `false` or `true`, because its default differs between versions of the provider."""
    return argument(path, one_of(wanted == "true", wanted), f"{path} = {wanted}")


NOT_PUBLIC = Control(
    id="redshift-cluster-not-public",
    title="Redshift clusters are not publicly accessible",
    why="anyone on the internet could try passwords and known vulnerabilities",
    row="redshift-not-public",
    fix="Set publicly_accessible = false; up to AWS provider 5 it is true without the argument.",
)
NOT_PUBLIC.check(CLUSTER)(_stated("publicly_accessible", "false"))

TLS = Control(
    id="redshift-tls",
    title="Redshift requires TLS",
    why="passwords and records could be read in transit",
    row="redshift-tls",
    fix='Write parameter { name = "require_ssl", value = "true" } in the aws_redshift_parameter_group.',
)
TLS.check(PARAMETERS)(
    some_block(
        "parameter",
        lambda node: node.get("name") == "require_ssl" and text_in(node.get("value")) in ("true", "1"),
        "no parameter require_ssl that is true",
        'parameter { name = "require_ssl", value = "true" }',
    )
)

TLS.check(CLUSTER)(own_group("cluster_parameter_group_name", PARAMETERS, 'require_ssl = "true"'))

SNAPSHOTS = Control(
    id="redshift-cluster-snapshots",
    title="Redshift clusters keep automated snapshots for a week",
    why="an error that is noticed after a weekend could not be undone",
    row="redshift-snapshots",
    fix="Set automated_snapshot_retention_period = 7 or more days.",
)
SNAPSHOTS.check(CLUSTER)(
    argument(
        "automated_snapshot_retention_period",
        at_least(7),
        "automated_snapshot_retention_period = 7 or more",
        absent=1,
    )
)

LOGGED = Control(
    id="redshift-cluster-logged",
    title="Redshift clusters write audit logs",
    why="you could not find out who read or changed which records",
    row="redshift-audit-logging",
    fix="Write an aws_redshift_logging with cluster_identifier.",
)


@LOGGED.check(CLUSTER)
def _logged(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    # AWS provider 6 has no logging block any more.
    if any_of(cluster.blocks("logging"), lambda node: is_true(node.get("enable"))):
        return
    if not configuration.attached(cluster, LOGGING, "cluster_identifier"):
        yield Failure(f"no {LOGGING} for it", f"an {LOGGING} with cluster_identifier = its identifier")


UPGRADED = Control(
    id="redshift-cluster-upgrades",
    title="Redshift clusters install major upgrades",
    why="vulnerabilities that are fixed in a newer version would remain",
    row="redshift-version-upgrade",
    fix="Remove allow_version_upgrade, or set it to true.",
)
UPGRADED.check(CLUSTER)(argument("allow_version_upgrade", is_true, "allow_version_upgrade = true", absent=True))

VPC_ROUTING = Control(
    id="redshift-cluster-vpc-routing",
    title="Redshift clusters load and unload data through the VPC",
    why="no rule of the network would cover data on its way to buckets",
    row="redshift-enhanced-vpc-routing",
    fix="Set enhanced_vpc_routing = true.",
)
VPC_ROUTING.check(CLUSTER)(argument("enhanced_vpc_routing", is_true, "enhanced_vpc_routing = true", absent=False))


CUSTOM_ADMINISTRATOR = Control(
    id="redshift-cluster-custom-administrator",
    title="Redshift administrators have a name of their own",
    why="an attacker would have to guess the password only",
    row="redshift-custom-admin",
    fix="Set master_username to another name than awsuser. This replaces an existing cluster.",
)


@CUSTOM_ADMINISTRATOR.check(CLUSTER)
def _custom_administrator(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    if cluster.get("master_username") is None:
        raise UnknownValueError(Unknown("the administrator of the snapshot"))
    yield from argument("master_username", not_one_of("awsuser"), "master_username = another name")(
        cluster, configuration
    )


CUSTOM_DATABASE = Control(
    id="redshift-cluster-custom-database",
    title="Redshift clusters do not use the default database name",
    why="an attacker would know the name, and scripts for `dev` would run against it",
    row="redshift-custom-database",
    fix="Set database_name to another name than dev. This replaces an existing cluster.",
)
CUSTOM_DATABASE.check(CLUSTER)(
    argument("database_name", not_one_of("dev", ""), "database_name = another name", absent="dev")
)

ENCRYPTED = Control(
    id="redshift-cluster-encrypted",
    title="Redshift clusters are encrypted with a customer managed key",
    why="a copy of the storage or a snapshot would expose every record",
    row="redshift-encrypted",
    fix="Set encrypted = true and kms_key_id.",
)
ENCRYPTED.check(CLUSTER)(all_hold(_stated("encrypted", "true"), customer_key("kms_key_id")))

PORT_RESTRICTED = Control(
    id="redshift-cluster-port-restricted",
    title="Redshift clusters are not open to the internet by their security groups",
    why="anyone on the internet could try passwords and known vulnerabilities",
    row="redshift-port-restricted",
    waivable=False,
    fix="Allow the port of the cluster from security groups or private networks only.",
)


@PORT_RESTRICTED.check(CLUSTER)
def _port_restricted(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "vpc_security_group_ids"
    port = number(cluster.get("port", _PORT))
    groups = configuration.targets(cluster, path, *GROUPS)
    others = [item for item in cluster.items(path) if not is_unknown(item) or not configuration.targets(cluster, path)]

    def check(permission: Permission) -> Iterator[Failure]:
        def opens() -> bool:
            return port is not None and permission.traffic.holds(int(port), TCP)

        if both(lambda: permission.goes(IN), opens, permission.peer.is_internet):
            found = f"{permission.traffic} from {permission.peer.text}"
            yield Failure(found, "no rule for the internet", at=permission.at, block=permission.block)

    failed = False
    for failure in each([one for group in groups for one in neighbors(group, configuration)], check):
        failed = True
        yield failure
    if not failed and (others or not groups):
        raise UnknownValueError(Unknown("the rules of security groups that are not in the configuration"))


MULTI_AZ = Control(
    id="redshift-cluster-multi-az",
    title="Redshift clusters run in two Availability Zones",
    why="an outage of one zone would stop every query",
    row="redshift-multi-az",
    fix="Set multi_az = true; this doubles the price, and needs RA3 nodes.",
)
MULTI_AZ.check(CLUSTER)(argument("multi_az", is_true, "multi_az = true", absent=False))

IN_VPC = Control(
    id="redshift-cluster-in-vpc",
    title="Redshift clusters are in a subnet group of a VPC",
    why="the default subnets of an account are public",
    row="redshift-in-vpc",
    fix="Set cluster_subnet_group_name to an aws_redshift_subnet_group of private subnets.",
)
IN_VPC.check(CLUSTER)(argument("cluster_subnet_group_name", is_set, "cluster_subnet_group_name = a subnet group"))
