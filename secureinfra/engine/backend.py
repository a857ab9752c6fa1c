"""Where Terraform keeps the state: S3, encrypted, locked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rules import BUCKET_NAME, Arn, Region, Text, is_token
from secureinfra.engine._cdk import S3Backend, TerraformStack
from secureinfra.engine.stack import state_of


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

    def problems(self) -> Iterator[Problem]:
        """Terraform reads the backend before it resolves any reference."""
        for name in ("bucket", "key", "region", "kms_key_id", "role_arn"):
            if is_token(getattr(self, name)):
                what = "is known to Terraform only, which reads a backend before anything else"
                yield Problem(name, what, instead="Write the value itself")


def secure_s3_backend(stack: TerraformStack, config: S3StateConfig) -> S3Backend:
    """Keep a stack's state in S3: encrypted with a customer key, locked by a lock file in the bucket.

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
    return backend
