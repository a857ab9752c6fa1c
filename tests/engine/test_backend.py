"""The state's backend: encrypted and locked, as Terraform itself reads it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from secureinfra.aws.kms.key import SecureKey
from secureinfra.engine.backend import S3StateConfig, secure_s3_backend
from secureinfra.errors import ConfigError
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
    ],
)
def test_refuses(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        secure_s3_backend(test_stack(), S3StateConfig(**{**LEAST, **change}))
    assert message in str(error.value)
    assert str(error.value).startswith("test: S3StateConfig ")


@pytest.mark.parametrize("field", sorted(LEAST))
def test_refuses_references(field: str) -> None:
    with pytest.raises(ConfigError, match=f"{field}='.*' is known to Terraform only, which reads a backend before"):
        secure_s3_backend(test_stack(), S3StateConfig(**{**LEAST, field: "${var.x}"}))


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not on PATH")
def test_terraform_reads_it(tmp_path: Path) -> None:
    stack = test_stack()
    secure_s3_backend(stack, S3StateConfig(**LEAST, role_arn=ROLE))
    SecureKey(stack, "data")
    document = synthesize(stack)
    # The backend alone: what it holds is judged without any provider.
    (tmp_path / "cdk.tf.json").write_text(json.dumps({"terraform": document["terraform"]}))
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
