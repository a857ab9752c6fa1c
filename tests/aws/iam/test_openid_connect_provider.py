"""GitHubOidcProvider: tokens made for AWS only."""

from collections.abc import Callable
from typing import Any

from secureinfra.aws.iam.openid_connect_provider import GitHubOidcProvider
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import GitHubTrust
from secureinfra.testing import synthesize, test_stack


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    GitHubOidcProvider(stack, "github")
    matches_snapshot(stack)


def test_a_role_refers_to_it() -> None:
    stack = test_stack()
    provider = GitHubOidcProvider(stack, "github")
    trust = GitHubTrust(repositories=("acme/shop",), branches=("main",), provider_arn=provider.arn)
    SecureRole(stack, "deploy", RoleConfig(trust=trust))
    (role,) = synthesize(stack)["resource"]["aws_iam_role"].values()
    assert "${aws_iam_openid_connect_provider.github_provider.arn}" in role["assume_role_policy"]
