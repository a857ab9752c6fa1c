"""What synthesis cannot judge of a trail, its alarms and topics, Terraform refuses at the plan."""

import re
from collections.abc import Callable

import pytest

from secureinfra import (
    AlarmTuning,
    AwsProvider,
    AwsProviderConfig,
    DataEvents,
    LogGroupConfig,
    SecureLogGroup,
    SecureTopic,
    SecureTrail,
    SecurityAlarms,
    SecurityAlarmsConfig,
    TerraformVariable,
    TrailConfig,
)
from secureinfra.testing import synthesize, test_stack
from tests.referees.runner import Terraform

pytestmark = pytest.mark.xdist_group("emulator")

GOOD: dict[str, object] = {
    "account": "123456789012",
    "address": "security@example.com",
    "bucket": "arn:aws:s3:::acme/",
    "calls": 5,
    "days": 365,
    "seconds": 900,
}
BAD: dict[str, object] = {
    "account": "111122223333",
    "address": "security",
    "bucket": "acme",
    "calls": 0,
    "days": 90,
    "seconds": 86400,
}


def document_with(values: dict[str, object]) -> dict[str, object]:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    for name, value in values.items():
        TerraformVariable(stack, name, type="string" if isinstance(value, str) else "number", default=value)
    events = DataEvents(name="some", resource_type="AWS::S3::Object", arns_starting_with=("${var.bucket}",))
    trail = SecureTrail(stack, "audit", TrailConfig(data_events=(events,), bucket_retention_days="${var.days}"))  # type: ignore[arg-type]
    tuning = AlarmTuning(threshold="${var.calls}", period_seconds="${var.seconds}", evaluation_periods=8)  # type: ignore[arg-type]
    config = SecurityAlarmsConfig(subscribers=("${var.address}",), tuning={"vpc-changes": tuning})
    SecurityAlarms(stack, "alarms", config, trail=trail)
    SecureLogGroup(stack, "app", LogGroupConfig(retention_in_days="${var.days}"))  # type: ignore[arg-type]
    SecureTopic(stack, "pages").grant_publish("arn:aws:iam::${var.account}:role/publisher")
    return synthesize(stack)


def test_refuses_bad_values(terraform: Callable[..., Terraform], emulator: str) -> None:
    # Terraform judges nothing behind a resource that it has refused: the bucket goes before the trail.
    runner = terraform(document_with({**GOOD, "bucket": "acme"}), endpoint=emulator)
    said = [runner.run("plan", "-input=false", accept=(1,))]
    said.append(terraform(document_with(BAD), endpoint=emulator).run("plan", "-input=false", accept=(1,)))
    together = re.sub(r"[\s│╷╵]+", " ", " ".join(said))
    for message in (
        "test/audit: DataEvents arns_starting_with is not a beginning of an ARN",
        "test/audit/logs: LogBucketConfig expiration_days breaks s3-log-bucket-retained",
        "test/alarms: AlarmTuning threshold must be between 1 and 1000000 events",
        "test/alarms: period_seconds x evaluation_periods is longer than CloudWatch looks back",
        "test/alarms/topic: email endpoint is not an email address",
        "test/app: LogGroupConfig retention_in_days breaks log-group-retained",
        "belongs to another account, which breaks control sns-topic-same-account",
    ):
        assert message in together


def test_accepts_good_values(terraform: Callable[..., Terraform], emulator: str) -> None:
    terraform(document_with(GOOD), endpoint=emulator).run("plan", "-input=false")
