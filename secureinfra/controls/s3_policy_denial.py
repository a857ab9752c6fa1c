"""Controls on what bucket policies deny, and to whom."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.reading.s3_settings import (
    POLICY,
    has_policy,
    judged_elsewhere,
    known_text,
    policies_of,
    settings_of,
    statements_in,
    where,
)
from secureinfra.controls.verdict import Failure, any_of, each

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration
    from secureinfra.terraform.policy_document import PolicyCondition, PolicyStatement

TLS_ONLY = Control(
    id="s3-bucket-tls-only",
    title="Requests without TLS 1.2 are denied",
    why="plain HTTP exposes object data and credentials",
    row="s3-tls-only",
    waivable=False,
    mend=(
        "Deny s3:* to Principal '*' on the bucket and on its objects where aws:SecureTransport is \"false\", in an "
        "aws_s3_bucket_policy."
    ),
    python="SecureBucket and LogBucket do.",
)
_PARTS = ("the bucket", "its objects")
_TLS_DENIED = "a Deny of s3:* for Principal '*' on the bucket and its objects where aws:SecureTransport is \"false\""


@TLS_ONLY.check("aws_s3_bucket", POLICY)
def _tls_only(block: Block, configuration: Configuration) -> Iterator[Failure]:
    if block.type == "aws_s3_bucket":
        judged_elsewhere(block, POLICY, configuration)
        if not has_policy(block):
            yield Failure(f"no {POLICY}", _TLS_DENIED)
            return
    statements = statements_in(block, configuration)
    open_parts = [part for part in _PARTS if not any_of(statements, functools.partial(_shuts, part=part))]
    if open_parts:
        yield Failure(f"no Deny of requests without TLS on {' and '.join(open_parts)}", _TLS_DENIED, at="policy")


def _shuts(statement: PolicyStatement, *, part: str) -> bool:
    """Whether a statement denies every request without TLS to the bucket itself, or to its objects."""
    return (
        statement.effect == "Deny"
        and any(_is_of_tls(condition) for condition in statement.conditions)
        and all(_is_of_tls(condition) or _spares_services(condition) for condition in statement.conditions)
        and statement.everybody
        and any_of(statement.actions, lambda action: action in ("*", "s3:*"))
        and any_of(statement.resources, lambda resource: part in _parts(resource))
    )


def _is_of_tls(condition: PolicyCondition) -> bool:
    key = condition.key.lower()
    if key == "aws:securetransport":
        return not condition.negated and condition.base != "null" and _values(condition) == ["false"]
    # Plain HTTP carries no version, so that only the IfExists form denies it. A version lower than 1.2 need not be
    # denied: S3 itself has refused it since 2024 (aws.amazon.com/blogs/security/tls-1-2-required-for-aws-endpoints).
    denied_without = condition.base == "numericlessthan" and condition.operator.lower().endswith("ifexists")
    return key == "s3:tlsversion" and denied_without and _values(condition) in (["1.2"], ["1.3"])


def _spares_services(condition: PolicyCondition) -> bool:
    # AWS's own services use TLS.
    services = ("aws:principalisawsservice", "aws:viaawsservice")
    return condition.key.lower() in services and _values(condition) == ["false"]


def _values(condition: PolicyCondition) -> list[str]:
    return [known_text(value).lower() for value in condition.values]


def _parts(resource: Any) -> tuple[str, ...]:
    """Which part of a bucket a resource of its policy covers: the bucket itself, all its objects, or both."""
    # S3 takes no policy on another bucket, so that the name itself need not be compared.
    name = re.sub(r"\$\{[^}]*\}", "", known_text(resource)).rpartition(":::")[2]
    if "/" not in name:
        return _PARTS if name.endswith("*") else ("the bucket",)
    return ("its objects",) if name.partition("/")[2] == "*" else ()


POLICY_NO_LOCKOUT = Control(
    id="s3-bucket-policy-no-lockout",
    title="No policy shuts everybody out",
    why="nobody but the root user could reach the bucket or mend its policy any more",
    row="s3-policy-no-lockout",
    mend="Limit a Deny of s3:* for Principal '*' by a condition, e.g. on aws:SecureTransport.",
    python="SecureBucket writes no Deny without a condition.",
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
    parts = _PARTS if everything else ("the bucket",)
    return bool(statement.not_resources) or any_of(
        statement.resources, lambda resource: any(part in parts for part in _parts(resource))
    )


NO_CUSTOMER_KEYS = Control(
    id="s3-bucket-no-sse-c",
    title="Objects cannot be encrypted with a key that only the caller has",
    why="whoever steals a writer's credentials could hold the data to ransom",
    mend=(
        "Deny s3:PutObject where s3:x-amz-server-side-encryption-customer-algorithm is not Null, or set "
        'blocked_encryption_types = ["SSE-C"] in the encryption configuration (provider 6).'
    ),
    python="SecureBucket and LogBucket do.",
)


# docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html
@NO_CUSTOMER_KEYS.check("aws_s3_bucket")
def _no_customer_keys(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    def by_policy() -> bool:
        policies = policies_of(bucket, configuration)
        statements = (statement for policy in policies for statement in statements_in(policy, configuration))
        return any_of(statements, _refuses_customer_keys)

    def by_encryption() -> bool:
        type = "aws_s3_bucket_server_side_encryption_configuration"
        rules = (rule for held in settings_of(bucket, type, configuration) for rule in held.blocks("rule"))
        return any_of(rules, lambda rule: "SSE-C" in rule.get("blocked_encryption_types", ()))

    if not any_of((by_policy, by_encryption), lambda ask: ask()):
        yield Failure("SSE-C is not denied", "a Deny of s3:PutObject with a customer's own key, for Principal '*'")


def _refuses_customer_keys(statement: PolicyStatement) -> bool:
    (condition, *others) = statement.conditions or (None,)
    if condition is None or condition.key.lower() != "s3:x-amz-server-side-encryption-customer-algorithm":
        return False
    given = [["false"]] if condition.base == "null" else [] if condition.negated else [["aes256"], ["*"]]
    return (
        statement.effect == "Deny"
        and not others
        and _values(condition) in given
        and statement.everybody
        and statement.speaks_of("s3:PutObject")
        and any_of(statement.resources, lambda resource: "its objects" in _parts(resource))
    )
