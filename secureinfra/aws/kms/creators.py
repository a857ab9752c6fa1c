"""Strict keys for services that use a key in the name of who creates something, and by grants of their own from then on."""

from __future__ import annotations

from secureinfra.aws.kms.key import SecureKey
from secureinfra.policy import Condition, Principal, Statement
from secureinfra.policy.conditions import via_service

_ACTIONS = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncrypt*",
    "kms:GenerateDataKey*",
    "kms:CreateGrant",
    "kms:DescribeKey",
)


def allow_creation_through(key: SecureKey, sid: str, service: str, *conditions: Condition) -> None:
    """Let principals of the account that may create something with the service do so under a strict key; IAM decides which.

    Other keys leave it to IAM anyway.

    Args:
        key: the key.
        sid: statement id in its policy.
        service: the service that requests must come through, e.g. `elasticfilesystem`.
        conditions: further conditions.
    """
    if not key.config.strict:
        return
    account = Principal.arns(f"arn:{key.partition}:iam::{key.account_id}:root")
    via = via_service(f"{service}.{key.region}.{key.dns_suffix}")
    key.policy.add(
        Statement(sid=sid, principal=account, actions=_ACTIONS, resources=("*",), conditions=(via, *conditions))
    )
