"""DataLake: what each role reaches, who is turned away, and the record of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from secureinfra import (
    AccountTrust,
    AwsProvider,
    AwsProviderConfig,
    ConfigError,
    ControlError,
    ObjectLock,
    SamlTrust,
    ServiceTrust,
    Transition,
)
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from secureinfra_blueprints._queries import LakeDatabase
from secureinfra_blueprints.data_lake import DataLake, DataLakeConfig, Layer, Persona
from tests.blueprints.test_data_lake_queries import QUERIED
from tests.referees import emulator
from tests.referees.runner import PRESENT, Terraform, for_emulator

PEOPLE = AccountTrust(account_id="111122223333", mfa=True)
SALES = Persona(name="sales", clearance="internal", read=("curated/{department}/",), write=("results/{department}/",))


def document_of(config: DataLakeConfig) -> dict[str, Any]:
    stack = test_stack("acme")
    DataLake(stack, "lake", config)
    return synthesize(stack)


def statements_of(document: dict[str, Any], type: str, name: str, argument: str = "policy") -> list[dict[str, Any]]:
    return list(json.loads(document["resource"][type][name][argument])["Statement"])


def reach_of(document: dict[str, Any], role: str) -> dict[str, set[str]]:
    """Where a role does what, with buckets by the name of their layer."""
    reach: dict[str, set[str]] = {}
    for statement in statements_of(document, "aws_iam_role_policy", f"lake_{role}_permissions"):
        for action in statement["Action"]:
            for resource in statement["Resource"]:
                where = resource.replace("${aws_s3_bucket.lake_", "").replace("_bucket.arn}", "")
                reach.setdefault(action, set()).add(where)
    return reach


def fullest() -> DataLakeConfig:
    return DataLakeConfig(
        people=SamlTrust(provider_arn="arn:aws:iam::111122223333:saml-provider/corporate"),
        classifications=("public", "internal", "secret"),
        raw=Layer(classification="secret", object_lock=ObjectLock(days=30)),
        curated=Layer(
            classification="internal", transitions=(Transition(storage_class="GLACIER", days=90),), noncurrent_days=30
        ),
        results=Layer(classification="public", expiration_days=7),
        personas=(
            SALES,
            Persona(
                name="loader",
                trust=ServiceTrust(service="lambda"),
                clearance="secret",
                write=("raw/{source}/",),
                delete=("raw/{source}/",),
                tags={"source": "shop"},
            ),
            Persona(
                name="reporter",
                clearance="internal",
                read=("curated/", "results/reports/"),
                write=("results/reports/",),
                databases=("sales",),
            ),
        ),
        databases=(LakeDatabase(name="sales", place="curated/sales/"),),
        catalog_encryption="here",
        bytes_scanned_cutoff_per_query=100_000_000_000,
        alarm_emails=("data@example.com",),
        session_tags=("department",),
        vpc_endpoint_ids=("vpce-0a1b2c3d4e5f60718",),
        trail_retention_days=400,
        tags={"domain": "analytics"},
    )


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    DataLake(stack, "lake", DataLakeConfig(people=PEOPLE))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    DataLake(stack, "lake", fullest())
    matches_snapshot(stack)


def test_queried(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    DataLake(stack, "lake", DataLakeConfig(**QUERIED))
    matches_snapshot(stack)


@pytest.mark.parametrize("config", [DataLakeConfig(people=PEOPLE), fullest()], ids=["defaults", "fullest"])
def test_meets_every_control(config: DataLakeConfig) -> None:
    assert_meets(document_of(config))


def test_each_persona_reaches_its_folders_only() -> None:
    document = document_of(DataLakeConfig(people=PEOPLE))
    assert reach_of(document, "ingest")["s3:PutObject"] == {"raw/*"}
    # Spark and Glue read and delete where they write.
    assert reach_of(document, "ingest")["s3:GetObject"] == {"raw/*"}
    assert reach_of(document, "ingest")["s3:DeleteObject"] == {"raw/*"}
    engineer, analyst = reach_of(document, "engineer"), reach_of(document, "analyst")
    assert engineer["s3:GetObject"] == {"raw/*", "curated/*", "results/engineering/*"}
    assert engineer["s3:PutObject"] == {"curated/*", "results/engineering/*"}
    assert engineer["s3:DeleteObject"] == {"curated/*"}
    assert analyst["s3:GetObject"] == {"curated/*", "results/analysis/*"}
    assert analyst["s3:PutObject"] == {"results/analysis/*"}
    assert "s3:DeleteObject" not in analyst


def test_folders_by_tag_are_variables_of_iam() -> None:
    document = document_of(DataLakeConfig(people=PEOPLE, personas=(SALES,), session_tags=("department",)))
    reach = reach_of(document, "sales")
    assert reach["s3:GetObject"] == {"curated/$${aws:PrincipalTag/department}/*"}
    assert reach["s3:PutObject"] == {"results/$${aws:PrincipalTag/department}/*"}
    (listing,) = [
        statement
        for statement in statements_of(document, "aws_iam_role_policy", "lake_sales_permissions")
        if statement["Action"] == ["s3:ListBucket"]
    ]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["$${aws:PrincipalTag/department}/*"]}}


def test_a_bucket_turns_away_who_is_not_cleared() -> None:
    document = document_of(fullest())
    opened = {}
    for name in ("raw", "curated", "results"):
        (deny,) = [
            statement
            for statement in statements_of(document, "aws_s3_bucket_policy", f"lake_{name}_policy")
            if statement["Sid"] == "DenyUncleared"
        ]
        assert (deny["Effect"], deny["Principal"]) == ("Deny", "*")
        assert {"s3:GetObject", "s3:PutObject", "s3:DeleteObjectVersion"} <= set(deny["Action"])
        assert {"s3:GetObjectVersionForReplication", "s3:GetObjectTorrent", "s3:RestoreObject"} <= set(deny["Action"])
        assert "s3:GetObjectAttributes" in deny["Action"]
        # No IfExists: a caller without the tag is turned away too.
        opened[name] = deny["Condition"]["StringNotEquals"]["aws:PrincipalTag/data-clearance"]
    assert opened == {"raw": ["secret"], "curated": ["internal", "secret"], "results": ["public", "internal", "secret"]}


def test_a_key_for_each_classification_opens_for_granted_roles_only() -> None:
    document = document_of(DataLakeConfig(people=PEOPLE))
    keys = document["resource"]["aws_kms_key"]
    assert {"lake_key_internal_key", "lake_key_confidential_key"} <= set(keys)
    users: dict[str, set[str]] = {}
    for name in ("lake_key_internal_key", "lake_key_confidential_key"):
        for statement in statements_of(document, "aws_kms_key", name):
            if "kms:Decrypt" in statement["Action"]:
                users.setdefault(name, set()).update(statement["Principal"]["AWS"])
                assert statement["Condition"]["StringEquals"]["kms:ViaService"]
    assert users == {
        "lake_key_internal_key": {"${aws_iam_role.lake_engineer_role.arn}", "${aws_iam_role.lake_analyst_role.arn}"},
        "lake_key_confidential_key": {"${aws_iam_role.lake_ingest_role.arn}", "${aws_iam_role.lake_engineer_role.arn}"},
    }


def test_a_role_carries_its_clearance() -> None:
    roles = document_of(fullest())["resource"]["aws_iam_role"]
    assert roles["lake_sales_role"]["tags"] == {"domain": "analytics", "data-clearance": "internal"}
    assert roles["lake_loader_role"]["tags"]["source"] == "shop"


def test_sessions_bring_the_tags_named_and_no_others() -> None:
    document = document_of(fullest())
    (tagging,) = [
        statement
        for statement in statements_of(document, "aws_iam_role", "lake_sales_role", "assume_role_policy")
        if statement["Action"] == ["sts:TagSession"]
    ]
    assert tagging["Condition"]["ForAllValues:StringEquals"] == {"aws:TagKeys": ["department"]}
    loader = statements_of(document, "aws_iam_role", "lake_loader_role", "assume_role_policy")
    assert [statement["Action"] for statement in loader] == [["sts:AssumeRole"]]


def test_every_access_is_recorded() -> None:
    (trail,) = document_of(DataLakeConfig(people=PEOPLE))["resource"]["aws_cloudtrail"].values()
    (data,) = [one for one in trail["advanced_event_selector"] if one["name"] == "objects of the lake"]
    fields = {field["field"]: field for field in data["field_selector"]}
    assert "readOnly" not in fields
    assert fields["resources.ARN"]["starts_with"] == [
        f"${{aws_s3_bucket.lake_{name}_bucket.arn}}/" for name in ("raw", "curated", "results")
    ]


def test_configuration_is_read_from_yaml() -> None:
    settings = """
    people: {kind: account, account_id: "111122223333", mfa: true}
    results: {classification: internal, expiration_days: 7}
    personas:
      - name: scientist
        clearance: internal
        read: [curated/]
        write: [results/science/]
    """
    config = DataLakeConfig.of(YAML(typ="safe").load(settings))
    assert config.people == PEOPLE
    assert config.personas[0].write == ("results/science/",)
    assert_meets(document_of(config))


@pytest.mark.parametrize(
    ("persona", "message"),
    [
        (
            {"clearance": "internal", "read": ("raw/",)},
            r"names 'raw/', which holds confidential data, with clearance='i",
        ),
        ({"clearance": "secret", "read": ("raw/",)}, r"personas 'x' clearance='secret' is none of classifications"),
        ({"clearance": "internal", "read": ("curated/{team}/",)}, r"names folders by {team}, which no session has"),
        (
            {"clearance": "internal", "read": ("curated/sales",)},
            r"'curated/sales' is not a place in the lake: .* '/' after",
        ),
        ({"clearance": "internal", "read": ("curated/*/",)}, r"is not a place in the lake"),
        ({"clearance": "internal", "read": ("tmp/",)}, r"is not a place in the lake"),
        ({"clearance": "internal", "read": ("${var.place}",)}, r"the bucket must be known before"),
        ({"clearance": "internal"}, r"Persona name='x' reads, writes and deletes nothing. Give it folders"),
        (
            {"clearance": "internal", "read": ("curated/",), "tags": {"data-clearance": "confidential"}},
            r"tags sets 'data-clearance', which clearance='internal' writes",
        ),
    ],
)
def test_refuses_persona(persona: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=f"acme/lake: .*{message}"):
        document_of(DataLakeConfig(people=PEOPLE, personas=(Persona(name="x", **persona),)))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"classifications": ("internal",)}, r"raw.classification='confidential' is none of classifications"),
        ({"classifications": ("internal", "confidential", "internal")}, r"must name each once"),
        ({"session_tags": ("data-clearance",)}, r"callers would choose what is open to them"),
        ({"personas": (SALES, SALES), "session_tags": ("department",)}, r"personas holds 'sales' twice"),
        ({"trail_retention_days": 30}, r"must be between 365 and 36500 days"),
        ({"versioned": False}, r"DataLakeConfig has no field 'versioned'"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        document_of(DataLakeConfig(**{"people": PEOPLE, **values}))


def test_refuses_people_of_an_account_without_condition() -> None:
    with pytest.raises(ConfigError, match="DataLakeConfig people: AccountTrust account_id=.* has no condition"):
        document_of(DataLakeConfig(people=AccountTrust(account_id="111122223333")))


def test_refuses_trust_that_breaks_a_control() -> None:
    trust = ServiceTrust(service="example", names_source=False)
    loader = Persona(name="loader", trust=trust, clearance="internal", read=("curated/",))
    with pytest.raises(ControlError, match="iam-role-trust-no-confused-deputy"):
        document_of(DataLakeConfig(people=PEOPLE, personas=(loader,)))


def test_growing_changes_no_address() -> None:
    before = addresses(document_of(DataLakeConfig(people=PEOPLE)))
    personas = (*DataLakeConfig(people=PEOPLE).personas, SALES)
    after = addresses(document_of(DataLakeConfig(people=PEOPLE, personas=personas, session_tags=("department",))))
    assert set(before) < set(after)


def test_addresses() -> None:
    found = addresses(document_of(DataLakeConfig(people=PEOPLE)))
    assert [
        one for one in found if one.startswith(("aws_s3_bucket.", "aws_kms_key.", "aws_iam_role.", "aws_cloud"))
    ] == [
        "aws_cloudtrail.lake_accesses_trail",
        "aws_cloudwatch_log_group.lake_accesses_events_log_group",
        "aws_iam_role.lake_accesses_delivery_role",
        "aws_iam_role.lake_analyst_role",
        "aws_iam_role.lake_engineer_role",
        "aws_iam_role.lake_ingest_role",
        "aws_kms_key.lake_accesses_key",
        "aws_kms_key.lake_key_confidential_key",
        "aws_kms_key.lake_key_internal_key",
        "aws_s3_bucket.access_logs_bucket",
        "aws_s3_bucket.lake_accesses_logs_bucket",
        "aws_s3_bucket.lake_curated_bucket",
        "aws_s3_bucket.lake_raw_bucket",
        "aws_s3_bucket.lake_results_bucket",
    ]


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not on PATH")
def test_apply_stays_and_goes(tmp_path: Path) -> None:
    stack = test_stack("acme")
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", environment="sandbox"))
    DataLake(stack, "lake", fullest())
    document, _ = for_emulator(synthesize(stack))
    with emulator.running(tmp_path) as aws:
        runner = Terraform(tmp_path / "run", document, endpoint=aws.address)
        runner.init()
        assert runner.changes_after_apply() == ""
