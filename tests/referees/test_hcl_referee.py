"""Terraform is the referee: a file of HCL and what is read of it, written as JSON, come to the same outputs."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from secureinfra.errors import ConfigurationError
from secureinfra.terraform.read import hcl
from secureinfra.terraform.read.load import load
from tests.terraform.read import programs_of_hcl, strings_of_hcl

FILES = sorted(Path(__file__).parent.joinpath("hcl").glob("*.tf"))

CHILD = """
variable "text" {}
variable "list" {
  type = list(number)
}
output "said" {
  value = "${var.text}: ${length(var.list)}"
}
"""


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Any]]:
    """What Terraform makes of the files as they are, and as they are read."""
    written, read = tmp_path_factory.mktemp("written"), tmp_path_factory.mktemp("read")
    for folder in (written, read):
        folder.joinpath("child").mkdir()
        folder.joinpath("child", "main.tf").write_text(CHILD)
        state = {
            "version": 4,
            "terraform_version": "1.4.0",
            "serial": 1,
            "lineage": "x",
            "outputs": {},
            "resources": [],
        }
        folder.joinpath("other.tfstate").write_text(json.dumps(state))
    for file in FILES:
        text = file.read_bytes()
        written.joinpath(file.name).write_bytes(text)
        body = hcl.document(text.decode(), file.name).body
        read.joinpath(f"{file.name}.json").write_text(json.dumps(body))
    return _all_of(written), _all_of(read)


@pytest.mark.terraform
@pytest.mark.parametrize("name", sorted(file.stem for file in FILES))
def test_means_the_same(name: str, outputs: tuple[dict[str, Any], dict[str, Any]]) -> None:
    written, read = outputs
    assert read.get(name) == written.get(name)


@pytest.mark.terraform
def test_every_file_has_been_compared(outputs: tuple[dict[str, Any], dict[str, Any]]) -> None:
    silent = {"checks", "provisioners"}
    assert {file.stem for file in FILES} - silent <= set(outputs[0])
    assert outputs[0]["provisioners"] == outputs[1]["provisioners"] != ""


@pytest.mark.terraform
def test_strings_put_together_at_random_mean_the_same(tmp_path: Path) -> None:
    expressions = strings_of_hcl.expressions(600, seed=7)
    text = 'locals {\n  text = "v"\n  off  = false\n}\n'
    text += "".join(f'output "o{index}" {{\n  value = {one}\n}}\n' for index, one in enumerate(expressions))
    for folder in ("written", "read"):
        tmp_path.joinpath(folder).mkdir()
    tmp_path.joinpath("written", "x.tf").write_text(text)
    tmp_path.joinpath("read", "x.tf.json").write_text(json.dumps(hcl.document(text, "x.tf").body))
    written, read = _outputs(tmp_path / "written"), _outputs(tmp_path / "read")
    differ = {
        one: found for index, one in enumerate(expressions) if (found := read[f"o{index}"]) != written[f"o{index}"]
    }
    assert not differ
    assert len(written) == len(expressions)


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("made", "least"),
    [(programs_of_hcl.bodies(300, seed=11), 200), (programs_of_hcl.soups(1500, seed=11), 20)],
    ids=["bodies", "soups"],
)
def test_what_terraform_fmt_accepts_is_read(made: list[str], least: int, tmp_path: Path) -> None:
    texts = {f"f{index}.tf": f'check "c" {{\n{body}}}\n' for index, body in enumerate(made)}
    for name, text in texts.items():
        tmp_path.joinpath(name).write_bytes(text.encode())
    command = ["terraform", "fmt", "-no-color", "-list=false", "-write=false", *texts]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True).stderr
    accepted = texts.keys() - set(re.findall(r"on (f\d+\.tf) line", said))
    assert len(accepted) >= least
    refused = {}
    for name in accepted:
        try:
            hcl.document(texts[name], name)
        except ConfigurationError as error:
            # `terraform fmt` does not look at what is there twice.
            if "a second time" not in str(error):
                refused[texts[name]] = str(error)
    assert refused == {}


@pytest.mark.terraform
def test_override_files_change_what_terraform_says_they_change(tmp_path: Path) -> None:
    written, read = tmp_path / "written", tmp_path / "read"
    for folder in (written, read):
        folder.joinpath("child").mkdir(parents=True)
        folder.joinpath("child", "main.tf").write_text(CHILD)
    written.joinpath("main.tf").write_text(BASE)
    written.joinpath("override.tf").write_text(OVERRIDE)
    written.joinpath("z_override.tf.json").write_text('{"resource": {"terraform_data": {"r": {"input": "last"}}}}')
    (root,) = load(written)
    assert root.module is not None
    for index, document in enumerate(root.module.documents):
        read.joinpath(f"{index}.tf.json").write_text(json.dumps(document.body))
    assert _outputs(read) == _outputs(written)


BASE = """
terraform {
  required_version = ">= 1.0"
}
variable "v" {
  type    = string
  default = "base"
}
locals {
  a = 1
  b = { x = 1 }
}
resource "terraform_data" "r" {
  input            = "base"
  triggers_replace = var.v
  lifecycle {
    create_before_destroy = true
    ignore_changes        = [input]
  }
}
module "child" {
  source = "./child"
  text   = "base"
  list   = [1, 2]
}
output "o" {
  description = "kept"
  value       = "base"
}
output "all" {
  value = [var.v, local.a, local.b, terraform_data.r.output, terraform_data.r.triggers_replace, module.child.said]
}
"""

OVERRIDE = """
terraform {
  required_version = ">= 1.1"
}
variable "v" {
  default = "changed"
}
locals {
  b = { y = 2 }
}
resource "terraform_data" "r" {
  input = "changed"
  lifecycle {
    ignore_changes = []
  }
}
module "child" {
  text = "changed"
}
output "o" {
  value = "changed"
}
"""


def _all_of(folder: Path) -> dict[str, Any]:
    return {**_outputs(folder), "provisioners": folder.joinpath("provisioned.txt").read_text()}


def _outputs(folder: Path) -> dict[str, Any]:
    _run(folder, "init", "-input=false")
    _run(folder, "apply", "-auto-approve", "-input=false")
    found: dict[str, Any] = json.loads(_run(folder, "output", "-json"))
    return found


def _run(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1", "TF_IN_AUTOMATION": "1"}
    done = subprocess.run(
        ["terraform", *arguments, "-no-color"], cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, f"terraform {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
    return done.stdout
