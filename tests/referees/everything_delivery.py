"""Access for delivery with every option on, for the referees that read or apply whole stacks."""

from __future__ import annotations

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    GitHubActionsRoles,
    GitHubActionsRolesConfig,
    GitHubOidcProvider,
    GitHubRepository,
    StateBackend,
    StateBackendConfig,
    Statement,
    TerraformStack,
    Waiver,
    configure,
)

ACCOUNT = "123456789012"  # the emulator's
TOPICS = f"arn:aws:sns:eu-central-1:{ACCOUNT}:shop-*"
WAIVED = ("iam-role-trust-github-reviewed", "iam-role-no-full-access-policy", "iam-role-short-session")


def build(stack: TerraformStack) -> None:
    """A strict backend, a pair of roles with every option, and one with none."""
    AwsProvider(
        stack,
        "aws",
        AwsProviderConfig(region="eu-central-1", owner="tests", environment="sandbox", data_classification="test"),
    )
    configure(stack, permissions_boundary="arn:aws:iam::aws:policy/ReadOnlyAccess")
    state = StateBackend(
        stack,
        "state",
        StateBackendConfig(
            bucket="acme-state-test",
            region="eu-central-1",
            account_id=ACCOUNT,
            alias="terraform/state",
            users=(f"arn:aws:iam::{ACCOUNT}:role/administrator",),
            strict=True,
            noncurrent_days=730,
            tags={"team": "platform"},
        ),
    )
    oidc = GitHubOidcProvider(stack, "github")
    build_shop(stack, state, oidc)
    site = GitHubActionsRolesConfig(repositories=(GitHubRepository(name="acme/site"),))
    GitHubActionsRoles(stack, "site", site, state=state)


def build_shop(stack: TerraformStack, state: StateBackend, oidc: GitHubOidcProvider) -> None:
    """Two repositories with one pair of roles."""
    GitHubActionsRoles(
        stack,
        "shop",
        GitHubActionsRolesConfig(
            repositories=(
                GitHubRepository(name="acme/shop", repository_id="2", repository_owner_id="1"),
                GitHubRepository(name="acme/web", repository_id="3", repository_owner_id="1"),
            ),
            state_prefix="shop/",
            plan_branches=("main", "release/*"),
            plan_environments=("plan",),
            pull_requests=True,
            plan_statements=(
                Statement(
                    actions=("ssm:GetParameter",),
                    resources=(f"arn:aws:ssm:eu-central-1:{ACCOUNT}:parameter/shop/image",),
                ),
            ),
            apply_environment="live",
            apply_branches=("main", "hotfix"),
            apply_statements=(Statement(actions=("sns:CreateTopic", "sns:TagResource"), resources=(TOPICS,)),),
            apply_managed_policy_arns=("arn:aws:iam::aws:policy/AmazonSNSFullAccess",),
            apply_max_session_duration=7200,
            permissions_boundary="arn:aws:iam::aws:policy/PowerUserAccess",
            plan_role_name="shop-plan",
            apply_role_name="shop-apply",
            tags={"team": "shop"},
            waivers=tuple(
                Waiver(control=control, reason="every option is on in this test", owner="tests", until="2099-12-31")
                for control in WAIVED
            ),
        ),
        state=state,
        oidc=oidc,
    )
