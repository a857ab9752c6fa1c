"""Controls on CloudFormation stacks."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_set

SERVICE_ROLE = Control(
    id="cloudformation-stack-service-role",
    title="CloudFormation stacks act with a role of their own",
    why="a stack would have all permissions of the caller that updates it",
    row="cfn-stack-role",
    fix="Set iam_role_arn to a role that may do what the stack needs.",
)
SERVICE_ROLE.check("aws_cloudformation_stack")(argument("iam_role_arn", is_set, "iam_role_arn = the ARN of a role"))
