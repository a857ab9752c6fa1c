"""GuardDuty: every protection on, findings every 15 minutes, exported to an encrypted bucket."""

from __future__ import annotations

from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.evidence_bucket import EvidenceConfig, Writer, evidence_bucket, let_write
from secureinfra.aws.kms_key import SecureKey
from secureinfra.aws.s3_log_bucket import LogBucket
from secureinfra.controls import guardduty
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.values import Region

# docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html
GUARDDUTY = Writer("GuardDuty", "guardduty", ("guardduty:*:{account}:detector/*",), ("kms:GenerateDataKey",))

# docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfiguration.html. EKS_RUNTIME_MONITORING is left
# out: RUNTIME_MONITORING includes it, and AWS refuses both at once.
_FEATURES = {
    "s3_data_events": "S3_DATA_EVENTS",
    "eks_audit_logs": "EKS_AUDIT_LOGS",
    "ebs_malware_protection": "EBS_MALWARE_PROTECTION",
    "rds_login_events": "RDS_LOGIN_EVENTS",
    "lambda_network_logs": "LAMBDA_NETWORK_LOGS",
    "runtime_monitoring": "RUNTIME_MONITORING",
}
# docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorAdditionalConfiguration.html, in the order in which AWS
# answers: the provider compares lists.
_AGENTS = ("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT")


class GuardDutyConfig(EvidenceConfig):
    """What a caller may choose about GuardDuty."""

    s3_data_events: Annotated[bool, guardduty.S3_WATCHED.keeps()] = True
    """Watch access to objects in S3."""
    eks_audit_logs: Annotated[bool, guardduty.EKS_AUDIT_WATCHED.keeps()] = True
    """Watch the Kubernetes API of EKS clusters."""
    ebs_malware_protection: Annotated[bool, guardduty.VOLUMES_SCANNED.keeps()] = True
    """Scan the volumes of instances that behave suspiciously."""
    rds_login_events: Annotated[bool, guardduty.RDS_WATCHED.keeps()] = True
    """Watch logins to Aurora and RDS databases."""
    lambda_network_logs: Annotated[bool, guardduty.LAMBDA_WATCHED.keeps()] = True
    """Watch the network traffic of functions."""
    runtime_monitoring: Annotated[bool, guardduty.RUNTIME_WATCHED.keeps()] = True
    """Watch processes on EC2, EKS and Fargate; GuardDuty installs its agents by itself. Costs by vCPU."""
    opt_in_region: Region | None = None
    """The detector's region, where the account had to opt into it (`me-south-1`, say): GuardDuty has another name there."""


class GuardDuty(SecureConstruct):
    """A detector with every protection, whose findings are published every 15 minutes and kept for years.

    Creates the detector with its features, and the export of findings to a private bucket with a key: GuardDuty itself
    forgets a finding after 90 days. One detector watches one region of one account; make one for each region.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key for the construct's own bucket; by default one of its own (about 1 USD a month).
        log_bucket: bucket for the findings, which must have a key; by default one of its own. It may belong to another
            stack or region of this account, e.g. `guardduty.log_bucket` of the first region's.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `home = GuardDuty(stack, "guardduty"); GuardDuty(stack, "us", log_bucket=home.log_bucket, provider="aws.us")`
    """

    config: GuardDutyConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: GuardDutyConfig = GuardDutyConfig(),
        *,
        key: SecureKey | None = None,
        log_bucket: LogBucket | None = None,
        provider: Any = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.detector = Resource(
            self,
            "detector",
            "aws_guardduty_detector",
            protect=config.protect,
            enable=True,
            # The shortest that AWS knows; it holds for updates, a new finding is published within 5 minutes.
            finding_publishing_frequency="FIFTEEN_MINUTES",
            tags=config.tags or None,
        )
        for field, feature in _FEATURES.items():
            self._set_feature(feature, on=getattr(config, field))
        self.log_bucket, self.key = evidence_bucket(self, log_bucket, key, takes_lock=True)
        let_write(GUARDDUTY, self.log_bucket, self.key, config.opt_in_region)
        self._export_findings()

    @property
    def detector_id(self) -> str:
        """Reference to the detector's id."""
        return self.detector.ref("id")

    def _set_feature(self, feature: str, *, on: bool) -> None:
        # AWS switches features on in a new detector, so that one that is off has to be written down too.
        agents = [{"name": agent, "status": "ENABLED"} for agent in _AGENTS]
        Resource(
            self,
            feature.lower().replace("_", "-"),
            "aws_guardduty_detector_feature",
            detector_id=self.detector_id,
            name=feature,
            status="ENABLED" if on else "DISABLED",
            additional_configuration=agents if on and feature == "RUNTIME_MONITORING" else None,
        )

    def _export_findings(self) -> None:
        Resource(
            self,
            "export",
            "aws_guardduty_publishing_destination",
            # GuardDuty tries bucket and key while it makes the destination.
            depends_on=[self.log_bucket.bucket_policy],
            detector_id=self.detector_id,
            destination_arn=self.log_bucket.arn,
            kms_key_arn=self.key.arn,
        )
