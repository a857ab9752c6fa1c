"""Controls on ElastiCache: Redis OSS, Valkey and Memcached."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, at_least, is_true, text_in
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Check, Failure, NotApplicable, written
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

GROUP, CLUSTER = "aws_elasticache_replication_group", "aws_elasticache_cluster"


def _of_redis(check: Check) -> Check:
    """A check that applies to Redis OSS and Valkey, on the resource that has the settings of a cluster."""

    def of_redis(cache: Block, configuration: Configuration) -> Iterator[Failure]:
        _refuse_members(cache)
        if text_in(cache.get("engine")) == "memcached":
            raise NotApplicable("Memcached keeps nothing")
        yield from check(cache, configuration)

    return of_redis


def _refuse_members(cache: Block) -> None:
    if cache.type == CLUSTER and cache.has("replication_group_id"):
        raise NotApplicable("its replication group has these settings")


BACKED_UP = Control(
    id="elasticache-backed-up",
    title="ElastiCache clusters of Redis OSS and Valkey have automatic backups",
    why="data that is lost or overwritten could not be restored",
    row="elasticache-backup",
    fix="Set snapshot_retention_limit = 1 or more days.",
)
BACKED_UP.check(GROUP, CLUSTER)(
    _of_redis(argument("snapshot_retention_limit", at_least(1), "snapshot_retention_limit = 1 or more", absent=0))
)

MINOR_UPGRADES = Control(
    id="elasticache-minor-upgrades",
    title="ElastiCache upgrades minor versions automatically",
    why="vulnerabilities that are fixed in a newer version would remain",
    row="elasticache-minor-upgrade",
    fix="Set auto_minor_version_upgrade = true, or remove it.",
)
MINOR_UPGRADES.check(GROUP, CLUSTER)(
    _of_redis(argument("auto_minor_version_upgrade", is_true, "auto_minor_version_upgrade = true", absent=True))
)

FAILOVER = Control(
    id="elasticache-replication-group-failover",
    title="ElastiCache replication groups fail over automatically",
    why="an outage of the primary node would stop every write until someone acts",
    row="elasticache-failover",
    fix="Set automatic_failover_enabled = true, and two or more nodes.",
)
FAILOVER.check(GROUP)(
    argument("automatic_failover_enabled", is_true, "automatic_failover_enabled = true", absent=False)
)

ENCRYPTED = Control(
    id="elasticache-replication-group-encrypted",
    title="ElastiCache replication groups are encrypted at rest",
    why="a copy of a disk or a backup would expose the data",
    row="elasticache-encrypted",
    fix="Set at_rest_encryption_enabled = true. This replaces an existing replication group.",
)


@ENCRYPTED.check(GROUP)
def _encrypted(group: Block, configuration: Configuration) -> Iterator[Failure]:
    # registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/elasticache_replication_group: Valkey by default.
    by_default = group.get("at_rest_encryption_enabled") is None and text_in(group.get("engine")) == "valkey"
    path = "at_rest_encryption_enabled"
    yield from argument(path, is_true, f"{path} = true", absent=by_default)(group, configuration)


CUSTOMER_KEY = Control(
    id="elasticache-replication-group-customer-key",
    title="ElastiCache replication groups are encrypted with a customer managed key",
    why="with an AWS owned key, you could not see or limit who decrypts the data",
    # No framework requires a customer managed key here: the row is about encryption.
    fix="Set kms_key_id to the ARN of a customer managed key.",
)
CUSTOMER_KEY.check(GROUP)(customer_key("kms_key_id"))

TLS = Control(
    id="elasticache-replication-group-tls",
    title="ElastiCache replication groups require TLS",
    why="tokens and data could be read in transit",
    row="elasticache-tls",
    fix='Set transit_encryption_enabled = true, and remove transit_encryption_mode or set it to "required".',
)


@TLS.check(GROUP)
def _tls(group: Block, configuration: Configuration) -> Iterator[Failure]:
    path = "transit_encryption_enabled"
    if failures := list(argument(path, is_true, f"{path} = true", absent=False)(group, configuration)):
        yield from failures
    elif (mode := group.get("transit_encryption_mode")) is not None and mode != "required":
        # AWS calls the mode `preferred`: clients may still connect without TLS.
        yield Failure(written("transit_encryption_mode", mode), 'transit_encryption_mode = "required"')


AUTHENTICATED = Control(
    id="elasticache-replication-group-authenticated",
    title="ElastiCache replication groups authenticate their clients",
    why="any host that reaches the port could read and delete the data",
    row="elasticache-auth",
    fix="Set user_group_ids to an aws_elasticache_user_group, or auth_token from a secret.",
)


@AUTHENTICATED.check(GROUP)
def _authenticated(group: Block, configuration: Configuration) -> Iterator[Failure]:
    # A token is sensitive, and often known to Terraform alone: that it is written is what counts.
    if not any_of(("user_group_ids", "auth_token", "auth_token_wo"), group.has):
        yield Failure("neither auth_token nor user_group_ids", "user_group_ids = a user group", at="user_group_ids")


SUBNET_GROUP = Control(
    id="elasticache-subnet-group",
    title="ElastiCache clusters are in a subnet group of their own",
    why="the default group includes every subnet of the VPC, public ones too",
    row="elasticache-subnet-group",
    fix="Set subnet_group_name to an aws_elasticache_subnet_group of private subnets.",
)


@SUBNET_GROUP.check(GROUP, CLUSTER)
def _subnet_group(cache: Block, configuration: Configuration) -> Iterator[Failure]:
    _refuse_members(cache)
    if not cache.has("subnet_group_name") or _literal_name(cache) == "default":
        yield Failure(
            written("subnet_group_name", cache.get("subnet_group_name")),
            "subnet_group_name = an aws_elasticache_subnet_group",
            at="subnet_group_name",
        )


def _literal_name(cache: Block) -> str:
    """The literal name of its subnet group; empty for a reference to a resource, which has another name than `default`."""
    value = cache.get("subnet_group_name")
    return value.lower() if isinstance(value, str) else ""
