"""Controls on the availability of RDS databases and their data: zones, backups, deletion protection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.rds.engine import (
    AURORA_MYSQL,
    CLUSTER,
    CLUSTER_INSTANCE,
    GLOBAL_CLUSTER,
    INSTANCE,
    engine_of,
    is_multi_az_cluster,
    is_replica,
    is_serverless_v1,
)
from secureinfra.controls.shared.arguments import argument, at_least, is_true
from secureinfra.controls.shared.backup_selection import not_selected
from secureinfra.controls.shared.zones import zones_differ
from secureinfra.controls.verdict import Failure, NotApplicable, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration


INSTANCE_MULTI_AZ = Control(
    id="rds-instance-multi-az",
    title="RDS instances are Multi-AZ",
    why="the database would be down for as long as its zone is",
    row="rds-multi-az",
    fix="Set multi_az = true; this doubles the price.",
)

INSTANCE_MULTI_AZ.check(INSTANCE)(argument("multi_az", is_true, "multi_az = true", absent=False))

CLUSTER_MULTI_AZ = Control(
    id="rds-cluster-multi-az",
    title="RDS clusters have instances in two or more Availability Zones",
    why="the database would be down until AWS has created another instance",
    row="rds-multi-az",
    fix="Write a second aws_rds_cluster_instance, and remove availability_zone or use different zones.",
)


@CLUSTER_MULTI_AZ.check(CLUSTER)
def _cluster_multi_az(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    if is_multi_az_cluster(cluster):
        return
    if is_serverless_v1(cluster):
        raise NotApplicable("Aurora Serverless v1 has no instances of its own")
    instances = configuration.attached(cluster, CLUSTER_INSTANCE, "cluster_identifier")
    if not instances:
        raise NotApplicable("its instances are in another configuration")
    if len(instances) == 1:
        if instances[0].stands_for_several:
            raise UnknownValueError(Unknown(f"how many {instances[0].address} there are"))
        yield Failure(f"{instances[0].address} is its only instance", "a second aws_rds_cluster_instance")
        return
    zones = [instance.get("availability_zone") for instance in instances]
    # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html: Aurora spreads its
    # instances over the zones of the subnet group by default.
    if all(zone is not None for zone in zones) and not zones_differ(zones, 2):
        yield Failure(f"all its instances have {written('availability_zone', zones[0])}", "instances in two zones")


INSTANCE_DELETION_PROTECTED = Control(
    id="rds-instance-deletion-protected",
    title="RDS instances have deletion protection",
    why="one wrong command or plan could delete the database",
    row="rds-deletion-protection",
    fix="Set deletion_protection = true.",
)

INSTANCE_DELETION_PROTECTED.check(INSTANCE)(
    argument("deletion_protection", is_true, "deletion_protection = true", absent=False)
)

CLUSTER_DELETION_PROTECTED = Control(
    id="rds-cluster-deletion-protected",
    title="RDS clusters have deletion protection",
    why="one wrong command or plan could delete the database",
    row="rds-cluster-deletion-protection",
    fix="Set deletion_protection = true.",
)

CLUSTER_DELETION_PROTECTED.check(CLUSTER)(
    argument("deletion_protection", is_true, "deletion_protection = true", absent=False)
)

BACKED_UP = Control(
    id="rds-backed-up",
    title="RDS backups are kept for a week or longer",
    why="a mistake found after a few days could not be undone",
    row="rds-backups",
    fix="Set backup_retention_period = 7 or more (days).",
)


@BACKED_UP.check(INSTANCE)
def _backed_up(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    # By default the provider disables backups.
    found = list(_KEPT_FOR_A_WEEK(instance, configuration))
    if found and is_replica(instance):
        raise NotApplicable("its source instance is backed up")
    yield from found


_KEPT_FOR_A_WEEK = argument("backup_retention_period", at_least(7), "backup_retention_period = 7 or more", absent=0)
# docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
BACKED_UP.check(CLUSTER)(
    argument("backup_retention_period", at_least(7), "backup_retention_period = 7 or more", absent=1)
)

IN_BACKUP_PLAN = Control(
    id="rds-in-backup-plan",
    title="RDS databases are in a backup plan",
    why="backups would be deleted with the database, and there would be no copy elsewhere",
    row="rds-backup-plan",
    fix="List the database's ARN in resources of an aws_backup_selection, or give the database the tag that one selects.",
)

# Another configuration may back up the database; the row is an option, so a framework that requires it wants to see it here.
IN_BACKUP_PLAN.check(INSTANCE, CLUSTER)(not_selected)

TAGS_COPIED = Control(
    id="rds-tags-copied",
    title="RDS snapshots get the tags of the database",
    why="access and retention are often controlled by tags, which the snapshot would lack",
    row="rds-copy-tags",
    fix="Set copy_tags_to_snapshot = true.",
)

TAGS_COPIED.check(INSTANCE, CLUSTER)(
    argument("copy_tags_to_snapshot", is_true, "copy_tags_to_snapshot = true", absent=False)
)

BACKTRACKED = Control(
    id="rds-cluster-backtracked",
    title="Aurora MySQL clusters have backtracking",
    why="after a mistake, the cluster would have to be restored, which takes hours",
    row="rds-backtrack",
    fix="Set backtrack_window to the number of seconds to go back, e.g. 86400.",
)


@BACKTRACKED.check(CLUSTER)
def _backtracked(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    value = cluster.get("backtrack_window")
    if at_least(1)(value):
        return
    # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.html
    if engine_of(cluster, configuration) != AURORA_MYSQL or is_serverless_v1(cluster):
        raise NotApplicable("only Aurora MySQL with instances supports backtracking")
    # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html#aurora-global-database.limitations
    becomes_global = configuration.attached(cluster, GLOBAL_CLUSTER, "source_db_cluster_identifier")
    if cluster.has("global_cluster_identifier") or becomes_global:
        raise NotApplicable("global databases do not support backtracking")
    yield Failure(written("backtrack_window", value), "backtrack_window = 86400", at="backtrack_window")
