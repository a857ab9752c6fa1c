"""Strict keys: who may create something under them."""

import json

from secureinfra.aws.kms.creators import allow_creation_through
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.policy.conditions import equals
from secureinfra.testing import synthesize, test_stack


def test_strict_key_is_used_through_the_service_by_whom_iam_allows() -> None:
    for strict in (True, False):
        stack = test_stack()
        key = SecureKey(stack, "data", KeyConfig(strict=strict))
        allow_creation_through(key, "Files", "elasticfilesystem", equals("kms:CallerAccount", key.account_id))
        (block,) = synthesize(stack)["resource"]["aws_kms_key"].values()
        found = [one for one in json.loads(block["policy"])["Statement"] if one["Sid"] == "Files"]
        assert bool(found) is strict
        if strict:
            assert found[0]["Principal"]["AWS"][0].endswith(":root")
            assert found[0]["Condition"]["StringEquals"] == {
                "kms:ViaService": [
                    "elasticfilesystem.${data.aws_region.current.id}.${data.aws_partition.current.dns_suffix}"
                ],
                "kms:CallerAccount": ["${data.aws_caller_identity.current.account_id}"],
            }
