"""Controls on how long objects, versions and logs stay in S3 buckets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.s3.settings import (
    bucket_of,
    is_named_for_logs,
    judged_elsewhere,
    settings_of,
    takes_logs,
    unless_access_log,
)
from secureinfra.controls.shared.arguments import at_most, is_true, number
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.facts.retention import A_YEAR
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

_CONFIGURATION = "aws_s3_bucket_lifecycle_configuration"
_MOST_DAYS_OF_UPLOADS = 7


@dataclass(frozen=True)
class _Rule:
    """A lifecycle rule: a `rule` of the configuration, or a `lifecycle_rule` within a bucket (provider 3)."""

    node: Node
    within_bucket: bool

    @property
    def enabled(self) -> bool:
        if self.within_bucket:
            return is_true(self.node.get("enabled"))
        return bool(self.node.get("status") == "Enabled")

    @property
    def expires_versions(self) -> bool:
        return any_of(self.node.blocks("noncurrent_version_expiration"), lambda node: node.is_there)

    @property
    def days_of_uploads(self) -> Any:
        if self.within_bucket:
            return self.node.get("abort_incomplete_multipart_upload_days")
        return self.node.get("abort_incomplete_multipart_upload.days_after_initiation")

    @property
    def is_for_everything(self) -> bool:
        filters = [self.node, *self.node.blocks("filter")]
        names = ("prefix", "tags", "object_size_greater_than", "object_size_less_than")
        narrower = any_of((node.get(name) for node in filters for name in names), _is_narrower)
        parts = [part for node in filters[1:] for name in ("and", "tag") for part in node.blocks(name)]
        return not narrower and not any_of(parts, lambda part: part.is_there)


def _is_narrower(value: Any) -> bool:
    # A missing size is 0 in some versions of the provider's state.
    return value not in (None, "", 0, {})


def _rules(block: Block, configuration: Configuration) -> list[_Rule]:
    """The rules of a lifecycle configuration, or of a bucket without a separate one.

    Raises:
        NotApplicable: the bucket has a separate one, which is checked instead.
    """
    if block.type == _CONFIGURATION:
        return [_Rule(node, within_bucket=False) for node in block.blocks("rule")]
    judged_elsewhere(block, _CONFIGURATION, configuration)
    return [_Rule(node, within_bucket=True) for node in block.blocks("lifecycle_rule")]


def _some_rule(block: Block, rules: list[_Rule], test: Callable[[_Rule], object], expected: str) -> Iterator[Failure]:
    if not rules:
        yield Failure("no rule" if block.type == _CONFIGURATION else f"no {_CONFIGURATION}", expected)
    elif not any_of(rules, lambda rule: rule.enabled and test(rule)):
        yield Failure("no enabled rule does", expected, at=rules[0].node.path.partition("[")[0])


LIFECYCLE = Control(
    id="s3-bucket-lifecycle",
    title="S3 lifecycle rules expire old versions",
    why="old versions accumulate, cost money and are kept longer than needed",
    row="s3-lifecycle",
    fix="Write an aws_s3_bucket_lifecycle_configuration for the bucket with an enabled rule and noncurrent_version_expiration.",
    setting="SecureBucket does after 90 days; BucketConfig(noncurrent_days=...) sets another time.",
)


@LIFECYCLE.check("aws_s3_bucket", _CONFIGURATION)
def _lifecycle(block: Block, configuration: Configuration) -> Iterator[Failure]:
    rules = _rules(block, configuration)
    expected = "an enabled rule with noncurrent_version_expiration"
    failures = list(_some_rule(block, rules, lambda rule: rule.expires_versions, expected))
    # A bucket that never had versioning has no old versions: any rule is enough.
    if failures and any_of(rules, lambda rule: rule.enabled) and not _has_versions(block, configuration):
        return
    yield from failures


def _has_versions(block: Block, configuration: Configuration) -> bool:
    bucket = block if block.type == "aws_s3_bucket" else bucket_of(block, configuration)
    if bucket is None:
        raise UnknownValueError(Unknown(f"versioning of the bucket of {block.address}"))
    # Suspended versioning keeps the existing versions.
    if settings := settings_of(bucket, "aws_s3_bucket_versioning", configuration):
        return any_of(settings, lambda held: held.get("versioning_configuration.status") in ("Enabled", "Suspended"))
    return any_of(bucket.blocks("versioning"), lambda node: is_true(node.get("enabled")))


UPLOADS_ABORTED = Control(
    id="s3-bucket-uploads-aborted",
    title="S3 lifecycle rules abort incomplete uploads after 7 days",
    why="parts of incomplete uploads are invisible and cost money forever",
    row="s3-abort-multipart",
    fix="Add an enabled lifecycle rule without a filter and with abort_incomplete_multipart_upload.days_after_initiation = 7.",
)


@UPLOADS_ABORTED.check("aws_s3_bucket", _CONFIGURATION)
def _uploads_aborted(block: Block, configuration: Configuration) -> Iterator[Failure]:
    soon = at_most(_MOST_DAYS_OF_UPLOADS)
    expected = "an enabled rule for all objects with abort_incomplete_multipart_upload after 7 days or sooner"

    def aborts(rule: _Rule) -> bool:
        days = rule.days_of_uploads
        return soon(days) and days != 0 and rule.is_for_everything

    return _some_rule(block, _rules(block, configuration), aborts, expected)


LOGS_RETAINED = Control(
    id="s3-log-bucket-retained",
    title="S3 log buckets keep logs for a year or longer",
    why="intrusions are often found months later, when shorter logs are gone",
    fix="Set expiration to 365 days or more in every rule of a log bucket.",
    setting="LogBucket does for 400 days; LogBucketConfig(expiration_days=...) sets another time.",
)


@LOGS_RETAINED.check("aws_s3_bucket", _CONFIGURATION)
def _logs_retained(block: Block, configuration: Configuration) -> Iterator[Failure]:
    bucket = block if block.type == "aws_s3_bucket" else bucket_of(block, configuration)
    if bucket is None:
        raise NotApplicable("the bucket is not in this configuration, so it is not known to be a log bucket")
    failures = list(each(_rules(block, configuration), _expires_early))
    # Without a failure, the bucket's policy, which may be unknown, does not matter.
    if not (takes_logs(bucket, configuration) if failures else is_named_for_logs(bucket, configuration)):
        raise NotApplicable("no AWS service writes logs to the bucket in this configuration")
    yield from failures


def _expires_early(rule: _Rule) -> Iterator[Failure]:
    if not rule.enabled:
        return
    for node in rule.node.blocks("expiration"):
        days, date = node.get("days"), node.get("date")
        # In a plan, 0 days means a rule that only removes delete markers.
        if 0 < (number(days) or 0) < A_YEAR:
            yield Failure(written("expiration.days", days), "days = 365 or more", at=f"{node.path}.days")
        if date not in (None, ""):
            yield Failure(written("expiration.date", date), "days = 365 or more", at=f"{node.path}.date")


OBJECT_LOCKED = Control(
    id="s3-bucket-object-locked",
    title="S3 buckets have object lock with default retention",
    why="an attacker with an administrator's credentials could delete data and its old versions",
    row="s3-object-lock",
    fix="Write an aws_s3_bucket_object_lock_configuration with default_retention, which also works for a bucket that exists.",
    setting="SecureBucket(..., BucketConfig(object_lock=ObjectLock(days=30))) does.",
)
# docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html
_NO_LOCKED_LOGS = "S3 does not deliver logs to a bucket with default retention"
_RETENTION = 'rule.default_retention.mode = "GOVERNANCE" or "COMPLIANCE"'


@OBJECT_LOCKED.check("aws_s3_bucket")
def _object_locked(bucket: Block, configuration: Configuration) -> Iterator[Failure]:
    judged_elsewhere(bucket, "aws_s3_bucket_object_lock_configuration", configuration)
    nodes = bucket.blocks("object_lock_configuration")
    failures = each(nodes, _retains) if nodes else [Failure("no aws_s3_bucket_object_lock_configuration", _RETENTION)]
    yield from unless_access_log(bucket, failures, _NO_LOCKED_LOGS, configuration)


@OBJECT_LOCKED.check("aws_s3_bucket_object_lock_configuration")
def _object_lock_configuration(lock: Block, configuration: Configuration) -> Iterator[Failure]:
    yield from unless_access_log(bucket_of(lock, configuration), _retains(lock), _NO_LOCKED_LOGS, configuration)


def _retains(node: Node) -> Iterator[Failure]:
    if (mode := node.get("rule.default_retention.mode")) not in ("GOVERNANCE", "COMPLIANCE"):
        yield Failure(written("rule.default_retention.mode", mode), _RETENTION, at=node.path)
