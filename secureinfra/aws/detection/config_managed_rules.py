"""AWS Config's own rules that belong to a benchmark, as a table: which rule, for which of Security Hub's controls.

A row's sources are the pages of its controls, docs.aws.amazon.com/securityhub/latest/userguide/<service>-controls.html,
each of which names the rule and its parameters, and the page of the rule,
docs.aws.amazon.com/config/latest/developerguide/<rule>.html, which has its identifier. Which control belongs to which
version of the benchmark: docs.aws.amazon.com/securityhub/latest/userguide/cis-aws-foundations-benchmark.html.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

RulePack = Literal["cis-v3", "cis-v5", "fsbp"]

# The two rules whose identifier is not their name in capitals.
_IDENTIFIERS = {
    "multi-region-cloudtrail-enabled": "MULTI_REGION_CLOUD_TRAIL_ENABLED",
    "ec2-instance-managed-by-systems-manager": "EC2_INSTANCE_MANAGED_BY_SSM",
}


@dataclass(frozen=True)
class ManagedRule:
    """One rule of AWS Config's.

    Args:
        name: AWS's name of it.
        controls: the controls of Security Hub that it answers for.
        packs: the benchmarks that these controls belong to.
        parameters: its input parameters; `{partition}` stands for the account's partition.
        of_account: it looks at what an account has once, IAM say, so that one region is enough.
    """

    name: str
    controls: tuple[str, ...]
    packs: frozenset[str]
    parameters: dict[str, str] = field(default_factory=dict)
    of_account: bool = False

    @property
    def identifier(self) -> str:
        """Its identifier in AWS Config."""
        return _IDENTIFIERS.get(self.name, self.name.upper().replace("-", "_"))


def _rule(controls: str, name: str, packs: str, *, of_account: bool = False, **parameters: str) -> ManagedRule:
    return ManagedRule(name, tuple(controls.split()), frozenset(packs.split()), parameters, of_account)


_CIS = "cis-v3 cis-v5"
_ALL = "cis-v3 cis-v5 fsbp"

_CIS_RULES = (
    _rule("Account.1", "security-account-information-provided", _ALL, of_account=True),
    _rule("CloudTrail.1", "multi-region-cloudtrail-enabled", _ALL),
    _rule("CloudTrail.2", "cloud-trail-encryption-enabled", _ALL),
    _rule("CloudTrail.4", "cloud-trail-log-file-validation-enabled", _ALL),
    _rule("EC2.2", "vpc-default-security-group-closed", _ALL),
    _rule("EC2.6", "vpc-flow-logs-enabled", _ALL),
    _rule("EC2.7", "ec2-ebs-encryption-by-default", _ALL),
    _rule("EC2.8", "ec2-imdsv2-check", _ALL),
    _rule("EC2.21", "nacl-no-unrestricted-ssh-rdp", _ALL),
    _rule("EC2.53 EC2.54", "vpc-sg-port-restriction-check", _CIS, restrictPorts="22,3389", ipType="ALL"),
    _rule("EFS.1", "efs-encrypted-check", _ALL),
    _rule("EFS.8", "efs-filesystem-ct-encrypted", "cis-v5 fsbp"),
    _rule("IAM.2", "iam-user-no-policies-check", _ALL, of_account=True),
    _rule("IAM.3", "access-keys-rotated", _ALL, of_account=True, maxAccessKeyAge="90"),
    _rule("IAM.4", "iam-root-access-key-check", _ALL, of_account=True),
    _rule("IAM.5", "mfa-enabled-for-iam-console-access", _ALL, of_account=True),
    _rule("IAM.6", "root-account-hardware-mfa-enabled", _ALL, of_account=True),
    _rule("IAM.9", "root-account-mfa-enabled", _CIS, of_account=True),
    # One policy for all: what IAM.7 of AWS's best practices requires in addition to length and reuse.
    _rule(
        "IAM.7 IAM.15 IAM.16",
        "iam-password-policy",
        _ALL,
        of_account=True,
        RequireUppercaseCharacters="true",
        RequireLowercaseCharacters="true",
        RequireSymbols="true",
        RequireNumbers="true",
        MinimumPasswordLength="14",
        PasswordReusePrevention="24",
        MaxPasswordAge="90",
    ),
    _rule(
        "IAM.18",
        "iam-policy-in-use",
        _CIS,
        of_account=True,
        policyARN="arn:{partition}:iam::aws:policy/AWSSupportAccess",
        policyUsageType="ANY",
    ),
    # IAM.8 of AWS's best practices allows 90 days.
    _rule("IAM.22 IAM.8", "iam-user-unused-credentials-check", _ALL, of_account=True, maxCredentialUsageAge="45"),
    _rule("IAM.26", "iam-server-certificate-expiration-check", _CIS, of_account=True),
    _rule(
        "IAM.27",
        "iam-policy-blacklisted-check",
        _CIS,
        of_account=True,
        policyArns="arn:{partition}:iam::aws:policy/AWSCloudShellFullAccess",
    ),
    _rule("IAM.28", "iam-external-access-analyzer-enabled", _CIS),
    _rule("KMS.4", "cmk-backing-key-rotation-enabled", _CIS),
    _rule("RDS.2", "rds-instance-public-access-check", _ALL),
    _rule("RDS.3", "rds-storage-encrypted", _ALL),
    _rule("RDS.5", "rds-multi-az-support", "cis-v5 fsbp"),
    _rule("RDS.13", "rds-automatic-minor-version-upgrade-enabled", _ALL),
    _rule("RDS.15", "rds-cluster-multi-az-enabled", "cis-v5 fsbp"),
    _rule(
        "S3.1",
        "s3-account-level-public-access-blocks-periodic",
        _ALL,
        of_account=True,
        IgnorePublicAcls="True",
        BlockPublicPolicy="True",
        BlockPublicAcls="True",
        RestrictPublicBuckets="True",
    ),
    _rule("S3.5", "s3-bucket-ssl-requests-only", _ALL),
    _rule("S3.8", "s3-bucket-level-public-access-prohibited", _ALL),
    _rule("S3.20", "s3-bucket-mfa-delete-enabled", _CIS),
    _rule("S3.22", "cloudtrail-all-write-s3-data-event-check", _CIS),
    _rule("S3.23", "cloudtrail-all-read-s3-data-event-check", _CIS),
)

# Of the hundreds of AWS's best practices those on public access, encryption, logs and privilege of what most accounts
# have. CloudFront's are left out: AWS sells these rules in us-east-1 only.
_FSBP_RULES = tuple(
    _rule(controls, name, "fsbp", of_account=controls.startswith("IAM."), **parameters)
    for controls, name, parameters in (
        ("ACM.1", "acm-certificate-expiration-check", {"daysToExpiration": "30"}),
        ("ACM.2", "acm-certificate-rsa-check", {}),
        ("CloudTrail.5", "cloud-trail-cloud-watch-logs-enabled", {}),
        ("DMS.1", "dms-replication-not-public", {}),
        ("DynamoDB.2", "dynamodb-pitr-enabled", {}),
        ("EC2.1", "ebs-snapshot-public-restorable-check", {}),
        ("EC2.3", "encrypted-volumes", {}),
        ("EC2.9", "ec2-instance-no-public-ip", {}),
        ("EC2.15", "subnet-auto-assign-public-ip-disabled", {}),
        ("EC2.18", "vpc-sg-open-only-to-authorized-ports", {"authorizedTcpPorts": "80,443"}),
        ("EC2.23", "ec2-transit-gateway-auto-vpc-attach-disabled", {}),
        ("EC2.25", "ec2-launch-template-public-ip-disabled", {}),
        ("EC2.170", "ec2-launch-template-imdsv2-check", {}),
        ("EC2.182", "ebs-snapshot-block-public-access", {}),
        ("ECR.1", "ecr-private-image-scanning-enabled", {}),
        ("ECR.2", "ecr-private-tag-immutability-enabled", {}),
        ("ECS.3", "ecs-task-definition-pid-mode-check", {}),
        ("ECS.4", "ecs-containers-nonprivileged", {}),
        ("ECS.5", "ecs-containers-readonly-access", {}),
        ("ECS.9", "ecs-task-definition-log-configuration", {}),
        ("EKS.1", "eks-endpoint-no-public-access", {}),
        ("EKS.3", "eks-cluster-secrets-encrypted", {}),
        ("ELB.1", "alb-http-to-https-redirection-check", {}),
        ("ELB.4", "alb-http-drop-invalid-header-enabled", {}),
        ("ELB.5", "elb-logging-enabled", {}),
        ("GuardDuty.1", "guardduty-enabled-centralized", {}),
        ("IAM.1", "iam-policy-no-statements-with-admin-access", {}),
        ("IAM.21", "iam-policy-no-statements-with-full-access", {}),
        ("KMS.3", "kms-cmk-not-scheduled-for-deletion", {}),
        ("KMS.5", "kms-key-policy-no-public-access", {}),
        ("Lambda.1", "lambda-function-public-access-prohibited", {}),
        ("Opensearch.1", "opensearch-encrypted-at-rest", {}),
        ("Opensearch.2", "opensearch-in-vpc-only", {}),
        ("RDS.1", "rds-snapshots-public-prohibited", {}),
        ("RDS.4", "rds-snapshot-encrypted", {}),
        ("RDS.7", "rds-cluster-deletion-protection-enabled", {}),
        ("RDS.8", "rds-instance-deletion-protection-enabled", {}),
        ("RDS.11", "db-instance-backup-enabled", {}),
        ("RDS.27", "rds-cluster-encrypted-at-rest", {}),
        ("Redshift.1", "redshift-cluster-public-access-check", {}),
        ("S3.2", "s3-bucket-public-read-prohibited", {}),
        ("S3.3", "s3-bucket-public-write-prohibited", {}),
        ("S3.9", "s3-bucket-logging-enabled", {}),
        ("S3.12", "s3-bucket-acl-prohibited", {}),
        ("S3.19", "s3-access-point-public-access-blocks", {}),
        ("SNS.4", "sns-topic-no-public-access", {}),
        ("SQS.3", "sqs-queue-no-public-access", {}),
        ("SSM.1", "ec2-instance-managed-by-systems-manager", {}),
        ("SSM.4", "ssm-document-not-public", {}),
        ("SecretsManager.1", "secretsmanager-rotation-enabled-check", {}),
        ("SecretsManager.4", "secretsmanager-secret-periodic-rotation", {"maxDaysSinceRotation": "90"}),
    )
)

RULES = (*_CIS_RULES, *_FSBP_RULES)
NAMES = tuple(rule.name for rule in RULES)


def rules_of(packs: Iterable[str]) -> tuple[ManagedRule, ...]:
    """The rules of all these packs, each once."""
    chosen = frozenset(packs)
    return tuple(rule for rule in RULES if rule.packs & chosen)
