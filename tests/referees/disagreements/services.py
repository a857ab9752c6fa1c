"""Services of applications: APIs, queues and streams, caches, searches, their data and their users."""

from tests.referees.truth import Reason

REASONS = (
    # API Gateway
    Reason(
        "CKV2_AWS_29",
        "ours fails",
        "no aws_wafv2_web_acl_association",
        "it gives a verdict only on a stage whose API it finds, and takes AWS WAF Classic",
    ),
    Reason(
        "CKV2_AWS_29",
        "theirs fails",
        "aws_wafv2_web_acl_association",
        "it passes an API only where endpoint_configuration.types is written",
    ),
    Reason("CKV2_AWS_4", "theirs fails", '"logging_level": "(ERROR|INFO)"', "it wants metrics_enabled beside the log"),
    Reason(
        "CKV_AWS_206",
        "ours fails",
        "TLS_1_2",
        "it takes TLS_1_2, which APIGateway.11 does not: some of its ciphers lack forward secrecy",
    ),
    Reason(
        "CKV2_AWS_70",
        "ours fails",
        "^api-gateway-method-authorized",
        "it reads the policy of the API beside the method, and takes one that is not there",
    ),
    # Step Functions
    Reason(
        "CKV_AWS_285",
        "theirs fails",
        '"level": "(ALL|ERROR)"',
        "it asks for include_execution_data, which writes inputs and outputs into the log; StepFunctions.1 does not",
    ),
    # Cognito
    Reason(
        "CKV_AWS_366",
        "theirs fails",
        r"\A((?!allow_unauthenticated).)*\n",
        "it wants the argument written; the provider's own value is false",
    ),
    # ElastiCache
    Reason("CKV_AWS_29", "theirs fails", '"engine": "valkey"', "Valkey is encrypted by default"),
    Reason(
        "CKV_AWS_191",
        "ours fails",
        "at_rest_encryption_enabled",
        "it reads the key only, which is not used where encryption is off",
    ),
    Reason(
        "CKV_AWS_30",
        "ours fails",
        '"preferred"',
        "it does not read the mode, in which clients may still connect without TLS",
    ),
    Reason(
        "CKV_AWS_31", "theirs fails", '"(auth_token|user_group_ids)"', "it asks for TLS as well, which is CKV_AWS_30's"
    ),
    Reason("CKV_AWS_323", "ours fails", '"default"', "any name passes, that of the default group too"),
    # Kinesis
    Reason(
        "CKV_AWS_185",
        "ours fails",
        "encryption_type|alias/aws/kinesis",
        "any key passes, that of AWS too, and one that is not used where encryption is off",
    ),
    # Networks
    Reason(
        "CKV_AWS_130",
        "ours fails",
        "aws_default_subnet.*is not set",
        "subnets of a default VPC assign public addresses unless that is turned off",
    ),
    # OpenSearch
    Reason(
        "CKV_AWS_6",
        "ours fails",
        "^opensearch-domain-node-to-node",
        "it passes a domain of one node; Opensearch.3 does not",
    ),
    Reason(
        "CKV_AWS_83",
        "ours fails",
        "(enforce_https|tls_security_policy) is not set|2019-07",
        "it reads enforce_https of a block that is there; without one AWS takes HTTP, and the policy is CKV_AWS_228's",
    ),
    Reason(
        "CKV_AWS_228",
        "ours fails",
        "2019-07|enforce_https = false",
        "it takes the policy of 2019, which ES.8 does not; HTTPS is CKV_AWS_83's",
    ),
    Reason("CKV2_AWS_59", "ours fails", "dedicated_master_count", "it asks for dedicated masters in any number"),
    Reason(
        "CKV_AWS_318",
        "theirs fails",
        '"dedicated_master_count": 3',
        "it asks for zone awareness too, which is Opensearch.6's",
    ),
    Reason("CKV_AWS_137", "ours fails", r"subnet_ids = \[\]", "any block passes, without subnets too"),
    Reason(
        "CKV_AWS_84",
        "ours fails",
        "no log_publishing_options",
        "any log passes; Opensearch.4 asks for the one with errors",
    ),
    Reason(
        "CKV_AWS_317",
        "theirs fails",
        r'"log_type": "AUDIT_LOGS"',
        "it wants `enabled` written; the provider's own value is true",
    ),
    # Others
    Reason(
        "CKV2_AWS_18",
        "theirs fails",
        '"status": "ENABLED"',
        "it asks for a backup plan; EFS.7 for the automatic backup policy, which is one",
    ),
    Reason("CKV2_AWS_38", "ours fails", "^route53-zone-dnssec", "any block passes, one that does not sign too"),
)
