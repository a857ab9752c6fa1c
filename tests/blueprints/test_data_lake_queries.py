"""The catalog of a lake: who queries which database, what crawlers reach, and that nothing moves when it is turned on later."""

import json
from typing import Any

import pytest

from secureinfra import AccountTrust, ConfigError
from secureinfra.compare.pairs import pairs_of
from secureinfra.compare.resources import resource_changes
from secureinfra.proofs.model.asking import can
from secureinfra.proofs.model.names import principal_named, resource_named
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from secureinfra_blueprints._queries import LakeDatabase, results_of
from secureinfra_blueprints.data_lake import DataLake, DataLakeConfig, Persona

PEOPLE = AccountTrust(account_id="111122223333", mfa=True)
SALES = LakeDatabase(name="sales", place="curated/sales/", crawled=True, schedule="cron(0 3 * * ? *)")
EVENTS = LakeDatabase(name="events", place="raw/events/")
ANALYST = Persona(
    name="analyst",
    clearance="internal",
    read=("curated/", "results/analysis/"),
    write=("results/analysis/",),
    databases=("sales",),
)
ENGINEER = Persona(
    name="engineer",
    clearance="confidential",
    read=("raw/", "curated/", "results/engineering/"),
    write=("curated/", "results/engineering/"),
    databases=("sales", "events"),
)
QUERIED: dict[str, Any] = {
    "people": PEOPLE,
    "databases": (SALES, EVENTS),
    "catalog_encryption": "here",
    "alarm_emails": ("data@example.com",),
    "personas": (ANALYST, ENGINEER),
}


def document_of(**values: Any) -> dict[str, Any]:
    stack = test_stack("acme")
    DataLake(stack, "lake", DataLakeConfig(**{**QUERIED, **values}))
    return synthesize(stack)


def reach_of(document: dict[str, Any], role: str) -> dict[str, set[str]]:
    """On what a role does what: resources of the catalog by their kind and name, others by their references."""
    reach: dict[str, set[str]] = {}
    policy = document["resource"]["aws_iam_role_policy"][f"{role}_permissions"]["policy"]
    for statement in json.loads(policy)["Statement"]:
        for action in statement["Action"]:
            reach.setdefault(action, set()).update(one.rpartition("}:")[2] for one in statement["Resource"])
    return reach


def test_meets_every_control() -> None:
    assert_meets(document_of(), "all")


def test_an_analyst_queries_its_database_and_no_other() -> None:
    reach = reach_of(document_of(), "lake_analyst")
    tables = {"catalog", "database/acme_lake_sales", "table/acme_lake_sales/*", "database/default"}
    assert reach["glue:GetTable"] == tables
    assert reach["athena:StartQueryExecution"] == {"${aws_athena_workgroup.lake_queries_analyst_workgroup.arn}"}
    assert reach["s3:PutObject"] == {"${aws_s3_bucket.lake_results_bucket.arn}/analysis/*"}
    assert not {action for action in reach if action.startswith(("glue:Create", "glue:Update", "glue:Delete"))}


def test_proof_that_an_analyst_reads_nothing_else() -> None:
    held = Configuration.of(document_of(), "test")
    analyst = principal_named("aws_iam_role.lake_analyst_role", [held])

    def may(action: str, bucket: str) -> bool:
        found = can(analyst, action, resource_named(f"aws_s3_bucket.lake_{bucket}_bucket", [held]))
        return found.verdict.answer == "BROKEN"

    assert may("s3:GetObject", "curated")
    assert may("s3:PutObject", "results")
    assert not may("s3:PutObject", "curated")
    for action in ("s3:GetObject", "s3:PutObject", "s3:ListBucket"):
        assert not may(action, "raw")


def test_proof_that_a_crawler_reads_its_bucket_only() -> None:
    document = document_of()
    held = Configuration.of(document, "test")
    crawler = principal_named("aws_iam_role.lake_crawler_sales_role", [held])
    for bucket, expected in (("curated", True), ("raw", False), ("results", False)):
        asked = can(crawler, "s3:GetObject", resource_named(f"aws_s3_bucket.lake_{bucket}_bucket", [held]))
        assert (asked.verdict.answer == "BROKEN") is expected, bucket
    reach = reach_of(document, "lake_crawler_sales_role")
    assert reach["s3:GetObject"] == {"${aws_s3_bucket.lake_curated_bucket.arn}/sales/*"}
    # Without the tag, the bucket would deny it.
    assert document["resource"]["aws_iam_role"]["lake_crawler_sales_role"]["tags"] == {"data-clearance": "internal"}


