"""Access to a table: TLS, endpoints, grants by partition key, strict keys."""

import json
from typing import Any

import pytest

from secureinfra.aws.dynamodb.config import TableConfig, TableReplica
from secureinfra.aws.dynamodb.table import Table
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.errors import ConfigError
from secureinfra.proofs.decision import Layers, decide
from secureinfra.proofs.requests import Caller, Request
from secureinfra.proofs.statements import read_policy
from secureinfra.testing import test_stack
from tests.aws.dynamodb.stacks import granted_to, in_a_region, role_in, statements_of

ROLE = "arn:aws:iam::111122223333:role/reader"
ORDERS = TableConfig(hash_key="customer", range_key="at")


def test_plain_http_is_denied() -> None:
    stack = in_a_region()
    Table(stack, "orders", TableConfig(hash_key="id", replicas=(TableReplica(region="eu-west-1"),)))
    for address in ("orders_policy", "orders_eu_west_1_policy"):
        (deny,) = statements_of(stack, f"aws_dynamodb_resource_policy.{address}")
        assert (deny["Effect"], deny["Principal"], deny["Action"]) == ("Deny", "*", ["dynamodb:*"])
        assert deny["Condition"] == {"Bool": {"aws:SecureTransport": ["false"]}}
        assert len(deny["Resource"]) == 2


def test_endpoints_are_for_items_only() -> None:
    stack = test_stack()
    Table(stack, "orders", TableConfig(hash_key="id", vpc_endpoint_ids=("vpce-0a1b2c3d4e5f60718",)))
    deny = statements_of(stack, "aws_dynamodb_resource_policy.orders_policy")[1]
    assert deny["Condition"]["StringNotEqualsIfExists"] == {"aws:SourceVpce": ["vpce-0a1b2c3d4e5f60718"]}
    assert "dynamodb:Scan" in deny["Action"]
    assert not {"dynamodb:*", "dynamodb:UpdateTable", "dynamodb:PutResourcePolicy"} & set(deny["Action"])


@pytest.mark.parametrize(
    ("action", "request_keys", "allowed"),
    [
        ("dynamodb:GetItem", ["acme"], True),
        ("dynamodb:BatchGetItem", ["acme", "acme#2"], True),
        ("dynamodb:BatchGetItem", ["acme", "other"], False),
        ("dynamodb:Query", ["other"], False),
        # A scan, or a statement that reads the whole table, carries no leading key.
        ("dynamodb:Scan", None, False),
        ("dynamodb:GetItem", None, False),
        ("dynamodb:PartiQLSelect", ["acme"], False),
        ("dynamodb:PutItem", ["acme"], False),
    ],
)
def test_grant_by_partition_key(action: str, request_keys: list[str] | None, allowed: bool) -> None:
    stack = test_stack()
    Table(stack, "orders", ORDERS).grant_read(role_in(stack), keys=("acme", "acme#*"))
    table = "arn:aws:dynamodb:eu-central-1:111122223333:table/test-orders"
    text = json.dumps({"Statement": granted_to(stack)}).replace("${aws_dynamodb_table.orders_table.arn}", table)
    layers = Layers("111122223333", identity=read_policy(json.loads(text)))
    context = {} if request_keys is None else {"dynamodb:leadingkeys": tuple(request_keys)}
    caller = Caller("signed", ROLE, "111122223333")
    assert decide(Request(caller, action, table, context), layers) is allowed
    assert decide(Request(caller, action, f"{table}/index/by-day", context), layers) is False


def test_grant_to_an_arn_is_written_into_the_resource_policy() -> None:
    stack = test_stack()
    Table(stack, "orders", ORDERS).grant_write(ROLE, keys=("acme",))
    _, write, describe = statements_of(stack, "aws_dynamodb_resource_policy.orders_policy")
    assert (write["Principal"], describe["Action"]) == ({"AWS": [ROLE]}, ["dynamodb:DescribeTable"])
    assert write["Condition"]["Null"] == {"dynamodb:LeadingKeys": ["false"]}
    key = statements_of(stack, "aws_kms_key.orders_key")
    assert [statement["Sid"] for statement in key] == ["IamDecides", "Encrypt"]


def test_strict_key_lets_the_account_create_this_table_and_no_other() -> None:
    stack = test_stack()
    Table(stack, "orders", ORDERS, key=SecureKey(stack, "data", KeyConfig(strict=True)))
    key = {one["Sid"]: one for one in statements_of(stack, "aws_kms_key.data_key")}
    assert key["TableKey"]["Condition"]["StringEquals"]["kms:EncryptionContext:aws:dynamodb:tableName"] == [
        "test-orders"
    ]
    assert set(key["TableGrants"]["Condition"]["StringEquals"]) == {"kms:ViaService"}


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        ((), "names no partition key: the grant would allow nothing"),
        ("acme", r"is one value: write a tuple, \('acme',\)"),
        (("acme", "*"), "matches every partition key. Leave keys out to grant all"),
    ],
)
def test_refuses_keys_that_match_nothing_or_everything(keys: Any, message: str) -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=message):
        Table(stack, "orders", ORDERS).grant_read(role_in(stack), keys=keys)


def test_refuses_keys_of_numbers() -> None:
    stack = test_stack()
    table = Table(stack, "orders", TableConfig(hash_key="id", hash_key_type="N"))
    with pytest.raises(ConfigError, match="dynamodb:LeadingKeys compares strings"):
        table.grant_read(role_in(stack), keys=("1",))
