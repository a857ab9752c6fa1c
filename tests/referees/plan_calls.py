"""What a plan asks AWS, as actions of IAM: recorded on the emulator, or listed where the emulator cannot plan a type."""

from __future__ import annotations

from collections.abc import Iterator

from secureinfra.facts.iam_actions import named_by

# The provider's names of services, by those of IAM where they differ.
_SERVICES = {
    "API Gateway": "apigateway",
    "ApiGatewayV2": "apigateway",
    "Application Auto Scaling": "application-autoscaling",
    "Auto Scaling": "autoscaling",
    "CloudWatch Logs": "logs",
    "Cognito Identity Provider": "cognito-idp",
    "Config Service": "config",
    "Elastic Load Balancing v2": "elasticloadbalancing",
    "EFS": "elasticfilesystem",
    "EMR": "elasticmapreduce",
    "EventBridge": "events",
    "Network Firewall": "network-firewall",
    "Route 53": "route53",
    "SFN": "states",
    "Secrets Manager": "secretsmanager",
}
# Calls with another action, or several.
# docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
_ACTIONS = {
    "S3 GetBucketAccelerateConfiguration": ("s3:GetAccelerateConfiguration",),
    "S3 GetBucketCors": ("s3:GetBucketCORS",),
    "S3 GetBucketEncryption": ("s3:GetEncryptionConfiguration",),
    "S3 GetBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
    "S3 GetBucketReplication": ("s3:GetReplicationConfiguration",),
    "S3 GetObjectLockConfiguration": ("s3:GetBucketObjectLockConfiguration",),
    "S3 GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "S3 HeadBucket": ("s3:ListBucket",),
}
# The provider asks for its own account before it starts: the one needs no permission, the other's answer it does without.
# docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html,
# registry.terraform.io/providers/hashicorp/aws/latest/docs#skip_requesting_account_id
# The data source `aws_ami` asks for an instance of the image's id, and goes on without one.
_WITHOUT_ANSWER = frozenset({"EC2 GetInstanceUefiData", "IAM GetUser", "STS GetCallerIdentity"})

