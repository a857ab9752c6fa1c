"""ScheduledJobs: each job by itself, failures kept, and what is refused."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra import ConfigError, S3Code
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from secureinfra_blueprints.scheduled_jobs import Job, ScheduledJobs, ScheduledJobsConfig

CODE = S3Code(bucket="acme-builds", key="jobs.zip", object_version="3sL4kqtJlcpXroDTDmJ")
REPORT = Job(name="report", schedule="cron(0 3 * * ? *)", timezone="Europe/Berlin", code=CODE, results=True)
CLEANUP = Job(name="cleanup", schedule="rate(1 hour)", code=CODE, handler="cleanup.handler", environment={"DAYS": "30"})
FULLEST: dict[str, Any] = {
    "jobs": (REPORT, CLEANUP),
    "results_days": 90,
    "alarm_emails": ("ops@example.com",),
    "tags": {"cost-center": "shop"},
}


def document_of(**values: Any) -> dict[str, Any]:
    stack = test_stack("acme")
    ScheduledJobs(stack, "jobs", ScheduledJobsConfig(**values))
    return synthesize(stack)


def resources_of(document: dict[str, Any], role: str) -> dict[str, set[str]]:
    """Where a role may do what."""
    found: dict[str, set[str]] = {}
    for policy in document["resource"]["aws_iam_role_policy"].values():
        if policy["role"] == f"${{aws_iam_role.{role}.id}}":
            for statement in json.loads(policy["policy"])["Statement"]:
                for action in statement["Action"]:
                    found.setdefault(action, set()).update(statement["Resource"])
    return found


@pytest.mark.parametrize("values", [{"jobs": (CLEANUP,)}, FULLEST], ids=["defaults", "fullest"])
def test_snapshot(values: dict[str, Any], matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack("acme")
    ScheduledJobs(stack, "jobs", ScheduledJobsConfig(**values))
    matches_snapshot(stack)


@pytest.mark.parametrize("values", [{"jobs": (CLEANUP,)}, FULLEST], ids=["defaults", "fullest"])
def test_meets_every_control(values: dict[str, Any]) -> None:
    assert_meets(document_of(**values))


def test_schedule_invokes_its_function_and_no_other() -> None:
    document = document_of(**FULLEST)
    for job in ("report", "cleanup"):
        may = resources_of(document, f"jobs_{job}_schedule_role")
        assert may["lambda:InvokeFunction"] == {f"${{aws_lambda_function.jobs_{job}_function.arn}}"}
    assert document["resource"]["aws_scheduler_schedule"]["jobs_report_schedule"]["schedule_expression_timezone"] == (
        "Europe/Berlin"
    )


def test_job_writes_its_own_folder() -> None:
    document = document_of(**FULLEST)
    assert resources_of(document, "jobs_report_role")["s3:PutObject"] == {
        "${aws_s3_bucket.jobs_results_bucket.arn}/report/*"
    }
    assert "s3:PutObject" not in resources_of(document, "jobs_cleanup_role")


def test_failures_go_to_one_queue() -> None:
    resources = document_of(**FULLEST)["resource"]
    kept = {
        one["destination_config"]["on_failure"]["destination"]
        for one in resources["aws_lambda_function_event_invoke_config"].values()
    }
    assert kept == {"${aws_sqs_queue.jobs_failures_queue.arn}"}
    for schedule in resources["aws_scheduler_schedule"].values():
        assert schedule["target"]["dead_letter_config"]["arn"] == "${aws_sqs_queue.jobs_failures_queue.arn}"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"jobs": ()}, "jobs is empty"),
        ({"jobs": (CLEANUP, CLEANUP)}, "jobs holds 'cleanup' twice"),
        ({"jobs": (CLEANUP.model_copy(update={"name": "failures"}),)}, "which is a part of the blueprint itself"),
        ({"jobs": (CLEANUP,), "results_days": 30}, "results_days is set, and no job has results"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        document_of(**values)
    assert message in str(refused.value)


def test_addresses() -> None:
    found = addresses(document_of(**FULLEST))
    for address in (
        "aws_lambda_function.jobs_report_function",
        "aws_scheduler_schedule.jobs_report_schedule",
        "aws_sqs_queue.jobs_failures_queue",
    ):
        assert address in found, address
