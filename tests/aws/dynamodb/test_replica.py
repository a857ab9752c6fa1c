"""Replicas of tables: key, protection and grants of their own region."""

import pytest

from secureinfra.aws.dynamodb.config import TableConfig, TableReplica
from secureinfra.aws.dynamodb.table import Table
from secureinfra.aws.kms.key import SecureKey
from secureinfra.errors import ConfigError
from secureinfra.testing import synthesize
from tests.aws.dynamodb.stacks import in_a_region, statements_of, table_of

ROLE = "arn:aws:iam::111122223333:role/reader"
ORDERS = TableConfig(hash_key="customer", range_key="at")


def test_grant_in_a_replica_is_for_its_key_and_its_policy() -> None:
    stack = in_a_region()
    table = Table(stack, "orders", TableConfig(hash_key="id", replicas=(TableReplica(region="eu-west-1"),)))
    table.grant_read(ROLE, regions=("eu-west-1",))
    assert "Read" in [
        one.get("Sid") for one in statements_of(stack, "aws_dynamodb_resource_policy.orders_eu_west_1_policy")
    ]
    key = statements_of(stack, "aws_kms_key.orders_eu_west_1_key")
    assert key[1]["Condition"]["StringEquals"]["kms:ViaService"][0].startswith(
        "dynamodb.${data.aws_region.current_eu_west_1"
    )


def test_replica_is_as_safe_as_the_table() -> None:
    stack = in_a_region()
    config = TableConfig(hash_key="id", replicas=(TableReplica(region="eu-west-1"),))
    Table(stack, "orders", config)
    (replica,) = synthesize(stack)["resource"]["aws_dynamodb_table_replica"].values()
    assert (replica["provider"], replica["kms_key_arn"]) == ("aws.eu_west_1", "${aws_kms_key.orders_eu_west_1_key.arn}")
    assert replica["point_in_time_recovery"] is replica["deletion_protection_enabled"] is True
    assert table_of(stack)["stream_view_type"] == "NEW_AND_OLD_IMAGES"


def test_refuses_unknown_replica() -> None:
    stack = in_a_region()
    table = Table(stack, "orders", TableConfig(hash_key="id", replicas=(TableReplica(region="eu-west-1"),)))
    with pytest.raises(ConfigError, match="it has no replica in 'eu-north-1'. It has: eu-west-1"):
        table.grant_read(ROLE, regions=("eu-north-1",))
    with pytest.raises(ConfigError, match="replica_keys names 'eu-north-1', where no replica is"):
        Table(stack, "more", ORDERS, replica_keys={"eu-north-1": SecureKey(stack, "key")})


def test_refuses_replica_in_the_region_of_the_table() -> None:
    with pytest.raises(ConfigError, match="replicas names 'eu-west-1', where the table itself is"):
        Table(
            in_a_region("eu-west-1"), "orders", TableConfig(hash_key="id", replicas=(TableReplica(region="eu-west-1"),))
        )
