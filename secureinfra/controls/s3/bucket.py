"""Controls on S3 buckets: encryption, versions, logs, replication, events and names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.s3.settings import (
    bucket_of,
    judged_elsewhere,
    settings_of,
    unless_access_log,
    unless_logs_of_s3,
)
from secureinfra.controls.shared.arguments import is_set, is_true
from secureinfra.controls.shared.keys import is_customer_key
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

ENCRYPTED = Control(
    id="s3-bucket-encrypted",
    title="S3 objects are encrypted with a customer managed key",
    why="only a customer managed key shows and limits who reads the data",
    row="s3-sse-kms",
    fix=(
        "Write an aws_s3_bucket_server_side_encryption_configuration for the bucket with sse_algorithm = "
        '"aws:kms" and the ARN of a customer managed key as kms_master_key_id.'
    ),
    setting="SecureBucket does, with a SecureKey of its own unless it is given one as key=.",
)
_KMS = 'sse_algorithm = "aws:kms" with a customer managed key'
_NO_KMS_LOGS = "S3 and load balancers do not deliver logs to a bucket with default SSE-KMS"


@ENCRYPTED.check("aws_s3_bucket")
def _encrypted(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    type = "aws_s3_bucket_server_side_encryption_configuration"
    judged_elsewhere(bucket, type, configuration)
    nodes = bucket.blocks("server_side_encryption_configuration")
    rules = [rule for node in nodes for rule in node.blocks("rule")]
    missing = [Failure(f"no {type} (AWS defaults to SSE-S3, with a key that AWS owns)", _KMS)]
    failures = each(rules, lambda rule: _uses_key(rule, configuration)) if rules else missing
    yield from unless_access_log(bucket, failures, _NO_KMS_LOGS, configuration)


@ENCRYPTED.check("aws_s3_bucket_server_side_encryption_configuration")
def _encryption_configuration(encryption: Block, configuration: Configuration) -> Iterator[Failure]:
    rules = encryption.blocks("rule")
    failures = each(rules, lambda rule: _uses_key(rule, configuration)) if rules else [Failure("no rule", _KMS)]
    yield from unless_access_log(bucket_of(encryption, configuration), failures, _NO_KMS_LOGS, configuration)


def _uses_key(rule: Node, configuration: Configuration) -> Iterator[Failure]:
    default = "apply_server_side_encryption_by_default"
    algorithm = rule.get(f"{default}.sse_algorithm")
    if algorithm not in ("aws:kms", "aws:kms:dsse"):
        yield Failure(written("sse_algorithm", algorithm), _KMS, at=f"{rule.path}.{default}.sse_algorithm")
        return
    key = rule.get(f"{default}.kms_master_key_id")
    if not is_customer_key(key, configuration):
        expected = "kms_master_key_id = the ARN of a customer managed key, e.g. aws_kms_key.main.arn"
        yield Failure(written("kms_master_key_id", key), expected, at=f"{rule.path}.{default}.kms_master_key_id")


VERSIONED = Control(
    id="s3-bucket-versioned",
    title="S3 buckets have versioning",
    why="an overwrite or delete could not be undone",
    row="s3-versioning",
    fix='Write an aws_s3_bucket_versioning for the bucket with versioning_configuration.status = "Enabled".',
)


@VERSIONED.check("aws_s3_bucket")
def _versioned(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    judged_elsewhere(bucket, "aws_s3_bucket_versioning", configuration)
    nodes = bucket.blocks("versioning")
    if not nodes:
        yield Failure("no aws_s3_bucket_versioning", 'status = "Enabled"')
    for node in nodes:
        if not is_true(value := node.get("enabled")):
            yield Failure(written("versioning.enabled", value), "enabled = true", at=node.path)


@VERSIONED.check("aws_s3_bucket_versioning")
def _versioning(versioning: Block, configuration: Configuration) -> Iterator[Failure]:
    if (status := versioning.get("versioning_configuration.status")) != "Enabled":
        yield Failure(written("status", status), 'status = "Enabled"', at="versioning_configuration[0].status")


MFA_DELETE = Control(
    id="s3-bucket-mfa-delete",
    title="S3 buckets require MFA to delete versions",
    why="an attacker with stolen credentials could delete old versions too",
    row="s3-mfa-delete",
    fix=(
        'Remove mfa_delete or set it to "Enabled". Only the root user with an MFA code can enable it, '
        "outside of Terraform, and only on a bucket without lifecycle rules; object lock protects versions "
        "without it."
    ),
    setting="SecureBucket(..., BucketConfig(object_lock=ObjectLock(days=30))) guards versions instead.",
)


@MFA_DELETE.check("aws_s3_bucket_versioning")
def _mfa_delete(versioning: Block, configuration: Configuration) -> Iterator[Failure]:
    value = versioning.get("versioning_configuration.mfa_delete")
    if value in (None, ""):
        raise NotApplicable("only the root user with an MFA code can enable MFA delete, which Terraform cannot do")
    if value == "Enabled":
        return
    # docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-and-other-bucket-config.html
    bucket = bucket_of(versioning, configuration)
    if bucket is not None and (
        bucket.blocks("lifecycle_rule") or settings_of(bucket, "aws_s3_bucket_lifecycle_configuration", configuration)
    ):
        raise NotApplicable("S3 does not support MFA delete on a bucket with lifecycle rules")
    yield Failure(
        written("mfa_delete", value), "mfa_delete is not disabled", at="versioning_configuration[0].mfa_delete"
    )


@MFA_DELETE.check("aws_s3_bucket")
def _mfa_delete_within_bucket(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    judged_elsewhere(bucket, "aws_s3_bucket_versioning", configuration)
    # The provider fills in `false`.
    if not any_of(bucket.blocks("versioning"), lambda node: is_true(node.get("mfa_delete"))):
        raise NotApplicable("only the root user with an MFA code can enable MFA delete, which Terraform cannot do")
    yield from ()


LOGGED = Control(
    id="s3-bucket-logged",
    title="S3 buckets have access logging",
    why="you could not find out later who read what",
    row="s3-access-logging",
    fix="Write an aws_s3_bucket_logging for the bucket with a log bucket as target_bucket.",
    setting="SecureBucket does, to the stack's shared LogBucket unless it is given one as access_log=.",
)
_ENDLESS = "an access log in the same bucket would log itself endlessly"


@LOGGED.check("aws_s3_bucket")
def _logged(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    judged_elsewhere(bucket, "aws_s3_bucket_logging", configuration)
    if bucket.blocks("logging"):
        yield from _logs_elsewhere(bucket, "logging.target_bucket", bucket, configuration)
    else:
        failures = [Failure("no aws_s3_bucket_logging", "target_bucket = a log bucket")]
        yield from unless_logs_of_s3(bucket, failures, _ENDLESS, configuration)


@LOGGED.check("aws_s3_bucket_logging")
def _logging(logging: Block, configuration: Configuration) -> Iterator[Failure]:
    return _logs_elsewhere(logging, "target_bucket", bucket_of(logging, configuration), configuration)


def _logs_elsewhere(block: Block, path: str, bucket: Block | None, configuration: Configuration) -> Iterator[Failure]:
    value = block.get(path)
    target = bucket_of(block, configuration, path)
    names = {named for named in (value, block.get("bucket")) if isinstance(named, str)}
    literally = isinstance(value, str) and isinstance(block.get("bucket"), str) and len(names) == 1
    if literally or (target is not None and target is bucket):
        yield Failure(f"{written(path, value)}, the bucket itself", f"{path} = another bucket", at=path)
    elif not is_set(value):
        yield Failure(written(path, value), f"{path} = a log bucket", at=path)


REPLICATED = Control(
    id="s3-bucket-replicated",
    title="S3 buckets replicate new objects to another region",
    why="the loss of a region or of the bucket would be the loss of the data",
    row="s3-replication",
    fix="Write an aws_s3_bucket_replication_configuration for the bucket with an enabled rule to a bucket in another region.",
    setting="SecureBucket(..., BucketConfig(replicate_to=Replication(...))) does.",
)
_REPLICATION = "aws_s3_bucket_replication_configuration"
_COPIED = 'a rule with status = "Enabled" to a bucket in another region'


@REPLICATED.check("aws_s3_bucket")
def _replicated(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    judged_elsewhere(bucket, _REPLICATION, configuration)
    rules = [rule for node in bucket.blocks("replication_configuration") for rule in node.blocks("rules")]
    if not any_of(rules, lambda rule: rule.get("status") == "Enabled"):
        yield Failure("no enabled rule" if rules else f"no {_REPLICATION}", _COPIED)


@REPLICATED.check(_REPLICATION)
def _replication(replication: Block, configuration: Configuration) -> Iterator[Failure]:
    bucket = bucket_of(replication, configuration)

    def copies(rule: Node) -> bool:
        return rule.get("status") == "Enabled" and not _is_near(rule, bucket, configuration)

    if not any_of(replication.blocks("rule"), copies):
        yield Failure("no enabled rule to another region", _COPIED, at="rule")


def _is_near(rule: Node, bucket: Block | None, configuration: Configuration) -> bool:
    """Whether replicas certainly stay in the region: both buckets are in the configuration, under one provider."""
    target = configuration.target(rule.get("destination.bucket"))
    # A plan does not say which provider a resource is under.
    if target is None or bucket is None or target.document is None or target.type != bucket.type:
        return False
    return all(target.raw.get(name) == bucket.raw.get(name) for name in ("provider", "region"))


NOTIFIED = Control(
    id="s3-bucket-notified",
    title="S3 buckets send event notifications",
    why="no workload could react to objects that are created or deleted",
    row="s3-event-notifications",
    fix="Write an aws_s3_bucket_notification for the bucket with eventbridge = true, a queue, a topic or a function.",
)


@NOTIFIED.check("aws_s3_bucket")
def _notified(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    judged_elsewhere(bucket, "aws_s3_bucket_notification", configuration)
    yield Failure("no aws_s3_bucket_notification", "eventbridge = true")


@NOTIFIED.check("aws_s3_bucket_notification")
def _notification(notification: Block, configuration: Configuration) -> Iterator[Failure]:
    targets = [node for name in ("queue", "topic", "lambda_function") for node in notification.blocks(name)]
    asked: tuple[Callable[[], bool], ...] = (
        lambda: any_of(targets, lambda node: node.is_there),
        lambda: is_true(notification.get("eventbridge")),
    )
    if not any_of(asked, lambda ask: ask()):
        yield Failure("no target", "eventbridge = true, or a queue, topic or lambda_function")


DNS_NAME = Control(
    id="s3-bucket-dns-name",
    title="S3 bucket names are valid DNS labels",
    why="dots or capitals in the name break TLS to the bucket, and clients may then turn TLS off",
    row="s3-dns-name",
    fix="Set a bucket name of 3 to 63 lower-case letters, digits and hyphens, without dots.",
    setting="SecureBucket refuses other names.",
)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]")
_PREFIX = re.compile(r"[a-z0-9][a-z0-9-]{0,36}")
# Values of AWS or of a provider that consist of digits, lower-case letters and hyphens.
_PLAIN = re.compile(
    r"\$\{(?:module\.[^.{}]+\.)*(?:data\.aws_(?:caller_identity|region|partition)|random_(?:id|uuid))"
    r"\.[^.{}]+\.(?:account_id|id|name|region|partition|hex|result)\}"
)


@DNS_NAME.check("aws_s3_bucket")
def _dns_name(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    for name, pattern in (("bucket", _NAME), ("bucket_prefix", _PREFIX)):
        value = bucket.get(name)
        if not is_unknown(value) and value in (None, ""):
            continue
        text = _PLAIN.sub("0", value.text) if is_unknown(value) else str(value)
        literal = re.sub(r"\$\{[^}]*\}|\(known after apply\)", "", text)
        wrong = "." in literal or literal != literal.lower()
        if wrong or (literal == text and not pattern.fullmatch(text)):
            yield Failure(written(name, value), f"{name} = lower-case letters, digits and hyphens", at=name)
        elif literal != text:
            raise UnknownValueError(value)
