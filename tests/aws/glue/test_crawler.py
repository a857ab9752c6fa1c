"""Crawler: reads one folder, defines tables of one database, and deletes nothing."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.glue.catalog_database import CatalogDatabase, CatalogDatabaseConfig
from secureinfra.aws.glue.crawler import Crawler, CrawlerConfig
from secureinfra.aws.iam.role import SecureRole
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.errors import ConfigError
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from tests.aws.glue.test_catalog_database import ROLE, answer, lake, named, proved, statements_of


def sales(stack: Any, config: CatalogDatabaseConfig = CatalogDatabaseConfig()) -> CatalogDatabase:
    return CatalogDatabase(stack, "sales", config, bucket=lake(stack), prefix="curated/sales/")


def crawler_of(document: dict[str, Any]) -> dict[str, Any]:
    (crawler,) = document["resource"]["aws_glue_crawler"].values()
    return dict(crawler)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Crawler(stack, "tables", database=sales(stack))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = CrawlerConfig(
        name="sales",
        description="Tables of the shop",
        schedule="cron(0 3 * * ? *)",
        table_prefix="raw_",
        exclusions=("**/_temporary/**",),
        sample_size=10,
        update_behavior="LOG",
        delete_behavior="DEPRECATE_IN_DATABASE",
        log_retention_in_days=731,
        tags={"team": "shop"},
    )
    key, pages = SecureKey(stack, "logs"), SecureTopic(stack, "pages")
    crawler = Crawler(stack, "tables", config, database=sales(stack), key=key, alarms=pages)
    crawler.grant_start(SecureRole(stack, "pipeline", ROLE))
    matches_snapshot(stack)


@pytest.mark.parametrize("permissions", ["iam", "lake-formation"])
def test_meets_every_control(permissions: Any) -> None:
    stack = test_stack()
    database = sales(stack, CatalogDatabaseConfig(permissions=permissions))
    Crawler(stack, "tables", database=database, alarms=SecureTopic(stack, "pages"))
    assert_meets(synthesize(stack), "all")


def test_the_role_reads_its_folder_and_no_other_bucket() -> None:
    stack = test_stack()
    named(stack, "other")
    Crawler(stack, "tables", database=sales(stack))
    document = synthesize(stack)
    held, role = Configuration.of(document, "test"), "aws_iam_role.tables_role"
    assert answer(held, "s3:GetObject", "arn:aws:s3:::acme-lake/curated/sales/orders/1.parquet", role)
    assert proved(held, "s3:GetObject", "arn:aws:s3:::acme-lake/curated/people/1.parquet", role)
    for action in ("s3:GetObject", "s3:ListBucket", "s3:PutObject"):
        assert proved(held, action, "aws_s3_bucket.other_bucket", role)
    for action in ("s3:PutObject", "s3:DeleteObject"):
        assert proved(held, action, "aws_s3_bucket.lake_bucket", role)
    (reads,) = [one["Resource"] for one in statements_of(document, "tables_role") if "s3:GetObject" in one["Action"]]
    assert reads == ["${aws_s3_bucket.lake_bucket.arn}/curated/sales/*"]


def test_the_role_defines_tables_of_its_database_and_deletes_none() -> None:
    stack = test_stack()
    CatalogDatabase(stack, "people")
    Crawler(stack, "tables", database=sales(stack))
    on_glue = [one for one in statements_of(synthesize(stack), "tables_role") if one["Action"][0].startswith("glue:")]
    places = {resource.rpartition("}:")[2] for one in on_glue for resource in one["Resource"]}
    assert places == {"catalog", "database/test_sales", "table/test_sales/*"}
    assert not [action for one in on_glue for action in one["Action"] if "Delete" in action]


def test_logs_go_where_they_are_kept_and_encrypted() -> None:
    stack = test_stack()
    Crawler(stack, "tables", database=sales(stack))
    resources = synthesize(stack)["resource"]
    group = resources["aws_cloudwatch_log_group"]["tables_log_log_group"]
    assert group["name"] == "/aws-glue/crawlers-role/${aws_iam_role.tables_role.name}-test-tables"
    assert group["kms_key_id"] == "${aws_kms_key.tables_key.arn}"
    security = resources["aws_glue_security_configuration"]["tables_security_configuration"]
    assert security["name"] == "test-tables"
    assert {one["kms_key_arn"] for one in security["encryption_configuration"].values()} == {
        "${aws_kms_key.tables_key.arn}"
    }
    # The key's policy names the group; a reference to the security configuration would be a circle.
    assert "aws_glue_security_configuration" not in resources["aws_kms_key"]["tables_key"]["policy"]


@pytest.mark.parametrize(("prefix", "level"), [("", 2), ("sales/", 3), ("curated/sales/", 4)])
def test_each_folder_is_a_table(prefix: str, level: int) -> None:
    stack = test_stack()
    Crawler(stack, "tables", database=CatalogDatabase(stack, "sales", bucket=lake(stack), prefix=prefix))
    assert json.loads(crawler_of(synthesize(stack))["configuration"])["Grouping"] == {"TableLevelConfiguration": level}


def test_nothing_is_deleted_by_surprise() -> None:
    stack = test_stack()
    Crawler(stack, "tables", database=sales(stack))
    crawler = crawler_of(synthesize(stack))
    assert crawler["schema_change_policy"] == {"delete_behavior": "LOG", "update_behavior": "UPDATE_IN_DATABASE"}
    output = json.loads(crawler["configuration"])["CrawlerOutput"]
    assert output["Tables"] == {"AddOrUpdateBehavior": "MergeNewColumns"}


def test_new_folders_only_go_with_no_updates() -> None:
    stack = test_stack()
    Crawler(stack, "tables", CrawlerConfig(recrawl="CRAWL_NEW_FOLDERS_ONLY"), database=sales(stack))
    crawler = crawler_of(synthesize(stack))
    assert crawler["schema_change_policy"] == {"delete_behavior": "LOG", "update_behavior": "LOG"}
    assert crawler["recrawl_policy"] == {"recrawl_behavior": "CRAWL_NEW_FOLDERS_ONLY"}


def test_under_lake_formation_it_asks_for_credentials() -> None:
    stack = test_stack()
    Crawler(stack, "tables", database=sales(stack, CatalogDatabaseConfig(permissions="lake-formation")))
    document = synthesize(stack)
    assert crawler_of(document)["lake_formation_configuration"] == {"use_lake_formation_credentials": True}
    assert "lakeformation:GetDataAccess" in json.dumps(statements_of(document, "tables_role"))


def test_runs_that_fail_reach_the_topic() -> None:
    stack = test_stack()
    Crawler(stack, "tables", database=sales(stack), alarms=SecureTopic(stack, "pages"))
    resources = synthesize(stack)["resource"]
    (rule,) = resources["aws_cloudwatch_event_rule"].values()
    assert json.loads(rule["event_pattern"]) == {
        "source": ["aws.glue"],
        "detail-type": ["Glue Crawler State Change"],
        "detail": {"crawlerName": ["test-tables"], "state": ["Failed"]},
    }
    (target,) = resources["aws_cloudwatch_event_target"].values()
    assert target["arn"] == "${aws_sns_topic.pages_topic.arn}"


def test_a_role_may_start_it() -> None:
    stack = test_stack()
    Crawler(stack, "tables", database=sales(stack)).grant_start(SecureRole(stack, "pipeline", ROLE))
    (statement,) = statements_of(synthesize(stack), "pipeline")
    assert statement["Action"] == ["glue:GetCrawler", "glue:StartCrawler", "glue:StopCrawler"]
    assert statement["Resource"] == ["${aws_glue_crawler.tables_crawler.arn}"]


def test_refuses_arn() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"a crawler has no policy of its own\. Pass a SecureRole"):
        Crawler(stack, "tables", database=sales(stack)).grant_start("arn:aws:iam::123456789012:role/pipeline")


def test_refuses_database_without_bucket() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"database 'test/sales' has no bucket: there is nothing to crawl"):
        Crawler(stack, "tables", database=CatalogDatabase(stack, "sales"))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"schedule": "rate(1 hour)"}, r"is not a schedule: write cron\(\) with six fields"),
        ({"schedule": "cron(0 3 * * * *)"}, "does not say which day"),
        ({"name": "sales tables"}, "is not a crawler name"),
        ({"sample_size": 250}, "must be between 1 and 249 files"),
        ({"table_prefix": "Raw"}, "is not the start of a table's name"),
        ({"delete_behavior": "DELETE_FROM_DATABASE"}, "delete_behavior"),
        (
            {"recrawl": "CRAWL_NEW_FOLDERS_ONLY", "delete_behavior": "DEPRECATE_IN_DATABASE"},
            "cannot be with recrawl='CRAWL_NEW_FOLDERS_ONLY'",
        ),
        ({"log_retention_in_days": 30}, "log_retention_in_days=30"),
    ],
)
def test_refuses(values: dict[str, Any], said: str) -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=said):
        Crawler(stack, "tables", CrawlerConfig(**values), database=sales(stack))


def test_refuses_path_that_is_no_name() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"is not a crawler name.*Set CrawlerConfig\(name="):
        Crawler(stack, "t" * 200, database=sales(stack))


def test_addresses() -> None:
    stack = test_stack()
    Crawler(stack, "tables", database=sales(stack))
    assert [one for one in addresses(synthesize(stack)) if "tables" in one] == [
        "aws_cloudwatch_log_group.tables_log_log_group",
        "aws_glue_crawler.tables_crawler",
        "aws_glue_security_configuration.tables_security_configuration",
        "aws_iam_role.tables_role",
        "aws_iam_role_policy.tables_role_permissions",
        "aws_kms_alias.tables_key_alias",
        "aws_kms_key.tables_key",
    ]
