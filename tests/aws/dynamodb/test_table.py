"""Table: key, recovery, protection, grants by partition key, indexes, streams, replicas, capacity."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.dynamodb.config import TableCapacity, TableConfig, TableIndex, TableReplica
from secureinfra.aws.dynamodb.table import Table
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from tests.aws.dynamodb.stacks import granted_to, in_a_region, role_in, table_of

ROLE = "arn:aws:iam::111122223333:role/reader"
ORDERS = TableConfig(hash_key="customer", range_key="at")
CAPACITY = TableCapacity(read_max=100, write_max=50)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Table(stack, "orders", ORDERS)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = in_a_region()
    config = TableConfig(
        name="orders",
        hash_key="customer",
        range_key="number",
        range_key_type="N",
        indexes={
            "by-day": TableIndex(hash_key="day", range_key="number", range_key_type="N"),
            "by-mail": TableIndex(hash_key="mail", projection_type="INCLUDE", non_key_attributes=("name",)),
        },
        ttl_attribute="expires",
        table_class="STANDARD_INFREQUENT_ACCESS",
        recovery_period_in_days=14,
        replicas=(TableReplica(region="eu-west-1", table_class="STANDARD"),),
        vpc_endpoint_ids=("vpce-0a1b2c3d4e5f60718",),
        tags={"team": "orders"},
    )
    key = SecureKey(stack, "data", KeyConfig(strict=True))
    table = Table(stack, "orders", config, key=key, alarms=SecureTopic(stack, "pages"))
    role = role_in(stack)
    table.grant_read_write(role, regions=("eu-west-1",))
    table.grant_stream_read(role)
    table.grant_read(ROLE, keys=("acme", "acme#*"))
    matches_snapshot(stack)


def test_provisioned(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    by_day = TableIndex(hash_key="day")
    Table(stack, "orders", TableConfig(hash_key="customer", provisioned=CAPACITY, indexes={"by-day": by_day}))
    matches_snapshot(stack)


def test_dynamodb_table_encrypted() -> None:
    stack = test_stack()
    Table(stack, "orders", ORDERS)
    assert table_of(stack)["server_side_encryption"] == {
        "enabled": True,
        "kms_key_arn": "${aws_kms_key.orders_key.arn}",
    }


def test_dynamodb_table_recoverable() -> None:
    stack = test_stack()
    Table(stack, "orders", ORDERS)
    # 35 days are AWS's default, which older providers can only leave out.
    assert table_of(stack)["point_in_time_recovery"] == {"enabled": True}


def test_dynamodb_table_deletion_protected() -> None:
    stack = test_stack()
    Table(stack, "orders", ORDERS)
    table = table_of(stack)
    assert (table["deletion_protection_enabled"], table["lifecycle"]["prevent_destroy"]) == (True, True)
    sandbox = test_stack(environment="sandbox")
    Table(sandbox, "orders", ORDERS)
    table = table_of(sandbox)
    assert (table["deletion_protection_enabled"], "prevent_destroy" in table["lifecycle"]) == (False, False)


def test_dynamodb_table_scaled() -> None:
    for config in (ORDERS, TableConfig(hash_key="id", provisioned=CAPACITY)):
        stack = test_stack()
        Table(stack, "orders", config)
        assert_meets(synthesize(stack))


def test_grant_read_is_for_the_table_its_indexes_and_its_key_through_dynamodb() -> None:
    stack = test_stack()
    Table(stack, "orders", ORDERS).grant_read(role_in(stack))
    read, key = granted_to(stack)
    arn = "${aws_dynamodb_table.orders_table.arn}"
    assert read["Resource"] == [arn, f"{arn}/index/*"]
    assert not any(word in action for action in read["Action"] for word in ("Put", "Update", "Delete", "Write", "*"))
    assert key["Action"] == ["kms:Decrypt", "kms:DescribeKey"]
    assert "dynamodb." in key["Condition"]["StringEquals"]["kms:ViaService"][0]


def test_grant_write_gets_nothing() -> None:
    stack = test_stack()
    Table(stack, "orders", ORDERS).grant_write(role_in(stack))
    assert not {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:Scan"} & set(granted_to(stack)[0]["Action"])


def test_stream_is_read_by_roles_only() -> None:
    stack = test_stack()
    table = Table(stack, "orders", TableConfig(hash_key="id", stream_view_type="KEYS_ONLY"))
    table.grant_stream_read(role_in(stack))
    read, listed, _ = granted_to(stack)
    assert read["Resource"] == ["${aws_dynamodb_table.orders_table.stream_arn}"]
    assert (listed["Action"], listed["Resource"]) == (["dynamodb:ListStreams"], ["*"])
    with pytest.raises(ConfigError, match="the stream has no policy. Pass a SecureRole"):
        table.grant_stream_read(ROLE)  # type: ignore[arg-type]


def test_alarms_are_written_for_a_topic() -> None:
    stack = in_a_region()
    config = TableConfig(hash_key="id", replicas=(TableReplica(region="eu-west-1"),))
    Table(stack, "orders", config, alarms=SecureTopic(stack, "pages"))
    alarms = synthesize(stack)["resource"]["aws_cloudwatch_metric_alarm"]
    assert sorted(alarms) == [
        "orders_alarm_read_throttles",
        "orders_alarm_replica_eu_west_1",
        "orders_alarm_write_throttles",
    ]


def test_no_stream_is_told() -> None:
    with pytest.raises(ConfigError, match="it has no stream: no change is recorded. Set TableConfig"):
        _ = Table(test_stack(), "orders", ORDERS).stream_arn


def test_refuses_name_from_the_path() -> None:
    with pytest.raises(
        ConfigError, match=r"which comes from the path, is not a name of a table .* Set TableConfig\(name="
    ):
        Table(test_stack(), "x" * 255, ORDERS)


def test_waiver_of_deletion_protection() -> None:
    with pytest.raises(ControlError, match="protect=False breaks control dynamodb-table-deletion-protected"):
        Table(test_stack(), "orders", TableConfig(hash_key="id", protect=False))
    waiver = Waiver(control="dynamodb-table-deletion-protected", reason="a cache", owner="a", until="2099-12-31")
    stack = test_stack()
    Table(stack, "orders", TableConfig(hash_key="id", protect=False, waivers=(waiver,)))
    assert table_of(stack)["deletion_protection_enabled"] is False


def test_addresses() -> None:
    stack = test_stack()
    Table(stack, "orders", ORDERS)
    assert addresses(synthesize(stack)) == [
        "aws_dynamodb_resource_policy.orders_policy",
        "aws_dynamodb_table.orders_table",
        "aws_kms_alias.orders_key_alias",
        "aws_kms_key.orders_key",
    ]
