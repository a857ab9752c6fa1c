"""OIDC provider for GitHub Actions: one for each account, which every GitHubTrust refers to."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.config.config import Config
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["GitHubOidcProvider", "GitHubOidcProviderConfig"]


class GitHubOidcProviderConfig(Config):
    """What a caller may choose about the provider."""

    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(module="github-oidc-provider", page="roles")
class GitHubOidcProvider(SecureConstruct):
    """GitHub Actions as an identity provider of the account, for tokens issued for AWS only.

    Creates the provider without thumbprints: AWS checks GitHub's certificate against its own trust store
    (docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: tags.
        provider: an additional provider, for another account.

    Example:
        `github = GitHubOidcProvider(stack, "github"); GitHubTrust(provider_arn=github.arn, ...)`
    """

    config: GitHubOidcProviderConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: GitHubOidcProviderConfig = GitHubOidcProviderConfig(),
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.oidc_provider = Resource(
            self,
            "provider",
            "aws_iam_openid_connect_provider",
            url="https://token.actions.githubusercontent.com",
            client_id_list=["sts.amazonaws.com"],
            tags=config.tags or None,
        )

    @property
    def arn(self) -> str:
        """Reference to the provider's ARN, for `GitHubTrust(provider_arn=...)`."""
        return self.oidc_provider.ref("arn")
