"""The roots that `secureinfra synth` writes are Terraform's: it initialises and validates each folder as it is."""

import json
from pathlib import Path

import pytest

from secureinfra.stacks.output import synthesize_project
from tests.referees.runner import Terraform
from tests.stacks.files import FLEET, project, source


@pytest.mark.terraform
def test_roots_of_a_fleet_are_valid(tmp_path: Path) -> None:
    synthesize_project(project(FLEET), source(FLEET), tmp_path / "infra", jobs=2)
    folders = sorted((tmp_path / "infra").iterdir())
    assert [folder.name for folder in folders] == ["lake-first", "lake-second", "lake-third"]
    for folder in folders:
        runner = Terraform.within(folder)
        runner.init()
        runner.validate()
    # Terraform's own files do not make the folder somebody else's.
    again = synthesize_project(project(FLEET), source(FLEET), tmp_path / "infra", jobs=2)
    assert again.changed == ()


KEYS = ("key/11111111-2222-4333-8444-555555555555", "alias/acme-state")


@pytest.mark.terraform
@pytest.mark.parametrize("key", KEYS)
def test_the_backend_is_one_that_terraform_takes(tmp_path: Path, key: str) -> None:
    # `validate` looks at no backend, `init` with one does: it gets as far as asking for credentials, which nobody has.
    text = FLEET.replace(KEYS[0], key)
    synthesize_project(project(text).only(["first"]), source(text), tmp_path / "infra")
    path = tmp_path / "infra" / "lake-first" / "cdk.tf.json"
    document = json.loads(path.read_text())
    path.write_text(json.dumps({"terraform": {"backend": document["terraform"]["backend"]}}))
    settings = ("-backend-config=skip_credentials_validation=true", "-backend-config=skip_metadata_api_check=true")
    said = Terraform.within(path.parent).run("init", "-input=false", *settings, accept=(0, 1))
    assert "Unsupported argument" not in said
    assert "Invalid backend configuration argument" not in said
    assert "Successfully configured the backend" in said or "No valid credential sources found" in said