def test_a_persona_that_writes_the_data_defines_its_tables() -> None:
    reach = reach_of(document_of(), "lake_engineer")
    assert reach["glue:CreateTable"] == {"catalog", "database/acme_lake_sales", "table/acme_lake_sales/*"}
    assert "glue:DeleteTable" not in reach


def test_results_go_where_the_persona_writes() -> None:
    workgroups = document_of()["resource"]["aws_athena_workgroup"]
    for name, folder in (("analyst", "analysis"), ("engineer", "engineering")):
        (held,) = [one for key, one in workgroups.items() if name in key]
        result = held["configuration"]["result_configuration"]
        assert result["output_location"] == f"s3://${{aws_s3_bucket.lake_results_bucket.bucket}}/{folder}/"
        # The bucket denies other keys.
        assert result["encryption_configuration"]["kms_key_arn"] == "${aws_kms_key.lake_key_internal_key.arn}"


def test_the_catalog_is_encrypted_here_or_elsewhere() -> None:
    (settings,) = document_of()["resource"]["aws_glue_data_catalog_encryption_settings"].values()
    assert "lake_tables_key" in json.dumps(settings)
    assert "aws_glue_data_catalog_encryption_settings" not in document_of(catalog_encryption="elsewhere")["resource"]


def test_turned_on_later_nothing_moves_or_goes() -> None:
    quiet = tuple(one.model_copy(update={"databases": ()}) for one in (ANALYST, ENGINEER))
    before = document_of(databases=(), catalog_encryption=None, alarm_emails=(), personas=quiet)
    after = document_of()
    assert set(addresses(before)) < set(addresses(after))
    old, new = Configuration.of(before, "before"), Configuration.of(after, "after")
    kinds = {change.kind for change in resource_changes(pairs_of(old, new), new)[0]}
    assert not kinds & {"replaced", "destroyed", "forgotten"}, kinds


def test_without_crawler_nothing_is_crawled() -> None:
    document = document_of(databases=(EVENTS,), personas=(ENGINEER.model_copy(update={"databases": ("events",)}),))
    assert "aws_glue_crawler" not in document["resource"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"catalog_encryption": None}, r"catalog_encryption is not decided: an account has one Data Catalog"),
        ({"databases": (SALES, SALES, EVENTS)}, r"databases holds 'sales' twice"),
        ({"databases": (EVENTS,)}, r"personas 'analyst' 'sales' is none of databases=\['events'\]"),
        (
            {"vpc_endpoint_ids": ("vpce-0a1b2c3d4e5f60718",)},
            r"databases 'sales' needs another way in than vpc_endpoint",
        ),
        (
            {"databases": (SALES, EVENTS, LakeDatabase(name="x", place="curated/{team}/"))},
            r"is not a place of tables: write 'raw/' or 'curated/'",
        ),
        ({"databases": (LakeDatabase(name="x", place="curated/", schedule="cron(0 3 * * ? *)"),)}, r"there is none"),
        ({"personas": (ANALYST.model_copy(update={"name": "queries-x"}),)}, r"is 'queries-x': the lake has something"),
        (
            {"personas": (ANALYST.model_copy(update={"databases": ("events",)}),)},
            r"names 'events', whose place 'raw/events/' it does not read: Athena reads the objects in its name",
        ),
        ({"personas": (ANALYST.model_copy(update={"write": ()}),)}, r"personas 'analyst' has nowhere to write results"),
        ({"bytes_scanned_cutoff_per_query": 1}, r"must be between 10485760 and"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        document_of(**values)


def test_results_by_tag_are_in_no_one_folder() -> None:
    assert results_of(ANALYST) == "analysis/"
    by_tag = ANALYST.model_copy(update={"read": ("results/{team}/",), "write": ("results/{team}/",)})
    assert results_of(by_tag) is None
    assert results_of(ANALYST.model_copy(update={"read": ("curated/",)})) is None


def test_addresses() -> None:
    found = [one for one in addresses(document_of()) if "glue" in one or "athena" in one or "tables_key" in one]
    assert found == [
        "aws_athena_workgroup.lake_queries_analyst_workgroup",
        "aws_athena_workgroup.lake_queries_engineer_workgroup",
        "aws_glue_catalog_database.lake_database_events_database",
        "aws_glue_catalog_database.lake_database_sales_database",
        "aws_glue_crawler.lake_crawler_sales_crawler",
        "aws_glue_data_catalog_encryption_settings.lake_catalog_settings",
        "aws_glue_security_configuration.lake_crawler_sales_security_configuration",
        "aws_kms_alias.lake_tables_key_alias",
        "aws_kms_key.lake_tables_key_key",
    ]
