"""Replication: a role that can copy and nothing else."""

import json
from typing import Any

import pytest

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.s3.bucket import BucketConfig, SecureBucket
from secureinfra.aws.s3.replication import Replication
from secureinfra.engine import configure
from secureinfra.errors import ConfigError
from secureinfra.policy.grammar import problems
from secureinfra.testing import synthesize, test_stack

REPLICA = "arn:aws:s3:::acme-replica"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1"


def resources_of(**choices: Any) -> dict[str, Any]:
    stack = test_stack()
    configure(stack, permissions_boundary="arn:aws:iam::111122223333:policy/boundary")
    to = Replication(bucket_arn=REPLICA, kms_key_arn=KEY, region="eu-west-1", **choices)
    SecureBucket(stack, "uploads", BucketConfig(replicate_to=to))
    resources: dict[str, Any] = synthesize(stack)["resource"]
    return resources


def test_copies_everything_encrypted() -> None:
    (replication,) = resources_of()["aws_s3_bucket_replication_configuration"].values()
    (rule,) = replication["rule"]
    assert rule["destination"]["encryption_configuration"] == {"replica_kms_key_id": KEY}
    assert rule["source_selection_criteria"] == {"sse_kms_encrypted_objects": {"status": "Enabled"}}
    assert "aws_s3_bucket_versioning.uploads_versioning" in replication["depends_on"]


def test_another_account_owns_its_copies() -> None:
    (replication,) = resources_of(account_id="444455556666")["aws_s3_bucket_replication_configuration"].values()
    destination = replication["rule"][0]["destination"]
    assert destination["access_control_translation"] == {"owner": "Destination"}


def test_role_copies_from_here_to_there_only() -> None:
    resources = resources_of()
    (role,) = resources["aws_iam_role"].values()
    (trust,) = json.loads(role["assume_role_policy"])["Statement"]
    assert trust["Principal"] == {"Service": ["s3.amazonaws.com"]}
    assert "Condition" not in trust
    assert role["permissions_boundary"] == "arn:aws:iam::111122223333:policy/boundary"
    (policy,) = resources["aws_iam_role_policy"].values()
    document = json.loads(policy["policy"])
    assert problems(document) == []
    reached = {resource for statement in document["Statement"] for resource in statement["Resource"]}
    bucket = "${aws_s3_bucket.uploads_bucket.arn}"
    assert reached == {bucket, f"{bucket}/*", f"{REPLICA}/*", "${aws_kms_key.uploads_key.arn}", KEY}
    for statement in document["Statement"]:
        if any(action.startswith("kms:") for action in statement["Action"]):
            assert "kms:ViaService" in statement["Condition"]["StringEquals"]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"bucket_arn": "acme", "kms_key_arn": KEY, "region": "eu-west-1"}, "is not (an|a bucket) ARN"),
        ({"bucket_arn": REPLICA, "kms_key_arn": "key", "region": "eu-west-1"}, "is not an ARN"),
        ({"bucket_arn": REPLICA, "kms_key_arn": KEY, "region": "europe"}, "is not an AWS region"),
        ({"bucket_arn": REPLICA, "region": "eu-west-1"}, "lacks 'kms_key_arn'"),
    ],
)
def test_refuses(values: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        Replication.of(values)


def test_strict_key_lets_the_role_decrypt() -> None:
    # IAM alone gives no use of a strict key: without a statement in the key's policy nothing would be copied, silently.
    stack = test_stack()
    key = SecureKey(stack, "data", KeyConfig(strict=True))
    to = Replication(bucket_arn=REPLICA, kms_key_arn=KEY, region="eu-west-1")
    SecureBucket(stack, "uploads", BucketConfig(replicate_to=to), key=key)
    statements = json.loads(synthesize(stack)["resource"]["aws_kms_key"]["data_key"]["policy"])["Statement"]
    (replicate,) = [statement for statement in statements if statement["Sid"] == "Replicate"]
    assert replicate["Principal"] == {"AWS": ["${aws_iam_role.uploads_replication_role.arn}"]}
    assert replicate["Action"] == ["kms:Decrypt"]
    assert "kms:ViaService" in replicate["Condition"]["StringEquals"]
