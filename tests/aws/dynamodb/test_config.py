"""What is refused in a table's configuration."""

import pytest

from secureinfra.aws.dynamodb.config import TableCapacity, TableConfig, TableIndex, TableReplica
from secureinfra.config.config import Config, refusals_of


def complaints(config: Config) -> str:
    return "\n".join(problem.text for problem in refusals_of(config))


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (TableConfig(hash_key=""), "is not the name of an attribute"),
        (TableConfig(hash_key="id", range_key="id"), "range_key='id' is the partition key too"),
        (TableConfig(hash_key="id", name="a/b"), "is not a name of a table or index"),
        (TableConfig(hash_key="id", recovery_period_in_days=36), "must be between 1 and 35 days"),
        (
            TableConfig(hash_key="id", indexes={"by id": TableIndex(hash_key="at")}),
            "indexes has the name 'by id', which is not a name of a table or index",
        ),
        (
            TableConfig(
                hash_key="id", indexes={"by-at": TableIndex(hash_key="at", range_key="id", range_key_type="N")}
            ),
            "keys give the attribute 'id' the types 'S' and 'N': an attribute has one type",
        ),
        (
            TableConfig(hash_key="id", range_key="at", ttl_attribute="at"),
            "ttl_attribute='at' is a key of type 'S': DynamoDB would expire no item",
        ),
        (
            TableConfig(hash_key="id", replicas=(TableReplica(region="eu-west-1"), TableReplica(region="eu-west-1"))),
            "names 'eu-west-1' twice",
        ),
        (
            TableConfig(hash_key="id", stream_view_type="KEYS_ONLY", replicas=(TableReplica(region="eu-west-1"),)),
            "stream_view_type='KEYS_ONLY' does not go with replicas: AWS replicates from a stream of NEW_AND_OLD_IMAGES",
        ),
        (
            TableConfig(
                hash_key="id",
                provisioned=TableCapacity(read_max=5, write_max=5),
                replicas=(TableReplica(region="eu-west-1"),),
            ),
            "provisioned does not go with replicas",
        ),
        (TableIndex(hash_key="id", projection_type="INCLUDE"), "projection_type='INCLUDE' includes no attribute"),
        (TableIndex(hash_key="id", non_key_attributes=("a",)), "goes with projection_type='INCLUDE' only, not 'ALL'"),
        (TableIndex(hash_key="id", range_key="id"), "range_key='id' is the partition key too"),
        (TableCapacity(read_min=9, read_max=5, write_max=5), "read_min=9 is above read_max=5"),
        (TableCapacity(read_max=5, write_max=5, target_percent=95), "must be between 20 and 90 percent"),
    ],
)
def test_refuses(config: Config, message: str) -> None:
    assert message in complaints(config)


def test_a_number_that_expires_may_be_a_key() -> None:
    config = TableConfig(hash_key="id", range_key="at", range_key_type="N", ttl_attribute="at")
    assert config.require().attributes == {"id": "S", "at": "N"}


def test_attributes_are_those_of_keys() -> None:
    index = TableIndex(hash_key="day", range_key="at", projection_type="INCLUDE", non_key_attributes=("name",))
    config = TableConfig(hash_key="id", indexes={"by-day": index})
    assert config.require().attributes == {"id": "S", "day": "S", "at": "S"}
