"""A cluster for the tests of this folder."""

from typing import Any

from secureinfra.aws.rds.cluster import DatabaseCluster
from secureinfra.aws.rds.config import DatabaseClusterConfig
from secureinfra.testing import test_stack
from tests.aws.db.network import blocks_of, network_of


def cluster(
    stack: Any = None, *, engine: str = "aurora-postgresql", version: str = "17", **given: Any
) -> DatabaseCluster:
    """A cluster named `orders`; what is no setting goes to the construct."""
    stack = stack or test_stack()
    beside = {name: given.pop(name) for name in ("alarms", "backup", "key") if name in given}
    config = DatabaseClusterConfig(engine=engine, engine_version=version, **given)  # type: ignore[arg-type]
    return DatabaseCluster(stack, "orders", config, vpc=network_of(stack), **beside)


def cluster_of(construct: Any) -> dict[str, Any]:
    """The cluster's block."""
    return blocks_of(construct, "aws_rds_cluster")["orders_cluster"]


def instances_of(construct: Any) -> dict[str, dict[str, Any]]:
    """The blocks of its instances, by name."""
    blocks = blocks_of(construct, "aws_rds_cluster_instance")
    return {name.removeprefix("orders_instance_"): block for name, block in blocks.items()}
