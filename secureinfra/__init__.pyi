# Written by `make names`: the public names, as type checkers and editors read them.

from secureinfra.aws.account.access_analyzer import AccessAnalyzer as AccessAnalyzer
from secureinfra.aws.account.access_analyzer import AccessAnalyzerConfig as AccessAnalyzerConfig
from secureinfra.aws.account.access_analyzer import ArchiveFilter as ArchiveFilter
from secureinfra.aws.account.access_analyzer import ArchiveRule as ArchiveRule
from secureinfra.aws.account.alternate_contacts import AlternateContacts as AlternateContacts
from secureinfra.aws.account.alternate_contacts import AlternateContactsConfig as AlternateContactsConfig
from secureinfra.aws.account.alternate_contacts import Contact as Contact
from secureinfra.aws.account.ebs_encryption import EbsEncryption as EbsEncryption
from secureinfra.aws.account.ebs_encryption import EbsEncryptionConfig as EbsEncryptionConfig
from secureinfra.aws.account.image_public_access_block import ImagePublicAccessBlock as ImagePublicAccessBlock
from secureinfra.aws.account.image_public_access_block import ImagePublicAccessBlockConfig as ImagePublicAccessBlockConfig
from secureinfra.aws.account.instance_metadata_defaults import InstanceMetadataDefaults as InstanceMetadataDefaults
from secureinfra.aws.account.instance_metadata_defaults import InstanceMetadataDefaultsConfig as InstanceMetadataDefaultsConfig
from secureinfra.aws.account.password_policy import PasswordPolicy as PasswordPolicy
from secureinfra.aws.account.password_policy import PasswordPolicyConfig as PasswordPolicyConfig
from secureinfra.aws.account.region_settings import RegionSettings as RegionSettings
from secureinfra.aws.account.region_settings import RegionSettingsConfig as RegionSettingsConfig
from secureinfra.aws.account.snapshot_public_access_block import SnapshotPublicAccessBlock as SnapshotPublicAccessBlock
from secureinfra.aws.account.snapshot_public_access_block import SnapshotPublicAccessBlockConfig as SnapshotPublicAccessBlockConfig
from secureinfra.aws.acm.certificate import Certificate as Certificate
from secureinfra.aws.acm.certificate import CertificateConfig as CertificateConfig
from secureinfra.aws.api_gateway.account import ApiGatewayAccount as ApiGatewayAccount
from secureinfra.aws.api_gateway.account import ApiGatewayAccountConfig as ApiGatewayAccountConfig
from secureinfra.aws.api_gateway.config import RestApiConfig as RestApiConfig
from secureinfra.aws.api_gateway.rest_api import RestApi as RestApi
from secureinfra.aws.apigatewayv2.api import HttpApi as HttpApi
from secureinfra.aws.apigatewayv2.config import HttpApiConfig as HttpApiConfig
from secureinfra.aws.apigatewayv2.config import HttpApiCorsConfig as HttpApiCorsConfig
from secureinfra.aws.athena.workgroup import Workgroup as Workgroup
from secureinfra.aws.athena.workgroup import WorkgroupConfig as WorkgroupConfig
from secureinfra.aws.autoscaling.config import FleetConfig as FleetConfig
from secureinfra.aws.autoscaling.group import Fleet as Fleet
from secureinfra.aws.backup.config import BackupPlanConfig as BackupPlanConfig
from secureinfra.aws.backup.config import BackupRule as BackupRule
from secureinfra.aws.backup.config import RestoreTest as RestoreTest
from secureinfra.aws.backup.plan import BackupPlan as BackupPlan
from secureinfra.aws.backup.vault import BackupVault as BackupVault
from secureinfra.aws.backup.vault import BackupVaultConfig as BackupVaultConfig
from secureinfra.aws.backup.vault import VaultLock as VaultLock
from secureinfra.aws.cloudfront.behavior import BehaviorConfig as BehaviorConfig
from secureinfra.aws.cloudfront.distribution import Distribution as Distribution
from secureinfra.aws.cloudfront.distribution_config import DistributionConfig as DistributionConfig
from secureinfra.aws.cloudfront.distribution_config import ErrorPage as ErrorPage
from secureinfra.aws.cloudfront.origin import BucketOrigin as BucketOrigin
from secureinfra.aws.cloudfront.origin import HttpsOrigin as HttpsOrigin
from secureinfra.aws.cloudfront.response_headers import ResponseHeadersConfig as ResponseHeadersConfig
from secureinfra.aws.cloudtrail.trail import DataEvents as DataEvents
from secureinfra.aws.cloudtrail.trail import SecureTrail as SecureTrail
from secureinfra.aws.cloudtrail.trail import TrailConfig as TrailConfig
from secureinfra.aws.cloudwatch.event_bus import EventBus as EventBus
from secureinfra.aws.cloudwatch.event_bus import EventBusConfig as EventBusConfig
from secureinfra.aws.cloudwatch.event_pattern import EventPattern as EventPattern
from secureinfra.aws.cloudwatch.event_rule import EventRule as EventRule
from secureinfra.aws.cloudwatch.event_rule import EventRuleConfig as EventRuleConfig
from secureinfra.aws.cloudwatch.log_group import LogGroupConfig as LogGroupConfig
from secureinfra.aws.cloudwatch.log_group import SecureLogGroup as SecureLogGroup
from secureinfra.aws.cognito.attributes import UserAttribute as UserAttribute
from secureinfra.aws.cognito.client import UserPoolClientConfig as UserPoolClientConfig
from secureinfra.aws.cognito.user_pool import UserPool as UserPool
from secureinfra.aws.cognito.user_pool import UserPoolConfig as UserPoolConfig
from secureinfra.aws.db.config import DatabaseConfig as DatabaseConfig
from secureinfra.aws.db.instance import Database as Database
from secureinfra.aws.db.proxy import DatabaseProxy as DatabaseProxy
from secureinfra.aws.db.proxy import DatabaseProxyConfig as DatabaseProxyConfig
from secureinfra.aws.db.subnets import DatabaseSubnets as DatabaseSubnets
from secureinfra.aws.delivery.github_actions_roles import GitHubActionsRoles as GitHubActionsRoles
from secureinfra.aws.delivery.github_actions_roles import GitHubActionsRolesConfig as GitHubActionsRolesConfig
from secureinfra.aws.delivery.github_actions_trust import GitHubRepository as GitHubRepository
from secureinfra.aws.delivery.state_backend import StateBackend as StateBackend
from secureinfra.aws.delivery.state_backend import StateBackendConfig as StateBackendConfig
from secureinfra.aws.detection.config_recorder import ConfigRecorder as ConfigRecorder
from secureinfra.aws.detection.config_recorder import ConfigRecorderConfig as ConfigRecorderConfig
from secureinfra.aws.detection.finding_events import FindingEvents as FindingEvents
from secureinfra.aws.detection.finding_events_config import FindingEventsConfig as FindingEventsConfig
from secureinfra.aws.detection.guardduty import GuardDuty as GuardDuty
from secureinfra.aws.detection.guardduty import GuardDutyConfig as GuardDutyConfig
from secureinfra.aws.detection.inspector import Inspector as Inspector
from secureinfra.aws.detection.inspector import InspectorConfig as InspectorConfig
from secureinfra.aws.detection.macie import DiscoveryJob as DiscoveryJob
from secureinfra.aws.detection.macie import Macie as Macie
from secureinfra.aws.detection.macie import MacieConfig as MacieConfig
from secureinfra.aws.detection.region_baseline import AdministeredService as AdministeredService
from secureinfra.aws.detection.region_baseline import RegionBaseline as RegionBaseline
from secureinfra.aws.detection.region_baseline import RegionBaselineConfig as RegionBaselineConfig
from secureinfra.aws.detection.region_baseline import RegionFeature as RegionFeature
from secureinfra.aws.detection.security_alarms import AlarmTuning as AlarmTuning
from secureinfra.aws.detection.security_alarms import SecurityAlarms as SecurityAlarms
from secureinfra.aws.detection.security_alarms import SecurityAlarmsConfig as SecurityAlarmsConfig
from secureinfra.aws.detection.securityhub import SecurityHub as SecurityHub
from secureinfra.aws.detection.securityhub import SecurityHubConfig as SecurityHubConfig
from secureinfra.aws.dynamodb.config import TableCapacity as TableCapacity
from secureinfra.aws.dynamodb.config import TableConfig as TableConfig
from secureinfra.aws.dynamodb.config import TableIndex as TableIndex
from secureinfra.aws.dynamodb.config import TableReplica as TableReplica
from secureinfra.aws.dynamodb.table import Table as Table
from secureinfra.aws.ec2.config import DataVolume as DataVolume
from secureinfra.aws.ec2.config import InstanceConfig as InstanceConfig
from secureinfra.aws.ec2.image import MachineImage as MachineImage
from secureinfra.aws.ec2.instance import Instance as Instance
from secureinfra.aws.ecr.repository import Repository as Repository
from secureinfra.aws.ecr.repository import RepositoryConfig as RepositoryConfig
from secureinfra.aws.ecs.capacity_config import EcsCapacityProviderConfig as EcsCapacityProviderConfig
from secureinfra.aws.ecs.capacity_provider import EcsCapacityProvider as EcsCapacityProvider
from secureinfra.aws.ecs.cluster import EcsCluster as EcsCluster
from secureinfra.aws.ecs.cluster import EcsClusterConfig as EcsClusterConfig
from secureinfra.aws.ecs.connect_config import ServiceConnectConfig as ServiceConnectConfig
from secureinfra.aws.ecs.ec2_config import Ec2ServiceConfig as Ec2ServiceConfig
from secureinfra.aws.ecs.service import EcsService as EcsService
from secureinfra.aws.ecs.service_config import EcsServiceConfig as EcsServiceConfig
from secureinfra.aws.ecs.service_config import SidecarConfig as SidecarConfig
from secureinfra.aws.efs.file_system import AccessPoint as AccessPoint
from secureinfra.aws.efs.file_system import FileSystem as FileSystem
from secureinfra.aws.efs.file_system import FileSystemConfig as FileSystemConfig
from secureinfra.aws.elasticache.config import CacheConfig as CacheConfig
from secureinfra.aws.elasticache.config import CacheUser as CacheUser
from secureinfra.aws.elasticache.replication_group import Cache as Cache
from secureinfra.aws.glue.catalog_database import CatalogDatabase as CatalogDatabase
from secureinfra.aws.glue.catalog_database import CatalogDatabaseConfig as CatalogDatabaseConfig
from secureinfra.aws.glue.crawler import Crawler as Crawler
from secureinfra.aws.glue.crawler import CrawlerConfig as CrawlerConfig
from secureinfra.aws.glue.data_catalog_encryption_settings import DataCatalogEncryption as DataCatalogEncryption
from secureinfra.aws.glue.data_catalog_encryption_settings import DataCatalogEncryptionConfig as DataCatalogEncryptionConfig
from secureinfra.aws.iam.openid_connect_provider import GitHubOidcProvider as GitHubOidcProvider
from secureinfra.aws.iam.openid_connect_provider import GitHubOidcProviderConfig as GitHubOidcProviderConfig
from secureinfra.aws.iam.role import RoleConfig as RoleConfig
from secureinfra.aws.iam.role import SecureRole as SecureRole
from secureinfra.aws.iam.role_policy import ExistingRole as ExistingRole
from secureinfra.aws.iam.role_policy import ExistingRoleConfig as ExistingRoleConfig
from secureinfra.aws.iam.trust import AccountTrust as AccountTrust
from secureinfra.aws.iam.trust import GitHubTrust as GitHubTrust
from secureinfra.aws.iam.trust import SamlTrust as SamlTrust
from secureinfra.aws.iam.trust import ServiceTrust as ServiceTrust
from secureinfra.aws.kinesis.firehose_delivery_stream import Delivery as Delivery
from secureinfra.aws.kinesis.firehose_delivery_stream import DeliveryConfig as DeliveryConfig
from secureinfra.aws.kinesis.stream import Stream as Stream
from secureinfra.aws.kinesis.stream import StreamConfig as StreamConfig
from secureinfra.aws.kms.key import KeyConfig as KeyConfig
from secureinfra.aws.kms.key import SecureKey as SecureKey
from secureinfra.aws.lambda_.code import FolderCode as FolderCode
from secureinfra.aws.lambda_.code import ImageCode as ImageCode
from secureinfra.aws.lambda_.code import S3Code as S3Code
from secureinfra.aws.lambda_.config import FunctionConfig as FunctionConfig
from secureinfra.aws.lambda_.config import FunctionUrlConfig as FunctionUrlConfig
from secureinfra.aws.lambda_.function import Function as Function
from secureinfra.aws.lambda_.sources import QueueSourceConfig as QueueSourceConfig
from secureinfra.aws.lambda_.sources import StreamSourceConfig as StreamSourceConfig
from secureinfra.aws.lb.authentication import CognitoAuthentication as CognitoAuthentication
from secureinfra.aws.lb.authentication import OidcAuthentication as OidcAuthentication
from secureinfra.aws.lb.balancer import SecureLoadBalancer as SecureLoadBalancer
from secureinfra.aws.lb.config import ListenerHeadersConfig as ListenerHeadersConfig
from secureinfra.aws.lb.config import LoadBalancerConfig as LoadBalancerConfig
from secureinfra.aws.lb.config import MutualTls as MutualTls
from secureinfra.aws.lb.network_balancer import NetworkLoadBalancer as NetworkLoadBalancer
from secureinfra.aws.lb.network_config import EndpointServiceConfig as EndpointServiceConfig
from secureinfra.aws.lb.network_config import NetworkLoadBalancerConfig as NetworkLoadBalancerConfig
from secureinfra.aws.lb.network_target import NetworkTargetConfig as NetworkTargetConfig
from secureinfra.aws.lb.target_group import TargetConfig as TargetConfig
from secureinfra.aws.networkfirewall.config import FirewallRule as FirewallRule
from secureinfra.aws.networkfirewall.config import NetworkFirewallConfig as NetworkFirewallConfig
from secureinfra.aws.networkfirewall.firewall import NetworkFirewall as NetworkFirewall
from secureinfra.aws.pipes.pipe import Pipe as Pipe
from secureinfra.aws.pipes.pipe import PipeConfig as PipeConfig
from secureinfra.aws.rds.cluster import DatabaseCluster as DatabaseCluster
from secureinfra.aws.rds.config import DatabaseClusterConfig as DatabaseClusterConfig
from secureinfra.aws.rds.global_cluster import GlobalDatabase as GlobalDatabase
from secureinfra.aws.rds.global_cluster import GlobalDatabaseConfig as GlobalDatabaseConfig
from secureinfra.aws.rds.secondary import SecondaryClusterConfig as SecondaryClusterConfig
from secureinfra.aws.route53.resolver_firewall_rule_group import DnsFirewall as DnsFirewall
from secureinfra.aws.route53.resolver_firewall_rule_group import DnsFirewallConfig as DnsFirewallConfig
from secureinfra.aws.route53.resolver_query_log_config import QueryLog as QueryLog
from secureinfra.aws.route53.resolver_query_log_config import QueryLogConfig as QueryLogConfig
from secureinfra.aws.route53.zone import Zone as Zone
from secureinfra.aws.route53.zone import ZoneConfig as ZoneConfig
from secureinfra.aws.s3.account_public_access_block import AccountPublicAccessBlock as AccountPublicAccessBlock
from secureinfra.aws.s3.account_public_access_block import AccountPublicAccessBlockConfig as AccountPublicAccessBlockConfig
from secureinfra.aws.s3.bucket import BucketConfig as BucketConfig
from secureinfra.aws.s3.bucket import SecureBucket as SecureBucket
from secureinfra.aws.s3.lifecycle import Transition as Transition
from secureinfra.aws.s3.log_bucket import LogBucket as LogBucket
from secureinfra.aws.s3.log_bucket import LogBucketConfig as LogBucketConfig
from secureinfra.aws.s3.private_bucket import ObjectLock as ObjectLock
from secureinfra.aws.s3.replication import Replication as Replication
from secureinfra.aws.scheduler.schedule import Schedule as Schedule
from secureinfra.aws.scheduler.schedule import ScheduleConfig as ScheduleConfig
from secureinfra.aws.secretsmanager.random_password import GeneratedPassword as GeneratedPassword
from secureinfra.aws.secretsmanager.secret import Secret as Secret
from secureinfra.aws.secretsmanager.secret import SecretConfig as SecretConfig
from secureinfra.aws.secretsmanager.secret import SecretReplica as SecretReplica
from secureinfra.aws.secretsmanager.secret import SecretRotation as SecretRotation
from secureinfra.aws.security_group.group import Connections as Connections
from secureinfra.aws.security_group.group import HasConnections as HasConnections
from secureinfra.aws.security_group.group import SecurityGroup as SecurityGroup
from secureinfra.aws.security_group.group import SecurityGroupConfig as SecurityGroupConfig
from secureinfra.aws.security_group.peers import Peer as Peer
from secureinfra.aws.security_group.ports import Port as Port
from secureinfra.aws.sfn.state_machine import Workflow as Workflow
from secureinfra.aws.sfn.state_machine import WorkflowConfig as WorkflowConfig
from secureinfra.aws.sns.topic import SecureTopic as SecureTopic
from secureinfra.aws.sns.topic import TopicConfig as TopicConfig
from secureinfra.aws.sqs.dead_letter_queue import DeadLetterQueue as DeadLetterQueue
from secureinfra.aws.sqs.dead_letter_queue import DeadLetterQueueConfig as DeadLetterQueueConfig
from secureinfra.aws.sqs.queue import Queue as Queue
from secureinfra.aws.sqs.queue import QueueConfig as QueueConfig
from secureinfra.aws.ssm.parameter import Parameter as Parameter
from secureinfra.aws.ssm.parameter import ParameterConfig as ParameterConfig
from secureinfra.aws.vpc.config import VpcConfig as VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc as SecureVpc
from secureinfra.aws.wafv2.managed_groups import AccountCreation as AccountCreation
from secureinfra.aws.wafv2.managed_groups import AccountTakeover as AccountTakeover
from secureinfra.aws.wafv2.web_acl import WebAcl as WebAcl
from secureinfra.aws.wafv2.web_acl_config import WebAclConfig as WebAclConfig
from secureinfra.config.config import Config as Config
from secureinfra.config.problem import Problem as Problem
from secureinfra.config.rule import between as between
from secureinfra.config.rule import matches as matches
from secureinfra.config.rule import one_of as one_of
from secureinfra.config.rules import AccountId as AccountId
from secureinfra.config.rules import Arn as Arn
from secureinfra.config.rules import CertificateArn as CertificateArn
from secureinfra.config.rules import Cidr as Cidr
from secureinfra.config.rules import Ipv4Cidr as Ipv4Cidr
from secureinfra.config.rules import LogRetention as LogRetention
from secureinfra.config.rules import Number as Number
from secureinfra.config.rules import OrganizationId as OrganizationId
from secureinfra.config.rules import Region as Region
from secureinfra.config.rules import Text as Text
from secureinfra.config.rules import VpcEndpointId as VpcEndpointId
from secureinfra.config.rules import is_token as is_token
from secureinfra.config.waiver import Waiver as Waiver
from secureinfra.declared.declares import declares as declares
from secureinfra.engine._cdk import App as App
from secureinfra.engine._cdk import Construct as Construct
from secureinfra.engine._cdk import TerraformHclModule as TerraformHclModule
from secureinfra.engine._cdk import TerraformOutput as TerraformOutput
from secureinfra.engine._cdk import TerraformResource as TerraformResource
from secureinfra.engine._cdk import TerraformStack as TerraformStack
from secureinfra.engine._cdk import TerraformVariable as TerraformVariable
from secureinfra.engine.backend import S3StateConfig as S3StateConfig
from secureinfra.engine.backend import secure_s3_backend as secure_s3_backend
from secureinfra.engine.between_stacks import import_from as import_from
from secureinfra.engine.between_stacks import let_go as let_go
from secureinfra.engine.between_stacks import move_from as move_from
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
from secureinfra.facts.opt_in_regions import is_opt_in_region as is_opt_in_region
from secureinfra.modules.write import write_module as write_module
from secureinfra.policy import Condition as Condition
from secureinfra.policy import Principal as Principal
from secureinfra.policy import Statement as Statement
from secureinfra.stacks.program import add_stacks as add_stacks
from secureinfra.synth_guard import guard as guard
from secureinfra.terraform.model.configuration import Configuration as Configuration
from secureinfra.version import __version__ as __version__

