"""What roles of GitHub Actions must never do: read data while planning, or change what they depend on."""

from __future__ import annotations

import re

from secureinfra.facts.iam_actions import PERMISSIONS, WRITES, scopable

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
        # The roles' tag says which states they reach: see `state_backend`.
        "iam:TagRole",
        "iam:UntagRole",
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

# What AWS publishes, e.g. which image it recommends; no account can write there.
# docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-public-parameters.html
PUBLIC_PARAMETERS = "ssm:*::parameter/aws/service/*"
# What Terraform reads while it plans, and neither SecurityAudit (v94) nor ViewOnlyAccess (v46) allows: the resources, below
# `arn:partition:`, and the calls. Those of this library's own resources are recorded or listed by `tests/referees`; for those
# that teams add, the page of the API reference stands beside them. `s3:ListTagsForResource` is not among them: provider 6
# falls back to `s3:GetBucketTagging` where it is not authorized (terraform-provider-aws issues 45275 and 45784).
PLAN_READS: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("logs:*:{account}:delivery:*",), ("logs:GetDelivery",)),
    (("logs:*:{account}:delivery-destination:*",), ("logs:GetDeliveryDestination",)),
    (("logs:*:{account}:delivery-source:*",), ("logs:GetDeliverySource",)),
    (("macie2:*:{account}:classification-job/*",), ("macie2:DescribeClassificationJob",)),
    (("wafv2:*:{account}:*/ipset/*",), ("wafv2:GetIPSet",)),
    # docs.aws.amazon.com/cloudfront/latest/APIReference/API_DescribeFunction.html
    (("cloudfront::{account}:function/*",), ("cloudfront:DescribeFunction",)),
    # docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_GetUserPoolMfaConfig.html
    (("cognito-idp:*:{account}:userpool/*",), ("cognito-idp:GetUserPoolMfaConfig",)),
    # docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html: its answer has the environment, and a link to the code for ten
    # minutes; the provider reads functions by no other call (`internal/service/lambda/function.go`).
    (
        (
            "lambda:*:{account}:function:*",
            "lambda:*:{account}:event-source-mapping:*",
            "lambda:*:{account}:code-signing-config:*",
        ),
        ("lambda:GetFunction", "lambda:GetEventSourceMapping", "lambda:GetCodeSigningConfig"),
    ),
    # docs.aws.amazon.com/glue/latest/webapi/API_GetDatabase.html
    (("glue:*:{account}:catalog", "glue:*:{account}:database/*"), ("glue:GetDatabase",)),
    # docs.aws.amazon.com/glue/latest/webapi/API_GetCrawler.html
    (("glue:*:{account}:crawler/*",), ("glue:GetCrawler",)),
    # docs.aws.amazon.com/eventbridge/latest/pipes-reference/API_DescribePipe.html
    (("pipes:*:{account}:pipe/*",), ("pipes:DescribePipe", "pipes:ListTagsForResource")),
    # docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html
    (("scheduler:*:{account}:schedule/*",), ("scheduler:GetSchedule",)),
    # docs.aws.amazon.com/autoscaling/application/APIReference/API_ListTagsForResource.html
    (("application-autoscaling:*:{account}:scalable-target/*",), ("application-autoscaling:ListTagsForResource",)),
    # docs.aws.amazon.com/aws-backup/latest/devguide/API_GetRestoreTestingPlan.html
    (
        ("backup:*:{account}:restore-testing-plan:*",),
        ("backup:GetRestoreTestingPlan", "backup:GetRestoreTestingSelection"),
    ),
    # A GET of an API, a domain or a setting, each by its path: both policies list others.
    # docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-iam-policy-examples.html
    (
        (
            "apigateway:*::/restapis/*",
            "apigateway:*::/apis/*",
            "apigateway:*::/domainnames/*",
            "apigateway:*::/vpclinks/*",
            "apigateway:*::/account",
        ),
        ("apigateway:GET",),
    ),
    # docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetDocument.html
    (("ssm:*:{account}:document/*",), ("ssm:GetDocument",)),
    # docs.aws.amazon.com/cloud-map/latest/api/API_GetNamespace.html
    (
        ("servicediscovery:*:{account}:namespace/*",),
        ("servicediscovery:GetNamespace", "servicediscovery:ListTagsForResource"),
    ),
)
# AWS knows no resource for them.
PLAN_READS_OF_SETTINGS = (
    "macie2:GetClassificationExportConfiguration",
    "macie2:GetMacieSession",
    # What opens `aws_secretsmanager_random_password`, an ephemeral resource; it returns a random text, and nothing that is kept.
    # docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
    "secretsmanager:GetRandomPassword",
    # The provider has each definition checked while it plans (`internal/service/sfn/state_machine.go`).
    # docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinition.html
    "states:ValidateStateMachineDefinition",
)
# What ViewOnlyAccess or SecurityAudit allows, returns data or secrets, and no plan needs: records, messages, results, job
# details with credentials, and settings of all resources with their environment. Their API references name the fields.
NOT_FOR_PLANS = (
    "chime:ListChannelMessages",
    "codepipeline:GetJobDetails",
    "cognito-idp:ListUserPoolClientSecrets",
    "cognito-sync:ListRecords",
    "config:GetResourceConfigHistory",
    "datapipeline:DescribeObjects",
    "datapipeline:QueryObjects",
    "opsworks:DescribeApps",
    "quicksight:DescribeDashboardSnapshotJobResult",
    "ssm:GetAutomationExecution",
)
# Allowed too, and a plan of the resource needs them, though what they return may hold secrets.
NEEDED_THOUGH_SECRET = {
    "aws_appsync_api_key": "appsync:ListApiKeys",
    "aws_batch_job_definition": "batch:DescribeJobDefinitions",
    "aws_cloudformation_stack": "cloudformation:GetTemplate",
    "aws_codebuild_project": "codebuild:BatchGetProjects",
    "aws_cognito_user_pool_client": "cognito-idp:DescribeUserPoolClient",
    "aws_datapipeline_pipeline_definition": "datapipeline:GetPipelineDefinition",
    "aws_ecs_task_definition": "ecs:DescribeTaskDefinition",
    "aws_elastic_beanstalk_environment": "elasticbeanstalk:DescribeConfigurationSettings",
    "aws_instance": "ec2:DescribeInstanceAttribute",
    "aws_lambda_function": "lambda:GetFunctionConfiguration",
    "aws_launch_template": "ec2:DescribeLaunchTemplateVersions",
    "aws_vpn_connection": "ec2:DescribeVpnConnections",
    "aws_wafv2_api_key": "wafv2:ListAPIKeys",
}
_READS = re.compile(
    r"[a-z0-9-]+:(Batch)?(Check|Describe|Download|Estimate|Get|Head|List|Lookup|Query|Scan|Search|Select|Simulate|"
    r"Test|Validate|View)",
    re.IGNORECASE,
)


def is_read(action: str) -> bool:
    """Whether an action, or each action that a pattern matches, only reads.

    Args:
        action: `service:Action`, wildcards allowed in the action.
    """
    if action.lower() == "kms:decrypt":  # which AWS counts as a write
        return True
    # By its name too: AWS's list has no access level for what sets tags, nor for what is newer than it.
    return _READS.match(action) is not None and not scopable(action, WRITES) and not scopable(action, PERMISSIONS)
