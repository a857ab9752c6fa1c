"""A catalog, crawlers and workgroups with every option on."""

from __future__ import annotations

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    BucketConfig,
    CatalogDatabase,
    CatalogDatabaseConfig,
    Crawler,
    CrawlerConfig,
    DataCatalogEncryption,
    DataCatalogEncryptionConfig,
    KeyConfig,
    RoleConfig,
    SecureBucket,
    SecureKey,
    SecureRole,
    SecureTopic,
    ServiceTrust,
    TerraformStack,
    Workgroup,
    WorkgroupConfig,
)


def build(stack: TerraformStack) -> None:
    """Every construct, with every option that goes together."""
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="sandbox"))
    pages, key = SecureTopic(stack, "pages"), SecureKey(stack, "data", KeyConfig(strict=True))
    lake = SecureBucket(stack, "lake", BucketConfig(key_required=True), key=key)
    DataCatalogEncryption(stack, "catalog", DataCatalogEncryptionConfig(tags={"team": "data"}))
    sales = CatalogDatabase(
        stack,
        "sales",
        CatalogDatabaseConfig(
            name="shop_sales", description="What the shop sells", parameters={"owner": "shop"}, tags={"team": "shop"}
        ),
        bucket=lake,
        prefix="curated/sales/",
    )
    people = CatalogDatabase(
        stack, "people", CatalogDatabaseConfig(permissions="lake-formation"), bucket=lake, prefix="people/"
    )
    daily = CrawlerConfig(
        name="sales",
        description="Tables of the shop",
        schedule="cron(0 3 * * ? *)",
        table_prefix="raw_",
        exclusions=("**/_temporary/**",),
        sample_size=10,
        delete_behavior="DEPRECATE_IN_DATABASE",
        log_retention_in_days=731,
        tags={"team": "shop"},
    )
    crawler = Crawler(stack, "tables", daily, database=sales, key=SecureKey(stack, "crawler-logs"), alarms=pages)
    Crawler(stack, "new-people", CrawlerConfig(recrawl="CRAWL_NEW_FOLDERS_ONLY"), database=people)
    analyst = SecureRole(stack, "analyst", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    crawler.grant_start(analyst)
    sales.grant_define(analyst)
    limited = WorkgroupConfig(
        name="analysts",
        description="Analysts of the shop",
        bytes_scanned_cutoff_per_query=100_000_000_000,
        engine_version="Athena engine version 3",
        results_retention_days=7,
        alarm_scanned_bytes_per_hour=1_000_000_000_000,
        alarm_failed_queries_per_hour=5,
        tags={"team": "shop"},
    )
    results_key = SecureKey(stack, "results", KeyConfig(strict=True))
    analysts = Workgroup(stack, "analysts", limited, key=results_key, alarms=pages)
    analysts.grant_query(analyst, (sales,), {"raw_orders": "orders/"})
    shared = Workgroup(stack, "reports", results=lake, results_prefix="results/reports/")
    reader = SecureRole(stack, "reader", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    shared.grant_query(reader, (sales, people))
