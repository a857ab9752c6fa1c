"""What the AWS emulator cannot do: each resource type that is left out of an apply there, with the reason.

They are still validated and planned by the real provider.
"""

_NO_RULES = "the emulator knows firewalls, but no policies and rule groups"
_NO_NAMES = "the emulator knows resolvers, but no DNS firewalls"
_NO_DELETION = "the emulator makes query logs and does not delete them"
_NO_HUB = "the emulator knows Security Hub, but neither standards nor the settings that the provider sets when it is on"
_NEVER_ANSWERED = "the emulator does not know the call, and the provider waits for minutes until it believes that"

LEFT_OUT = {
    "aws_s3_bucket_logging": (
        "the emulator compares Principal.Service and Resource of the log bucket's policy with plain strings; ours are "
        "lists, which scanners need (Trivy reads no others) and AWS accepts"
    ),
    "aws_vpc_block_public_access_options": "the emulator does not know the call",
    "aws_vpc_block_public_access_exclusion": "the emulator does not know the call",
    "aws_s3_bucket_notification": "the emulator forgets `eventbridge`, so that the second plan is not empty",
    "aws_s3_bucket_replication_configuration": "the emulator wants the destination bucket in the same account",
    "aws_cloudfront_distribution": (
        "the emulator knows no origin groups, and forgets access control and headers, so that the second plan is not empty"
    ),
    "aws_cloudfront_response_headers_policy": "the emulator does not know the call",
    "aws_networkfirewall_rule_group": _NO_RULES,
    "aws_networkfirewall_firewall_policy": _NO_RULES,
    "aws_networkfirewall_firewall": f"{_NO_RULES}; with it go the routes that lead to it",
    "aws_networkfirewall_logging_configuration": _NO_RULES,
    "aws_route53_resolver_query_log_config": _NO_DELETION,
    "aws_route53_resolver_query_log_config_association": _NO_DELETION,
    "aws_route53_resolver_firewall_rule_group": _NO_NAMES,
    "aws_route53_resolver_firewall_rule": _NO_NAMES,
    "aws_route53_resolver_firewall_domain_list": _NO_NAMES,
    "aws_route53_resolver_firewall_rule_group_association": _NO_NAMES,
    "aws_route53_resolver_firewall_config": _NO_NAMES,
    "aws_guardduty_detector_feature": "the emulator remembers only the feature that was set last",
    "aws_guardduty_publishing_destination": "the emulator does not know the call",
    "aws_macie2_classification_export_configuration": "the emulator does not know the call",
    "aws_macie2_classification_job": "the emulator does not know the call",
    "aws_securityhub_account": _NO_HUB,
    "aws_securityhub_standards_subscription": _NO_HUB,
    "aws_securityhub_finding_aggregator": _NO_HUB,
    "aws_securityhub_standards_control_association": _NO_HUB,
    "aws_ssm_service_setting": "the emulator does not know the call",
    "aws_s3_account_public_access_block": (
        "the provider asks for it at a host named after the account, which the emulator's address does not have"
    ),
    "aws_sfn_state_machine": "the emulator does not know the call by which the provider checks a definition at every plan",
    "aws_kinesis_stream": "the emulator forgets its tags, those that the provider adds to all too",
    "aws_athena_workgroup": "the emulator does not know its tags, for which the provider asks",
    "aws_sqs_queue_redrive_allow_policy": "the emulator forgets it, and the provider waits until it is there",
    "aws_api_gateway_rest_api_policy": "the emulator does not give the policy back as JSON",
    "aws_route53_query_log": "the emulator wants ':*' at the end of the log group's ARN, which the provider takes off",
    "aws_route53_key_signing_key": "the emulator does not know the call",
    "aws_route53_hosted_zone_dnssec": "the emulator does not know the call",
    "aws_cognito_resource_server": "the emulator fails when it is asked to delete one",
    "aws_cognito_risk_configuration": "the emulator does not know the call",
    "aws_apigatewayv2_domain_name": "the emulator tells no status, for which the provider waits; with it goes the mapping to it",
    "aws_ebs_default_kms_key": _NEVER_ANSWERED,
    "aws_ebs_snapshot_block_public_access": _NEVER_ANSWERED,
    "aws_ec2_image_block_public_access": "the emulator does not know the call",
    "aws_ec2_instance_metadata_defaults": _NEVER_ANSWERED,
    "aws_accessanalyzer_analyzer": _NEVER_ANSWERED,
    "aws_accessanalyzer_archive_rule": _NEVER_ANSWERED,
    "aws_db_instance": "the emulator never reports an instance with these settings as available, and the provider waits an hour",
    "aws_db_option_group": "the emulator knows no version of MySQL and MariaDB that is still supported",
    "aws_rds_cluster_endpoint": "the emulator does not know the call",
    "aws_rds_global_cluster": (
        "the emulator looks for the cluster that it is made of by name, and the provider gives its ARN; with it go the secondary "
        "clusters, which the emulator makes, in minutes, one after the other"
    ),
    "aws_secretsmanager_secret_rotation": "the emulator rotates at once, and cannot call a function that is an image",
    "aws_appautoscaling_target": "the emulator does not know the call for its tags",
    "aws_appautoscaling_policy": "goes with its target",
    "aws_backup_vault": "the emulator makes it and forgets its tags, so that the second plan is not empty",
    "aws_backup_vault_lock_configuration": "goes with its vault",
    "aws_backup_plan": "the emulator makes it and forgets its tags, so that the second plan is not empty",
    "aws_backup_selection": "the emulator does not know the call",
    "aws_backup_vault_policy": "the emulator does not know the call",
    "aws_backup_vault_notifications": "the emulator does not know the call",
    "aws_backup_restore_testing_plan": "the emulator does not know the call",
    "aws_backup_restore_testing_selection": "the emulator does not know the call",
    "aws_efs_backup_policy": "the emulator does not know the call",
    "aws_efs_file_system_policy": "the emulator makes it, and does not know the call that deletes it",
    "aws_elasticache_replication_group": "the emulator forgets its members, which the provider reads",
    "aws_elasticache_user_group": "the emulator does not know the call",
    "aws_elasticache_user": "goes with its group",
    "aws_elasticache_subnet_group": "the emulator fails to delete it",
    "aws_launch_template": "the emulator adds a tag specification for the template itself, so that the second plan is not empty",
    "aws_autoscaling_group": "goes with its template",
    "aws_autoscaling_policy": "the emulator invents a predictive policy beside it, so that the second plan is not empty",
    "aws_dynamodb_table_replica": "the emulator never lists the replica, for which the provider waits",
}

