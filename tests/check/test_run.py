"""Running controls: which are asked, what becomes of options, what a finding carries."""

import json
from pathlib import Path

import pytest

from secureinfra.check.run import OPTION_NOT_TAKEN, run, run_controls
from secureinfra.controls import every, find
from secureinfra.controls.packs import PACKS, ids_in, pack
from secureinfra.controls.registry import checks_of
from secureinfra.errors import ConfigError, ConfigurationError
from secureinfra.terraform.model.configuration import Configuration
from tests.check.judged import keys


def test_every_control_of_a_pack_is_asked() -> None:
    configuration = Configuration.of(keys(k={}))
    asked = {finding.control.id for finding in run(configuration, ["cis-v5"])}
    assert "kms-key-rotated" in asked
    assert asked == {control.id for control in pack("cis-v5")} & {one.control.id for one in run(configuration)}
    assert asked < {finding.control.id for finding in run(configuration)}


def test_packs_hold_what_their_framework_demands() -> None:
    for name in set(PACKS) - {"all"}:
        held = pack(name)
        assert held
        assert all(ids_in(control, name) for control in held)
    assert set(pack("all")) == set(every())
    assert ids_in(find("kms-key-rotated"), "cis-v5") == ("3.6",)


def test_security_hub_ids_outside_fsbp_are_not_in_its_pack() -> None:
    assert find("kms-key-rotated").source("in_fsbp") == ("no",)
    assert find("kms-key-rotated") not in pack("fsbp")


def test_unknown_pack_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"pack 'cis-5' does not exist. Did you mean 'cis-v5'\?"):
        run(Configuration.of({}), ["cis-5"])


def test_an_option_fails_only_where_a_framework_demands_it() -> None:
    option = find("s3-bucket-replicated")
    assert option.optional
    configuration = Configuration.of({"resource": {"aws_s3_bucket": {"b": {}}}})

    def answer(name: str) -> tuple[str, str]:
        (found,) = [one for one in run(configuration, [name]) if one.control is option]
        return found.status, found.found

    assert answer("all") == ("not applicable", OPTION_NOT_TAKEN)
    assert answer("nist-800-53")[0] == "failed"
    assert [one.status for one in run_controls(configuration, [option])] == ["failed"]


def test_findings_say_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document = keys(k={"is_enabled": False, "//": {"metadata": {"path": "stack/data/key"}}})
    (tmp_path / "main.tf.json").write_text(json.dumps(document, indent=1))
    monkeypatch.chdir(tmp_path)
    (configuration,) = Configuration.load(".")
    (finding,) = [one for one in run(configuration) if one.status == "failed"]
    assert (finding.control.id, finding.address, finding.at) == ("kms-key-enabled", "aws_kms_key.k", "is_enabled")
    assert (finding.found, finding.expected) == ("is_enabled = false", "is_enabled = true")
    assert (finding.file, finding.construct_path) == ("main.tf.json", "stack/data/key")
    lines = (tmp_path / "main.tf.json").read_text().splitlines()
    assert finding.line is not None
    assert '"is_enabled": false' in lines[finding.line - 1]


def test_long_unknown_values_are_shortened() -> None:
    document = keys(k={"is_enabled": "${var.x}" + "y" * 1000})
    (finding,) = [one for one in run(Configuration.of(document)) if one.status == "unknown"]
    assert len(finding.found) == 200


def test_a_check_that_stumbles_is_unknown_and_hides_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def stumbles(block: object, configuration: object) -> list[object]:
        raise TypeError("odd")

    enabled = find("kms-key-enabled")
    checks = [(control, stumbles if control is enabled else check) for control, check in checks_of("aws_kms_key")]
    monkeypatch.setattr("secureinfra.check.run.checks_of", lambda asked: checks)
    configuration = Configuration.of(keys(k={"enable_key_rotation": False}))
    answers = {one.control.id: (one.status, one.found) for one in run(configuration)}
    assert answers["kms-key-enabled"] == ("unknown", "the check crashed (TypeError: odd); please report this")
    assert answers["kms-key-rotated"][0] == "failed"
    with pytest.raises(TypeError):
        run_controls(configuration, [enabled])


def test_a_configuration_that_cannot_be_read_is_refused_by_whatever_check_meets_it() -> None:
    document = {**keys(k={"is_enabled": "${local.a}"}), "locals": {"a": "${local.a}"}}
    with pytest.raises(ConfigurationError, match="depends on itself"):
        run(Configuration.of(document))
