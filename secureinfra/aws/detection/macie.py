"""Macie: buckets are monitored and searched for sensitive data, and results are kept in an encrypted bucket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.detection.evidence_bucket import (
    EvidenceConfig,
    Writer,
    evidence_bucket,
    let_write,
    opt_in_region_of,
)
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem, last_of
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import BUCKET_NAME, Number, Region
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["DiscoveryJob", "Macie", "MacieConfig"]

# docs.aws.amazon.com/macie/latest/user/discovery-results-repository-s3.html
MACIE = Writer(
    "Macie",
    "macie",
    ("macie2:*:{account}:export-configuration:*", "macie2:*:{account}:classification-job/*"),
    ("kms:GenerateDataKey", "kms:Encrypt"),
)
_SCHEDULES: dict[str, tuple[str, Any]] = {
    "daily": ("daily_schedule", True),
    "weekly": ("weekly_schedule", "MONDAY"),
    "monthly": ("monthly_schedule", 1),
}
JOB = matches(
    r"[a-z0-9]+(-[a-z0-9]+)*", "is not a job's name", "write lower-case letters and digits, with single '-' between"
)


class DiscoveryJob(Config):
    """A recurring search for sensitive data, at about 1 USD for each new GB."""

    name: Annotated[str, JOB]
    """Name of the job; part of its address, so another name replaces the job."""
    buckets: tuple[Annotated[str, BUCKET_NAME], ...]
    """Names of the buckets, in this account and region."""
    schedule: Literal["daily", "weekly", "monthly"] = "weekly"
    """When it runs: each day, each Monday, or on the first of each month."""
    sampling_percentage: Annotated[Number, between(1, 100, "per cent")] = 100
    """Percentage of the objects that it analyzes."""

    def problems(self) -> Iterator[Problem]:
        """A job has buckets."""
        if not self.buckets:
            yield Problem("name", "has no buckets", "AWS would refuse it", "Name one")

    def schedule_frequency(self) -> dict[str, Any]:
        """The schedule in the provider's words."""
        name, when = _SCHEDULES[self.schedule]
        return {name: when}


class MacieConfig(EvidenceConfig):
    """What a caller may choose about Macie."""

    jobs: tuple[DiscoveryJob, ...] = ()
    """Searches for sensitive data in buckets of this account; by default Macie checks only how buckets are configured.
    The provider does not support automated discovery, which searches samples of every bucket: enable it in Macie."""
    opt_in_region: Region | None = None
    """Macie's region, if it is an opt-in region, e.g. `me-south-1`; by default that of an `AwsProvider`. Macie has another
    principal there."""

    def problems(self) -> Iterator[Problem]:
        """Each job has a name of its own."""
        names = [job.name for job in self.jobs]
        for name in sorted({name for name in names if names.count(name) > 1}):
            at = ("jobs", last_of(names, name), "name")
            yield Problem(at, f"has {name!r} twice", "each job has a name of its own", "Rename one", subject="jobs")


@declares(module="macie", page="detection")
class Macie(SecureConstruct):
    """Buckets of one region are monitored for public access, missing encryption and sensitive data.

    Creates the account's Macie, publishing every 15 minutes, and the export of discovery results to a private bucket with
    a key: Macie itself deletes them after 90 days. It works in one region; create one for each.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key for the construct's own bucket; by default one of its own (1 USD a month, 3 after two rotations).
        log_bucket: bucket for the results, which must have a key and no object lock; by default one of its own. It may
            belong to another stack or region of this account, e.g. `macie.log_bucket` of the first region's.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `Macie(stack, "macie", MacieConfig(jobs=(DiscoveryJob(name="uploads", buckets=("acme-uploads",)),)))`
    """

    # Results may be stored in a bucket of another region (docs.aws.amazon.com/macie/latest/user/discovery-results-repository-s3.html).
    same_region = frozenset[str]()
    config: MacieConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: MacieConfig = MacieConfig(),
        *,
        key: SecureKey | None = None,
        log_bucket: LogBucket | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_second(self, "AWS allows one Macie in a region", "Remove one, or pass the provider of another region.")
        self.account = Resource(
            self,
            "account",
            "aws_macie2_account",
            protect=config.protect,
            status="ENABLED",
            finding_publishing_frequency="FIFTEEN_MINUTES",
        )
        self.log_bucket, self.key = evidence_bucket(self, log_bucket, key)
        let_write(MACIE, self.log_bucket, self.key, opt_in_region_of(self))
        self._export_results()
        for job in config.jobs:
            self._search(job)

    def _export_results(self) -> None:
        destination = {"bucket_name": self.log_bucket.name, "kms_key_arn": self.key.arn}
        self.export = Resource(
            self,
            "export",
            "aws_macie2_classification_export_configuration",
            # Macie tests bucket and key while it stores the configuration.
            depends_on=[self.account, self.log_bucket.bucket_policy],
            s3_destination=destination,
        )

    def _search(self, job: DiscoveryJob) -> None:
        Resource(
            self,
            f"job-{job.name}",
            "aws_macie2_classification_job",
            depends_on=[self.export],
            name=f"{self.path.replace('/', '-')}-{job.name}",
            job_type="SCHEDULED",
            initial_run=True,
            sampling_percentage=job.sampling_percentage,
            schedule_frequency=job.schedule_frequency(),
            s3_job_definition={"bucket_definitions": [{"account_id": self.account_id, "buckets": list(job.buckets)}]},
            tags=self.config.tags or None,
        )
