"""What watches an account with every option on, in two regions, for the referees that read or apply whole stacks."""

from __future__ import annotations

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    ConfigRecorder,
    ConfigRecorderConfig,
    DiscoveryJob,
    GuardDuty,
    GuardDutyConfig,
    Inspector,
    InspectorConfig,
    LogBucket,
    Macie,
    MacieConfig,
    SecureKey,
    SecurityHub,
    SecurityHubConfig,
    TerraformStack,
    Waiver,
)

ACCOUNT = "123456789012"  # the emulator's


def waiver(control: str) -> Waiver:
    """A waiver for tests."""
    return Waiver(control=control, reason="every option is on in this test", owner="tests", until="2099-12-31")


def build(stack: TerraformStack) -> None:
    """Everything in the home region, everything again in another, and reports in one bucket."""
    AwsProvider(
        stack,
        "aws",
        AwsProviderConfig(region="eu-central-1", owner="tests", environment="sandbox", data_classification="test"),
    )
    AwsProvider(stack, "other", AwsProviderConfig(region="eu-west-1", alias="other"))
    AwsProvider(stack, "gulf", AwsProviderConfig(region="me-south-1", alias="gulf"))
    build_home(stack)
    build_gulf(stack)


def build_home(stack: TerraformStack) -> None:
    """The home region, and another that reports to it."""
    recorder = ConfigRecorder(
        stack,
        "config",
        ConfigRecorderConfig(
            recording_frequency="DAILY",
            retention_period_in_days=400,
            snapshot_frequency="Six_Hours",
            rule_packs=("cis-v3", "cis-v5", "fsbp"),
            excluded_rules=("s3-bucket-mfa-delete-enabled",),
            tags={"team": "security"},
        ),
    )
    ConfigRecorder(
        stack, "config-other", ConfigRecorderConfig(rule_packs=("cis-v5",)), home=recorder, provider="aws.other"
    )
    archive = LogBucket(stack, "archive", key=SecureKey(stack, "archive-key"))
    GuardDuty(stack, "guardduty", GuardDutyConfig(tags={"team": "security"}), log_bucket=archive)
    GuardDuty(stack, "guardduty-other", log_bucket=archive, provider="aws.other")
    hub = SecurityHubConfig(
        further_standards=("cis-v3", "nist-800-53-v5", "nist-800-171-v2", "pci-dss-v4"),
        linking_mode="SPECIFIED_REGIONS",
        specified_regions=("eu-west-1", "me-south-1"),
    )
    SecurityHub(stack, "hub", hub)
    SecurityHub(stack, "hub-other", SecurityHubConfig(account_controls=False), provider="aws.other")
    Inspector(stack, "inspector", InspectorConfig(account_ids=(ACCOUNT,)))
    Inspector(stack, "inspector-other", provider="aws.other")
    jobs = (
        DiscoveryJob(name="uploads", buckets=("acme-uploads", "acme-inbox"), schedule="daily", sampling_percentage=10),
        DiscoveryJob(name="archive", buckets=("acme-archive",), schedule="weekly"),
        DiscoveryJob(name="lake", buckets=("acme-lake",), schedule="monthly"),
    )
    Macie(stack, "macie", MacieConfig(jobs=jobs, tags={"team": "security"}), log_bucket=archive)
    Macie(stack, "macie-other", log_bucket=archive, provider="aws.other")


def build_gulf(stack: TerraformStack) -> None:
    """A region that the account opted into keeps its own reports, and does without what AWS does not sell there."""
    features = (
        "rds-watched",
        "lambda-watched",
        "runtime-watched",
        "volumes-scanned",
        "eks-audit-watched",
        "s3-watched",
    )
    GuardDuty(
        stack,
        "guardduty-gulf",
        GuardDutyConfig(
            s3_data_events=False,
            eks_audit_logs=False,
            ebs_malware_protection=False,
            rds_login_events=False,
            lambda_network_logs=False,
            runtime_monitoring=False,
            opt_in_region="me-south-1",
            bucket_retention_days=None,
            waivers=tuple(waiver(f"guardduty-{feature}") for feature in features),
        ),
        provider="aws.gulf",
    )
    Inspector(
        stack,
        "inspector-gulf",
        InspectorConfig(resource_types=("EC2", "ECR"), waivers=(waiver("inspector-everything-scanned"),)),
        provider="aws.gulf",
    )
    Macie(
        stack,
        "macie-gulf",
        MacieConfig(opt_in_region="me-south-1", bucket_retention_days=365),
        key=SecureKey(stack, "macie-key", provider="aws.gulf"),
        provider="aws.gulf",
    )
