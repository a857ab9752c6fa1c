"""OIDC provider for GitHub Actions: one for each account, which every GitHubTrust refers to."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.config import Config
from secureinfra.engine import Resource, SecureConstruct


class GitHubOidcProviderConfig(Config):
    """What a caller may choose about the provider."""

    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""


class GitHubOidcProvider(SecureConstruct):
    """GitHub Actions as an identity provider of the account, for tokens that were made for AWS only.

    Creates the provider without thumbprints: AWS checks GitHub's certificate against its own trust store
    (docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: tags.
        provider: an additional provider, for another account.
    """

    config: GitHubOidcProviderConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: GitHubOidcProviderConfig = GitHubOidcProviderConfig(),
        *,
        provider: Any = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
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
