"""The state's backend: encrypted and locked, as Terraform itself reads it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from secureinfra.aws.kms.key import SecureKey
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.backend import S3StateConfig, secure_s3_backend
from secureinfra.errors import ConfigError
from secureinfra.files.state_encryption import encryption_file
from secureinfra.terraform.read.inputs import Inputs
from secureinfra.terraform.read.load import load
from secureinfra.testing import synthesize, test_stack
from tests.referees.runner import PRESENT

KEY = "arn:aws:kms:eu-central-1:111122223333:key/00000000-0000-4000-8000-000000000000"
ROLE = "arn:aws:iam::111122223333:role/state"
LEAST: dict[str, Any] = {
    "bucket": "acme-terraform-state",
    "key": "prod/network.tfstate",
    "region": "eu-central-1",
    "kms_key_id": KEY,
}


def backend_of(**values: Any) -> dict[str, Any]:
    stack = test_stack()
    secure_s3_backend(stack, S3StateConfig(**values))
    found: dict[str, Any] = synthesize(stack)["terraform"]["backend"]["s3"]
    return found


def test_encrypted_and_locked() -> None:
    assert backend_of(**LEAST) == {**LEAST, "encrypt": True, "use_lockfile": True}


def test_role() -> None:
    assert backend_of(**LEAST, role_arn=ROLE)["assume_role"] == {"role_arn": ROLE}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bucket": "Acme_State"}, "bucket='Acme_State' is not a usable bucket name"),
        ({"kms_key_id": "alias/aws/s3"}, "kms_key_id='alias/aws/s3' is not an ARN"),
        ({"region": "europe"}, "region='europe' is not an AWS region"),
        ({"key": ""}, "key=''"),
        ({"encrypt": False}, "has no field 'encrypt'"),
        (
            {"opentofu_kms_key_id": ROLE},
            "is not the ARN of a KMS key or of an alias: its region is read from it. Write it",
        ),
        ({"opentofu_encryption": "start"}, "opentofu_encryption='start' needs a key. Set opentofu_kms_key_id as well"),
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        secure_s3_backend(test_stack(), S3StateConfig(**{**LEAST, **change}))
    assert message in str(error.value)
    assert str(error.value).startswith("test: S3StateConfig ")


@pytest.mark.parametrize("field", [*sorted(LEAST), "opentofu_kms_key_id"])
def test_refuses_references(field: str) -> None:
    with pytest.raises(ConfigError, match=f"{field}='.*' is known to Terraform only, which reads a backend before"):
        secure_s3_backend(test_stack(), S3StateConfig(**{**LEAST, field: "${var.x}"}))


def written(out: Path, **values: Any) -> Path:
    """The folder of a stack that `app.synth()` wrote with this backend."""
    app = App(outdir=str(out))
    stack = TerraformStack(app, "network")
    secure_s3_backend(stack, S3StateConfig(**{**LEAST, **values}))
    app.synth()
    return out / "stacks" / "network"


def test_opentofu_encrypts_in_a_file_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECUREINFRA_QUIET", raising=False)
    folder = written(tmp_path, opentofu_kms_key_id=KEY)
    assert "encryption" not in json.loads((folder / "cdk.tf.json").read_text())["terraform"]
    # Terraform would store the state of a new stack in plain text.
    assert "Next: tofu -chdir=" in capsys.readouterr().err
    (root,) = load(folder, Inputs(tool="opentofu"))
    assert root.module is not None
    read = {document.file: document.body for document in root.module.documents}
    assert [Path(file).name for file in read] == ["cdk.tf.json", "encryption.tofu"]
    (terraform,) = load(folder, Inputs(tool="terraform"))
    assert terraform.module is not None
    assert [Path(document.file).name for document in terraform.module.documents] == ["cdk.tf.json"]


def test_an_encryption_that_is_given_up_is_removed(tmp_path: Path) -> None:
    folder = written(tmp_path, opentofu_kms_key_id=KEY)
    assert written(tmp_path) == folder
    assert not (folder / "encryption.tofu").exists()
    (folder / "encryption.tofu").write_text("# of the user's own\n")
    written(tmp_path)
    assert (folder / "encryption.tofu").exists()


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not on PATH")
def test_terraform_reads_it(tmp_path: Path) -> None:
    stack = test_stack()
    secure_s3_backend(stack, S3StateConfig(**LEAST, role_arn=ROLE))
    SecureKey(stack, "data")
    document = synthesize(stack)
    # The backend alone: what it holds is judged without any provider.
    (tmp_path / "cdk.tf.json").write_text(json.dumps({"terraform": document["terraform"]}))
    # Which Terraform would refuse if it read it.
    (tmp_path / "encryption.tofu").write_text(encryption_file(KEY, "on"))
    environment = {**os.environ, "CHECKPOINT_DISABLE": "1"}
    for command in (("init", "-backend=false", "-input=false"), ("validate",)):
        done = subprocess.run(
            ["terraform", *command, "-no-color"],
            check=False,
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
