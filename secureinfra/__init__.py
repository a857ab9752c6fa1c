"""Hardened AWS infrastructure, from Python to Terraform.

Importing this package starts nothing; each name is loaded on first use.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from secureinfra.aws.accessanalyzer_analyzer import AccessAnalyzer as AccessAnalyzer
    from secureinfra.aws.accessanalyzer_analyzer import AccessAnalyzerConfig as AccessAnalyzerConfig
    from secureinfra.aws.accessanalyzer_analyzer import ArchiveFilter as ArchiveFilter
    from secureinfra.aws.accessanalyzer_analyzer import ArchiveRule as ArchiveRule
    from secureinfra.aws.account_alternate_contact import AlternateContacts as AlternateContacts
    from secureinfra.aws.account_alternate_contact import AlternateContactsConfig as AlternateContactsConfig
    from secureinfra.aws.account_alternate_contact import Contact as Contact
    from secureinfra.aws.acm_certificate import Certificate as Certificate
    from secureinfra.aws.acm_certificate import CertificateConfig as CertificateConfig
    from secureinfra.aws.cloudfront_behavior import BehaviorConfig as BehaviorConfig
    from secureinfra.aws.cloudfront_distribution import Distribution as Distribution
    from secureinfra.aws.cloudfront_distribution_config import DistributionConfig as DistributionConfig
    from secureinfra.aws.cloudfront_distribution_config import ErrorPage as ErrorPage
    from secureinfra.aws.cloudfront_origin import BucketOrigin as BucketOrigin
    from secureinfra.aws.cloudfront_origin import HttpsOrigin as HttpsOrigin
    from secureinfra.aws.cloudfront_response_headers import ResponseHeadersConfig as ResponseHeadersConfig
    from secureinfra.aws.cloudtrail import DataEvents as DataEvents
    from secureinfra.aws.cloudtrail import SecureTrail as SecureTrail
    from secureinfra.aws.cloudtrail import TrailConfig as TrailConfig
    from secureinfra.aws.cloudwatch_log_group import LogGroupConfig as LogGroupConfig
    from secureinfra.aws.cloudwatch_log_group import SecureLogGroup as SecureLogGroup
    from secureinfra.aws.config_configuration_recorder import ConfigRecorder as ConfigRecorder
    from secureinfra.aws.config_configuration_recorder import ConfigRecorderConfig as ConfigRecorderConfig
    from secureinfra.aws.connections import Connections as Connections
    from secureinfra.aws.connections import HasConnections as HasConnections
    from secureinfra.aws.ebs_encryption_by_default import EbsEncryption as EbsEncryption
    from secureinfra.aws.ebs_encryption_by_default import EbsEncryptionConfig as EbsEncryptionConfig
    from secureinfra.aws.ebs_snapshot_block_public_access import SnapshotPublicAccessBlock as SnapshotPublicAccessBlock
    from secureinfra.aws.ebs_snapshot_block_public_access import (
        SnapshotPublicAccessBlockConfig as SnapshotPublicAccessBlockConfig,
    )
    from secureinfra.aws.ec2_image_block_public_access import ImagePublicAccessBlock as ImagePublicAccessBlock
    from secureinfra.aws.ec2_image_block_public_access import (
        ImagePublicAccessBlockConfig as ImagePublicAccessBlockConfig,
    )
    from secureinfra.aws.ec2_instance_metadata_defaults import InstanceMetadataDefaults as InstanceMetadataDefaults
    from secureinfra.aws.ec2_instance_metadata_defaults import (
        InstanceMetadataDefaultsConfig as InstanceMetadataDefaultsConfig,
    )
    from secureinfra.aws.finding_events import FindingEvents as FindingEvents
    from secureinfra.aws.finding_events import FindingEventsConfig as FindingEventsConfig
    from secureinfra.aws.github_actions_roles import GitHubActionsRoles as GitHubActionsRoles
    from secureinfra.aws.github_actions_roles import GitHubActionsRolesConfig as GitHubActionsRolesConfig
    from secureinfra.aws.github_actions_trust import GitHubRepository as GitHubRepository
    from secureinfra.aws.guardduty_detector import GuardDuty as GuardDuty
    from secureinfra.aws.guardduty_detector import GuardDutyConfig as GuardDutyConfig
    from secureinfra.aws.iam_account_password_policy import PasswordPolicy as PasswordPolicy
    from secureinfra.aws.iam_account_password_policy import PasswordPolicyConfig as PasswordPolicyConfig
    from secureinfra.aws.iam_openid_connect_provider import GitHubOidcProvider as GitHubOidcProvider
    from secureinfra.aws.iam_openid_connect_provider import GitHubOidcProviderConfig as GitHubOidcProviderConfig
    from secureinfra.aws.iam_role import RoleConfig as RoleConfig
    from secureinfra.aws.iam_role import SecureRole as SecureRole
    from secureinfra.aws.iam_role_policy import ExistingRole as ExistingRole
    from secureinfra.aws.iam_role_policy import ExistingRoleConfig as ExistingRoleConfig
    from secureinfra.aws.iam_trust import AccountTrust as AccountTrust
    from secureinfra.aws.iam_trust import GitHubTrust as GitHubTrust
    from secureinfra.aws.iam_trust import SamlTrust as SamlTrust
    from secureinfra.aws.iam_trust import ServiceTrust as ServiceTrust
    from secureinfra.aws.inspector2_enabler import Inspector as Inspector
    from secureinfra.aws.inspector2_enabler import InspectorConfig as InspectorConfig
    from secureinfra.aws.kms_key import KeyConfig as KeyConfig
    from secureinfra.aws.kms_key import SecureKey as SecureKey
    from secureinfra.aws.lb import SecureLoadBalancer as SecureLoadBalancer
    from secureinfra.aws.lb_authentication import CognitoAuthentication as CognitoAuthentication
    from secureinfra.aws.lb_authentication import OidcAuthentication as OidcAuthentication
    from secureinfra.aws.lb_config import ListenerHeadersConfig as ListenerHeadersConfig
    from secureinfra.aws.lb_config import LoadBalancerConfig as LoadBalancerConfig
    from secureinfra.aws.lb_config import MutualTls as MutualTls
    from secureinfra.aws.lb_target_group import TargetConfig as TargetConfig
    from secureinfra.aws.macie2_account import DiscoveryJob as DiscoveryJob
    from secureinfra.aws.macie2_account import Macie as Macie
    from secureinfra.aws.macie2_account import MacieConfig as MacieConfig
    from secureinfra.aws.networkfirewall_config import FirewallRule as FirewallRule
    from secureinfra.aws.networkfirewall_config import NetworkFirewallConfig as NetworkFirewallConfig
    from secureinfra.aws.networkfirewall_firewall import NetworkFirewall as NetworkFirewall
    from secureinfra.aws.opt_in_regions import is_opt_in_region as is_opt_in_region
    from secureinfra.aws.peers import Peer as Peer
    from secureinfra.aws.ports import Port as Port
    from secureinfra.aws.region_baseline import AdministeredService as AdministeredService
    from secureinfra.aws.region_baseline import RegionBaseline as RegionBaseline
    from secureinfra.aws.region_baseline import RegionBaselineConfig as RegionBaselineConfig
    from secureinfra.aws.region_baseline import RegionFeature as RegionFeature
    from secureinfra.aws.route53_resolver_query_log_config import QueryLog as QueryLog
    from secureinfra.aws.route53_resolver_query_log_config import QueryLogConfig as QueryLogConfig
    from secureinfra.aws.s3_account_public_access_block import AccountPublicAccessBlock as AccountPublicAccessBlock
    from secureinfra.aws.s3_account_public_access_block import (
        AccountPublicAccessBlockConfig as AccountPublicAccessBlockConfig,
    )
    from secureinfra.aws.s3_bucket import BucketConfig as BucketConfig
    from secureinfra.aws.s3_bucket import SecureBucket as SecureBucket
    from secureinfra.aws.s3_lifecycle import Transition as Transition
    from secureinfra.aws.s3_log_bucket import LogBucket as LogBucket
    from secureinfra.aws.s3_log_bucket import LogBucketConfig as LogBucketConfig
    from secureinfra.aws.s3_private_bucket import ObjectLock as ObjectLock
    from secureinfra.aws.s3_replication import Replication as Replication
    from secureinfra.aws.security_alarms import AlarmTuning as AlarmTuning
    from secureinfra.aws.security_alarms import SecurityAlarms as SecurityAlarms
    from secureinfra.aws.security_alarms import SecurityAlarmsConfig as SecurityAlarmsConfig
    from secureinfra.aws.security_group import SecurityGroup as SecurityGroup
    from secureinfra.aws.security_group import SecurityGroupConfig as SecurityGroupConfig
    from secureinfra.aws.securityhub_account import SecurityHub as SecurityHub
    from secureinfra.aws.securityhub_account import SecurityHubConfig as SecurityHubConfig
    from secureinfra.aws.sns_topic import SecureTopic as SecureTopic
    from secureinfra.aws.sns_topic import TopicConfig as TopicConfig
    from secureinfra.aws.state_backend import StateBackend as StateBackend
    from secureinfra.aws.state_backend import StateBackendConfig as StateBackendConfig
    from secureinfra.aws.vpc import SecureVpc as SecureVpc
    from secureinfra.aws.vpc_config import VpcConfig as VpcConfig
    from secureinfra.aws.wafv2_managed_groups import AccountCreation as AccountCreation
    from secureinfra.aws.wafv2_managed_groups import AccountTakeover as AccountTakeover
    from secureinfra.aws.wafv2_web_acl import WebAcl as WebAcl
    from secureinfra.aws.wafv2_web_acl_config import WebAclConfig as WebAclConfig
    from secureinfra.config import Config as Config
    from secureinfra.engine._cdk import App as App
    from secureinfra.engine._cdk import TerraformHclModule as TerraformHclModule
    from secureinfra.engine._cdk import TerraformOutput as TerraformOutput
    from secureinfra.engine._cdk import TerraformResource as TerraformResource
    from secureinfra.engine._cdk import TerraformStack as TerraformStack
    from secureinfra.engine._cdk import TerraformVariable as TerraformVariable
    from secureinfra.engine.backend import S3StateConfig as S3StateConfig
    from secureinfra.engine.backend import secure_s3_backend as secure_s3_backend
    from secureinfra.engine.construct import SecureConstruct as SecureConstruct
    from secureinfra.engine.cross_stack import across_stacks as across_stacks
    from secureinfra.engine.provider import AssumeRole as AssumeRole
    from secureinfra.engine.provider import AwsProvider as AwsProvider
    from secureinfra.engine.provider import AwsProviderConfig as AwsProviderConfig
    from secureinfra.engine.resource import Data as Data
    from secureinfra.engine.resource import Resource as Resource
    from secureinfra.engine.stack import configure as configure
    from secureinfra.errors import ConfigError as ConfigError
    from secureinfra.errors import ConfigurationError as ConfigurationError
    from secureinfra.errors import ControlError as ControlError
    from secureinfra.errors import SecureInfraError as SecureInfraError
    from secureinfra.generator.write import write_module as write_module
    from secureinfra.policy import Condition as Condition
    from secureinfra.policy import Principal as Principal
    from secureinfra.policy import Statement as Statement
    from secureinfra.projects.program import add_stacks as add_stacks
    from secureinfra.synth_guard import guard as guard
    from secureinfra.terraform.configuration import Configuration as Configuration
    from secureinfra.values import Arn as Arn
    from secureinfra.values import Cidr as Cidr
    from secureinfra.values import Ipv4Cidr as Ipv4Cidr
    from secureinfra.values import Number as Number
    from secureinfra.values import OrganizationId as OrganizationId
    from secureinfra.values import Region as Region
    from secureinfra.values import Text as Text
    from secureinfra.values import VpcEndpointId as VpcEndpointId
    from secureinfra.values import between as between
    from secureinfra.values import is_token as is_token
    from secureinfra.values import matches as matches
    from secureinfra.values import one_of as one_of
    from secureinfra.waiver import Waiver as Waiver

__version__ = "0.1.0"

# A test compares this table with the imports above, which type checkers and editors read.
_HOMES = {
    "AccessAnalyzer": "aws.accessanalyzer_analyzer",
    "AccessAnalyzerConfig": "aws.accessanalyzer_analyzer",
    "ArchiveFilter": "aws.accessanalyzer_analyzer",
    "ArchiveRule": "aws.accessanalyzer_analyzer",
    "AlternateContacts": "aws.account_alternate_contact",
    "AlternateContactsConfig": "aws.account_alternate_contact",
    "Contact": "aws.account_alternate_contact",
    "Certificate": "aws.acm_certificate",
    "CertificateConfig": "aws.acm_certificate",
    "BehaviorConfig": "aws.cloudfront_behavior",
    "Distribution": "aws.cloudfront_distribution",
    "DistributionConfig": "aws.cloudfront_distribution_config",
    "ErrorPage": "aws.cloudfront_distribution_config",
    "BucketOrigin": "aws.cloudfront_origin",
    "HttpsOrigin": "aws.cloudfront_origin",
    "ResponseHeadersConfig": "aws.cloudfront_response_headers",
    "DataEvents": "aws.cloudtrail",
    "SecureTrail": "aws.cloudtrail",
    "TrailConfig": "aws.cloudtrail",
    "LogGroupConfig": "aws.cloudwatch_log_group",
    "SecureLogGroup": "aws.cloudwatch_log_group",
    "ConfigRecorder": "aws.config_configuration_recorder",
    "ConfigRecorderConfig": "aws.config_configuration_recorder",
    "Connections": "aws.connections",
    "HasConnections": "aws.connections",
    "EbsEncryption": "aws.ebs_encryption_by_default",
    "EbsEncryptionConfig": "aws.ebs_encryption_by_default",
    "SnapshotPublicAccessBlock": "aws.ebs_snapshot_block_public_access",
    "SnapshotPublicAccessBlockConfig": "aws.ebs_snapshot_block_public_access",
    "ImagePublicAccessBlock": "aws.ec2_image_block_public_access",
    "ImagePublicAccessBlockConfig": "aws.ec2_image_block_public_access",
    "InstanceMetadataDefaults": "aws.ec2_instance_metadata_defaults",
    "InstanceMetadataDefaultsConfig": "aws.ec2_instance_metadata_defaults",
    "FindingEvents": "aws.finding_events",
    "FindingEventsConfig": "aws.finding_events",
    "GitHubActionsRoles": "aws.github_actions_roles",
    "GitHubActionsRolesConfig": "aws.github_actions_roles",
    "GitHubRepository": "aws.github_actions_trust",
    "GuardDuty": "aws.guardduty_detector",
    "GuardDutyConfig": "aws.guardduty_detector",
    "PasswordPolicy": "aws.iam_account_password_policy",
    "PasswordPolicyConfig": "aws.iam_account_password_policy",
    "GitHubOidcProvider": "aws.iam_openid_connect_provider",
    "GitHubOidcProviderConfig": "aws.iam_openid_connect_provider",
    "RoleConfig": "aws.iam_role",
    "SecureRole": "aws.iam_role",
    "ExistingRole": "aws.iam_role_policy",
    "ExistingRoleConfig": "aws.iam_role_policy",
    "AccountTrust": "aws.iam_trust",
    "GitHubTrust": "aws.iam_trust",
    "SamlTrust": "aws.iam_trust",
    "ServiceTrust": "aws.iam_trust",
    "Inspector": "aws.inspector2_enabler",
    "InspectorConfig": "aws.inspector2_enabler",
    "KeyConfig": "aws.kms_key",
    "SecureKey": "aws.kms_key",
    "SecureLoadBalancer": "aws.lb",
    "CognitoAuthentication": "aws.lb_authentication",
    "OidcAuthentication": "aws.lb_authentication",
    "ListenerHeadersConfig": "aws.lb_config",
    "LoadBalancerConfig": "aws.lb_config",
    "MutualTls": "aws.lb_config",
    "TargetConfig": "aws.lb_target_group",
    "DiscoveryJob": "aws.macie2_account",
    "Macie": "aws.macie2_account",
    "MacieConfig": "aws.macie2_account",
    "FirewallRule": "aws.networkfirewall_config",
    "NetworkFirewallConfig": "aws.networkfirewall_config",
    "NetworkFirewall": "aws.networkfirewall_firewall",
    "is_opt_in_region": "aws.opt_in_regions",
    "Peer": "aws.peers",
    "Port": "aws.ports",
    "AdministeredService": "aws.region_baseline",
    "RegionBaseline": "aws.region_baseline",
    "RegionBaselineConfig": "aws.region_baseline",
    "RegionFeature": "aws.region_baseline",
    "QueryLog": "aws.route53_resolver_query_log_config",
    "QueryLogConfig": "aws.route53_resolver_query_log_config",
    "AccountPublicAccessBlock": "aws.s3_account_public_access_block",
    "AccountPublicAccessBlockConfig": "aws.s3_account_public_access_block",
    "BucketConfig": "aws.s3_bucket",
    "SecureBucket": "aws.s3_bucket",
    "Transition": "aws.s3_lifecycle",
    "LogBucket": "aws.s3_log_bucket",
    "LogBucketConfig": "aws.s3_log_bucket",
    "ObjectLock": "aws.s3_private_bucket",
    "Replication": "aws.s3_replication",
    "AlarmTuning": "aws.security_alarms",
    "SecurityAlarms": "aws.security_alarms",
    "SecurityAlarmsConfig": "aws.security_alarms",
    "SecurityGroup": "aws.security_group",
    "SecurityGroupConfig": "aws.security_group",
    "SecurityHub": "aws.securityhub_account",
    "SecurityHubConfig": "aws.securityhub_account",
    "SecureTopic": "aws.sns_topic",
    "TopicConfig": "aws.sns_topic",
    "StateBackend": "aws.state_backend",
    "StateBackendConfig": "aws.state_backend",
    "SecureVpc": "aws.vpc",
    "VpcConfig": "aws.vpc_config",
    "AccountCreation": "aws.wafv2_managed_groups",
    "AccountTakeover": "aws.wafv2_managed_groups",
    "WebAcl": "aws.wafv2_web_acl",
    "WebAclConfig": "aws.wafv2_web_acl_config",
    "Config": "config",
    "App": "engine._cdk",
    "TerraformHclModule": "engine._cdk",
    "TerraformOutput": "engine._cdk",
    "TerraformResource": "engine._cdk",
    "TerraformStack": "engine._cdk",
    "TerraformVariable": "engine._cdk",
    "S3StateConfig": "engine.backend",
    "secure_s3_backend": "engine.backend",
    "SecureConstruct": "engine.construct",
    "across_stacks": "engine.cross_stack",
    "AssumeRole": "engine.provider",
    "AwsProvider": "engine.provider",
    "AwsProviderConfig": "engine.provider",
    "Data": "engine.resource",
    "Resource": "engine.resource",
    "configure": "engine.stack",
    "ConfigError": "errors",
    "ConfigurationError": "errors",
    "ControlError": "errors",
    "SecureInfraError": "errors",
    "write_module": "generator.write",
    "Condition": "policy",
    "Principal": "policy",
    "Statement": "policy",
    "add_stacks": "projects.program",
    "guard": "synth_guard",
    "Configuration": "terraform.configuration",
    "Arn": "values",
    "Cidr": "values",
    "Ipv4Cidr": "values",
    "Number": "values",
    "OrganizationId": "values",
    "Region": "values",
    "Text": "values",
    "VpcEndpointId": "values",
    "between": "values",
    "is_token": "values",
    "matches": "values",
    "one_of": "values",
    "Waiver": "waiver",
}

__all__ = tuple(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
