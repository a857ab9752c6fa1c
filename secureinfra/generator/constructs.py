"""The constructs of this library that are written out as modules, and what each leaves to whoever uses it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from secureinfra.generator.entry import Entry

_FOLLOWS = {
    "key": ("Who may administer and use the key; its policy leaves that to IAM of the account.",),
    "bucket": (
        "Grants to those who read and write: policies of roles that name the bucket and its key.",
        "What is put into it, and its classification.",
    ),
    "vpc": (
        "Security groups of what runs in the network.",
        "Who watches the flow logs, and for what.",
        "An address range that overlaps with no network it will be connected to.",
    ),
    "security-group": (
        "Rules: the group as it is written admits nothing and lets nothing out but what its settings say.",
    ),
    "role": ("That whoever is trusted is still the one you mean.",),
    "trail": ("Who reads the trail, and alarms on it (module `security-alarms`).",),
    "security-alarms": ("A subscription that somebody reads, confirmed once by mail.",),
}


def _own(name: str, cls: str, home: str, recipe: str = "", **more: Any) -> tuple[str, Entry]:
    construct = f"secureinfra.{home}:{cls}"
    more |= {"public": f"secureinfra.{cls}", "yours": _FOLLOWS.get(name, ())}
    if recipe:
        return name, Entry(name, f"secureinfra.generator.recipes:{recipe}", extends=construct, **more)
    return name, Entry(name, construct, **more)


_GROUP = {"examples": {"description": "Service behind the load balancer"}}
_PERMISSIONS: dict[str, Any] = {"asks": ("name",), "needs": ("statements",), "examples": {"name": "deploy"}}

CONSTRUCTS: Mapping[str, Entry] = dict(
    (
        _own("key", "SecureKey", "aws.kms_key"),
        _own("bucket", "SecureBucket", "aws.s3_bucket"),
        _own("log-bucket", "LogBucket", "aws.s3_log_bucket", "LogBucketModule"),
        _own("vpc", "SecureVpc", "aws.vpc", asks=("cidr",)),
        _own("security-group", "SecurityGroup", "aws.security_group", "SecurityGroupModule", **_GROUP),
        _own("role", "SecureRole", "aws.iam_role", "RoleModule", needs=("trust",)),
        _own("role-permissions", "ExistingRole", "aws.iam_role_policy", "PermissionsModule", **_PERMISSIONS),
        _own("github-oidc-provider", "GitHubOidcProvider", "aws.iam_openid_connect_provider"),
        _own("log-group", "SecureLogGroup", "aws.cloudwatch_log_group"),
        _own("topic", "SecureTopic", "aws.sns_topic"),
        _own("trail", "SecureTrail", "aws.cloudtrail"),
        _own("security-alarms", "SecurityAlarms", "aws.security_alarms", "AlarmsModule"),
        _own("state-backend", "StateBackend", "aws.state_backend"),
        _own("web-acl", "WebAcl", "aws.wafv2_web_acl"),
        _own("certificate", "Certificate", "aws.acm_certificate"),
        _own("password-policy", "PasswordPolicy", "aws.iam_account_password_policy"),
        _own("s3-account-block", "AccountPublicAccessBlock", "aws.s3_account_public_access_block"),
        _own("ebs-encryption", "EbsEncryption", "aws.ebs_encryption_by_default"),
        _own("snapshot-block", "SnapshotPublicAccessBlock", "aws.ebs_snapshot_block_public_access"),
        _own("image-block", "ImagePublicAccessBlock", "aws.ec2_image_block_public_access"),
        _own("imdsv2-defaults", "InstanceMetadataDefaults", "aws.ec2_instance_metadata_defaults"),
        _own("access-analyzer", "AccessAnalyzer", "aws.accessanalyzer_analyzer"),
        _own("account-contacts", "AlternateContacts", "aws.account_alternate_contact", needs=("security",)),
        _own("finding-events", "FindingEvents", "aws.finding_events"),
        _own("guardduty", "GuardDuty", "aws.guardduty_detector"),
        _own("security-hub", "SecurityHub", "aws.securityhub_account"),
        _own("config-recorder", "ConfigRecorder", "aws.config_configuration_recorder"),
        _own("inspector", "Inspector", "aws.inspector2_enabler"),
        _own("macie", "Macie", "aws.macie2_account"),
    )
)

# What a module of a blueprint asks for, though another setting could stand in its place.
ASKS: Mapping[str, tuple[str, ...]] = {"web-application": ("certificate_arn",)}

# What needs another construct beside it, and the blueprint that has both.
WITHIN: Mapping[str, str] = {
    "GitHubActionsRoles": "ci-cd-access",
    "NetworkFirewall": "network-hub",
    "QueryLog": "network-hub",
    "RegionBaseline": "account-baseline",
    "Distribution": "static-site",
    "SecureLoadBalancer": "web-application",
}
