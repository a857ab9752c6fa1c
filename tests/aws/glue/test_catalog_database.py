"""CatalogDatabase: who sees its tables, and who reads the objects in their folders."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.glue.catalog_database import CatalogDatabase, CatalogDatabaseConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.s3.bucket import BucketConfig, SecureBucket
from secureinfra.errors import ConfigError
from secureinfra.proofs.model.asking import can
from secureinfra.proofs.model.names import principal_named, resource_named
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

ROLE = RoleConfig(trust=ServiceTrust(service="ecs-tasks"))


def lake(stack: Any) -> SecureBucket:
    config = BucketConfig(name="acme-lake", key_required=True)
    return SecureBucket(stack, "lake", config, key=SecureKey(stack, "data", KeyConfig(strict=True)))


def named(stack: Any, id: str) -> SecureBucket:
    """A bucket whose name is known, so that a proof can tell it from others."""
    return SecureBucket(stack, id, BucketConfig(name=f"acme-{id}"))


def answer(held: Configuration, action: str, resource: str, role: str = "aws_iam_role.reader_role") -> bool:
    """Whether a request can succeed."""
    return can(principal_named(role, [held]), action, resource_named(resource, [held])).verdict.answer == "BROKEN"


def proved(held: Configuration, action: str, resource: str, role: str = "aws_iam_role.reader_role") -> bool:
    """Whether it is proved that no request can succeed."""
    return can(principal_named(role, [held]), action, resource_named(resource, [held])).verdict.answer == "PROVED"


def statements_of(document: dict[str, Any], role: str) -> list[dict[str, Any]]:
    return list(json.loads(document["resource"]["aws_iam_role_policy"][f"{role}_permissions"]["policy"])["Statement"])


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    CatalogDatabase(stack, "sales")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = CatalogDatabaseConfig(
        name="shop_sales",
        description="What the shop sells",
        permissions="lake-formation",
        parameters={"owner": "shop"},
        protect=False,
        tags={"team": "shop"},
    )
    sales = CatalogDatabase(stack, "sales", config, bucket=lake(stack), prefix="curated/sales/")
    sales.grant_read(SecureRole(stack, "reader", ROLE))
    matches_snapshot(stack)


def test_meets_every_control() -> None:
    stack = test_stack()
    sales = CatalogDatabase(stack, "sales", bucket=lake(stack), prefix="sales/")
    role = SecureRole(stack, "reader", ROLE)
    sales.grant_read(role)
    sales.grant_define(role)
    assert_meets(synthesize(stack), "all")


def test_a_reader_reads_the_tables_it_was_granted_and_no_others() -> None:
    stack = test_stack()
    bucket = lake(stack)
    sales = CatalogDatabase(stack, "sales", bucket=bucket, prefix="sales/")
    CatalogDatabase(stack, "people", bucket=bucket, prefix="people/")
    named(stack, "other")
    sales.grant_read(SecureRole(stack, "reader", ROLE), tables=("orders",))
    statements = statements_of(synthesize(stack), "reader")
    reached = {
        (action, resource.rpartition("}:")[2])
        for one in statements
        for action in one["Action"]
        for resource in one["Resource"]
    }
    assert ("glue:GetTable", "table/test_sales/orders") in reached
    assert {place for action, place in reached if action == "glue:GetTable"} == {
        "catalog",
        "database/test_sales",
        "table/test_sales/orders",
        "database/default",
    }
    objects = {place for action, place in reached if action == "s3:GetObject"}
    assert objects == {"${aws_s3_bucket.lake_bucket.arn}/sales/orders/*"}
    assert not {
        action for action, _ in reached if action.startswith(("glue:Create", "glue:Delete", "glue:Update", "s3:Put"))
    }


def test_proof_of_what_a_reader_reads() -> None:
    stack = test_stack()
    sales = CatalogDatabase(stack, "sales", bucket=lake(stack), prefix="sales/")
    named(stack, "other")
    sales.grant_read(SecureRole(stack, "reader", ROLE), tables=("orders",))
    held = Configuration.of(synthesize(stack), "test")
    assert answer(held, "s3:GetObject", "arn:aws:s3:::acme-lake/sales/orders/1.parquet")
    assert proved(held, "s3:GetObject", "arn:aws:s3:::acme-lake/sales/returns/1.parquet")
    assert proved(held, "s3:GetObject", "arn:aws:s3:::acme-lake/people/1.parquet")
    assert proved(held, "s3:PutObject", "aws_s3_bucket.lake_bucket")
    assert proved(held, "s3:GetObject", "aws_s3_bucket.other_bucket")
    assert proved(held, "glue:GetTable", "arn:aws:glue:eu-central-1:123456789012:table/test_people/staff")
    assert answer(held, "kms:Decrypt", "aws_kms_key.data_key")


def test_folders_may_have_other_names_than_their_tables() -> None:
    stack = test_stack()
    sales = CatalogDatabase(stack, "sales", bucket=lake(stack), prefix="sales/")
    sales.grant_read(SecureRole(stack, "reader", ROLE), tables={"orders": "orders-v2/parquet/"})
    policy = json.dumps(statements_of(synthesize(stack), "reader"))
    assert "table/test_sales/orders" in policy
    assert "${aws_s3_bucket.lake_bucket.arn}/sales/orders-v2/parquet/*" in policy


def test_under_lake_formation_a_role_asks_it_for_access() -> None:
    stack = test_stack()
    config = CatalogDatabaseConfig(permissions="lake-formation")
    sales = CatalogDatabase(stack, "sales", config, bucket=lake(stack), prefix="sales/")
    sales.grant_read(SecureRole(stack, "reader", ROLE))
    document = synthesize(stack)
    actions = {action for one in statements_of(document, "reader") for action in one["Action"]}
    assert "lakeformation:GetDataAccess" in actions
    assert not {action for action in actions if action.startswith(("s3:", "kms:"))}
    assert "create_table_default_permission" not in document["resource"]["aws_glue_catalog_database"]["sales_database"]


def test_iam_decides_by_default() -> None:
    stack = test_stack()
    CatalogDatabase(stack, "sales")
    database = synthesize(stack)["resource"]["aws_glue_catalog_database"]["sales_database"]
    assert database["create_table_default_permission"]["principal"] == {
        "data_lake_principal_identifier": "IAM_ALLOWED_PRINCIPALS"
    }
    assert database["lifecycle"]["prevent_destroy"] is True


def test_whoever_defines_tables_deletes_none() -> None:
    stack = test_stack()
    sales = CatalogDatabase(stack, "sales", bucket=lake(stack), prefix="sales/")
    sales.grant_define(SecureRole(stack, "loader", ROLE))
    actions = {action for one in statements_of(synthesize(stack), "loader") for action in one["Action"]}
    assert {"glue:CreateTable", "glue:UpdateTable", "glue:BatchCreatePartition"} <= actions
    assert not {action for action in actions if "Delete" in action or not action.startswith("glue:")}


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ("orders", r"is one value: write a tuple, \('orders',\)"),
        ((), "names no table"),
        (("Orders",), "'Orders' is not a table"),
        (("orders*",), "is not a table"),
        ({"orders": "orders"}, r"'orders' is not a folder of 'orders': .* Write e.g. 'orders/'"),
        ({"orders": ""}, "is not a folder of 'orders'"),
    ],
)
def test_refuses_tables(tables: Any, said: str) -> None:
    stack = test_stack()
    sales = CatalogDatabase(stack, "sales", bucket=lake(stack), prefix="sales/")
    with pytest.raises(ConfigError, match=said):
        sales.grant_read(SecureRole(stack, "reader", ROLE), tables)


@pytest.mark.parametrize("grant", ["grant_read", "grant_define"])
def test_refuses_arn(grant: str) -> None:
    sales = CatalogDatabase(test_stack(), "sales")
    with pytest.raises(ConfigError, match=r"a database has no policy of its own\. Pass a SecureRole"):
        getattr(sales, grant)("arn:aws:iam::123456789012:role/reader")


@pytest.mark.parametrize("prefix", ["sales", "/sales/", "sales*/"])
def test_refuses_prefix(prefix: str) -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="is not a folder: 'sales' would cover 'sales-secret/' too"):
        CatalogDatabase(stack, "sales", bucket=lake(stack), prefix=prefix)


def test_refuses_prefix_without_bucket() -> None:
    with pytest.raises(ConfigError, match=r"prefix='sales/' is in no bucket\. Pass bucket="):
        CatalogDatabase(test_stack(), "sales", prefix="sales/")


def test_refuses_name() -> None:
    with pytest.raises(ConfigError, match="name='Sales-2' is not a database name: write up to 255 lower-case"):
        CatalogDatabase(test_stack(), "sales", CatalogDatabaseConfig(name="Sales-2"))


def test_refuses_path_that_is_no_name() -> None:
    with pytest.raises(ConfigError, match=r"is not a database name.*Set CatalogDatabaseConfig\(name="):
        CatalogDatabase(test_stack(), "s" * 255)


def test_addresses() -> None:
    stack = test_stack()
    CatalogDatabase(stack, "sales")
    assert addresses(synthesize(stack)) == ["aws_glue_catalog_database.sales_database"]
