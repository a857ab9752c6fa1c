"""What a check did not look at, in every format."""

import json
from typing import Any

import pytest

from secureinfra.check.checked import Asked, checked
from secureinfra.check.coverage import MOST_TYPES
from secureinfra.check.formats import FORMATS, rendered
from secureinfra.check.formats.summary import summarized
from secureinfra.check.report import Report, report_of
from secureinfra.check.selection import Selection
from secureinfra.controls import packs
from secureinfra.terraform.model.configuration import Configuration
from tests.check.judged import report

UNCHECKED = "No control checks 3 resources of 2 AWS types: aws_no_such_thing, aws_xray_nothing (2)."


def of(packs: tuple[str, ...] = ("all",), **resources: Any) -> Report:
    return report({"resource": resources}, packs=packs)


def unchecked() -> Report:
    return of(
        aws_xray_nothing={"a": {}, "b": {}},
        aws_no_such_thing={"c": {}},
        google_storage_bucket={"g": {}},
        terraform_data={"d": {}},
        random_id={"r": {}},
        aws_kms_key={"k": {"enable_key_rotation": True}},
    )


def test_types_that_no_control_checks_are_named() -> None:
    told = [*unchecked().coverage.sentences()]
    assert told[:2] == [UNCHECKED, "No control checks 1 resource of 1 type of other providers: google_storage_bucket."]


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_says_so(format: str) -> None:
    assert "aws_xray_nothing" in rendered(unchecked(), format)
    assert "aws_xray_nothing" in summarized(unchecked())


def test_json_has_all_of_it() -> None:
    many = report({"resource": {f"aws_no_such_thing_{letter}": {"x": {}} for letter in "abcdefghijklmnopq"}})
    assert "and 5 more types." in next(many.coverage.sentences())
    assert len(json.loads(rendered(many, "json"))["coverage"]["unchecked_aws_types"]) == MOST_TYPES + 5


def test_what_another_control_reads_is_looked_at() -> None:
    """An attachment has no control of its own type here, but load balancers are checked by it."""
    balancer = {"b": {"load_balancer_type": "application", "internal": False}}
    held = of(aws_lb=balancer, aws_wafv2_web_acl_association={"a": {"resource_arn": "${aws_lb.b.arn}"}})
    assert dict(held.coverage.aws) == {}
    alone = of(aws_wafv2_web_acl_association={"a": {"resource_arn": "arn"}})
    assert dict(alone.coverage.aws) == {"aws_wafv2_web_acl_association": 1}


def test_options_that_the_default_pack_leaves_off() -> None:
    bucket: dict[str, Any] = {"b": {}}
    found = of(aws_s3_bucket=bucket)
    assert "s3-bucket-replicated" in found.coverage.left_off
    name, count = next(iter((found.coverage.required_by or {}).items()))
    (told,) = [one for one in found.coverage.sentences() if "optional" in one]
    assert told.startswith(f"{found.coverage.optional} optional controls are left off; ")
    assert f"--pack {name} requires {count}" in told
    assert of((name,), aws_s3_bucket=bucket).coverage.left_off == ()


def test_a_pack_says_how_much_of_its_framework_was_asked() -> None:
    (pack,) = of(("cis-v5",), aws_kms_key={"k": {}}).coverage.packs
    assert (pack.standing.total, pack.answered) == (63, 1)
    assert pack.standing.with_controls + pack.standing.not_in_code <= 63
    assert pack.sentence().startswith(
        f"cis-v5: {pack.standing.with_controls} of 63 requirements have controls, 1 of them"
    )
    (soc,) = of(("soc2",), aws_kms_key={"k": {}}).coverage.packs
    assert soc.sentence().startswith(f"soc2: {soc.standing.with_controls} requirements have controls")


def test_a_framework_that_code_shows_in_part_is_never_called_met() -> None:
    (pack,) = of(("dora",), aws_kms_key={"k": {}}).coverage.packs
    assert pack.sentence() == (
        f"dora: code can show part of 18 of 18 requirements; controls touch 18, {pack.answered} of them here, and give all "
        f"evidence that code can give for {pack.standing.whole}. None is met by code alone."
    )
    assert 0 < (pack.standing.whole or 0) < 18
    (whole,) = of(("nis2",), aws_kms_key={"k": {}}).coverage.packs
    assert "code can show part of 107 of 120 requirements" in whole.sentence()


@pytest.mark.parametrize("name", [name for name in packs.PACKS if name != "all"])
def test_standing_agrees_with_the_pack(name: str) -> None:
    ids = {id for control in packs.pack(name) for id in packs.ids_in(control, name)}
    standing = packs.standing_of(name)
    # MFA delete has a control for the few who set it, and nobody can with Terraform.
    assert standing.with_controls <= len(ids) <= standing.with_controls + standing.not_in_code
    assert 0 <= standing.optional < standing.with_controls


def test_single_controls_say_nothing_of_the_rest() -> None:
    asked = Asked(Selection.of(["all"], ["kms-key-enabled"]))
    one = Configuration.of({"resource": {"aws_no_such_thing": {"x": {}}}})
    assert report_of([checked(one, asked)], asked).remarks == (
        "Only these were checked, by --control: kms-key-enabled.",
    )
