"""Where checkov and we disagree, and why ours is right; `Reason` says how to read a line.

No line may cover a mistake of ours: what is one is mended in `secureinfra/controls`.
"""

from __future__ import annotations

from tests.terraform.truth import Reason

REASONS = (
    # S3
    Reason("CKV_AWS_53 CKV_AWS_54 CKV_AWS_55 CKV_AWS_56", "ours fails", "no aws_s3_bucket_public_access_block",
           "each reads one flag of a block that is there; the bucket without any block is CKV2_AWS_6's, which fails it"),
    Reason("CKV_AWS_145", "theirs fails", '"access_logs_bucket"',
           "S3 delivers access logs to SSE-S3 buckets only"),
    Reason("CKV_AWS_19", "ours fails", "no aws_s3_bucket_server_side_encryption_configuration|AES256",
           "any encryption passes, and S3 has encrypted by itself since 2023; ours asks for a key, as CKV_AWS_145 does"),
    Reason("CKV_AWS_375", "ours fails", "^s3-bucket-acl",
           "it reads grants to AllUsers in an access_control_policy, no canned ACL; CKV_AWS_20 and 57 fail the public ones"),
    Reason("CKV2_AWS_43", "ours fails", "^s3-bucket-acl",
           "it reads authenticated-read and grants to AuthenticatedUsers; CKV_AWS_20 and 57 fail the public ones"),
    Reason("CKV_AWS_93", "ours fails", "Deny for Principal '\\*'",
           "it reads a policy only where it is an object, which the provider refuses; a JSON string passes"),
    Reason("CKV_AWS_300", "ours fails", "no aws_s3_bucket_lifecycle_configuration",
           "it reads a lifecycle that is there; a bucket without one keeps broken uploads as well"),
    # KMS
    Reason("CKV_AWS_33", "ours fails", "Allow for Principal '\\*'",
           "it reads a policy only where it is an object, which the provider refuses; a JSON string passes"),
    # Network
    Reason("CKV_AWS_352", "theirs fails", '^.*"10\\.20\\.0\\.0/16".*"protocol": "-1"',
           "it reads neither addresses nor ICMP, which has no ports: traffic of the VPC's own range is no open door"),
    Reason("CKV_AWS_231", "ours fails", "tcp 22 from", "each of the pair reads one port; CKV_AWS_232 fails SSH"),
    Reason("CKV_AWS_232", "ours fails", "tcp 3389 from", "each of the pair reads one port; CKV_AWS_231 fails remote desktop"),
    Reason("CKV_AWS_23", "ours fails", "^security-group-described aws_default_security_group",
           "it does not read the default group, whose rules have descriptions like any other's"),
    Reason("CKV_AWS_277", "ours fails", "tcp 0-65535 from", "it asks for all protocols; every TCP port is as open"),
    Reason("CKV_AWS_24 CKV_AWS_25 CKV_AWS_260 CKV_AWS_277", "ours fails", "aws_vpc_security_group_ingress_rule.*all traffic from",
           "it reads `protocol` and ports, where this resource has `ip_protocol` and, for all traffic, no ports"),
    Reason("CKV_AWS_382", "ours fails", "aws_vpc_security_group_egress_rule.*all traffic to",
           "it reads `protocol` and ports, where this resource has `ip_protocol` and, for all traffic, no ports"),
    # IAM
    Reason("CKV2_AWS_56", "ours fails", "every action of IAM on every resource",
           "it reads attachments of IAMFullAccess; a policy that says the same is CKV2_AWS_40's, which fails it"),
    Reason("CKV2_AWS_40", "theirs fails", '"Action": "\\*", "Resource": "\\${aws_s3_bucket',
           "it does not read the resource: every action on one bucket is none of IAM (iam-policy-no-action-star fails it)"),
    Reason("CKV_AWS_61", "ours fails", "Allow for Principal",
           "it reads account numbers and roots only; the wildcard is CKV_AWS_60's, which fails it"),
    Reason("CKV_AWS_393", "ours fails", "names no repository",
           "it stops at the first statement that trusts somebody else than GitHub and passes"),
    # Logs and alarms
    Reason("CKV_AWS_66", "ours fails", "retention_in_days = [1-9]",
           "any retention passes; ours asks for a year, as CKV_AWS_338 does"),
    Reason("CKV_AWS_319", "ours fails", "alarm_actions = \\[\\]",
           "it reads actions_enabled only; enabled actions that are none tell nobody"),
)  # fmt: skip

# Rows on which checkov says nothing on the switched-off quickstart, and why.
SILENT = {
    "s3-object-lock": "CKV_AWS_143 reads the `object_lock_configuration` of aws_s3_bucket, gone since provider 4",
    "iam-no-privesc": "CKV_AWS_286 reads no aws_iam_role_policy written as a JSON string with references",
    "sns-policy-no-public": "CKV_AWS_169 reads a policy only where it is an object, which the provider refuses",
    "sns-no-cross-account": "CKV_AWS_385 reads a policy only where it is an object, which the provider refuses",
}
