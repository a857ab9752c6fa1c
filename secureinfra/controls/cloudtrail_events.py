"""Controls on what CloudTrail records and reports besides management events, which costs extra."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.cloudtrail import unless_another
from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import is_set
from secureinfra.controls.reading.trail_selectors import KINDS, Kind, records_data
from secureinfra.controls.verdict import Check, Failure, any_of, each, written

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

_DATA = (
    'an advanced_event_selector on eventCategory "Data" and resources.type "{type}" without other limits than the '
    "log bucket"
)


def _data_events(type: str, *kinds: Kind) -> Check:
    def check(trail: Block, configuration: Configuration) -> Iterator[Failure]:
        def judge(kind: Kind) -> Iterator[Failure]:
            if not records_data(trail, kind, type):
                yield Failure(f"no selector records every {kind} of {type}", _DATA.format(type=type))

        failures = list(each(kinds, judge))
        if failures:
            unless_another(trail, configuration, lambda other: all(records_data(other, kind, type) for kind in kinds))
        yield from failures

    return check


S3_WRITES = Control(
    id="cloudtrail-s3-writes",
    title="Every write to an S3 object is recorded",
    why="nobody could tell who changed or removed data",
    row="trail-s3-write-events",
    mend="Add an advanced_event_selector for the data events of AWS::S3::Object, which leaves out the trail's own bucket.",
    python='SecureTrail(..., TrailConfig(data_events=(DataEvents(name="S3", resource_type="AWS::S3::Object"),))) does.',
)

S3_WRITES.check("aws_cloudtrail")(_data_events("AWS::S3::Object", "write"))

S3_READS = Control(
    id="cloudtrail-s3-reads",
    title="Every read of an S3 object is recorded",
    why="nobody could tell whose data a thief took",
    row="trail-s3-read-events",
    mend="Add an advanced_event_selector for the data events of AWS::S3::Object, which leaves out the trail's own bucket.",
    python='SecureTrail(..., TrailConfig(data_events=(DataEvents(name="S3", resource_type="AWS::S3::Object"),))) does.',
)

S3_READS.check("aws_cloudtrail")(_data_events("AWS::S3::Object", "read"))

LAMBDA_CALLS = Control(
    id="cloudtrail-lambda-calls",
    title="Every call of a Lambda function is recorded",
    why="nobody could tell who ran a function",
    row="trail-lambda-events",
    mend="Add an advanced_event_selector for the data events of AWS::Lambda::Function.",
    python=(
        'SecureTrail(..., TrailConfig(data_events=(DataEvents(name="functions", resource_type="AWS::Lambda::Function"),))) '
        "does."
    ),
)

LAMBDA_CALLS.check("aws_cloudtrail")(_data_events("AWS::Lambda::Function", *KINDS))

INSIGHTS = Control(
    id="cloudtrail-insights",
    title="Unusual rates of calls and errors are reported",
    why="a burst of calls by a thief would look like any other day",
    row="trail-insights",
    mend="Add an insight_selector for ApiCallRateInsight and one for ApiErrorRateInsight.",
    python="SecureTrail(..., TrailConfig(insights=True)) does.",
)
_INSIGHTS = ("ApiCallRateInsight", "ApiErrorRateInsight")


@INSIGHTS.check("aws_cloudtrail")
def _insights(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    def reports(other: Block, kind: str) -> bool:
        return any_of(other.blocks("insight_selector"), lambda node: node.get("insight_type") == kind)

    def judge(kind: str) -> Iterator[Failure]:
        if not reports(trail, kind):
            yield Failure(f"no insight_selector for {kind}", f'insight_selector with insight_type = "{kind}"')

    failures = list(each(_INSIGHTS, judge))
    if failures:
        unless_another(trail, configuration, lambda other: all(reports(other, kind) for kind in _INSIGHTS))
    yield from failures


ANNOUNCED = Control(
    id="cloudtrail-announced",
    title="New log files are announced on an SNS topic",
    why="whoever watches the files would have to look for them",
    row="trail-sns",
    mend="Set sns_topic_name to a topic that CloudTrail may publish to.",
)


@ANNOUNCED.check("aws_cloudtrail")
def _announced(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    if not is_set(value := trail.get("sns_topic_name")):
        yield Failure(
            written("sns_topic_name", value), "sns_topic_name = the name or ARN of a topic", at="sns_topic_name"
        )
