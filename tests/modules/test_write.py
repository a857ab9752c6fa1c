"""`write_module`: what it writes, what it refuses, and how it writes again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from secureinfra import (
    Config,
    SecureBucket,
    SecureConstruct,
    SecureKey,
    SecureVpc,
    Text,
    Waiver,
    is_token,
    write_module,
)
from secureinfra.aws.s3.bucket import BucketConfig
from secureinfra.errors import ConfigError, ConfigurationError, SecureInfraError
from secureinfra.facts.deprecation import deprecated_in
from secureinfra.modules import write as writing
from secureinfra.modules.write import generate
from secureinfra.terraform.schema.schema import provider_schema

FILES = {
    ".secureinfra.json",
    "README.md",
    "examples/basic/main.tf",
    "main.tf",
    "outputs.tf",
    "tests/defaults.tftest.hcl",
    "tests/defaults.tofutest.hcl",
    "tests/refusals.tftest.hcl",
    "tests/refusals.tofutest.hcl",
    "variables.tf",
    "versions.tf",
}


def content(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_folder_with_everything(tmp_path: Path) -> None:
    write_module(SecureKey, None, tmp_path / "key")
    assert set(content(tmp_path / "key")) == FILES


def test_a_long_module_is_divided_by_theme(tmp_path: Path) -> None:
    write_module(SecureVpc, {"zones": 2}, tmp_path)
    assert {"main.tf", "routing.tf", "network_acls.tf", "encryption.tf"} <= set(content(tmp_path))


def test_json_instead(tmp_path: Path) -> None:
    write_module(SecureKey, None, tmp_path, format="json")
    assert "aws_kms_key" in json.loads((tmp_path / "main.tf.json").read_text())["resource"]
    assert not list(tmp_path.glob("*.tf"))


def test_the_same_every_time(tmp_path: Path) -> None:
    write_module(SecureVpc, None, tmp_path / "one")
    write_module(SecureVpc, None, tmp_path / "two")
    one, two = content(tmp_path / "one"), content(tmp_path / "two")
    one.pop("README.md"), two.pop("README.md")  # it names the folder
    one.pop(".secureinfra.json"), two.pop(".secureinfra.json")
    assert one == two


def test_no_provider_and_no_backend(tmp_path: Path) -> None:
    write_module(SecureBucket, None, tmp_path)
    text = "".join((tmp_path / name).read_text() for name in FILES if name.endswith(".tf") and "/" not in name)
    assert "provider " not in text
    assert "backend" not in text


def test_one_major_version_of_the_provider(tmp_path: Path) -> None:
    settings = {"domain_names": ["www.example.com"], "zone_id": "Z0123456789ABCDEFGHIJ"}
    both = generate("static-site", settings, tmp_path / "both")
    assert both.module.aliases == ("aws.us_east_1",)
    generated = generate("static-site", settings, tmp_path / "six", provider_major=6)
    versions, example = generated.files["versions.tf"], generated.files["examples/basic/main.tf"]
    assert 'version = ">= 6.62.0, < 7.0.0"' in versions
    assert 'version = ">= 6.62.0, < 7.0.0"' in example
    # Resources name the region themselves, so that the caller passes no second provider.
    assert "configuration_aliases" not in versions
    assert "providers" not in example.replace("required_providers", "")
    (certificate,) = generated.module.document["resource"]["aws_acm_certificate"].values()
    assert certificate["region"] == "us-east-1"
    assert "arn:aws:acm:us-east-1:" in generated.files["tests/defaults.tftest.hcl"]
    assert not provider_schema("6.62.0").problems(generated.module.document)
    assert not list(deprecated_in(generated.module.document, 6))
    five = generate("static-site", settings, tmp_path / "five", provider_major=5)
    assert '">= 5.92.0, < 6.0.0"' in five.files["versions.tf"]


def test_another_name_of_a_variable(tmp_path: Path) -> None:
    write_module(SecureKey, {"alias": "data"}, tmp_path, vary=("alias=key_alias",))
    assert 'variable "key_alias"' in (tmp_path / "variables.tf").read_text()
    assert "alias/${var.key_alias}" in (tmp_path / "main.tf").read_text()


def test_a_setting_without_a_value_becomes_required(tmp_path: Path) -> None:
    module = write_module(SecureKey, None, tmp_path, vary=("description",))
    (variable,) = (variable for variable in module.variables if variable.name == "description")
    assert variable.required
    assert 'description = "example"' in (tmp_path / "examples/basic/main.tf").read_text()


def test_a_constant(tmp_path: Path) -> None:
    write_module(SecureKey, {"rotation_period_in_days": 180}, tmp_path, fix=("rotation_period_in_days",))
    assert "rotation_period_in_days" not in (tmp_path / "variables.tf").read_text()
    assert "rotation_period_in_days = 180" in (tmp_path / "main.tf").read_text()


def test_a_configuration_instead_of_settings(tmp_path: Path) -> None:
    write_module(SecureBucket, BucketConfig(expiration_days=90), tmp_path)
    assert 'variable "expiration_days"' in (tmp_path / "variables.tf").read_text()


class NotesConfig(Config):
    """A class of somebody else's."""

    days: int = 90
    """How long notes are kept."""


