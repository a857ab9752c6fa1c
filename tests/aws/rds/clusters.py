"""A cluster for the tests of this folder."""

from typing import Any, Literal

from secureinfra.aws.rds.cluster import DatabaseCluster
from secureinfra.aws.rds.config import DatabaseClusterConfig
from secureinfra.aws.rds.global_cluster import GlobalDatabase
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.engine.provider import AwsProvider, AwsProviderConfig
from secureinfra.testing import test_stack
from tests.aws.db.network import blocks_of, network_of


def cluster(
    stack: Any = None, *, engine: str = "aurora-postgresql", version: str = "17", **given: Any
) -> DatabaseCluster:
    """A cluster named `orders`; what is no setting goes to the construct."""
    stack = stack or test_stack()
    beside = {name: given.pop(name) for name in ("alarms", "backup", "key", "password") if name in given}
    config = DatabaseClusterConfig(engine=engine, engine_version=version, **given)  # type: ignore[arg-type]
    return DatabaseCluster(stack, "orders", config, vpc=network_of(stack), **beside)


def cluster_of(construct: Any) -> dict[str, Any]:
    """The cluster's block."""
    return blocks_of(construct, "aws_rds_cluster")["orders_cluster"]


def instances_of(construct: Any) -> dict[str, dict[str, Any]]:
    """The blocks of its instances, by name."""
    blocks = blocks_of(construct, "aws_rds_cluster_instance")
    return {name.removeprefix("orders_instance_"): block for name, block in blocks.items()}


def ireland(stack: Any, aws: AwsProvider) -> tuple[Any, SecureVpc]:
    """A provider of another region, and a network there."""
    if aws.config.provider_major == 6:
        there: Any = aws.in_region("eu-west-1")
    else:
        there = AwsProvider(stack, "ireland", AwsProviderConfig(region="eu-west-1", alias="ireland"))
    config = VpcConfig(cidr="10.30.0.0/16", zones=2, nat="none")
    return there, SecureVpc(stack, "ireland-network", config, provider=there)


def worldwide(major: Literal[5, 6] | None = None, **given: Any) -> tuple[GlobalDatabase, Any, SecureVpc]:
    """A global database whose primary cluster is in Frankfurt, with a provider and a network in Ireland."""
    stack = test_stack()
    aws = AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", provider_major=major))
    there, network = ireland(stack, aws)
    primary = cluster(stack, **{"instance_class": "db.r8g.large", "password": "${var.owner_password}", **given})
    return GlobalDatabase(stack, "worldwide", primary=primary), there, network
