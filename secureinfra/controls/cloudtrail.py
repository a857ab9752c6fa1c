"""Controls on CloudTrail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, is_set, is_true
from secureinfra.controls.reading.keys import customer_key
from secureinfra.controls.reading.trail_selectors import KINDS, Kind, records_management
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each, written
from secureinfra.terraform.unknown import UnknownValueError, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

MULTI_REGION = Control(
    id="cloudtrail-multi-region",
    title="The trail records every region and the global services",
    why="an attacker works in the region that nobody watches",
    row="trail-multi-region",
    waivable=False,
    mend="Set is_multi_region_trail = true, and leave include_global_service_events true.",
    python="SecureTrail does.",
)


@MULTI_REGION.check("aws_cloudtrail")
def _multi_region(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(name: str) -> Iterator[Failure]:
        # The provider takes a single region and the global services where nothing is written.
        value = trail.get(name)
        if not is_true(name == "include_global_service_events" if value is None else value):
            yield Failure(written(name, value), f"{name} = true", at=name)

    failures = list(each(("is_multi_region_trail", "include_global_service_events"), judge))
    if failures:
        unless_another(trail, configuration, _records_everything)
    yield from failures


LOGGING = Control(
    id="cloudtrail-logging",
    title="The trail is switched on",
    why="nothing would be recorded",
    row="trail-logging-on",
    waivable=False,
    mend="Set enable_logging = true, or leave it out.",
    python="SecureTrail does.",
)

LOGGING.check("aws_cloudtrail")(argument("enable_logging", is_true, "enable_logging = true", absent=True))

VALIDATED = Control(
    id="cloudtrail-validated",
    title="Log files carry digests that show tampering",
    why="nobody could prove that the record is complete",
    row="trail-log-validation",
    waivable=False,
    mend="Set enable_log_file_validation = true.",
    python="SecureTrail does.",
)

VALIDATED.check("aws_cloudtrail")(
    argument("enable_log_file_validation", is_true, "enable_log_file_validation = true", absent=False)
)

ENCRYPTED = Control(
    id="cloudtrail-encrypted",
    title="Log files are encrypted with a customer key",
    why="the record of everything would be readable with S3 access alone",
    row="trail-kms",
    waivable=False,
    mend="Set kms_key_id to the ARN of a customer managed key whose policy lets cloudtrail.amazonaws.com encrypt.",
    python="SecureTrail does.",
)

# Whether the key's policy lets CloudTrail encrypt needs no check: AWS makes no trail where it does not.
ENCRYPTED.check("aws_cloudtrail")(customer_key("kms_key_id"))

MANAGEMENT_EVENTS = Control(
    id="cloudtrail-management-events",
    title="All management events are recorded, reads and writes",
    why="reconnaissance would go unseen",
    row="trail-management-events",
    waivable=False,
    mend='Leave the selectors out, or add an event_selector with read_write_type = "All" and include_management_events = '
    'true, or an advanced_event_selector on eventCategory "Management" alone.',
    python="SecureTrail does.",
)


@MANAGEMENT_EVENTS.check("aws_cloudtrail")
def _management_events(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(kind: Kind) -> Iterator[Failure]:
        if not records_management(trail, kind):
            yield Failure(
                f"no selector records every management event that {kind}s",
                'read_write_type = "All" and include_management_events = true',
                at="event_selector" if trail.blocks("event_selector") else "advanced_event_selector",
            )

    failures = list(each(KINDS, judge))
    if failures:
        # A second trail costs by the event, so that one for data events leaves the management events to the first.
        unless_another(trail, configuration, _records_everything)
    yield from failures


TO_CLOUDWATCH = Control(
    id="cloudtrail-to-cloudwatch",
    title="Events are delivered to CloudWatch Logs",
    why="no alarm could fire",
    row="trail-cloudwatch-logs",
    mend="Set cloud_watch_logs_group_arn to the log group's ARN with :* behind it, and cloud_watch_logs_role_arn.",
    python="SecureTrail does.",
)


@TO_CLOUDWATCH.check("aws_cloudtrail")
def _to_cloudwatch(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(name: str) -> Iterator[Failure]:
        if not is_set(value := trail.get(name)):
            yield Failure(written(name, value), f"{name} = an ARN", at=name)

    return each(("cloud_watch_logs_group_arn", "cloud_watch_logs_role_arn"), judge)


BUCKET_PRIVATE = Control(
    id="cloudtrail-bucket-private",
    title="The log bucket is not public",
    why="anybody could read what happens in the account",
    row="trail-bucket-private",
    waivable=False,
    mend="Give the trail's bucket an aws_s3_bucket_public_access_block with all four flags true.",
    python="SecureTrail does.",
)
_FLAGS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")


@BUCKET_PRIVATE.check("aws_cloudtrail")
def _bucket_private(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    bucket = _bucket_of(trail, configuration)
    blocks = configuration.attached(bucket, "aws_s3_bucket_public_access_block", "bucket")
    if not blocks:
        # The account's own block covers every bucket in it.
        of_account = configuration.of_type("aws_s3_account_public_access_block")
        if not any_of(of_account, lambda block: all(is_true(block.get(flag)) for flag in _FLAGS)):
            yield Failure("no aws_s3_bucket_public_access_block", "one with all four flags true", block=bucket)
        return

    def judge(part: tuple[Block, str]) -> Iterator[Failure]:
        block, flag = part
        if not is_true(value := block.get(flag)):
            yield Failure(written(flag, value), f"{flag} = true", at=flag, block=block)

    yield from each(((block, flag) for block in blocks for flag in _FLAGS), judge)


BUCKET_LOGGED = Control(
    id="cloudtrail-bucket-logged",
    title="Access to the log bucket is logged",
    why="nobody could tell who read or removed the record",
    row="trail-bucket-logging",
    mend="Write an aws_s3_bucket_logging for the trail's bucket, to another bucket.",
    python="SecureTrail does, to the access-log bucket that the stack shares.",
)


@BUCKET_LOGGED.check("aws_cloudtrail")
def _bucket_logged(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    bucket = _bucket_of(trail, configuration)
    if configuration.attached(bucket, "aws_s3_bucket_logging", "bucket"):
        return
    # Providers before 4.0 had it as a block of the bucket, and later ones still read it.
    if not any_of(bucket.blocks("logging"), lambda node: is_set(node.get("target_bucket"))):
        yield Failure("no aws_s3_bucket_logging", "one for this bucket, to another bucket", block=bucket)


def unless_another(trail: Block, configuration: Configuration, records: Callable[[Block], bool]) -> None:
    """Excuse a trail beside another of the same configuration that records what it does not.

    Raises:
        NotApplicable: there is one.
    """
    others = [other for other in configuration.of_type("aws_cloudtrail") if other is not trail]
    if any_of(others, records):
        raise NotApplicable("another trail of this configuration records that")


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
        NotApplicable: it is not in this configuration.
        UnknownValueError: nobody knows which it is.
    """
    elsewhere = NotApplicable("the trail's bucket is not in this configuration")
    value = trail.get("s3_bucket_name")
    named = configuration.targets(trail, "s3_bucket_name")
    if named:
        # The bucket may be named through its policy, so that Terraform makes that first.
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
