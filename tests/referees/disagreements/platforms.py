"""Services that others run for you: databases, brokers, builds, clusters, analysis, file systems."""

from tests.referees.truth import Reason

REASONS = (
    Reason(
        "CKV_AWS_90",
        "ours fails",
        "no parameter tls",
        "it takes a group without the parameter, and `enabled`, which allows TLS 1.0",
    ),
    Reason("CKV_AWS_85", "ours fails", '"profiler"', "any log passes; DocumentDB.4 asks for the audit log"),
    Reason(
        "CKV_AWS_182",
        "ours fails",
        "storage_encrypted|alias/aws/service",
        "any key passes, that of AWS too, and one that is not used where encryption is off",
    ),
    Reason(
        "CKV_AWS_314", "theirs fails", r"\A((?!DISABLED).)*\n", "it wants the block; CloudWatch logs are on without one"
    ),
    Reason("CKV_AWS_314", "ours fails", "^codebuild-project-logged", "any block passes, disabled ones too"),
    Reason("CKV_AWS_78", "ours fails", "secondary_artifacts", "it reads the first artifacts only"),
    Reason(
        "CKV_AWS_209",
        "ours fails",
        "use_aws_owned_key",
        "it reads kms_key_id only, which is not used beside use_aws_owned_key",
    ),
    Reason("CKV_AWS_48", "ours fails", "logs.audit", "it asks for the general log; the audit log is CKV_AWS_197's"),
    Reason("CKV_AWS_197", "ours fails", "logs.general", "it asks for the audit log; the general log is CKV_AWS_48's"),
    Reason(
        "CKV_AWS_389", "ours fails", "associate_public_ip_address is not set", "without the argument the subnet decides"
    ),
    Reason(
        "CKV_AWS_79",
        "ours fails",
        "aws_launch_configuration",
        "it does not read a launch configuration without the block",
    ),
    Reason(
        "CKV_AWS_81",
        "theirs fails",
        r"\A((?!encryption_info).)*\n",
        "it wants the block; without one, TLS is the default",
    ),
    Reason("CKV_AWS_339", "theirs fails", '"1.40"', "it knows the versions of today; a later one is no worse"),
    Reason("CKV_AWS_339", "ours fails", '"1.32"', "its list holds versions whose standard support has ended"),
    Reason("CKV_AWS_37", "theirs fails", '"audit"', "it wants all five logs; EKS.8 asks for the audit log"),
    Reason("CKV_AWS_58", "ours fails", "alias/aws/eks", "any key passes, that of AWS too"),
    Reason(
        "CKV_AWS_100",
        "ours fails",
        r"source_security_group_ids = \[\]",
        "an empty list of groups passes, which opens the port",
    ),
    Reason(
        "CKV2_AWS_19",
        "theirs fails",
        '"aws_eip"',
        "it wants `vpc = true`, which the provider has replaced, or an instance of the configuration",
    ),
    Reason(
        "CKV_AWS_212 CKV_AWS_296 CKV_AWS_178 CKV_AWS_179 CKV_AWS_190 CKV_AWS_203",
        "ours fails",
        "alias/aws/service",
        "any key passes, that of AWS too",
    ),
    Reason(
        "CKV2_AWS_49", "ours fails", "ssl_mode is not set", "it takes an endpoint that says nothing, whose mode is none"
    ),
    Reason(
        "CKV_AWS_89",
        "ours fails",
        "publicly_accessible is not set",
        "without the argument AWS decides, and its default was true",
    ),
    Reason("CKV_AWS_193", "theirs fails", '"field_log_level": "ERROR"', "it asks for the role that writes the log"),
    Reason(
        "CKV_AWS_214",
        "ours fails",
        "transit_encryption",
        "it asks for encryption at rest; that in transit is CKV_AWS_215's",
    ),
    Reason(
        "CKV_AWS_215",
        "ours fails",
        "at_rest_encryption",
        "it asks for encryption in transit; that at rest is CKV_AWS_214's",
    ),
    Reason("CKV_AWS_94", "theirs fails", '"SSE-KMS"', "it wants keys to be named; without, the key of AWS encrypts"),
    Reason("CKV_AWS_99", "theirs fails", '"SSE-KMS"', "it wants keys to be named; without, the key of AWS encrypts"),
    Reason("CKV_AWS_171", "theirs fails", "SSE-S3", "it looks for the text SSE-KMS; EMR.3 asks for encryption"),
    Reason("CKV2_AWS_55", "ours fails", 'security_configuration = ""', "any value passes"),
    Reason("CKV_AWS_390", "ours fails", "ports 22.0 to 23.0", "it does not read the ports that are permitted"),
    Reason(
        "CKV_AWS_340", "ours fails", "UpdateLevel", "it does not ask for the level, without which nothing is updated"
    ),
    Reason(
        "CKV_AWS_312",
        "theirs fails",
        '"enhanced"',
        "it asks for HealthStreamingEnabled, which sends events to CloudWatch",
    ),
    Reason("CKV_AWS_343", "ours fails", "^redshift-cluster-snapshots", "it takes a day; Redshift.3 asks for a week"),
    Reason(
        "CKV_AWS_122",
        "ours fails",
        "direct_internet_access is not set",
        "it takes a notebook that says nothing, which has access",
    ),
    Reason(
        "CKV_AWS_347",
        "ours fails",
        "storage_encrypted|alias/aws/service",
        "any key passes, that of AWS too, and one that is not used",
    ),
    Reason(
        "CKV_AWS_345 CKV_AWS_346",
        "ours fails",
        "AWS_OWNED_KMS_KEY",
        "it reads the key only, which is not used beside this type",
    ),
    Reason(
        "CKV_AWS_98 CKV_AWS_282 CKV_AWS_22 CKV_AWS_187",
        "ours fails",
        "alias/aws/service",
        "any key passes, that of AWS too",
    ),
    Reason(
        "CKV_AWS_146 CKV_AWS_266",
        "theirs fails",
        r"\A.*_identifier",
        "it reads an attribute that AWS computes, or wants the key again; a snapshot has the encryption of its database",
    ),
    Reason(
        "CKV_AWS_142",
        "ours fails",
        "encrypted = false|encrypted is not set",
        "it reads the key; the other half is CKV_AWS_64's",
    ),
    Reason("CKV_AWS_64", "ours fails", "kms_key_id", "it reads encrypted; the other half is CKV_AWS_142's"),
    Reason("CKV_AWS_175", "ours fails", "no rules? block", "an empty list of rules passes"),
    Reason(
        "CKV_AWS_155",
        "ours fails",
        "(root_volume|volume_encryption_key)",
        "it asks for one volume; the other is CKV_AWS_156's",
    ),
    Reason(
        "CKV_AWS_156",
        "ours fails",
        "(user_volume|volume_encryption_key)",
        "it asks for one volume; the other is CKV_AWS_155's",
    ),
    Reason("CKV_AWS_320", "ours fails", '"dev"', "any name passes, the default one too"),
    Reason(
        "CKV_AWS_71",
        "theirs fails",
        '"aws_redshift_logging"',
        "it reads the logging block, which AWS provider 6 has replaced",
    ),
    Reason(
        "CKV_AWS_380",
        "theirs fails",
        "TransferSecurityPolicy-2024-01",
        "it asks for a policy that is younger than two years",
    ),
    Reason(
        "CKV_AWS_105",
        "ours fails",
        "the default group",
        "it reads groups; a cluster without one of its own takes plain text",
    ),
    Reason(
        "CKV_AWS_104 CKV_AWS_90 CKV_AWS_85",
        "ours fails",
        "the default group|enabled_cloudwatch_logs_exports",
        "each reads the cluster or the group; the log is written and published only where both are right",
    ),
    Reason(
        "CKV_AWS_127",
        "ours fails",
        "server.certificate",
        "any certificate passes; ELB.2 asks for one of ACM, which renews it",
    ),
    Reason(
        "CKV_AWS_92", "ours fails", "sse_algorithm", "it does not read the bucket, to which load balancers cannot write"
    ),
    Reason("CKV_AWS_213", "ours fails", "without the policy", "it reads policies, and passes a listener that has none"),
    Reason(
        "CKV_AWS_376",
        "theirs fails",
        '"instance_protocol": "http"',
        "it wants TLS to the instances as well; ELB.3 asks for the listener",
    ),
)
