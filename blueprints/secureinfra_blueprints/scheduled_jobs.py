"""Scheduled jobs: functions that run at their times, each with a role of its own, and whose failures are kept and told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from secureinfra import (
    BucketConfig,
    Config,
    Construct,
    DeadLetterQueue,
    DeadLetterQueueConfig,
    FolderCode,
    Function,
    FunctionConfig,
    ImageCode,
    KeyConfig,
    Number,
    Problem,
    S3Code,
    Schedule,
    ScheduleConfig,
    SecureBucket,
    SecureConstruct,
    SecureKey,
    Text,
    between,
    declares,
    matches,
)
from secureinfra_blueprints._alarms import alarm_topic
from secureinfra_blueprints._code import runs

_WORD = matches(
    r"[a-z][a-z0-9-]{0,30}", "is not a name", "write up to 31 lower-case letters, digits, '-', a letter first"
)
# What the blueprint's own parts are called.
_TAKEN = ("key", "alarms", "failures", "results")


class Job(Config):
    """A function and its times."""

    name: Annotated[str, _WORD]
    """Name of the job, part of its address."""
    schedule: Text
    """`rate(1 hour)`, `cron(0 3 * * ? *)` (minute, hour, day of month, month, day of week, year) or `at(...)`."""
    timezone: Text = "UTC"
    """Time zone of `cron()` and `at()`, e.g. `Europe/Berlin`; follows its daylight saving time."""
    code: FolderCode | S3Code | ImageCode
    """Its code: `kind: folder` with a `path`, `kind: s3` with `bucket` and `key`, or `kind: image` with a `uri`."""
    runtime: Text | None = "python3.13"
    """Language and version, e.g. `python3.13`; nothing for an image."""
    handler: Text | None = "app.handler"
    """What Lambda calls, e.g. `app.handler` for the function `handler` in `app.py`; nothing for an image."""
    memory_mb: Number = 512
    """Memory in MB, 128 to 10,240; processor time grows with it."""
    timeout_seconds: Annotated[Number, between(1, 900, "seconds")] = 300
    """How long it may take, at most 15 minutes."""
    environment: dict[str, str] = {}
    """Its variables; never secrets."""
    results: bool = False
    """It may write below a folder of its name in the bucket for results."""

    def function(self, tags: dict[str, str]) -> FunctionConfig:
        """The function's part.

        Args:
            tags: of the blueprint.
        """
        return FunctionConfig(
            **runs(self.code, self.runtime, self.handler),
            memory_mb=self.memory_mb,
            timeout_seconds=self.timeout_seconds,
            environment=self.environment,
            tags=tags,
        )


class ScheduledJobsConfig(Config):
    """What a caller may choose about scheduled jobs."""

    jobs: tuple[Job, ...]
    """The jobs, one or more, each a function with its times."""
    results_days: Annotated[Number, between(1, 36500, "days")] | None = None
    """Days after which results expire; by default they stay."""
    alarm_emails: tuple[Text, ...] = ()
    """Addresses that are notified of failures, throttling and long runs; each confirms first."""
    protect: bool = True
    """Deletion protection for the bucket and the key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """What the parts would refuse, told at once with the rest."""
        if not self.jobs:
            yield Problem("jobs", "is empty", instead="Add a job, with name, schedule and code", subject="jobs")
        names = [job.name for job in self.jobs]
        for number, job in enumerate(self.jobs):
            if job.name in names[:number]:
                what = f"holds {job.name!r} twice"
                yield Problem(
                    ("jobs", number, "name"), what, "each has a function of its own", "Rename one", subject="jobs"
                )
            if job.name in _TAKEN:
                what = f"holds {job.name!r}, which is a part of the blueprint itself"
                yield Problem(("jobs", number, "name"), what, instead="Call it something else", subject="jobs")
        if self.results_days is not None and not any(job.results for job in self.jobs):
            what, why = "is set, and no job has results", "there is no bucket"
            yield Problem("results_days", what, why, "Remove it, or set results on a job", subject="results_days")


@declares()
class ScheduledJobs(SecureConstruct):
    """Functions that run at their times, whose roles may do nothing but their own work, and whose failures are kept.

    Creates for each job its function and its schedule with a role that may invoke this function only; one queue for runs that
    failed or could not start; a bucket for results, where a job has some; alarms; and one key for all of it.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: the jobs, and what to choose.
        provider: an additional provider, for another region.
        moved_from: the path that it had before.

    Raises:
        ConfigError: a value is refused.

    Example:
        `ScheduledJobs(stack, "jobs", ScheduledJobsConfig(jobs=(Job(name="report", schedule="cron(0 3 * * ? *)", code=S3Code(
        bucket="acme-builds", key="report.zip", object_version="3sL4kqtJlcpXroDTDmJ")),)))`
    """

    config: ScheduledJobsConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: ScheduledJobsConfig,
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        about = KeyConfig(description=f"{self.path}: jobs", protect=config.protect, tags=config.tags)
        self.key = SecureKey(self, "key", about)
        self.alarms = alarm_topic(self, config.alarm_emails, config.tags, self.key)
        self.failures = DeadLetterQueue(
            self, "failures", DeadLetterQueueConfig(tags=config.tags), key=self.key, alarms=self.alarms
        )
        self.results = self._make_results()
        self.functions = {job.name: self._make_function(job) for job in config.jobs}
        self.schedules = {job.name: self._make_schedule(job) for job in config.jobs}

    def _make_results(self) -> SecureBucket | None:
        config = self.config
        if not any(job.results for job in config.jobs):
            return None
        about = BucketConfig(
            key_required=True, expiration_days=config.results_days, protect=config.protect, tags=config.tags
        )
        return SecureBucket(self, "results", about, key=self.key)

    def _make_function(self, job: Job) -> Function:
        about = job.function(self.config.tags)
        function = Function(self, job.name, about, key=self.key, on_failure=self.failures, alarms=self.alarms)
        if job.results and self.results is not None:
            self.results.grant_write(function.role, prefix=f"{job.name}/")
        return function

    def _make_schedule(self, job: Job) -> Schedule:
        function = self.functions[job.name]
        about = ScheduleConfig(expression=job.schedule, timezone=job.timezone, tags=self.config.tags)
        schedule = Schedule(function, "schedule", about, key=self.key, dead_letters=self.failures)
        schedule.deliver_to(function, input={"job": job.name})
        return schedule