# From the provider's documentation and source (`internal/service`), since the emulator cannot plan these types: not recorded.
LISTED = {
    "aws_accessanalyzer_analyzer": ("access-analyzer:GetAnalyzer",),
    "aws_accessanalyzer_archive_rule": ("access-analyzer:GetArchiveRule",),
    "aws_api_gateway_rest_api_policy": ("apigateway:GET",),
    "aws_apigatewayv2_api_mapping": ("apigateway:GET",),
    "aws_apigatewayv2_domain_name": ("apigateway:GET",),
    "aws_appautoscaling_policy": ("application-autoscaling:DescribeScalingPolicies",),
    "aws_appautoscaling_target": (
        "application-autoscaling:DescribeScalableTargets",
        "application-autoscaling:ListTagsForResource",
    ),
    "aws_athena_workgroup": ("athena:GetWorkGroup", "athena:ListTagsForResource"),
    "aws_autoscaling_group": ("autoscaling:DescribeAutoScalingGroups",),
    "aws_autoscaling_policy": ("autoscaling:DescribePolicies",),
    "aws_backup_plan": ("backup:GetBackupPlan", "backup:ListTags"),
    "aws_backup_restore_testing_plan": ("backup:GetRestoreTestingPlan", "backup:ListTags"),
    "aws_backup_restore_testing_selection": ("backup:GetRestoreTestingSelection",),
    "aws_backup_selection": ("backup:GetBackupSelection",),
    "aws_backup_vault": ("backup:DescribeBackupVault", "backup:ListTags"),
    "aws_backup_vault_lock_configuration": ("backup:DescribeBackupVault",),
    "aws_backup_vault_notifications": ("backup:GetBackupVaultNotifications",),
    "aws_backup_vault_policy": ("backup:GetBackupVaultAccessPolicy",),
    "aws_cloudfront_distribution": ("cloudfront:GetDistribution", "cloudfront:ListTagsForResource"),
    "aws_cloudfront_response_headers_policy": ("cloudfront:GetResponseHeadersPolicy",),
    "aws_cognito_resource_server": ("cognito-idp:DescribeResourceServer",),
    "aws_cognito_risk_configuration": ("cognito-idp:DescribeRiskConfiguration",),
    "aws_db_instance": ("rds:DescribeDBInstances",),
    "aws_db_option_group": ("rds:DescribeOptionGroups", "rds:ListTagsForResource"),
    "aws_dynamodb_table_replica": (
        "dynamodb:DescribeContinuousBackups",
        "dynamodb:DescribeTable",
        "dynamodb:ListTagsOfResource",
    ),
    "aws_ebs_default_kms_key": ("ec2:GetEbsDefaultKmsKeyId",),
    "aws_ebs_snapshot_block_public_access": ("ec2:GetSnapshotBlockPublicAccessState",),
    "aws_ec2_image_block_public_access": ("ec2:GetImageBlockPublicAccessState",),
    "aws_ec2_instance_metadata_defaults": ("ec2:GetInstanceMetadataDefaults",),
    "aws_efs_backup_policy": ("elasticfilesystem:DescribeBackupPolicy",),
    "aws_efs_file_system_policy": ("elasticfilesystem:DescribeFileSystemPolicy",),
    "aws_elasticache_replication_group": (
        "elasticache:DescribeCacheClusters",
        "elasticache:DescribeReplicationGroups",
        "elasticache:ListTagsForResource",
    ),
    "aws_elasticache_subnet_group": ("elasticache:DescribeCacheSubnetGroups", "elasticache:ListTagsForResource"),
    "aws_elasticache_user": ("elasticache:DescribeUsers", "elasticache:ListTagsForResource"),
    "aws_elasticache_user_group": ("elasticache:DescribeUserGroups", "elasticache:ListTagsForResource"),
    "aws_guardduty_detector_feature": ("guardduty:GetDetector",),
    "aws_guardduty_publishing_destination": ("guardduty:DescribePublishingDestination",),
    "aws_kinesis_stream": ("kinesis:DescribeStreamSummary", "kinesis:ListTagsForStream"),
    "aws_launch_template": ("ec2:DescribeLaunchTemplateVersions", "ec2:DescribeLaunchTemplates"),
    "aws_macie2_classification_export_configuration": ("macie2:GetClassificationExportConfiguration",),
    "aws_macie2_classification_job": ("macie2:DescribeClassificationJob",),
    "aws_networkfirewall_firewall": ("network-firewall:DescribeFirewall",),
    "aws_networkfirewall_firewall_policy": ("network-firewall:DescribeFirewallPolicy",),
    "aws_networkfirewall_logging_configuration": ("network-firewall:DescribeLoggingConfiguration",),
    "aws_networkfirewall_rule_group": ("network-firewall:DescribeRuleGroup",),
    "aws_rds_cluster_endpoint": ("rds:DescribeDBClusterEndpoints", "rds:ListTagsForResource"),
    "aws_rds_global_cluster": ("rds:DescribeGlobalClusters", "rds:ListTagsForResource"),
    "aws_route53_hosted_zone_dnssec": ("route53:GetDNSSEC",),
    "aws_route53_key_signing_key": ("route53:GetDNSSEC",),
    "aws_route53_query_log": ("route53:GetQueryLoggingConfig",),
    "aws_route53_resolver_firewall_config": ("route53resolver:GetFirewallConfig",),
    "aws_route53_resolver_firewall_domain_list": (
        "route53resolver:GetFirewallDomainList",
        "route53resolver:ListFirewallDomains",
        "route53resolver:ListTagsForResource",
    ),
    "aws_route53_resolver_firewall_rule": ("route53resolver:ListFirewallRules",),
    "aws_route53_resolver_firewall_rule_group": (
        "route53resolver:GetFirewallRuleGroup",
        "route53resolver:ListTagsForResource",
    ),
    "aws_route53_resolver_firewall_rule_group_association": (
        "route53resolver:GetFirewallRuleGroupAssociation",
        "route53resolver:ListTagsForResource",
    ),
    "aws_route53_resolver_query_log_config": (
        "route53resolver:GetResolverQueryLogConfig",
        "route53resolver:ListTagsForResource",
    ),
    "aws_route53_resolver_query_log_config_association": ("route53resolver:GetResolverQueryLogConfigAssociation",),
    "aws_s3_account_public_access_block": ("s3:GetAccountPublicAccessBlock",),
    "aws_s3_bucket_logging": ("s3:GetBucketLogging",),
    "aws_s3_bucket_notification": ("s3:GetBucketNotification",),
    "aws_s3_bucket_replication_configuration": ("s3:GetReplicationConfiguration",),
    "aws_secretsmanager_secret_rotation": ("secretsmanager:DescribeSecret",),
    "aws_securityhub_account": ("securityhub:DescribeHub",),
    "aws_securityhub_finding_aggregator": ("securityhub:GetFindingAggregator",),
    "aws_securityhub_standards_control_association": ("securityhub:ListStandardsControlAssociations",),
    "aws_securityhub_standards_subscription": ("securityhub:GetEnabledStandards",),
    "aws_sfn_state_machine": (
        "states:DescribeStateMachine",
        "states:ListStateMachineVersions",
        "states:ListTagsForResource",
        "states:ValidateStateMachineDefinition",
    ),
    "aws_sqs_queue_redrive_allow_policy": ("sqs:GetQueueAttributes",),
    "aws_ssm_service_setting": ("ssm:GetServiceSetting",),
    "aws_vpc_block_public_access_exclusion": ("ec2:DescribeVpcBlockPublicAccessExclusions",),
    "aws_vpc_block_public_access_options": ("ec2:DescribeVpcBlockPublicAccessOptions",),
}


def actions_of(call: str) -> Iterator[str]:
    """The actions that one recorded call needs, as AWS spells them.

    Args:
        call: `S3 GetBucketPolicy`.

    Raises:
        AssertionError: AWS's list has no such action: say in this file which it is.
    """
    if call in _WITHOUT_ANSWER:
        return
    service, _, method = call.rpartition(" ")
    name = _SERVICES.get(service, service.lower())
    # IAM knows the calls of API Gateway by their HTTP method: docs.aws.amazon.com/service-authorization, "Amazon API Gateway".
    own = f"{name}:GET" if name == "apigateway" else f"{name}:{method}"
    for action in _ACTIONS.get(call, (own,)):
        assert list(named_by(action)) == [action], f"no action for {call!r}"
        yield action
