"""Waivers: whom they excuse, when they end, and what is said of those that excuse nothing."""

from pathlib import Path
from typing import Any

import pytest

from secureinfra.errors import ConfigError, SecureInfraError
from tests.check.judged import WAIVER, keys, report, statuses

ENABLED = "kms-key-enabled"


def beside(waiver: dict[str, str], path: str) -> dict[str, Any]:
    return {"is_enabled": False, "//": {"metadata": {"path": path}, "waivers": [waiver]}}


def file(folder: Path, text: str) -> Path:
    path = folder / "waivers.yaml"
    path.write_text(text)
    return path


def entry(**fields: str) -> str:
    values = {**WAIVER, "address": "aws_kms_key.k", **fields}
    return "- " + "\n  ".join(f"{name}: {value}" for name, value in values.items() if value) + "\n"


def test_a_waiver_excuses_the_resource_it_stands_beside() -> None:
    document = keys(a=beside(WAIVER, "s/a/key"), b={"is_enabled": False, "//": {"metadata": {"path": "s/a/other"}}})
    assert statuses(document, ENABLED) == ["waived", "failed"]


def test_a_waiver_of_a_construct_excuses_what_is_in_it() -> None:
    document = keys(
        a=beside({**WAIVER, "construct": "s/a"}, "s/a/key"),
        b={"is_enabled": False, "//": {"metadata": {"path": "s/a/inner/key"}}},
        c={"is_enabled": False, "//": {"metadata": {"path": "s/ab/key"}}},
    )
    assert statuses(document, ENABLED) == ["waived", "waived", "failed"]


def test_a_waiver_excuses_its_control_only() -> None:
    document = keys(k={**beside(WAIVER, "s/k/key"), "enable_key_rotation": False})
    assert statuses(document, "kms-key-rotated") == ["failed"]


def test_what_is_not_known_may_be_waived() -> None:
    document = keys(k={**beside(WAIVER, "s/k/key"), "is_enabled": "${var.on}"})
    assert statuses({**document, "variable": {"on": {}}}, ENABLED) == ["waived"]


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"until": "2020-01-01"}, "ran out on 2020-01-01"),
        ({"reason": ""}, "has no usable reason"),
        ({"control": "kms-key-policy-not-public"}, "is never accepted"),
        ({"control": "kms-key-enable"}, "Did you mean 'kms-key-enabled'"),
    ],
)
def test_a_waiver_that_is_not_good_excuses_nothing_and_is_reported(change: dict[str, str], note: str) -> None:
    found = report(keys(k=beside({**WAIVER, **change}, "s/k/key")))
    assert [one.status for one in found.findings if one.control.id == ENABLED] == ["failed"]
    assert any(note in text and text.startswith("aws_kms_key.k: ") for text in found.notes)


def test_a_waiver_that_excuses_nothing_is_reported() -> None:
    used, unused = (
        report(keys(k=beside(WAIVER, "s/k/key"))),
        report(keys(k={**beside(WAIVER, "s/k/key"), "is_enabled": True})),
    )
    assert used.notes == ()
    assert unused.notes == ("aws_kms_key.k: Waiver(control='kms-key-enabled') excuses nothing any more. Remove it.",)


def test_a_waiver_is_not_judged_where_its_control_is_not_asked() -> None:
    assert report(keys(k=beside(WAIVER, "s/k/key")), packs=("cis-v5",)).notes == ()


def test_waivers_of_a_file(tmp_path: Path) -> None:
    document = keys(k={"is_enabled": False}, lab_a={"is_enabled": False}, other={"is_enabled": False})
    path = file(tmp_path, entry() + entry(address="aws_kms_key.lab_*"))
    assert statuses(document, ENABLED, waivers=path) == ["waived", "waived", "failed"]
    (waived, *_) = report(document, waivers=path).of_status("waived")
    assert waived.waiver == "retired (crypto, until 2099-12-31)"


def test_addresses_with_keys_match_as_they_are_written(tmp_path: Path) -> None:
    document = {"resource": {"aws_kms_key": {"k": {"for_each": {"a": 1}, "is_enabled": False}}}}
    path = file(tmp_path, entry(address="'aws_kms_key.k[\"a\"]'"))
    assert statuses(document, ENABLED, waivers=path) == ["waived"]


def test_a_file_may_be_json_or_hold_the_list_by_name(tmp_path: Path) -> None:
    document = keys(k={"is_enabled": False})
    path = file(tmp_path, f"waivers:\n{entry()}")
    assert statuses(document, ENABLED, waivers=path) == ["waived"]


def test_a_waiver_of_a_file_that_has_run_out_excuses_nothing_and_is_reported(tmp_path: Path) -> None:
    path = file(tmp_path, entry(until="2020-01-01"))
    found = report(keys(k={"is_enabled": False}), waivers=path)
    assert found.totals["failed"] == 1
    assert found.notes[0].startswith(f"{path}:1: Waiver(control='kms-key-enabled') ran out on 2020-01-01")


def test_an_unused_waiver_of_a_file_is_reported(tmp_path: Path) -> None:
    path = file(tmp_path, entry(address="aws_kms_key.gone"))
    (note,) = report(keys(k={}), waivers=path).notes
    assert note.startswith(f"{path}:1: ")
    assert "excuses nothing" in note


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (entry() + entry(until="tomorrow"), ":6: Waiver.*has no usable until"),
        (entry(control="kms-key-policy-not-public"), ":1: .*is never accepted"),
        (entry(control="nonsense-control"), ":1: .*there is no control 'nonsense-control'"),
        (entry(address=""), ":1: the waiver has no address: it would excuse the control everywhere"),
        (entry(adress="x"), ":1: a waiver has no 'adress'"),
        ("- just text\n", ":1: 'just text' is no waiver"),
        ("control: x\n", "holds no list of waivers"),
        ("- {a: ]\n", ":1:7: "),
        ("", "holds no list of waivers"),
    ],
)
def test_refuses_a_file_with_a_mistake(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SecureInfraError, match=complaint):
        report(keys(k={}), waivers=file(tmp_path, text))


def test_refuses_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SecureInfraError, match="No such file"):
        report(keys(k={}), waivers=tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(SecureInfraError, match="is no UTF-8 text"):
        report(keys(k={}), waivers=tmp_path / "bad.yaml")


def test_refuses_a_waiver_of_a_file_before_anything_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        report(keys(k={"is_enabled": False}), waivers=file(tmp_path, entry(owner="")))