__all__ = [
    "AccessAnalyzer",
    "AccessAnalyzerConfig",
    "AccessPoint",
    "AccountCreation",
    "AccountId",
    "AccountPublicAccessBlock",
    "AccountPublicAccessBlockConfig",
    "AccountTakeover",
    "AccountTrust",
    "AdministeredService",
    "AlarmTuning",
    "AlternateContacts",
    "AlternateContactsConfig",
    "ApiGatewayAccount",
    "ApiGatewayAccountConfig",
    "App",
    "ArchiveFilter",
    "ArchiveRule",
    "Arn",
    "AssumeRole",
    "AwsProvider",
    "AwsProviderConfig",
    "BackupPlan",
    "BackupPlanConfig",
    "BackupRule",
    "BackupVault",
    "BackupVaultConfig",
    "BehaviorConfig",
    "BucketConfig",
    "BucketOrigin",
    "Cache",
    "CacheConfig",
    "CacheUser",
    "CatalogDatabase",
    "CatalogDatabaseConfig",
    "Certificate",
    "CertificateArn",
    "CertificateConfig",
    "Cidr",
    "CognitoAuthentication",
    "Condition",
    "Config",
    "ConfigError",
    "ConfigRecorder",
    "ConfigRecorderConfig",
    "Configuration",
    "ConfigurationError",
    "Connections",
    "Construct",
    "Contact",
    "ControlError",
    "Crawler",
    "CrawlerConfig",
    "Data",
    "DataCatalogEncryption",
    "DataCatalogEncryptionConfig",
    "DataEvents",
    "DataVolume",
    "Database",
    "DatabaseCluster",
    "DatabaseClusterConfig",
    "DatabaseConfig",
    "DatabaseProxy",
    "DatabaseProxyConfig",
    "DatabaseSubnets",
    "DeadLetterQueue",
    "DeadLetterQueueConfig",
    "Delivery",
    "DeliveryConfig",
    "DiscoveryJob",
    "Distribution",
    "DistributionConfig",
    "DnsFirewall",
    "DnsFirewallConfig",
    "EbsEncryption",
    "EbsEncryptionConfig",
    "Ec2ServiceConfig",
    "EcsCapacityProvider",
    "EcsCapacityProviderConfig",
    "EcsCluster",
    "EcsClusterConfig",
    "EcsService",
    "EcsServiceConfig",
    "EndpointServiceConfig",
    "ErrorPage",
    "EventBus",
    "EventBusConfig",
    "EventPattern",
    "EventRule",
    "EventRuleConfig",
    "ExistingRole",
    "ExistingRoleConfig",
    "FileSystem",
    "FileSystemConfig",
    "FindingEvents",
    "FindingEventsConfig",
    "FirewallRule",
    "Fleet",
    "FleetConfig",
    "FolderCode",
    "Function",
    "FunctionConfig",
    "FunctionUrlConfig",
    "GeneratedPassword",
    "GitHubActionsRoles",
    "GitHubActionsRolesConfig",
    "GitHubOidcProvider",
    "GitHubOidcProviderConfig",
    "GitHubRepository",
    "GitHubTrust",
    "GlobalDatabase",
    "GlobalDatabaseConfig",
    "GuardDuty",
    "GuardDutyConfig",
    "HasConnections",
    "HttpApi",
    "HttpApiConfig",
    "HttpApiCorsConfig",
    "HttpsOrigin",
    "ImageCode",
    "ImagePublicAccessBlock",
    "ImagePublicAccessBlockConfig",
    "Inspector",
    "InspectorConfig",
    "Instance",
    "InstanceConfig",
    "InstanceMetadataDefaults",
    "InstanceMetadataDefaultsConfig",
    "Ipv4Cidr",
    "KeyConfig",
    "ListenerHeadersConfig",
    "LoadBalancerConfig",
    "LogBucket",
    "LogBucketConfig",
    "LogGroupConfig",
    "LogRetention",
    "MachineImage",
    "Macie",
    "MacieConfig",
    "MutualTls",
    "NetworkFirewall",
    "NetworkFirewallConfig",
    "NetworkLoadBalancer",
    "NetworkLoadBalancerConfig",
    "NetworkTargetConfig",
    "Number",
    "ObjectLock",
    "OidcAuthentication",
    "OrganizationId",
    "Parameter",
    "ParameterConfig",
    "PasswordPolicy",
    "PasswordPolicyConfig",
    "Peer",
    "Pipe",
    "PipeConfig",
    "Port",
    "Principal",
    "Problem",
    "QueryLog",
    "QueryLogConfig",
    "Queue",
    "QueueConfig",
    "QueueSourceConfig",
    "Region",
    "RegionBaseline",
    "RegionBaselineConfig",
    "RegionFeature",
    "RegionSettings",
    "RegionSettingsConfig",
    "Replication",
    "Repository",
    "RepositoryConfig",
    "Resource",
    "ResponseHeadersConfig",
    "RestApi",
    "RestApiConfig",
    "RestoreTest",
    "RoleConfig",
    "S3Code",
    "S3StateConfig",
    "SamlTrust",
    "Schedule",
    "ScheduleConfig",
    "SecondaryClusterConfig",
    "Secret",
    "SecretConfig",
    "SecretReplica",
    "SecretRotation",
    "SecureBucket",
    "SecureConstruct",
    "SecureInfraError",
    "SecureKey",
    "SecureLoadBalancer",
    "SecureLogGroup",
    "SecureRole",
    "SecureTopic",
    "SecureTrail",
    "SecureVpc",
    "SecurityAlarms",
    "SecurityAlarmsConfig",
    "SecurityGroup",
    "SecurityGroupConfig",
    "SecurityHub",
    "SecurityHubConfig",
    "ServiceConnectConfig",
    "ServiceTrust",
    "SidecarConfig",
    "SnapshotPublicAccessBlock",
    "SnapshotPublicAccessBlockConfig",
    "StateBackend",
    "StateBackendConfig",
    "Statement",
    "Stream",
    "StreamConfig",
    "StreamSourceConfig",
    "Table",
    "TableCapacity",
    "TableConfig",
    "TableIndex",
    "TableReplica",
    "TargetConfig",
    "TerraformHclModule",
    "TerraformOutput",
    "TerraformResource",
    "TerraformStack",
    "TerraformVariable",
    "Text",
    "TopicConfig",
    "TrailConfig",
    "Transition",
    "UserAttribute",
    "UserPool",
    "UserPoolClientConfig",
    "UserPoolConfig",
    "VaultLock",
    "VpcConfig",
    "VpcEndpointId",
    "Waiver",
    "WebAcl",
    "WebAclConfig",
    "Workflow",
    "WorkflowConfig",
    "Workgroup",
    "WorkgroupConfig",
    "Zone",
    "ZoneConfig",
    "across_stacks",
    "add_stacks",
    "between",
    "configure",
    "declares",
    "guard",
    "import_from",
    "is_opt_in_region",
    "is_token",
    "let_go",
    "matches",
    "move_from",
    "one_of",
    "secure_s3_backend",
    "write_module",
]
