"""Macie: buckets are watched and searched for sensitive data, what was found is kept in an encrypted bucket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from constructs import Construct

from secureinfra.aws.evidence_bucket import EvidenceConfig, Writer, evidence_bucket, let_write
from secureinfra.aws.kms_key import SecureKey
from secureinfra.aws.s3_log_bucket import LogBucket
from secureinfra.config import Config
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.values import BUCKET_NAME, Number, Region, between, matches

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
    r"[a-z0-9]+(-[a-z0-9]+)*", "is no job's name: write lower-case letters and digits, with single '-' between"
)


class DiscoveryJob(Config):
    """A search for sensitive data that repeats, at about 1 USD for each GB that is new."""

    name: Annotated[str, JOB]
    """What the job is called; part of its address, hence contract."""
    buckets: tuple[Annotated[str, BUCKET_NAME], ...]
    """Names of the buckets, in this account and region."""
    schedule: Literal["daily", "weekly", "monthly"] = "weekly"
    """When it runs: each day, each Monday, or on the first of each month."""
    sampling_percentage: Annotated[Number, between(1, 100, "per cent")] = 100
    """How many of the objects it looks at."""

    def problems(self) -> Iterator[str]:
        """A job looks into something."""
        if not self.buckets:
            yield f"name={self.name!r} has no buckets: AWS would refuse it. Name one."

    def schedule_frequency(self) -> dict[str, Any]:
        """The schedule in the provider's words."""
        name, when = _SCHEDULES[self.schedule]
        return {name: when}


class MacieConfig(EvidenceConfig):
    """What a caller may choose about Macie."""

    jobs: tuple[DiscoveryJob, ...] = ()
    """Searches for sensitive data in buckets of this account; by default Macie judges only how buckets are set up. The
    provider knows nothing of automated discovery, which searches samples of every bucket: that is switched in Macie."""
    opt_in_region: Region | None = None
    """Macie's region, where the account had to opt into it (`me-south-1`, say): Macie has another name there."""

    def problems(self) -> Iterator[str]:
        """Each job has a name of its own."""
        names = [job.name for job in self.jobs]
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"jobs has {name!r} twice: each job has a name of its own. Rename one."


class Macie(SecureConstruct):
    """Buckets of one region are watched for public access, missing encryption and sensitive data.

    Creates the account's Macie, publishing every 15 minutes, and the export of discovery results to a private bucket with
    a key: Macie itself forgets them after 90 days. It works in one region; make one for each.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key for the construct's own bucket; by default one of its own (about 1 USD a month).
        log_bucket: bucket for the results, which must have a key and no object lock; by default one of its own. It may
            belong to another stack or region of this account, e.g. `macie.log_bucket` of the first region's.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `Macie(stack, "macie", MacieConfig(jobs=(DiscoveryJob(name="uploads", buckets=("acme-uploads",)),)))`
    """

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
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.account = Resource(
            self,
            "account",
            "aws_macie2_account",
            protect=config.protect,
            status="ENABLED",
            finding_publishing_frequency="FIFTEEN_MINUTES",
        )
        self.log_bucket, self.key = evidence_bucket(self, log_bucket, key)
        let_write(MACIE, self.log_bucket, self.key, config.opt_in_region)
        self._export_results()
        for job in config.jobs:
            self._search(job)

    def _export_results(self) -> None:
        destination = {"bucket_name": self.log_bucket.name, "kms_key_arn": self.key.arn}
        self.export = Resource(
            self,
            "export",
            "aws_macie2_classification_export_configuration",
            # Macie tries bucket and key while it takes the configuration.
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
