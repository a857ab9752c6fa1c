"""Controls on requests that bucket policies deny."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.s3.settings import (
    POLICY,
    has_policy,
    judged_elsewhere,
    known_text,
    policies_of,
    settings_of,
    statements_in,
    where,
)
from secureinfra.controls.shared.denials import BUCKET, request_not_denied
from secureinfra.controls.verdict import Failure, each
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

TLS_ONLY = Control(
    id="s3-bucket-tls-only",
    title="S3 bucket policies deny requests without TLS 1.2",
    why="plain HTTP exposes object data and credentials",
    row="s3-tls-only",
    waivable=False,
    fix=(
        "Deny s3:* to Principal '*' on the bucket and on its objects if aws:SecureTransport is \"false\", in an aws_s3_bucket_policy."
    ),
)
_PARTS = {"the bucket": BUCKET, "its objects": f"{BUCKET}/*"}
_TLS_DENIED = "a Deny of s3:* for Principal '*' on the bucket and its objects if aws:SecureTransport is \"false\""


@TLS_ONLY.check("aws_s3_bucket", POLICY)
def _tls_only(block: Block, configuration: Configuration) -> Iterator[Failure]:
    if block.type == "aws_s3_bucket":
        judged_elsewhere(block, POLICY, configuration)
        if not has_policy(block):
            yield Failure(f"no {POLICY}", _TLS_DENIED)
            return
    statements = statements_in(block, configuration)
    plain = {"aws:SecureTransport": "false"}
    # Plain HTTP carries no version of TLS. A version lower than 1.2 need not be denied: S3 itself has refused it since
    # 2024 (aws.amazon.com/blogs/security/tls-1-2-required-for-aws-endpoints).
    through = {
        part: request
        for part, resource in _PARTS.items()
        if (
            request := request_not_denied(statements, configuration, "s3:*", resource, plain, absent=("s3:TlsVersion",))
        )
    }
    if through:
        found = f"no Deny of requests without TLS on {' and '.join(through)}: {next(iter(through.values()))}"
        yield Failure(found, _TLS_DENIED, at="policy")


def _parts(resource: Any) -> tuple[str, ...]:
    """Which part of a bucket a resource in its policy covers: the bucket itself, all its objects, or both."""
    # S3 does not accept a policy for another bucket, so the name need not be compared.
    name = re.sub(r"\$\{[^}]*\}", "", known_text(resource)).rpartition(":::")[2]
    if "/" not in name:
        return tuple(_PARTS) if name.endswith("*") else ("the bucket",)
    return ("its objects",) if name.partition("/")[2] == "*" else ()


POLICY_NO_LOCKOUT = Control(
    id="s3-bucket-policy-no-lockout",
    title="S3 bucket policies do not deny everything to all principals",
    why="only the root user could access the bucket or fix its policy",
    row="s3-policy-no-lockout",
    fix="Limit a Deny of s3:* for Principal '*' by a condition, e.g. on aws:SecureTransport.",
    setting="SecureBucket writes no Deny without a condition.",
)


@POLICY_NO_LOCKOUT.check("aws_s3_bucket", POLICY)
def _policy_no_lockout(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(statement: PolicyStatement) -> Iterator[Failure]:
        if statement.effect == "Deny" and statement.everybody and not statement.conditions and _locks(statement):
            yield Failure(
                "Deny for Principal '*' without a condition",
                "a condition, or fewer actions",
                at=where(block, statement),
            )

    return each(statements_in(block, configuration), judge)


def _locks(statement: PolicyStatement) -> bool:
    everything = any_of(statement.actions, lambda action: action in ("*", "s3:*"))
    for_good = all(statement.speaks_of(action) for action in ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"))
    if not everything and not for_good:
        return False
    parts = tuple(_PARTS) if everything else ("the bucket",)
    return bool(statement.not_resources) or any_of(
        statement.resources, lambda resource: any(part in parts for part in _parts(resource))
    )


NO_CUSTOMER_KEYS = Control(
    id="s3-bucket-no-sse-c",
    title="S3 bucket policies deny encryption with customer-provided keys (SSE-C)",
    why="an attacker with a writer's credentials could encrypt the data and demand a ransom",
    fix=(
        "Deny s3:PutObject if s3:x-amz-server-side-encryption-customer-algorithm is not Null, or set "
        'blocked_encryption_types = ["SSE-C"] in the encryption configuration (provider 6).'
    ),
)


# docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
@NO_CUSTOMER_KEYS.check("aws_s3_bucket")
def _no_customer_keys(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    def by_policy() -> bool:
        policies = policies_of(bucket, configuration)
        statements = [statement for policy in policies for statement in statements_in(policy, configuration)]
        header = {"s3:x-amz-server-side-encryption-customer-algorithm": "AES256"}
        return not request_not_denied(statements, configuration, "s3:PutObject", _PARTS["its objects"], header)

    def by_encryption() -> bool:
        type = "aws_s3_bucket_server_side_encryption_configuration"
        rules = (rule for held in settings_of(bucket, type, configuration) for rule in held.blocks("rule"))
        return any_of(rules, lambda rule: "SSE-C" in rule.get("blocked_encryption_types", ()))

    if not any_of((by_policy, by_encryption), lambda ask: ask()):
        yield Failure("SSE-C is not denied", "a Deny of s3:PutObject with a customer-provided key, for Principal '*'")
