"""Controls on what keeps RDS databases and their data there: zones, backups, protection against deletion."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, at_least, is_true
from secureinfra.controls.reading.backup_selection import not_selected
from secureinfra.controls.reading.rds_engine import (
    AURORA_MYSQL,
    engine_of,
    is_multi_az_cluster,
    is_replica,
    is_serverless_v1,
)
from secureinfra.controls.reading.zones import zones_differ
from secureinfra.controls.verdict import Failure, NotApplicable, written
from secureinfra.terraform.unknown import Unknown, UnknownValueError

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

INSTANCE, CLUSTER = "aws_db_instance", "aws_rds_cluster"

INSTANCE_MULTI_AZ = Control(
    id="rds-instance-multi-az",
    title="A copy of the instance stands by in a second zone",
    why="the database would be down for as long as its zone is",
    row="rds-multi-az",
    mend="Set multi_az = true, which doubles the price.",
)

INSTANCE_MULTI_AZ.check(INSTANCE)(argument("multi_az", is_true, "multi_az = true", absent=False))

CLUSTER_MULTI_AZ = Control(
    id="rds-cluster-multi-az",
    title="The cluster has instances in two zones or more",
    why="the database would be down until AWS has made another instance",
    row="rds-multi-az",
    mend="Write a second aws_rds_cluster_instance, and leave availability_zone out or name different ones.",
)


@CLUSTER_MULTI_AZ.check(CLUSTER)
def _cluster_multi_az(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    if is_multi_az_cluster(cluster):
        return
    if is_serverless_v1(cluster):
        raise NotApplicable("Aurora Serverless v1 has no instances of its own")
    instances = configuration.attached(cluster, "aws_rds_cluster_instance", "cluster_identifier")
    if not instances:
        raise NotApplicable("its instances are not made here")
    if len(instances) == 1:
        if instances[0].stands_for_several:
            raise UnknownValueError(Unknown(f"how many {instances[0].address} there are"))
        yield Failure(f"{instances[0].address} is its only instance", "a second aws_rds_cluster_instance")
        return
    zones = [instance.get("availability_zone") for instance in instances]
    # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html: Aurora spreads its
    # instances over the zones of the subnet group where nobody chooses.
    if all(zone is not None for zone in zones) and not zones_differ(zones, 2):
        yield Failure(f"all its instances have {written('availability_zone', zones[0])}", "instances in two zones")


INSTANCE_DELETION_PROTECTED = Control(
    id="rds-instance-deletion-protected",
    title="The instance cannot be deleted by mistake",
    why="one wrong command, or one wrong plan, would take the database away",
    row="rds-deletion-protection",
    mend="Set deletion_protection = true.",
)

INSTANCE_DELETION_PROTECTED.check(INSTANCE)(
    argument("deletion_protection", is_true, "deletion_protection = true", absent=False)
)

CLUSTER_DELETION_PROTECTED = Control(
    id="rds-cluster-deletion-protected",
    title="The cluster cannot be deleted by mistake",
    why="one wrong command, or one wrong plan, would take the database away",
    row="rds-cluster-deletion-protection",
    mend="Set deletion_protection = true.",
)

CLUSTER_DELETION_PROTECTED.check(CLUSTER)(
    argument("deletion_protection", is_true, "deletion_protection = true", absent=False)
)

BACKED_UP = Control(
    id="rds-backed-up",
    title="Backups are kept for a week or longer",
    why="a mistake found after a few days could not be undone",
    row="rds-backups",
    mend="Set backup_retention_period = 7 or more days.",
)


@BACKED_UP.check(INSTANCE)
def _backed_up(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    # The provider asks AWS for no backups where nothing is written.
    found = list(_KEPT_FOR_A_WEEK(instance, configuration))
    if found and is_replica(instance):
        raise NotApplicable("the instance that it copies is backed up")
    yield from found


_KEPT_FOR_A_WEEK = argument("backup_retention_period", at_least(7), "backup_retention_period = 7 or more", absent=0)
# docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html
BACKED_UP.check(CLUSTER)(
    argument("backup_retention_period", at_least(7), "backup_retention_period = 7 or more", absent=1)
)

IN_BACKUP_PLAN = Control(
    id="rds-in-backup-plan",
    title="A backup plan takes the database in",
    why="its backups would go with the database, and nobody would copy them elsewhere",
    row="rds-backup-plan",
    mend="Name its ARN in resources of an aws_backup_selection, or give it the tag that one selects.",
)

# The database may be in a plan of another configuration; the row is an option, so that who asks for it wants to see it.
IN_BACKUP_PLAN.check(INSTANCE, CLUSTER)(not_selected)

TAGS_COPIED = Control(
    id="rds-tags-copied",
    title="Snapshots carry the tags of the database",
    why="who may read a snapshot, and how long it is kept, is often decided by tags that it would lack",
    row="rds-copy-tags",
    mend="Set copy_tags_to_snapshot = true.",
)

TAGS_COPIED.check(INSTANCE, CLUSTER)(
    argument("copy_tags_to_snapshot", is_true, "copy_tags_to_snapshot = true", absent=False)
)

BACKTRACKED = Control(
    id="rds-cluster-backtracked",
    title="Aurora MySQL can be wound back",
    why="after a mistake the cluster would have to be restored, which takes hours",
    row="rds-backtrack",
    mend="Set backtrack_window to the seconds that it should go back, e.g. 86400.",
)


@BACKTRACKED.check(CLUSTER)
def _backtracked(cluster: Block, configuration: Configuration) -> Iterator[Failure]:
    value = cluster.get("backtrack_window")
    if at_least(1)(value):
        return
    # docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Managing.Backtrack.html
    if engine_of(cluster, configuration) != AURORA_MYSQL or is_serverless_v1(cluster):
        raise NotApplicable("only Aurora MySQL with instances can be wound back")
    if cluster.has("global_cluster_identifier"):
        raise NotApplicable("a global database cannot be wound back")
    yield Failure(written("backtrack_window", value), "backtrack_window = 86400", at="backtrack_window")
