"""Controls on CloudTrail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.cloudtrail.selectors import KINDS, Kind, records_management
from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_set, is_true
from secureinfra.controls.shared.keys import customer_key
from secureinfra.controls.verdict import Failure, NotApplicable, each, written
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

MULTI_REGION = Control(
    id="cloudtrail-multi-region",
    title="CloudTrail trails record all regions and global services",
    why="an attacker could work unseen in a region that is not recorded",
    row="trail-multi-region",
    waivable=False,
    fix="Set is_multi_region_trail = true, and leave include_global_service_events true.",
)


@MULTI_REGION.check("aws_cloudtrail")
def _multi_region(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(name: str) -> Iterator[Failure]:
        # By default the provider records a single region, and global services.
        value = trail.get(name)
        if not is_true(name == "include_global_service_events" if value is None else value):
            yield Failure(written(name, value), f"{name} = true", at=name)

    failures = list(each(("is_multi_region_trail", "include_global_service_events"), judge))
    if failures:
        unless_another(trail, configuration, _records_everything)
    yield from failures


LOGGING = Control(
    id="cloudtrail-logging",
    title="CloudTrail trails are logging",
    why="nothing would be recorded",
    row="trail-logging-on",
    waivable=False,
    fix="Set enable_logging = true, or leave it out.",
)

LOGGING.check("aws_cloudtrail")(argument("enable_logging", is_true, "enable_logging = true", absent=True))

VALIDATED = Control(
    id="cloudtrail-validated",
    title="CloudTrail trails have log file validation",
    why="you could not prove that the log files are complete and unmodified",
    row="trail-log-validation",
    waivable=False,
    fix="Set enable_log_file_validation = true.",
)

VALIDATED.check("aws_cloudtrail")(
    argument("enable_log_file_validation", is_true, "enable_log_file_validation = true", absent=False)
)

ENCRYPTED = Control(
    id="cloudtrail-encrypted",
    title="CloudTrail log files are encrypted with a customer managed key",
    why="the log files could be read with S3 permissions alone",
    row="trail-kms",
    waivable=False,
    fix="Set kms_key_id to the ARN of a customer managed key whose policy allows cloudtrail.amazonaws.com to encrypt.",
)

# No check of the key's policy is needed: AWS refuses to create a trail that cannot use its key.
ENCRYPTED.check("aws_cloudtrail")(customer_key("kms_key_id"))

MANAGEMENT_EVENTS = Control(
    id="cloudtrail-management-events",
    title="CloudTrail trails record all management events, read and write",
    why="reconnaissance would go unseen",
    row="trail-management-events",
    waivable=False,
    fix='Remove the selectors, or add an event_selector with read_write_type = "All" and '
    "include_management_events = true, or an advanced_event_selector that selects only eventCategory "
    '"Management".',
)


@MANAGEMENT_EVENTS.check("aws_cloudtrail")
def _management_events(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(kind: Kind) -> Iterator[Failure]:
        if not records_management(trail, kind):
            yield Failure(
                f"no selector records all management {kind} events",
                'read_write_type = "All" and include_management_events = true',
                at="event_selector" if trail.blocks("event_selector") else "advanced_event_selector",
            )

    failures = list(each(KINDS, judge))
    if failures:
        # A second trail is billed per event, so a trail for data events can leave the management events to the first.
        unless_another(trail, configuration, _records_everything)
    yield from failures


TO_CLOUDWATCH = Control(
    id="cloudtrail-to-cloudwatch",
    title="CloudTrail trails deliver to CloudWatch Logs",
    why="no alarm could be triggered by an event",
    row="trail-cloudwatch-logs",
    fix="Set cloud_watch_logs_group_arn to the log group's ARN followed by :*, and cloud_watch_logs_role_arn.",
)


@TO_CLOUDWATCH.check("aws_cloudtrail")
def _to_cloudwatch(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(name: str) -> Iterator[Failure]:
        if not is_set(value := trail.get(name)):
            yield Failure(written(name, value), f"{name} = an ARN", at=name)

    return each(("cloud_watch_logs_group_arn", "cloud_watch_logs_role_arn"), judge)


BUCKET_PRIVATE = Control(
    id="cloudtrail-bucket-private",
    title="CloudTrail log buckets block public access",
    why="anyone could read the activity of the account",
    row="trail-bucket-private",
    waivable=False,
    fix="Write an aws_s3_bucket_public_access_block for the trail's bucket with all four arguments true.",
)
_FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


@BUCKET_PRIVATE.check("aws_cloudtrail")
def _bucket_private(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    bucket = _bucket_of(trail, configuration)
    blocks = configuration.attached(bucket, "aws_s3_bucket_public_access_block", "bucket")
    if not blocks:
        # The block on the account covers every bucket in it.
        if not configuration.is_there(
            "aws_s3_account_public_access_block",
            test=lambda block: all(is_true(block.get(flag)) for flag in _FLAGS),
            beside=bucket,
        ):
            yield Failure(
                "no aws_s3_bucket_public_access_block",
                "an aws_s3_bucket_public_access_block with all four arguments true",
                block=bucket,
            )
        return

    def judge(part: tuple[Block, str]) -> Iterator[Failure]:
        block, flag = part
        if not is_true(value := block.get(flag)):
            yield Failure(written(flag, value), f"{flag} = true", at=flag, block=block)

    yield from each(((block, flag) for block in blocks for flag in _FLAGS), judge)


BUCKET_LOGGED = Control(
    id="cloudtrail-bucket-logged",
    title="CloudTrail log buckets have access logging",
    why="you could not find out who read or deleted log files",
    row="trail-bucket-logging",
    fix="Write an aws_s3_bucket_logging for the trail's bucket, with another bucket as the target.",
    setting="SecureTrail does, to the stack's shared access log bucket.",
)


@BUCKET_LOGGED.check("aws_cloudtrail")
def _bucket_logged(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    bucket = _bucket_of(trail, configuration)
    if configuration.attached(bucket, "aws_s3_bucket_logging", "bucket"):
        return
    # Providers before 4.0 had a block of the bucket for this, and later versions still read it.
    if not any_of(bucket.blocks("logging"), lambda node: is_set(node.get("target_bucket"))):
        yield Failure(
            "no aws_s3_bucket_logging",
            "an aws_s3_bucket_logging for this bucket, with another bucket as the target",
            block=bucket,
        )


def unless_another(trail: Block, configuration: Configuration, records: Callable[[Block], bool]) -> None:
    """Exempt a trail if another one in the configuration records what it does not.

    Raises:
        NotApplicable: there is such a trail.
    """
    others = [other for other in configuration.of_type("aws_cloudtrail") if other is not trail]
    if any_of(others, lambda other: records(other) and other.surely(trail)):
        raise NotApplicable("another trail in this configuration records these events")


def _records_everything(trail: Block) -> bool:
    return (
        is_true(trail.get("is_multi_region_trail"))
        and is_true(trail.get("include_global_service_events", True))
        and is_true(trail.get("enable_logging", True))
        and all(records_management(trail, kind) for kind in KINDS)
    )


def _bucket_of(trail: Block, configuration: Configuration) -> Block:
    """The bucket of a trail.

    Raises:
        NotApplicable: the bucket is not in this configuration.
        UnknownValueError: the bucket is unknown.
    """
    elsewhere = NotApplicable("the trail's bucket is not in this configuration")
    value = trail.get("s3_bucket_name")
    named = configuration.targets(trail, "s3_bucket_name")
    if named:
        # The bucket may be referenced through its policy, so that Terraform creates the policy first.
        through = [
            other for block in named if block.type != "aws_s3_bucket" for other in _targets(block, configuration)
        ]
        found = [block for block in (*named, *through) if (block.section, block.type) == ("resource", "aws_s3_bucket")]
        if found:
            return found[0]
        raise elsewhere
    if is_unknown(value):
        raise UnknownValueError(value)
    names = [(bucket, bucket.get("bucket")) for bucket in configuration.of_type("aws_s3_bucket")]
    for bucket, name in names:
        if not is_unknown(name) and name == value:
            return bucket
    for _, name in names:
        if is_unknown(name):
            raise UnknownValueError(name)
    raise elsewhere


def _targets(block: Block, configuration: Configuration) -> list[Block]:
    return configuration.targets(block, "bucket", "aws_s3_bucket")
