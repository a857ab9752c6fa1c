"""OpenTofu's encryption of states: what each phase reads and writes, and that names never change."""

import subprocess
from pathlib import Path
from typing import Any

import pytest

from secureinfra.files.state_encryption import Phase, encryption_file, is_ours
from secureinfra.terraform.read.hcl import document
from tests.referees.runner import PRESENT

KEY = "arn:aws:kms:eu-central-1:111122223333:alias/acme-state"
ROLE = "arn:aws:iam::111122223333:role/state"
PHASES: tuple[Phase, ...] = ("start", "on", "end")
AES, PLAIN = "${method.aes_gcm.state}", "${method.unencrypted.plain}"


def encryption(phase: Phase = "on", role_arn: str | None = None) -> dict[str, Any]:
    body = document(encryption_file(KEY, phase, role_arn), "encryption.tofu").body
    assert list(body) == ["terraform"]
    (found,) = body["terraform"]["encryption"]
    return dict(found)


def target(phase: Phase, name: str) -> dict[str, Any]:
    (held,) = encryption(phase).get(name, [{}])
    found = {key: value.text if key == "method" else value for key, value in held.items()}
    if "fallback" in found:
        found["fallback"] = found["fallback"][0]["method"].text
    return found


def test_on_refuses_plain_states_and_plans() -> None:
    for name in ("state", "plan"):
        assert target("on", name) == {"method": AES, "enforced": True}


def test_start_reads_a_plain_state_once() -> None:
    # OpenTofu refuses `enforced` beside a fallback that is not encrypted.
    assert target("start", "state") == {"method": AES, "fallback": PLAIN}
    assert target("start", "plan") == {"method": AES, "enforced": True}


def test_end_writes_a_plain_state() -> None:
    assert target("end", "state") == {"method": PLAIN, "fallback": AES}
    assert target("end", "plan") == {}


@pytest.mark.parametrize("phase", PHASES)
def test_states_remember_the_names_of_key_and_method(phase: Phase) -> None:
    found = encryption(phase, ROLE)
    assert found["key_provider"] == {
        "aws_kms": {
            "state": [
                {
                    "kms_key_id": KEY,
                    "key_spec": "AES_256",
                    "region": "eu-central-1",
                    "assume_role": {"role_arn": ROLE},
                }
            ]
        }
    }
    assert found["method"]["aes_gcm"]["state"][0]["keys"].text == "${key_provider.aws_kms.state}"
    assert "assume_role" not in encryption(phase)["key_provider"]["aws_kms"]["state"][0]


def test_states_of_other_stacks_may_be_plain() -> None:
    (sources,) = encryption()["remote_state_data_sources"]
    (default,) = sources["default"]
    assert default["method"].text == AES
    assert default["fallback"][0]["method"].text == PLAIN


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not on PATH")
@pytest.mark.parametrize("phase", PHASES)
def test_is_formatted(phase: Phase, tmp_path: Path) -> None:
    file = tmp_path / "encryption.tf"
    file.write_text(encryption_file(KEY, phase, ROLE))
    subprocess.run(["terraform", "fmt", "-check", "-diff", str(file)], check=True, timeout=60)


def test_only_its_own_files_are_ours(tmp_path: Path) -> None:
    file = tmp_path / "encryption.tofu"
    assert not is_ours(file)
    file.write_text("terraform {}\n")
    assert not is_ours(file)
    file.write_text(encryption_file(KEY, "on"))
    assert is_ours(file)
