"""A report by requirements: every requirement of the catalogue once, with what its controls answered."""

import re

import pytest

from secureinfra.check.formats import rendered
from secureinfra.check.report import Report, judge
from secureinfra.controls.packs import CITED, controls_by_requirement, ids_in, pack
from secureinfra.terraform.model.configuration import Configuration

WAIVER = {"control": "kms-key-rotated", "reason": "retired", "owner": "crypto", "until": "2099-12-31"}


def report(*packs: str) -> Report:
    ssh = {
        "description": "x",
        "ingress": {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]},
    }
    keys = {"old": {"//": {"waivers": [WAIVER]}, "enable_key_rotation": False}}
    document = {"resource": {"aws_security_group": {"admin": ssh}, "aws_kms_key": keys}}
    return judge([Configuration.of(document, "infra")], packs)


def rows(text: str) -> dict[str, list[str]]:
    found = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if re.match(r"\| \S+\.\S* ", line)
    ]
    return {row[0]: row[1:] for row in found}


def test_each_requirement_has_a_result() -> None:
    text = rendered(report("cis-v5"), "requirements")
    found = rows(text)
    assert list(found) == list(controls_by_requirement("cis-v5"))
    assert found["5.3"][:4] == ["failed", "1", "0", "0"]
    assert found["3.6"] == ["waived", "0", "0", "1", "0", "0", "kms-key-rotated"]
    assert found["5.1.2"][0] == "passed"
    assert found["2.3.1"] == ["not applicable", *"00000", "efs-file-system-encrypted"]
    assert "The framework has 63; the others are not in the catalogue." in text
    assert "| kms-key-rotated | retired | crypto | 2099-12-31 | 1 |" in text


def test_several_frameworks_and_what_no_control_answers() -> None:
    text = rendered(report("fsbp", "nis2"), "requirements")
    assert [line.split(":")[0] for line in text.splitlines() if line.startswith("## ") and ":" in line] == [
        "## fsbp",
        "## nis2",
    ]
    without = [id for id, controls in controls_by_requirement("fsbp").items() if not controls]
    assert without
    assert all(f"| {id} | no control |" in text for id in without)


@pytest.mark.parametrize("name", CITED)
def test_no_control_is_left_out(name: str) -> None:
    held = controls_by_requirement(name)
    assert {control for controls in held.values() for control in controls} == set(pack(name))
    assert all(id in ids_in(control, name) for id, controls in held.items() for control in controls)


def test_all_controls_are_listed_by_the_frameworks_that_every_report_cites() -> None:
    text = rendered(report(), "requirements")
    assert re.findall(r"^## ([\w.-]+):", text, re.MULTILINE) == list(CITED)
