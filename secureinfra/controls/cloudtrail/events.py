"""Controls on optional CloudTrail events and reports, which cost extra."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.cloudtrail.selectors import KINDS, Kind, records_data
from secureinfra.controls.cloudtrail.trail import unless_another
from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import is_set
from secureinfra.controls.verdict import Check, Failure, each, written
from secureinfra.terraform.unknown import any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_DATA = (
    'an advanced_event_selector on eventCategory "Data" and resources.type "{type}" with no other filter '
    "than the log bucket"
)


def _data_events(type: str, *kinds: Kind) -> Check:
    def check(trail: Block, configuration: Configuration) -> Iterator[Failure]:
        def judge(kind: Kind) -> Iterator[Failure]:
            if not records_data(trail, kind, type):
                yield Failure(f"no selector records all {kind} events of {type}", _DATA.format(type=type))

        failures = list(each(kinds, judge))
        if failures:
            unless_another(trail, configuration, lambda other: all(records_data(other, kind, type) for kind in kinds))
        yield from failures

    return check


S3_WRITES = Control(
    id="cloudtrail-s3-writes",
    title="CloudTrail records all S3 object write events",
    why="you could not find out who changed or deleted data",
    row="trail-s3-write-events",
    fix="Add an advanced_event_selector for data events of AWS::S3::Object that excludes the trail's own bucket.",
    setting='SecureTrail(..., TrailConfig(data_events=(DataEvents(name="S3", resource_type="AWS::S3::Object"),))) does.',
)

S3_WRITES.check("aws_cloudtrail")(_data_events("AWS::S3::Object", "write"))

S3_READS = Control(
    id="cloudtrail-s3-reads",
    title="CloudTrail records all S3 object read events",
    why="you could not find out what data was stolen",
    row="trail-s3-read-events",
    fix="Add an advanced_event_selector for data events of AWS::S3::Object that excludes the trail's own bucket.",
    setting='SecureTrail(..., TrailConfig(data_events=(DataEvents(name="S3", resource_type="AWS::S3::Object"),))) does.',
)

S3_READS.check("aws_cloudtrail")(_data_events("AWS::S3::Object", "read"))

LAMBDA_CALLS = Control(
    id="cloudtrail-lambda-calls",
    title="CloudTrail records all Lambda function invocations",
    why="you could not find out who invoked a function",
    row="trail-lambda-events",
    fix="Add an advanced_event_selector for data events of AWS::Lambda::Function.",
    setting=(
        'SecureTrail(..., TrailConfig(data_events=(DataEvents(name="functions", resource_type="AWS::Lambda::Function"),))) '
        "does."
    ),
)

LAMBDA_CALLS.check("aws_cloudtrail")(_data_events("AWS::Lambda::Function", *KINDS))

INSIGHTS = Control(
    id="cloudtrail-insights",
    title="CloudTrail Insights reports unusual API call and error rates",
    why="a burst of calls by an attacker would look like normal activity",
    row="trail-insights",
    fix="Add an insight_selector for ApiCallRateInsight and one for ApiErrorRateInsight.",
)
_INSIGHTS = ("ApiCallRateInsight", "ApiErrorRateInsight")


@INSIGHTS.check("aws_cloudtrail")
def _insights(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    def reports(other: Block, kind: str) -> bool:
        return any_of(other.blocks("insight_selector"), lambda node: node.get("insight_type") == kind)

    def judge(kind: str) -> Iterator[Failure]:
        if not reports(trail, kind):
            yield Failure(f"no insight_selector for {kind}", f'an insight_selector with insight_type = "{kind}"')

    failures = list(each(_INSIGHTS, judge))
    if failures:
        unless_another(trail, configuration, lambda other: all(reports(other, kind) for kind in _INSIGHTS))
    yield from failures


ANNOUNCED = Control(
    id="cloudtrail-announced",
    title="CloudTrail announces new log files on an SNS topic",
    why="tools that process the log files would have to poll for them",
    row="trail-sns",
    fix="Set sns_topic_name to a topic whose policy allows CloudTrail to publish.",
)


@ANNOUNCED.check("aws_cloudtrail")
def _announced(trail: Block, configuration: Configuration) -> Iterator[Failure]:
    if not is_set(value := trail.get("sns_topic_name")):
        yield Failure(
            written("sns_topic_name", value), "sns_topic_name = the name or ARN of a topic", at="sns_topic_name"
        )
