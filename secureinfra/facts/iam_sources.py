"""The AWS services that send the source account or ARN when they assume a role, for constructs and checks."""

from __future__ import annotations

import re

# Services whose documentation shows aws:SourceAccount in the trust policy of the roles they assume, with the kind of
# resource they act for if there is only one: their pages on cross-service confused deputy prevention, and for ECS
# docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html.
SEND_SOURCE: dict[str, str | None] = {
    "bedrock": None,
    "codebuild": "codebuild:*:{account}:project/*",
    "codepipeline": None,
    "config": None,
    "dms": None,
    "ecs-tasks": "ecs:*:{account}:*",
    "events": "events:*:{account}:rule/*",
    "fis": None,
    "iot": None,
    "logs": None,
    "pipes": "pipes:*:{account}:pipe/*",
    "rds": None,
    "sagemaker": None,
    "scheduler": "scheduler:*:{account}:schedule-group/*",
    "ssm": None,
    "states": "states:*:{account}:stateMachine:*",
    "transfer": None,
    "vpc-flow-logs": "ec2:*:{account}:vpc-flow-log/*",
}
# EC2 and Lambda send neither when they assume the role of an instance or a function. Nor does CloudTrail when it
# delivers to CloudWatch Logs: with either condition the trail cannot be created, and AWS's page shows the role's trust without
# one (docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html).
SEND_NO_SOURCE = frozenset({"cloudtrail", "ec2", "lambda"})
# Services whose documentation shows a trust policy without either and does not say whether they send any. These roles
# are protected because iam:PassRole cannot pass a role of another account.
SHOWN_WITHOUT = frozenset(
    "apigateway backup batch cloudformation codedeploy ecs edgelambda eks elasticmapreduce firehose glue monitoring.rds "
    "redshift s3 spotfleet streams.metrics.cloudwatch".split()
)

_REGION = re.compile(r"\.(?:(?:eusc|[a-z]{2})(?:-[a-z]+)+-[0-9]|\$\{[^{}]*\})$")


def service_of(principal: str) -> str:
    """The service of a service principal, as spelled in these lists: `states` of `states.eu-west-1.amazonaws.com`."""
    return _REGION.sub("", re.sub(r"\.amazonaws\.com(?:\.cn)?$", "", principal))
