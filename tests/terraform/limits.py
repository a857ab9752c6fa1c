"""What the AWS emulator cannot do: each resource type that is left out of an apply there, with the reason.

They are still validated and planned by the real provider.
"""

_NO_RULES = "the emulator knows firewalls, but no policies and rule groups"
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
    "aws_guardduty_detector_feature": "the emulator remembers only the feature that was set last",
    "aws_guardduty_publishing_destination": "the emulator does not know the call",
    "aws_macie2_classification_export_configuration": "the emulator does not know the call",
    "aws_macie2_classification_job": "the emulator does not know the call",
    "aws_securityhub_account": _NO_HUB,
    "aws_securityhub_standards_subscription": _NO_HUB,
    "aws_securityhub_finding_aggregator": _NO_HUB,
    "aws_s3_account_public_access_block": (
        "the provider asks for it at a host named after the account, which the emulator's address does not have"
    ),
    "aws_ebs_default_kms_key": _NEVER_ANSWERED,
    "aws_ebs_snapshot_block_public_access": _NEVER_ANSWERED,
    "aws_ec2_image_block_public_access": "the emulator does not know the call",
    "aws_ec2_instance_metadata_defaults": _NEVER_ANSWERED,
    "aws_accessanalyzer_analyzer": _NEVER_ANSWERED,
    "aws_accessanalyzer_archive_rule": _NEVER_ANSWERED,
}

# What a reference to something that is left out becomes, where others refer to it: resource type, attribute, value.
STANDS_IN = {"aws_cloudfront_distribution": {"arn": "arn:aws:cloudfront::123456789012:distribution/{name}"}}

_FORGETS = "the emulator forgets it, so that the second plan would set it again"
_NEVER_ASSOCIATED = (
    "the emulator never reports the IPv6 network of a subnet as associated, for which the provider waits"
)

# Arguments that the emulator gets wrong: resource type, argument, and the argument beside which that happens.
FORGOTTEN = {
    ("aws_acm_certificate", "key_algorithm", "key_algorithm"): _FORGETS,
    ("aws_kms_key", "rotation_period_in_days", "rotation_period_in_days"): _FORGETS,
    ("aws_subnet", "ipv6_cidr_block", "ipv6_cidr_block"): _NEVER_ASSOCIATED,
    ("aws_subnet", "assign_ipv6_address_on_creation", "assign_ipv6_address_on_creation"): _NEVER_ASSOCIATED,
    ("aws_lb_listener", "mutual_authentication", "mutual_authentication"): _FORGETS,
    ("aws_vpc_security_group_ingress_rule", "description", "referenced_security_group_id"): _FORGETS,
    ("aws_vpc_security_group_egress_rule", "description", "referenced_security_group_id"): _FORGETS,
    ("aws_vpc_security_group_ingress_rule", "description", "prefix_list_id"): _FORGETS,
    ("aws_vpc_security_group_egress_rule", "description", "prefix_list_id"): _FORGETS,
}
