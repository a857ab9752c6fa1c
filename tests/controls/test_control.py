"""Controls: ids that last, sources that are looked up, never typed."""

import re

import pytest

from secureinfra.controls import Control, catalogue, every, find
from secureinfra.errors import ConfigError

SEVERITIES = {"low", "medium", "high", "critical", ""}


def test_there_are_controls_in_the_order_of_their_ids() -> None:
    ids = [control.id for control in every()]
    assert ids == sorted(set(ids))
    assert len(ids) > 20


@pytest.mark.parametrize("control", every(), ids=lambda control: control.id)
def test_control(control: Control) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", control.id)
    assert control.title[0].isupper() or ":" in control.title.split()[0]
    assert not control.title.endswith(".")
    assert control.why
    assert not control.why.endswith("."), "why stands before more of a sentence"
    assert control.row in {"", *catalogue.rows()}
    assert control.severity in SEVERITIES


def test_second_control_of_one_id_is_refused() -> None:
    with pytest.raises(ConfigError, match="control 'kms-key-rotated' is defined twice"):
        Control(id="kms-key-rotated", title="again", why="never")


def test_find() -> None:
    control = find("kms-key-rotated")
    assert control.source("fsbp_id") == ("KMS.4",)
    assert control.severity == "medium"
    with pytest.raises(ConfigError, match=r"control 'kms-key-rotate' does not exist.*Did you mean 'kms-key-rotated'\?"):
        find("kms-key-rotate")


def test_control_without_a_row_has_no_source() -> None:
    control = next(control for control in every() if not control.row)
    assert (control.severity, control.source("fsbp_id")) == ("", ())


def test_keeps() -> None:
    keeps = find("kms-key-rotated").keeps(lambda days: days <= 365, "{value} <= 365")
    assert keeps.test(365)
    assert not keeps.test(366)
    assert find("kms-key-rotated").keeps().test(True)


def test_every_row_of_the_catalogue_has_a_key_and_a_requirement() -> None:
    rows = catalogue.rows()
    assert len(rows) > 200
    assert all(row["requirement"] for row in rows.values())
    assert catalogue.cell("kms-rotation", "checkov_ids") == ("CKV_AWS_7",)
