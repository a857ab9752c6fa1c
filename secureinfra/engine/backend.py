"""Where Terraform keeps the state: S3, encrypted, locked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rules import BUCKET_NAME, Arn, Region, Text, is_token
from secureinfra.engine._cdk import S3Backend, TerraformStack
from secureinfra.engine.stack import state_of
from secureinfra.files.state_encryption import Phase, encryption_file

_KMS_KEY = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:(key|alias)/.+")


class S3StateConfig(Config):
    """Where the state of a stack is stored. Terraform reads a backend before it resolves references, so nothing here may be a token."""

    bucket: Annotated[str, BUCKET_NAME]
    """Bucket that holds the state; versioned, so that an earlier state can be restored."""
    key: Text
    """Object that holds this stack's state, e.g. `payments/production.tfstate`; one for each stack."""
    region: Region
    """Region of the bucket."""
    kms_key_id: Arn
    """Key that encrypts the state, which holds every secret that Terraform knows."""
    role_arn: Arn | None = None
    """Role to assume for reading and writing the state."""
    opentofu_kms_key_id: Arn | None = None
    """ARN of the KMS key, or of its alias, under which OpenTofu itself encrypts states and plans before they leave the machine, in
    addition to what S3 does. Terraform cannot read such a state. Who plans or applies must be able to call the key directly."""
    opentofu_encryption: Phase = "on"
    """`start` also reads a state that is not encrypted yet: for the first apply of a stack that exists. `on` refuses one. `end` writes
    a state as Terraform does: apply once before the key is removed or replaced here."""

    def problems(self) -> Iterator[Problem]:
        """Terraform reads the backend before it resolves any reference."""
        for name in ("bucket", "key", "region", "kms_key_id", "role_arn", "opentofu_kms_key_id"):
            if is_token(getattr(self, name)):
                what = "is known to Terraform only, which reads a backend before anything else"
                yield Problem(name, what, instead="Write the value itself")
        yield from self._encryption_problems()

    def _encryption_problems(self) -> Iterator[Problem]:
        key = self.opentofu_kms_key_id
        if key is None:
            if self.opentofu_encryption != "on":
                yield Problem("opentofu_encryption", "needs a key", instead="Set opentofu_kms_key_id as well")
        elif not is_token(key) and not _KMS_KEY.fullmatch(key):
            yield Problem(
                "opentofu_kms_key_id",
                "is not the ARN of a KMS key or of an alias",
                "its region is read from it",
                instead="Write it as 'arn:aws:kms:REGION:ACCOUNT:key/ID' or '...:alias/NAME'",
            )

    @property
    def encryption_file(self) -> str | None:
        """What OpenTofu must read beside the stack's Terraform JSON; `None` if it does not encrypt."""
        if self.opentofu_kms_key_id is None:
            return None
        return encryption_file(self.opentofu_kms_key_id, self.opentofu_encryption, self.role_arn)


def secure_s3_backend(stack: TerraformStack, config: S3StateConfig) -> S3Backend:
    """Keep a stack's state in S3: encrypted with a customer key, locked by a lock file in the bucket.

    With `opentofu_kms_key_id`, `app.synth()` also writes `encryption.tofu` beside the stack's Terraform JSON: OpenTofu then encrypts
    states and plans itself. Terraform does not read that file.

    Args:
        stack: the stack.
        config: bucket, object, region and key.

    Raises:
        ConfigError: a value is refused.

    Example:
        `secure_s3_backend(stack, S3StateConfig(bucket="acme-state", key="network.tfstate", region="eu-central-1",
        kms_key_id="arn:aws:kms:eu-central-1:111122223333:key/..."))`
    """
    config = config.require(state_of(stack).path)
    backend = S3Backend(
        stack, bucket=config.bucket, key=config.key, region=config.region, encrypt=True, kms_key_id=config.kms_key_id
    )
    # Through overrides: Terraform 1.10 has lock files in S3, cdktf 0.21 does not know the arguments.
    stack.add_override("terraform.backend.s3.use_lockfile", True)
    if config.role_arn:
        stack.add_override("terraform.backend.s3.assume_role", {"role_arn": config.role_arn})
    state = state_of(stack)
    state.neighbors.synthesis.encryption[state.path] = config.encryption_file
    return backend
