"""Reports: totals, thresholds, baselines, and the words of an error."""

import json
from pathlib import Path

import pytest

from secureinfra.check.baseline import read_baseline, write_baseline
from secureinfra.check.report import broken, judge
from secureinfra.errors import ConfigurationError
from secureinfra.terraform.model.configuration import Configuration
from tests.check.judged import WAIVER, keys, report


def test_totals() -> None:
    document = keys(
        good={},
        bad={"is_enabled": False},
        excused={"is_enabled": False, "//": {"waivers": [WAIVER]}},
        unsure={"is_enabled": "${var.x}"},
    )
    found = report({**document, "variable": {"x": {}}})
    assert found.totals["failed"] == 1
    assert found.totals["waived"] == 1
    assert found.totals["unknown"] == 1
    assert sum(found.totals.values()) == len(found.findings)
    assert found.totals_line == (
        f"{found.totals['passed']} passed, 1 failed (1 medium), 1 waived, 1 unknown, {found.totals['not applicable']} not applicable"
    )


def test_threshold() -> None:
    found = report(keys(k={"enable_key_rotation": False}))
    (failure,) = found.of_status("failed")
    assert failure.severity == "medium"
    assert found.failures("low") == found.failures("medium") == [failure]
    assert found.failures("high") == found.failures("critical") == []


def test_baseline(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    before = report(keys(a={"is_enabled": False}))
    assert write_baseline(path, before.findings, before.paths) == 1
    after = report(keys(a={"is_enabled": False}, b={"is_enabled": False}), baseline=path)
    assert [one.address for one in after.of_status("failed")] == ["aws_kms_key.b"]
    assert after.failures("low") == after.of_status("failed")
    assert (after.totals["failed"], after.baselined) == (1, 1)
    assert after.totals_line.endswith("1 known to the baseline")
    assert report(keys(a={"is_enabled": False}), baseline=path).failures("low") == []


def test_a_baseline_of_one_configuration_knows_nothing_of_another(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    write_baseline(path, report(keys(a={"is_enabled": False}), name="one").findings, {})
    assert report(keys(a={"is_enabled": False}), name="two", baseline=path).totals["failed"] == 1


def test_a_baseline_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    write_baseline(path, [], {})
    with pytest.raises(ConfigurationError, match="cannot be written"):
        write_baseline(tmp_path / "missing" / "known.json", [], {})
    assert [one.name for one in tmp_path.iterdir()] == ["known.json"]
    assert read_baseline(path).known == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"version": 2, "failures": []}',
        '{"version": 3, "failures": {}}',
        '{"version": 1, "failures": [1]}',
        "[" * 9999,
    ],
)
def test_refuses_what_is_no_baseline(tmp_path: Path, text: str) -> None:
    path = tmp_path / "known.json"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match="not a baseline. Write one with --baseline"):
        read_baseline(path)


def test_refuses_a_baseline_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No such file or directory. Write a baseline first"):
        read_baseline(tmp_path / "none.json")


def test_modules_that_are_not_at_hand_are_noted() -> None:
    (note,) = report(
        {"module": {"m": {"source": "terraform-aws-modules/vpc/aws"}}, "resource": {"aws_x": {"x": {}}}}
    ).notes
    assert (
        note
        == "module.m (terraform-aws-modules/vpc/aws): this module is not at hand, so what it creates is not checked."
    )


def test_several_configurations() -> None:
    found = judge([Configuration.of(keys(k={"is_enabled": False}), name) for name in ("one", "two")])
    assert found.configurations == ("one", "two")
    assert [one.configuration for one in found.of_status("failed")] == ["one", "two"]


def test_failures_in_words() -> None:
    found = report(keys(k={"is_enabled": False, "//": {"metadata": {"path": "stack/k/key"}}}))
    assert broken("stack", found, found.of_status("failed")) == (
        "stack: 1 finding (all).\n"
        "aws_kms_key.k (construct stack/k/key): is_enabled = false breaks control kms-key-enabled: data encrypted with the key "
        "could not be read.\n"
        "  Expected: is_enabled = true. Set is_enabled = true, or leave it out. Zone and SecureKey do.\n"
        "Fix these, or add a Waiver(control=..., reason=..., owner=..., until=...)."
    )
    public = json.dumps({"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Principal": "*"}})
    never = report(keys(k={"policy": public}))
    assert "Waiver" not in broken("stack", never, never.of_status("failed"))
