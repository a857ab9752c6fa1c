"""What roles of GitHub Actions never do: read data while planning, change what they themselves hang on."""

from __future__ import annotations

import re

from secureinfra.controls.reading.iam_actions import PERMISSIONS, WRITES, scopable

# Answers with what is kept in a service, or with what opens it; names from the Service Authorization
# Reference. Left out are reads that a refresh of usual resources makes, though secrets may have got there:
# ec2:DescribeInstanceAttribute (user data), lambda:GetFunction (environment), cloudformation:GetTemplate.
DATA_READS = (
    "athena:GetQueryResults",
    "athena:GetQueryResultsStream",
    "codecommit:GetBlob",
    "codecommit:GetFile",
    "codecommit:GitPull",
    "dynamodb:BatchGetItem",
    "dynamodb:GetItem",
    "dynamodb:GetRecords",
    "dynamodb:PartiQLSelect",
    "dynamodb:Query",
    "dynamodb:Scan",
    "ebs:GetSnapshotBlock",
    "ec2:GetConsoleOutput",
    "ec2:GetConsoleScreenshot",
    "ec2:GetPasswordData",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
    "kinesis:GetRecords",
    "kinesis:SubscribeToShard",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "logs:FilterLogEvents",
    "logs:GetLogEvents",
    "logs:GetLogRecord",
    "logs:GetQueryResults",
    "logs:StartLiveTail",
    "logs:StartQuery",
    "logs:Unmask",
    "rds:DownloadCompleteDBLogFile",
    "rds:DownloadDBLogFilePortion",
    "redshift-data:GetStatementResult",
    "s3:GetObject",
    "s3:GetObjectTorrent",
    "s3:GetObjectVersion",
    "s3:GetObjectVersionTorrent",
    "secretsmanager:BatchGetSecretValue",
    "secretsmanager:GetSecretValue",
    "sqs:ReceiveMessage",
    "ssm:GetParameter",
    "ssm:GetParameterHistory",
    "ssm:GetParameters",
    "ssm:GetParametersByPath",
)

# By what they change: the roles, GitHub's identity provider, the boundary, the state's bucket and its key.
OWN_ACCESS = {
    "Roles": (
        "iam:AttachRolePolicy",
        "iam:DeleteRole",
        "iam:DeleteRolePermissionsBoundary",
        "iam:DeleteRolePolicy",
        "iam:DetachRolePolicy",
        "iam:PutRolePermissionsBoundary",
        "iam:PutRolePolicy",
        "iam:UpdateAssumeRolePolicy",
        "iam:UpdateRole",
    ),
    "Provider": (
        "iam:AddClientIDToOpenIDConnectProvider",
        "iam:DeleteOpenIDConnectProvider",
        "iam:RemoveClientIDFromOpenIDConnectProvider",
        "iam:UpdateOpenIDConnectProviderThumbprint",
    ),
    "Boundary": (
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:SetDefaultPolicyVersion",
    ),
    "StateBucket": (
        "s3:DeleteBucket",
        "s3:DeleteBucketPolicy",
        "s3:PutBucketAcl",
        "s3:PutBucketLogging",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutBucketVersioning",
        "s3:PutEncryptionConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:PutReplicationConfiguration",
    ),
    "StateKey": (
        "kms:CreateGrant",
        "kms:DeleteAlias",
        "kms:DisableKey",
        "kms:DisableKeyRotation",
        "kms:PutKeyPolicy",
        "kms:ScheduleKeyDeletion",
        "kms:UpdateAlias",
    ),
}

_READS = re.compile(
    r"[a-z0-9-]+:(Batch)?(Check|Describe|Download|Estimate|Get|Head|List|Lookup|Query|Scan|Search|Select|Simulate|"
    r"Test|Validate|View)",
    re.IGNORECASE,
)


def is_read(action: str) -> bool:
    """Whether an action, or each that a pattern stands for, answers and changes nothing.

    Args:
        action: `service:Action`, wildcards allowed in the action.
    """
    if action.lower() == "kms:decrypt":  # which AWS counts as a write
        return True
    # By its name too: AWS's list has no access level for what sets tags, nor for what is newer than it.
    return _READS.match(action) is not None and not scopable(action, WRITES) and not scopable(action, PERMISSIONS)
