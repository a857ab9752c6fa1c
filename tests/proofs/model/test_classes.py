"""Every resource type of both provider majors is modelled, cannot let others use anything, or is unknown with its argument."""

from __future__ import annotations

import pytest

from secureinfra.proofs.model.build_classes import FILE, rows
from secureinfra.proofs.model.classes import class_of, classes
from secureinfra.proofs.model.doors import DOORS
from secureinfra.proofs.model.policies import POLICIES
from secureinfra.proofs.theorems.outside_access import NO_OUTSIDE_ACCESS
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema
from tests.proofs.configurations import configuration, verdicts


@pytest.mark.parametrize("version", VERSIONS)
def test_every_type_is_classified(version: str) -> None:
    assert set(provider_schema(version).types()) - set(classes()) == set()


def test_the_file_is_what_make_data_makes() -> None:
    assert FILE.read_text(encoding="utf-8") == "".join("\t".join(row).rstrip() + "\n" for row in rows())


def test_unknown_types_name_the_arguments_and_modelled_ones_are_read() -> None:
    assert {held.kind for held in classes().values()} == {"modelled", "none", "unknown"}
    assert all(held.why for held in classes().values() if held.kind == "unknown")
    known = {type for type in {*POLICIES, *DOORS} if type in classes()}
    assert {class_of(type).kind for type in known} == {"modelled"}


def test_a_type_that_no_schema_has_is_unknown() -> None:
    assert class_of("aws_thing_of_tomorrow").kind == "unknown"
    assert class_of("random_id").kind == "none"
    found = verdicts(NO_OUTSIDE_ACCESS, configuration(aws_thing_of_tomorrow__t={}, random_id__r={}))
    assert {address: one.verdict for address, one in found.items()} == {"aws_thing_of_tomorrow.t": "UNKNOWN"}


def test_a_share_that_is_not_modelled_is_unknown_where_it_is_written() -> None:
    shared = {"name": "f", "permissions": [{"principal": "x"}]}
    found = verdicts(
        NO_OUTSIDE_ACCESS, configuration(aws_quicksight_folder__f=shared, aws_quicksight_folder__g={"name": "g"})
    )
    assert {address: one.verdict for address, one in found.items()} == {"aws_quicksight_folder.f": "UNKNOWN"}
    assert "permissions" in found["aws_quicksight_folder.f"].reason


@pytest.mark.parametrize(
    ("principal", "unknown"),
    [("IAM_ALLOWED_PRINCIPALS", False), ("arn:aws:iam::444455556666:role/reader", True), ("${var.reader}", True)],
)
def test_tables_that_lake_formation_leaves_to_iam_let_no_one_else_in(principal: str, unknown: bool) -> None:
    given = {"permissions": ["ALL"], "principal": {"data_lake_principal_identifier": principal}}
    found = verdicts(
        NO_OUTSIDE_ACCESS,
        configuration(aws_glue_catalog_database__d={"name": "d", "create_table_default_permission": given}),
    )
    assert ("aws_glue_catalog_database.d" in found) is unknown