class Notes(SecureConstruct):
    """Notes that nobody else reads."""

    def __init__(self, scope: Any, id: str, config: NotesConfig = NotesConfig()) -> None:
        super().__init__(scope, id, config)
        SecureBucket(self, "store", BucketConfig(expiration_days=config.days))


def test_a_class_of_ones_own(tmp_path: Path) -> None:
    module = write_module(Notes, {"days": 30}, tmp_path)
    assert module.source.summary == "Notes that nobody else reads."
    assert "aws_s3_bucket.store_bucket" in module.resources
    assert [variable.name for variable in module.variables] == ["name"]


class PickyConfig(Config):
    """A setting that its type lets vary."""

    title: Text = "notes"
    """What the notes are about."""


class Picky(SecureConstruct):
    """Decides something by its title."""

    def __init__(self, scope: Any, id: str, config: PickyConfig = PickyConfig()) -> None:
        super().__init__(scope, id, config)
        if is_token(config.title):
            raise ConfigError(f"{self.path}: the title decides.")
        SecureBucket(self, "store")


def test_a_setting_that_its_construct_cannot_let_vary(tmp_path: Path) -> None:
    module = write_module(Picky, None, tmp_path / "unasked")
    assert [variable.name for variable in module.variables] == ["name"]
    with pytest.raises(ConfigError) as refused:
        write_module(Picky, None, tmp_path / "asked", vary=("title",))
    assert str(refused.value).splitlines() == [
        "picky: the title decides.",
        "  It was to vary within the module: fix it, e.g. --const title.",
    ]


def test_waivers_stand_beside_what_they_excuse(tmp_path: Path) -> None:
    waiver = Waiver(control="s3-bucket-versioned", reason="rebuilt nightly", owner="data-team", until="2099-12-31")
    module = write_module(SecureBucket, BucketConfig(versioned=False, waivers=(waiver,)), tmp_path)
    assert {finding.control.id for finding in module.report.of_status("waived")} == {"s3-bucket-versioned"}
    assert "rebuilt nightly" in (tmp_path / "main.tf").read_text()
    assert "rebuilt nightly" in (tmp_path / "README.md").read_text()