# What a reference to something that is left out becomes, where others refer to it: resource type, attribute, value.
STANDS_IN = {
    "aws_autoscaling_group": {
        "arn": (
            "arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:00000000-0000-4000-8000-000000000000:"
            "autoScalingGroupName/{name}"
        )
    },
    "aws_cloudfront_distribution": {"arn": "arn:aws:cloudfront::123456789012:distribution/{name}"},
    "aws_sfn_state_machine": {"arn": "arn:aws:states:eu-central-1:123456789012:stateMachine:{name}"},
    "aws_kinesis_stream": {"arn": "arn:aws:kinesis:eu-central-1:123456789012:stream/{name}", "name": "{name}"},
    "aws_backup_vault": {"arn": "arn:aws:backup:eu-central-1:123456789012:backup-vault:{name}", "name": "{name}"},
}

_FORGETS = "the emulator forgets it, so that the second plan would set it again"
_NEVER_ASSOCIATED = (
    "the emulator never reports the IPv6 network of a subnet as associated, for which the provider waits"
)

# Arguments that the emulator gets wrong: resource type, argument, and the argument beside which that happens.
FORGOTTEN = {
    ("aws_acm_certificate", "key_algorithm", "key_algorithm"): _FORGETS,
    (
        "aws_secretsmanager_secret",
        "replica",
        "replica",
    ): "the emulator forgets a replica's key, so that the second plan would set it",
    ("aws_dynamodb_table", "table_class", "table_class"): _FORGETS,
    ("aws_instance", "monitoring", "monitoring"): "the emulator does not know the call that turns it on",
    ("aws_lambda_function", "logging_config", "logging_config"): _FORGETS,
    ("aws_route53_zone", "vpc", "vpc"): _FORGETS,
    ("aws_cognito_user_pool_domain", "certificate_arn", "certificate_arn"): _FORGETS,
    ("aws_ecs_service", "capacity_provider_strategy", "capacity_provider_strategy"): _FORGETS,
    ("aws_ecs_service", "enable_ecs_managed_tags", "enable_ecs_managed_tags"): _FORGETS,
    ("aws_ecs_service", "enable_execute_command", "enable_execute_command"): _FORGETS,
    ("aws_ecs_service", "ordered_placement_strategy", "ordered_placement_strategy"): _FORGETS,
    ("aws_ecs_service", "health_check_grace_period_seconds", "health_check_grace_period_seconds"): _FORGETS,
    ("aws_db_parameter_group", "parameter", "parameter"): _FORGETS,
    ("aws_glue_crawler", "lake_formation_configuration", "lake_formation_configuration"): _FORGETS,
    ("aws_rds_cluster", "storage_type", "storage_type"): "the emulator fails, since it knows no storage type of Aurora",
    ("aws_kms_key", "rotation_period_in_days", "rotation_period_in_days"): _FORGETS,
    ("aws_subnet", "ipv6_cidr_block", "ipv6_cidr_block"): _NEVER_ASSOCIATED,
    ("aws_subnet", "assign_ipv6_address_on_creation", "assign_ipv6_address_on_creation"): _NEVER_ASSOCIATED,
    ("aws_lb_listener", "mutual_authentication", "mutual_authentication"): _FORGETS,
    (
        "aws_lb",
        "enforce_security_group_inbound_rules_on_private_link_traffic",
        "enforce_security_group_inbound_rules_on_private_link_traffic",
    ): _FORGETS,
    ("aws_vpc_endpoint_service", "supported_ip_address_types", "supported_ip_address_types"): _FORGETS,
    (
        "aws_sqs_queue",
        "redrive_policy",
        "redrive_policy",
    ): "the emulator adds spaces, which the provider takes for a change",
    ("aws_vpc_security_group_ingress_rule", "description", "referenced_security_group_id"): _FORGETS,
    ("aws_vpc_security_group_egress_rule", "description", "referenced_security_group_id"): _FORGETS,
    ("aws_vpc_security_group_ingress_rule", "description", "prefix_list_id"): _FORGETS,
    ("aws_vpc_security_group_egress_rule", "description", "prefix_list_id"): _FORGETS,
}

# Arguments that the emulator never reports, for which the provider has a default: changes of these are ignored.
NEVER_REPORTED = {
    ("aws_instance", "disable_api_termination"): "the emulator starts it without, and says so",
    ("aws_instance", "maintenance_options"): _FORGETS,
    (
        "aws_instance",
        "vpc_security_group_ids",
    ): "the emulator forgets the groups of an interface without public address",
    ("aws_ecs_service", "availability_zone_rebalancing"): _FORGETS,
    ("aws_rds_cluster", "scaling_configuration"): "the emulator invents the one of Serverless v1",
    ("aws_rds_cluster", "database_insights_mode"): _FORGETS,
    **{
        (type, f"performance_insights_{argument}"): _FORGETS
        for type in ("aws_rds_cluster", "aws_rds_cluster_instance")
        for argument in ("enabled", "kms_key_id", "retention_period")
    },
}
