"""IAM actions that return data or credentials; names from the Service Authorization Reference."""

from __future__ import annotations

DECRYPTS = ("kms:Decrypt", "kms:ReEncryptFrom")
"""Actions that read data protected by a key."""

# The password of a Windows instance: data of the instance, and also its credentials.
_OF_BOTH = "ec2:GetPasswordData"

LOGS_IN = "rds-db:connect"
"""The action that logs in to a database with a token instead of a password."""

CREDENTIALS = (
    "appsync:CreateApiKey",
    "cloud9:CreateEnvironmentToken",
    "codeartifact:GetAuthorizationToken",
    "codepipeline:PollForJobs",
    "cognito-identity:GetOpenIdTokenForDeveloperIdentity",
    _OF_BOTH,
    "emr-containers:GetManagedEndpointSessionCredentials",
    "gamelift:RequestUploadCredentials",
    "grafana:CreateWorkspaceApiKey",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreateServiceSpecificCredential",
    "iam:ResetServiceSpecificCredential",
    "iam:UpdateAccessKey",
    "lightsail:CreateBucketAccessKey",
    "lightsail:GetInstanceAccessDetails",
    "lightsail:GetRelationalDatabaseMasterUserPassword",
    "mediapackage:RotateIngestEndpointCredentials",
    LOGS_IN,
    "redshift-serverless:GetCredentials",
    "redshift:GetClusterCredentials",
    "redshift:GetClusterCredentialsWithIAM",
    "sso:GetRoleCredentials",
    "sts:AssumeRole",
    "sts:GetFederationToken",
)
"""Actions that return or create working credentials.

Tokens that give access only to what other permissions allow, such as `ecr:GetAuthorizationToken`, are left out.
"""

READS_SECRET = "secretsmanager:GetSecretValue"  # noqa: S105 - the name of an action
"""The action that returns the value of a secret."""

DATA_READS = tuple(
    sorted(
        (
            _OF_BOTH,
            *DECRYPTS,
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
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "kinesis:GetRecords",
            "kinesis:SubscribeToShard",
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
            READS_SECRET,
            "sqs:ReceiveMessage",
            "ssm:GetParameter",
            "ssm:GetParameterHistory",
            "ssm:GetParameters",
            "ssm:GetParametersByPath",
        )
    )
)
"""Actions that return data stored in a service, or credentials for it.

Reads that Terraform needs to refresh common resources are left out, although they may contain secrets: `ec2:DescribeInstanceAttribute`
(user data), `lambda:GetFunction` (environment), `cloudformation:GetTemplate`.
"""
