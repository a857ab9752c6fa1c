"""A bucket for Terraform's states, and roles by which GitHub Actions plans and applies without a stored key."""

from secureinfra import (
    App,
    AwsProvider,
    AwsProviderConfig,
    Condition,
    GitHubActionsRoles,
    GitHubActionsRolesConfig,
    GitHubOidcProvider,
    GitHubRepository,
    StateBackend,
    StateBackendConfig,
    Statement,
    TerraformOutput,
    TerraformStack,
)

ACCOUNT = "111122223333"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/delivered"

# Administrators apply this stack; workflows cannot change it.
app = App()
stack = TerraformStack(app, "delivery")
AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="platform", environment="production"))

state = StateBackend(
    stack,
    "state",
    StateBackendConfig(bucket="acme-terraform-state", region="eu-central-1", account_id=ACCOUNT),
)

shop = GitHubActionsRoles(
    stack,
    "shop",
    GitHubActionsRolesConfig(
        repositories=(GitHubRepository(name="acme/shop", repository_id="123456789", repository_owner_id="9876543"),),
        apply_statements=(
            Statement(
                actions=("sns:CreateTopic", "sns:DeleteTopic", "sns:SetTopicAttributes", "sns:TagResource"),
                resources=(f"arn:aws:sns:eu-central-1:{ACCOUNT}:shop-*",),
            ),
            # Roles that it makes are bounded, as it is itself.
            Statement(
                actions=("iam:CreateRole", "iam:PutRolePolicy", "iam:DeleteRolePolicy"),
                resources=(f"arn:aws:iam::{ACCOUNT}:role/shop/*",),
                conditions=(Condition("StringEquals", "iam:PermissionsBoundary", (BOUNDARY,)),),
            ),
        ),
        permissions_boundary=BOUNDARY,
    ),
    state=state,
    oidc=GitHubOidcProvider(stack, "github"),
)

TerraformOutput(stack, "plan_role_arn", value=shop.plan_role_arn)
TerraformOutput(stack, "apply_role_arn", value=shop.apply_role_arn)

app.synth()
