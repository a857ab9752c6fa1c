"""Controls alone, and all but some, by any known id; every format names what was skipped."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from secureinfra.check.checked import Asked, checked
from secureinfra.check.formats import FORMATS, rendered
from secureinfra.check.report import Report, report_of
from secureinfra.check.selection import Selection
from secureinfra.errors import ConfigError
from secureinfra.terraform.model.configuration import Configuration
from tests.check.judged import WAIVER, keys

DOCUMENT = keys(k={"is_enabled": False, "enable_key_rotation": False})


def report(selection: Selection, document: dict[str, Any] = DOCUMENT) -> Report:
    asked = Asked(selection)
    configuration = Configuration.of(document, "stack")
    return report_of([checked(configuration, asked)], asked)


def failed(selection: Selection) -> list[str]:
    return [one.control.id for one in report(selection).of_status("failed")]


@pytest.mark.parametrize("id", ["kms-key-rotated", "CKV_AWS_7", "KMS.4", "AVD-AWS-0065", "cis-v5 3.6"])
def test_one_control_by_any_id(id: str) -> None:
    assert failed(Selection.of(["all"], only=[id])) == ["kms-key-rotated"]
    assert "kms-key-rotated" not in failed(Selection.of(["all"], skip=[id]))
    assert "kms-key-enabled" in failed(Selection.of(["all"], skip=[id]))


def test_a_control_that_is_named_is_checked_whatever_the_pack() -> None:
    assert failed(Selection.of(["soc2"], only=["kms-key-enabled"])) == ["kms-key-enabled"]


def test_an_option_that_is_named_fails() -> None:
    bucket: dict[str, Any] = {"resource": {"aws_s3_bucket": {"b": {}}}}
    assert report(Selection.of(["all"]), bucket).totals["failed"]
    asked = report(Selection.of(["all"], only=["s3-bucket-replicated"]), bucket)
    assert [(one.control.id, one.status) for one in asked.findings] == [("s3-bucket-replicated", "failed")]


def test_refuses_what_is_no_control() -> None:
    with pytest.raises(ConfigError, match="Did you mean 'kms-key-rotated'"):
        Selection.of(["all"], skip=["kms-key-rotatd"])
    with pytest.raises(ConfigError, match="configuration-readable cannot be skipped"):
        Selection.of(["all"], skip=["configuration-readable"])
    with pytest.raises(ConfigError, match="pack 'cis' does not exist"):
        Selection.of(["cis"])


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_names_what_was_skipped(format: str) -> None:
    text = rendered(report(Selection.of(["all"], skip=["kms-key-rotated"])), format)
    assert "Not checked, by --skip: kms-key-rotated." in " ".join(text.split())
    if format == "json":
        assert json.loads(text)["skipped_controls"] == ["kms-key-rotated"]


def test_junit_names_it_where_nothing_else_is_left() -> None:
    text = rendered(report(Selection.of(["all"], only=["s3-bucket-tls-only"])), "junit")
    assert [one.text for one in ElementTree.fromstring(text).iter("system-out")] == [
        "Only these were checked, by --control: s3-bucket-tls-only."
    ]


def test_a_waiver_of_a_control_that_was_not_checked_is_not_called_stale() -> None:
    document = keys(k={"is_enabled": False, "//": {"waivers": [WAIVER]}})
    notes = report(Selection.of(["all"], skip=["kms-key-enabled"]), document).notes
    assert notes == ("Not checked, by --skip: kms-key-enabled.",)