REFUSED: list[tuple[Any, Any, dict[str, Any], str]] = [
    ("vcp", None, {}, "unknown module 'vcp'.*Did you mean 'vpc'"),
    ("no.such:Thing", None, {}, "no.such:Thing: cannot be imported"),
    ("secureinfra.aws.vpc.vpc:SecureVcp", None, {}, "has no 'SecureVcp'. Did you mean 'SecureVpc'"),
    ("secureinfra.config.rule:Rule", None, {}, "is not a construct"),
    ("vpc", {"zone": 2}, {}, "VpcConfig has no field 'zone'. Did you mean 'zones'"),
    ("vpc", {"zones": 0}, {}, "VpcConfig zones=0"),
    ("vpc", None, {"vary": ("zones",)}, "VpcConfig zones decides structure and cannot be a variable"),
    ("vpc", {"secondary_cidrs": ["100.64.0.0/16"]}, {"vary": ("secondary_cidrs",)}, "decides"),
    ("vpc", None, {"vary": ("nats",)}, "has no setting 'nats'"),
    ("vpc", None, {"vary": ("cidr=name",)}, "the variable 'name' would stand for the name of the module and for cidr"),
    ("vpc", None, {"vary": ("cidr=tags",)}, "the variable 'tags' would stand for"),
    ("vpc", None, {"vary": ("cidr=version",)}, "is reserved by Terraform"),
    ("vpc", None, {"vary": ("cidr=9x",)}, "'9x' is not a name of a variable"),
    ("vpc", None, {"vary": ("cidr",), "fix": ("cidr",)}, "contradict each other"),
    ("vpc", None, {"name": "My Network"}, "name='My Network' is not a name for a module"),
    ("vpc", None, {"format": "yaml"}, "format='yaml' is unknown"),
    ("vpc", None, {"provider_major": 4}, "provider_major=4 is unknown. Write 5 or 6"),
    (
        "vpc",
        {"nat": "regional"},
        {},
        "nat='regional' needs AWS provider 6, .* Write the module for it: --provider-major 6",
    ),
    ("role", None, {}, "RoleModuleConfig lacks 'trust'"),
    ("bucket", {"versioned": False}, {}, "breaks control s3-bucket-versioned"),
]


