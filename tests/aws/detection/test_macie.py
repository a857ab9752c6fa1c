"""Macie: on, results exported, searches that repeat."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.detection.macie import DiscoveryJob, Macie, MacieConfig
from secureinfra.aws.kms.key import SecureKey
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

JOBS = (
    DiscoveryJob(name="uploads", buckets=("acme-uploads", "${var.inbox}"), schedule="daily", sampling_percentage=10),
    DiscoveryJob(name="archive", buckets=("acme-archive",), schedule="weekly"),
    DiscoveryJob(name="lake", buckets=("acme-lake",), schedule="monthly"),
)


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Macie(stack, "macie")
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    home = Macie(stack, "macie", MacieConfig(jobs=JOBS, tags={"team": "security"}), key=SecureKey(stack, "data"))
    Macie(stack, "macie-other", log_bucket=home.log_bucket, provider="aws.other")
    gulf = MacieConfig(opt_in_region="me-south-1", bucket_retention_days=None, protect=False)
    Macie(stack, "macie-gulf", gulf, provider="aws.gulf")
    matches_snapshot(stack)


def test_enabled() -> None:
    stack = test_stack()
    Macie(stack, "macie")
    (account,) = synthesize(stack)["resource"]["aws_macie2_account"].values()
    assert account["status"] == "ENABLED"
    assert account["finding_publishing_frequency"] == "FIFTEEN_MINUTES"
    assert_meets(synthesize(stack), "all")


def test_results_are_exported_once_macie_bucket_and_key_are_there() -> None:
    stack = test_stack()
    Macie(stack, "macie")
    (export,) = synthesize(stack)["resource"]["aws_macie2_classification_export_configuration"].values()
    assert export["s3_destination"] == {
        "bucket_name": "${aws_s3_bucket.macie_reports_bucket.bucket}",
        "kms_key_arn": "${aws_kms_key.macie_key.arn}",
    }
    assert export["depends_on"] == ["aws_macie2_account.macie_account", "aws_s3_bucket_policy.macie_reports_policy"]


@pytest.mark.parametrize(
    ("schedule", "frequency"),
    [
        ("daily", {"daily_schedule": True}),
        ("weekly", {"weekly_schedule": "MONDAY"}),
        ("monthly", {"monthly_schedule": 1}),
    ],
)
def test_job_repeats(schedule: Any, frequency: dict[str, Any]) -> None:
    stack = test_stack()
    job = DiscoveryJob(name="uploads", buckets=("acme-uploads",), schedule=schedule)
    Macie(stack, "macie", MacieConfig(jobs=(job,)))
    (made,) = synthesize(stack)["resource"]["aws_macie2_classification_job"].values()
    assert (made["job_type"], made["schedule_frequency"]) == ("SCHEDULED", frequency)
    assert made["name"] == "test-macie-uploads"
    (buckets,) = made["s3_job_definition"]["bucket_definitions"]
    account = "${data.aws_caller_identity.current.account_id}"
    assert buckets == {"account_id": account, "buckets": ["acme-uploads"]}
    assert made["depends_on"] == ["aws_macie2_classification_export_configuration.macie_export"]


def test_other_region_exports_to_the_bucket_of_the_first() -> None:
    stack = test_stack()
    home = Macie(stack, "macie")
    Macie(stack, "other", log_bucket=home.log_bucket, provider="aws.other")
    resources = synthesize(stack)["resource"]
    export = resources["aws_macie2_classification_export_configuration"]["other_export"]
    assert export["provider"] == "aws.other"
    assert export["s3_destination"]["kms_key_arn"] == "${aws_kms_key.macie_key.arn}"
    assert list(resources["aws_s3_bucket"]) == ["macie_reports_bucket", "access_logs_bucket"]


def test_bucket_that_only_terraform_knows_is_judged_by_it() -> None:
    stack = test_stack()
    Macie(stack, "macie", MacieConfig(jobs=JOBS))
    (account,) = synthesize(stack)["resource"]["aws_macie2_account"].values()
    (judged,) = account["lifecycle"]["precondition"]
    assert "var.inbox" in judged["condition"]


@pytest.mark.parametrize(
    ("jobs", "message"),
    [
        ([DiscoveryJob(name="a", buckets=("acme-a",))] * 2, "jobs has 'a' twice"),
        ([DiscoveryJob(name="a", buckets=())], "name='a' has no buckets: AWS would refuse it"),
        ([DiscoveryJob(name="Up loads", buckets=("acme-a",))], "name='Up loads' is not a job's name"),
        ([DiscoveryJob(name="a", buckets=("acme.a",))], "is not a usable bucket name"),
        ([DiscoveryJob(name="a", buckets=("acme-a",), sampling_percentage=0)], "must be between 1 and 100 per cent"),
        ([DiscoveryJob(name="a", buckets=("acme-a",), schedule="hourly")], "must be 'daily', 'weekly' or 'monthly'"),  # type: ignore[arg-type]
    ],
)
def test_refuses_unusable_job(jobs: list[DiscoveryJob], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Macie(test_stack(), "macie", MacieConfig(jobs=tuple(jobs)))


def test_refuses_pausing() -> None:
    with pytest.raises(ConfigError, match="MacieConfig has no field 'status'"):
        Macie(test_stack(), "macie", MacieConfig(status="PAUSED"))  # type: ignore[call-arg]


def test_addresses() -> None:
    stack = test_stack()
    Macie(stack, "macie", MacieConfig(jobs=JOBS))
    made = addresses(synthesize(stack))
    assert [address for address in made if address.startswith("aws_macie2")] == [
        "aws_macie2_account.macie_account",
        "aws_macie2_classification_export_configuration.macie_export",
        "aws_macie2_classification_job.macie_job_archive",
        "aws_macie2_classification_job.macie_job_lake",
        "aws_macie2_classification_job.macie_job_uploads",
    ]
    assert {"aws_kms_key.macie_key", "aws_s3_bucket.macie_reports_bucket"} <= set(made)
