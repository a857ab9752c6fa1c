"""Workgroup: results in one place under a key, a limit for each query, and who may query what."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.athena.workgroup import Workgroup, WorkgroupConfig
from secureinfra.aws.glue.catalog_database import CatalogDatabase
from secureinfra.aws.iam.role import SecureRole
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from tests.aws.glue.test_catalog_database import ROLE, answer, lake, named, proved, statements_of


def workgroup_of(document: dict[str, Any]) -> dict[str, Any]:
    (workgroup,) = document["resource"]["aws_athena_workgroup"].values()
    return dict(workgroup)


def queried(tables: Any = None) -> dict[str, Any]:
    stack = test_stack()
    bucket = lake(stack)
    sales = CatalogDatabase(stack, "sales", bucket=bucket, prefix="sales/")
    CatalogDatabase(stack, "people", bucket=bucket, prefix="people/")
    named(stack, "other")
    Workgroup(stack, "others", results=named(stack, "others-results"))
    workgroup = Workgroup(stack, "analysts", results=named(stack, "results"))
    workgroup.grant_query(SecureRole(stack, "reader", ROLE), (sales,), tables)
    return synthesize(stack)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Workgroup(stack, "analysts")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = WorkgroupConfig(
        name="analysts",
        description="Analysts of the shop",
        enabled=False,
        bytes_scanned_cutoff_per_query=10_485_760,
        engine_version="Athena engine version 3",
        alarm_scanned_bytes_per_hour=1_000_000_000,
        alarm_failed_queries_per_hour=5,
        tags={"team": "shop"},
    )
    bucket = lake(stack)
    workgroup = Workgroup(
        stack, "analysts", config, results=bucket, results_prefix="results/shop/", alarms=SecureTopic(stack, "pages")
    )
    sales = CatalogDatabase(stack, "sales", bucket=bucket, prefix="sales/")
    workgroup.grant_query(SecureRole(stack, "reader", ROLE), (sales,), ("orders",))
    matches_snapshot(stack)


def test_meets_every_control() -> None:
    assert_meets(queried(), "all")


def test_clients_override_nothing() -> None:
    stack = test_stack()
    Workgroup(stack, "analysts", key=SecureKey(stack, "results", KeyConfig(strict=True)))
    workgroup = workgroup_of(synthesize(stack))
    assert "force_destroy" not in workgroup
    held = workgroup["configuration"]
    assert held["enforce_workgroup_configuration"] is True
    assert held["publish_cloudwatch_metrics_enabled"] is True
    assert held["requester_pays_enabled"] is False
    assert held["bytes_scanned_cutoff_per_query"] == 1_099_511_627_776
    result = held["result_configuration"]
    assert result["encryption_configuration"] == {
        "encryption_option": "SSE_KMS",
        "kms_key_arn": "${aws_kms_key.results_key.arn}",
    }
    assert result["expected_bucket_owner"] == "${data.aws_caller_identity.current.account_id}"


def test_an_analyst_queries_what_was_granted_and_nothing_else() -> None:
    document = queried(("orders",))
    held = Configuration.of(document, "test")
    assert answer(held, "s3:GetObject", "arn:aws:s3:::acme-lake/sales/orders/1.parquet")
    for other in ("sales/returns/1.parquet", "people/1.parquet"):
        assert proved(held, "s3:GetObject", f"arn:aws:s3:::acme-lake/{other}")
    assert proved(held, "glue:GetTable", "arn:aws:glue:eu-central-1:123456789012:table/test_people/staff")
    assert proved(held, "s3:PutObject", "aws_s3_bucket.lake_bucket")
    assert answer(held, "s3:PutObject", "arn:aws:s3:::acme-results/test-analysts/1.csv")
    assert proved(held, "s3:PutObject", "arn:aws:s3:::acme-results/other/1.csv")
    assert proved(held, "s3:DeleteObject", "aws_s3_bucket.results_bucket")
    for other in ("aws_s3_bucket.other_bucket", "aws_s3_bucket.others_results_bucket"):
        for action in ("s3:GetObject", "s3:PutObject", "s3:ListBucket"):
            assert proved(held, action, other)
    reached: dict[str, set[str]] = {}
    for statement in statements_of(document, "reader"):
        for action in statement["Action"]:
            reached.setdefault(action, set()).update(one.rpartition("}:")[2] for one in statement["Resource"])
    assert reached["athena:StartQueryExecution"] == {"${aws_athena_workgroup.analysts_workgroup.arn}"}
    assert reached["glue:GetTable"] == {"catalog", "database/test_sales", "table/test_sales/orders", "database/default"}
    assert reached["s3:GetObject"] == {
        "${aws_s3_bucket.lake_bucket.arn}/sales/orders/*",
        "${aws_s3_bucket.results_bucket.arn}/test-analysts/*",
    }
    assert reached["s3:PutObject"] == {"${aws_s3_bucket.results_bucket.arn}/test-analysts/*"}


def test_a_key_of_the_results_that_is_strict_knows_the_analyst() -> None:
    stack = test_stack()
    key = SecureKey(stack, "results", KeyConfig(strict=True))
    sales = CatalogDatabase(stack, "sales")
    Workgroup(stack, "analysts", key=key).grant_query(SecureRole(stack, "reader", ROLE), (sales,))
    held = Configuration.of(synthesize(stack), "test")
    for action in ("kms:Decrypt", "kms:GenerateDataKey"):
        assert answer(held, action, "aws_kms_key.results_key")


def test_a_bucket_given_later_leaves_the_former_results() -> None:
    before, after = test_stack(), test_stack()
    Workgroup(before, "analysts")
    own = {
        one
        for one in addresses(synthesize(before))
        if one.startswith(("aws_s3_bucket", "aws_kms_key")) and "access_logs" not in one
    }
    Workgroup(after, "analysts", results=lake(after))
    document = synthesize(after)
    assert own <= {one["from"] for one in document["removed"]}
    assert workgroup_of(document)["configuration"]["result_configuration"]["output_location"] == (
        "s3://${aws_s3_bucket.lake_bucket.bucket}/test-analysts/"
    )


def test_results_expire() -> None:
    stack = test_stack()
    Workgroup(stack, "analysts", WorkgroupConfig(results_retention_days=7))
    lifecycles = synthesize(stack)["resource"]["aws_s3_bucket_lifecycle_configuration"]
    assert '"expiration": {"days": 7}' in json.dumps(lifecycles["analysts_results_lifecycle"]).replace("[{", "{")


def test_a_sandbox_takes_everything_down() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", environment="sandbox"))
    Workgroup(stack, "analysts")
    assert workgroup_of(synthesize(stack))["force_destroy"] is True


def test_alarms() -> None:
    stack = test_stack()
    Workgroup(stack, "analysts", alarms=SecureTopic(stack, "pages"))
    alarms = synthesize(stack)["resource"]["aws_cloudwatch_metric_alarm"]
    assert {name: alarm["dimensions"]["QueryState"] for name, alarm in alarms.items()} == {
        "analysts_alarm_failed_queries": "FAILED",
        "analysts_alarm_scanned_bytes": "SUCCEEDED",
    }
    assert {alarm["dimensions"]["WorkGroup"] for alarm in alarms.values()} == {"test-analysts"}


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"name": "primary"}, "name='primary' is Athena's own workgroup"),
        ({"name": "the analysts"}, "is not a workgroup name"),
        ({"bytes_scanned_cutoff_per_query": 1024}, "must be between 10485760 and"),
        ({"results_retention_days": 0}, "must be between 1 and 36500 days"),
        ({"engine_version": "Athena engine version 2"}, "engine_version"),
        ({"enforce_workgroup_configuration": False}, "has no field 'enforce_workgroup_configuration'"),
    ],
)
def test_refuses(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        Workgroup(test_stack(), "analysts", WorkgroupConfig(**values))


def test_refuses_key_beside_results() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"results='test/lake' has a key\. Remove key="):
        Workgroup(stack, "analysts", results=lake(stack), key=SecureKey(stack, "other"))


@pytest.mark.parametrize("prefix", ["", "analysts", "/analysts/", "a*/"])
def test_refuses_results_prefix(prefix: str) -> None:
    with pytest.raises(ConfigError, match="is not a folder: who may read it could read others"):
        Workgroup(test_stack(), "analysts", results_prefix=prefix)


def test_refuses_grants() -> None:
    stack = test_stack()
    workgroup = Workgroup(stack, "analysts")
    sales, people = CatalogDatabase(stack, "sales"), CatalogDatabase(stack, "people")
    role = SecureRole(stack, "reader", ROLE)
    with pytest.raises(ConfigError, match=r"a workgroup has no policy of its own\. Pass a SecureRole"):
        workgroup.grant_query("arn:aws:iam::123456789012:role/reader", (sales,))
    with pytest.raises(ConfigError, match=r"is one database: write a tuple"):
        workgroup.grant_query(role, sales)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match=r"databases=\(\) names none"):
        workgroup.grant_query(role, ())
    with pytest.raises(ConfigError, match=r"are of one database, and 2 are given\. Call grant_query for each"):
        workgroup.grant_query(role, (sales, people), ("orders",))


def test_refuses_path_that_is_no_name() -> None:
    with pytest.raises(ConfigError, match=r"is not a workgroup name.*Set WorkgroupConfig\(name="):
        Workgroup(test_stack(), "w" * 128)


def test_addresses() -> None:
    stack = test_stack()
    Workgroup(stack, "analysts")
    found = [one for one in addresses(synthesize(stack)) if not one.startswith("aws_s3_bucket_")]
    assert found == [
        "aws_athena_workgroup.analysts_workgroup",
        "aws_kms_alias.analysts_results_key_alias",
        "aws_kms_key.analysts_results_key",
        "aws_s3_bucket.access_logs_bucket",
        "aws_s3_bucket.analysts_results_bucket",
    ]