@pytest.mark.parametrize(("construct", "settings", "options", "said"), REFUSED, ids=lambda value: str(value)[:40])
def test_refuses(construct: Any, settings: Any, options: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(SecureInfraError, match=said) as refused:
        write_module(construct, settings, tmp_path / "module", **options)
    assert "modulename" not in str(refused.value)
    assert not (tmp_path / "module").exists()


def test_refuses_a_folder_of_somebody_elses(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text("# mine\n")
    with pytest.raises(ConfigurationError, match="is not empty .main.tf. and was not written by secureinfra"):
        write_module(SecureKey, None, tmp_path)
    assert content(tmp_path) == {"main.tf": "# mine\n"}


def test_writing_again_changes_nothing(tmp_path: Path) -> None:
    write_module(SecureKey, None, tmp_path / "key")
    before = content(tmp_path / "key")
    assert generate(SecureKey, None, tmp_path / "key").differences() == []
    write_module(SecureKey, None, tmp_path / "key")
    assert content(tmp_path / "key") == before
    assert os.listdir(tmp_path) == ["key"]


def test_refuses_to_overwrite_what_was_edited(tmp_path: Path) -> None:
    write_module(SecureKey, None, tmp_path)
    main = tmp_path / "main.tf"
    main.write_text(main.read_text().replace("prevent_destroy = true", "prevent_destroy = false"))
    before = content(tmp_path)
    with pytest.raises(
        ConfigurationError, match="edited by hand since it was written: main.tf. Nothing was written"
    ) as error:
        write_module(SecureKey, {"multi_region": False, "alias": "other"}, tmp_path)
    assert "-    prevent_destroy = false\n+    prevent_destroy = true" in str(error.value)
    assert content(tmp_path) == before
    write_module(SecureKey, None, tmp_path, force=True)
    assert "prevent_destroy = true" in main.read_text()


def test_what_somebody_added_stays(tmp_path: Path) -> None:
    write_module(SecureKey, None, tmp_path)
    (tmp_path / "extra.tf").write_text("# mine\n")
    write_module(SecureKey, {"alias": "other"}, tmp_path)
    assert (tmp_path / "extra.tf").read_text() == "# mine\n"


def test_differences_have_kinds(tmp_path: Path) -> None:
    write_module(SecureVpc, None, tmp_path)
    (tmp_path / "versions.tf").unlink()
    (tmp_path / "outputs.tf").write_text("# edited\n")
    other = generate(SecureVpc, {"zones": 2, "flow_logs": "s3"}, tmp_path)
    found = {one.path: one.kind for one in other.differences()}
    assert found["versions.tf"] == "missing"
    assert found["outputs.tf"] == "edited"
    assert found["main.tf"] == "outdated"
    assert found["iam.tf"] == "left over"


def test_a_full_disk_leaves_the_old_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_module(SecureKey, None, tmp_path / "key")
    before = content(tmp_path / "key")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("secureinfra.files.folder.exchange", full)
    with pytest.raises(ConfigurationError, match="cannot be written: No space left on device. Nothing was changed"):
        write_module(SecureKey, {"alias": "other"}, tmp_path / "key")
    assert content(tmp_path / "key") == before
    assert os.listdir(tmp_path) == ["key"]


def test_an_address_that_changed_between_versions_is_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_module(SecureKey, None, tmp_path)
    text = (tmp_path / ".secureinfra.json").read_text()
    # As if an earlier version had called the key otherwise.
    earlier = text.replace('"aws_kms_key.key"', '"aws_kms_key.main_key"')
    assert earlier != text
    (tmp_path / ".secureinfra.json").write_text(earlier)
    monkeypatch.setattr(writing, "__version__", "9.9.9")
    write_module(SecureKey, None, tmp_path)
    assert "moved {\n  from = aws_kms_key.main_key\n  to   = aws_kms_key.key\n}" in (tmp_path / "main.tf").read_text()
    write_module(SecureKey, None, tmp_path)
    assert "aws_kms_key.main_key" in (tmp_path / "main.tf").read_text(), "a later version still knows"


def test_a_manifest_that_leads_out_of_the_folder_is_none(tmp_path: Path) -> None:
    write_module(SecureKey, None, tmp_path)
    manifest = tmp_path / ".secureinfra.json"
    manifest.write_text(manifest.read_text().replace('"main.tf"', '"../../main.tf"'))
    with pytest.raises(ConfigurationError, match="is not a manifest of a module"):
        write_module(SecureKey, None, tmp_path)


def test_the_command_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "secureinfra", "module"]

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*command, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=120)

    listed = run("--list")
    assert "vpc" in listed.stdout
    done = run("vpc", "--out", "network", "--name", "network", "--set", "zones=2")
    assert done.returncode == 0, done.stderr
    assert "required   cidr" in done.stdout
    assert run("vpc", "--out", "network", "--name", "network", "--set", "zones=2", "--check").returncode == 0
    other = run("vpc", "--out", "network", "--name", "network", "--check")
    assert other.returncode == 1
    assert "main.tf: outdated" in other.stdout
    again = run("--out", "network", "--check")
    assert again.returncode == 0, "the folder remembers its settings"
    assert run("--out", "network", "--provider-major", "6").returncode == 0
    versions = tmp_path / "network" / "versions.tf"
    assert run("--out", "network", "--set", "zones=3").returncode == 0
    assert "6.62.0" in versions.read_text(), "the folder remembers the provider, too"
    assert run("--out", "network", "--provider-major", "both").returncode == 0
    assert "5.92.0" in versions.read_text()
    assert "private_c" in (tmp_path / "network" / "main.tf").read_text()
    nowhere = run("--out", "elsewhere")
    assert nowhere.returncode == 2
    assert "does not contain a generated module" in nowhere.stderr
    refused = run("vpc", "--out", "network", "--set", "zones")
    assert refused.returncode == 2
    assert "lacks a value" in refused.stderr
    (tmp_path / "mine.py").write_text(
        "from secureinfra import SecureConstruct, SecureKey, Config\n\n\nclass Vault(SecureConstruct):\n"
        '    """A vault."""\n\n    def __init__(self, scope, id, config: Config = Config()):\n'
        "        super().__init__(scope, id, config)\n        SecureKey(self, 'lock')\n"
    )
    own = run("mine:Vault", "--out", "vault")
    assert own.returncode == 0, own.stderr
    assert "aws_kms_key" in (tmp_path / "vault" / "main.tf").read_text()


def test_settings_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "role.yaml").write_text("trust:\n  kind: service\n  service: ecs-tasks\n")
    command = [sys.executable, "-m", "secureinfra", "module", "role", "--out", "role", "--settings", "role.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "ecs-tasks.amazonaws.com" in (tmp_path / "role" / "main.tf").read_text()


def test_config_error_is_public() -> None:
    assert issubclass(ConfigError, SecureInfraError)
