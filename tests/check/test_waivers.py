"""Waivers: whom they excuse, when they end, and what is said of those that excuse nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from secureinfra.check.formats import rendered
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
        ({"until": "2020-01-01"}, "expired on 2020-01-01"),
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
    assert unused.notes == ("aws_kms_key.k: Waiver(control='kms-key-enabled') no longer covers a finding. Remove it.",)


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
    assert found.notes[0].startswith(f"{path}:1:3: Waiver(control='kms-key-enabled') expired on 2020-01-01")


def test_an_unused_waiver_of_a_file_is_reported(tmp_path: Path) -> None:
    path = file(tmp_path, entry(address="aws_kms_key.gone"))
    (note,) = report(keys(k={}), waivers=path).notes
    assert note.startswith(f"{path}:1:3: ")
    assert "no longer covers a finding" in note


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (entry() + entry(until="tomorrow"), ":6:3: Waiver.*has no usable until"),
        (entry(control="kms-key-policy-not-public"), ":1:3: .*is never accepted"),
        (entry(control="nonsense-control"), ":1:3: .*control 'nonsense-control' does not exist"),
        (entry(address=""), ":1:3: the waiver has no address: it would excuse the control everywhere"),
        (entry(adress="x"), ":1:3: a waiver has no field 'adress'. Did you mean 'address'?"),
        (entry(address="") + entry(owner=""), "(?s):1:3: the waiver has no address.*:5:3: Waiver.*has no usable owner"),
        ("- {control: x, control: y}\n", ":1:16: 'control' is set again here"),
        ("- just text\n", ":1:3: 'just text' is not a waiver"),
        ("control: x\n", ":1:1: is not a list of waivers"),
        ("waivers: 3\n", "is not a list of waivers"),
        ("- {a: ]\n", ":1:7: .*needs quotes"),
        ("", "is not a list of waivers"),
    ],
)
def test_refuses_a_file_with_a_mistake(tmp_path: Path, text: str, complaint: str) -> None:
    with pytest.raises(SecureInfraError, match=complaint):
        report(keys(k={}), waivers=file(tmp_path, text))


def test_refuses_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SecureInfraError, match="No such file"):
        report(keys(k={}), waivers=tmp_path / "none.yaml")
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(SecureInfraError, match="is not UTF-8 text"):
        report(keys(k={}), waivers=tmp_path / "bad.yaml")


def test_refuses_a_waiver_of_a_file_before_anything_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        report(keys(k={"is_enabled": False}), waivers=file(tmp_path, entry(owner="")))


WEB = "security-group-web-ports-from-internet"


def rules(*ports: int) -> dict[str, Any]:
    ingress = [
        {"description": "x", "protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": ["0.0.0.0/0"]}
        for port in ports
    ]
    return {"resource": {"aws_security_group": {"g": {"description": "g", "ingress": ingress}}}}


@pytest.mark.parametrize(
    ("fields", "right"),
    [
        ({}, ["waived", "waived"]),
        ({"at": "ingress[0]"}, ["waived", "failed"]),
        ({"at": "ingress[1]"}, ["failed", "waived"]),
        ({"at": "ingress"}, ["waived", "waived"]),
        ({"at": "egress"}, ["failed", "failed"]),
        ({"found": "tcp 8080 from 0.0.0.0/0"}, ["waived", "failed"]),
        ({"found": "tcp 8080"}, ["failed", "failed"]),
    ],
)
def test_a_waiver_may_say_where_and_what(tmp_path: Path, fields: dict[str, str], right: list[str]) -> None:
    waivers = file(tmp_path, entry(control=WEB, address="aws_security_group.g", **fields))
    assert statuses(rules(8080, 9000), WEB, waivers=waivers) == right


def test_the_report_says_how_many_findings_a_waiver_excuses(tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text("- {control: kms-key-enabled, address: 'aws_kms_key.*', reason: r, owner: o, until: 2099-12-31}\n")
    off = {"is_enabled": False}
    found = report(keys(a=off, b=off, c={"is_enabled": False, "//": {"waivers": [WAIVER]}}), waivers=file)
    assert sorted(found.waivers.values()) == [1, 2], "the waiver beside the resource comes first"
    assert f"{file}:1:3: Waiver(control='kms-key-enabled') excuses 2 findings." in found.remarks
    held = json.loads(rendered(found, "json"))["waivers"]
    assert {(one["origin"], one["excuses"]) for one in held} == {(f"{file}:1:3", 2), ("aws_kms_key.c", 1)}
