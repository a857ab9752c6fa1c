"""GuardDuty: six protections on, findings every 15 minutes, exported to an encrypted bucket."""

from __future__ import annotations

from typing import Annotated, Any

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
from secureinfra.config.rules import Region
from secureinfra.controls.detection import guardduty
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["GuardDuty", "GuardDutyConfig"]

# docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html
GUARDDUTY = Writer("GuardDuty", "guardduty", ("guardduty:*:{account}:detector/*",), ("kms:GenerateDataKey",))

# docs.aws.amazon.com/guardduty/latest/APIReference/API_DetectorFeatureConfiguration.html. AI_PROTECTION and AI_ANALYST, new in
# 2026, are left as AWS sets them; Malware Protection for S3 is not a feature of a detector. EKS_RUNTIME_MONITORING is left
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
    """Scan the volumes of instances with suspicious behavior for malware."""
    rds_login_events: Annotated[bool, guardduty.RDS_WATCHED.keeps()] = True
    """Watch logins to Aurora and RDS databases."""
    lambda_network_logs: Annotated[bool, guardduty.LAMBDA_WATCHED.keeps()] = True
    """Monitor the network traffic of functions."""
    runtime_monitoring: Annotated[bool, guardduty.RUNTIME_WATCHED.keeps()] = True
    """Watch processes on EC2, EKS and Fargate; GuardDuty installs its agents by itself. Costs by vCPU.
    A change replaces the detector's feature."""
    opt_in_region: Region | None = None
    """The detector's region, if it is an opt-in region, e.g. `me-south-1`; by default that of an `AwsProvider`. GuardDuty has
    another principal there."""


@declares(module="guardduty", page="detection")
class GuardDuty(SecureConstruct):
    """A detector with six protections, whose findings are published every 15 minutes and kept for years.

    Creates the detector with its features, and the export of findings to a private bucket with a key: GuardDuty itself
    deletes findings after 90 days. One detector covers one region of one account; create one for each region.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        key: key for the construct's own bucket; by default one of its own (1 USD a month, 3 after two rotations).
        log_bucket: bucket for the findings, which must have a key; by default one of its own. It may belong to another
            stack or region of this account, e.g. `guardduty.log_bucket` of the first region's.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `home = GuardDuty(stack, "guardduty"); GuardDuty(stack, "us", log_bucket=home.log_bucket, provider="aws.us")`
    """

    # Findings may be exported to a bucket of another region (docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html).
    same_region = frozenset[str]()
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
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_second(
            self, "AWS allows one detector in a region", "Remove one, or pass the provider of another region."
        )
        self.detector = Resource(
            self,
            "detector",
            "aws_guardduty_detector",
            protect=config.protect,
            enable=True,
            # The shortest that AWS offers; it applies to updates, a new finding is published within 5 minutes.
            finding_publishing_frequency="FIFTEEN_MINUTES",
            tags=config.tags or None,
        )
        for field, feature in _FEATURES.items():
            self._set_feature(feature, on=getattr(config, field))
        self.log_bucket, self.key = evidence_bucket(self, log_bucket, key, takes_lock=True)
        let_write(GUARDDUTY, self.log_bucket, self.key, opt_in_region_of(self))
        self._export_findings()

    @property
    def detector_id(self) -> str:
        """Reference to the detector's id."""
        return self.detector.ref("id")

    def _set_feature(self, feature: str, *, on: bool) -> None:
        # AWS enables features in a new detector, so a disabled one has to be configured too.
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
            # GuardDuty tests bucket and key while it creates the destination.
            depends_on=[self.log_bucket.bucket_policy],
            detector_id=self.detector_id,
            destination_arn=self.log_bucket.arn,
            kms_key_arn=self.key.arn,
        )
