"""Every row of the catalogue that Terraform can show has a control whose check is asked."""

from secureinfra.controls import catalogue, every
from secureinfra.controls.registry import types_of

CHECKED = [control for control in every() if types_of(control)]

# Controls that a construct keeps and that nothing in the output can show, each with its reason.
CONSTRUCTS_ONLY: dict[str, str] = {}


def test_every_row_is_judged() -> None:
    judged = {control.row for control in CHECKED}
    rows = {key for key, row in catalogue.rows().items() if row["terraform_resource_types"] and row["stance"] != "na"}
    assert sorted(rows - judged) == []


def test_there_are_more_than_two_hundred() -> None:
    assert len(CHECKED) >= 200


def test_every_control_has_a_check() -> None:
    unasked = {control.id for control in every()} - {control.id for control in CHECKED}
    on_request = {"configuration-readable", "provider-schema-5", "provider-schema-6"}
    assert sorted(unasked - on_request - set(CONSTRUCTS_ONLY)) == []


def test_every_control_says_how_to_fix_it() -> None:
    assert [control.id for control in every() if not control.fix.endswith(".")] == []
    assert [control.id for control in every() if control.python and not control.python.endswith(".")] == []
