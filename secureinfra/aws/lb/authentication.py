"""Sign-in at the load balancer, before a request reaches a target: OpenID Connect or a Cognito user pool."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import TOKEN, Arn, Number, Text

__all__ = ["CognitoAuthentication", "OidcAuthentication"]

_HTTPS_URL = matches(
    r"https://[^\s/@]+(?:/[^\s]*)?", "is not an HTTPS address", example="https://login.example.com/token"
)
_URL = Annotated[str, _HTTPS_URL]
# A single expression that refers to something and contains no text but the name of a key, as in
# `${jsondecode(data.x.y.secret_string)["secret"]}`: `${"..."}` is a secret in the code too.
_EXPRESSION = re.compile(r"\$\{[^{}]+\}")
_KEY = re.compile(r'(?<=[\w)\]])\["[^"\]]*"\]')
_REFERRED = re.compile(r"[A-Za-z_][\w-]*[.\[]|TfToken\[")


class _AuthenticationConfig(Config):
    """Settings of both kinds. Requests without sign-in never reach a target: AWS's `allow` is not offered."""

    on_unauthenticated_request: Literal["authenticate", "deny"] = "authenticate"
    """Redirect requests without a session to sign-in, or return 401, which fits API clients."""
    scope: Text = "openid"
    """Scopes requested from the identity provider, e.g. `openid email`."""
    session_timeout_seconds: Annotated[Number, between(1, 604_800, "seconds")] = 8 * 60 * 60
    """How long a session lasts; AWS's own default is a week."""

    def _common(self) -> dict[str, Any]:
        return {
            "on_unauthenticated_request": self.on_unauthenticated_request,
            "scope": self.scope,
            "session_timeout": self.session_timeout_seconds,
        }


class OidcAuthentication(_AuthenticationConfig):
    """Sign-in at an OpenID Connect provider."""

    kind: Literal["oidc"] = "oidc"
    """Kind of sign-in, in YAML."""
    issuer: _URL
    """The provider's issuer, as given in its discovery document."""
    authorization_endpoint: _URL
    """The provider's authorization endpoint, where visitors sign in."""
    token_endpoint: _URL
    """The provider's token endpoint."""
    user_info_endpoint: _URL
    """The provider's user info endpoint."""
    client_id: Text
    """The application's client id; the provider must allow `https://<your domain>/oauth2/idpresponse` as a redirect."""
    client_secret: Annotated[str, TOKEN]
    """The application's secret, as a reference only, e.g. `${data.aws_secretsmanager_secret_version.login.secret_string}`.
    Terraform keeps it in its state, which must be encrypted."""

    def problems(self) -> Iterator[Problem]:
        """The secret must be a reference; error messages never show it."""
        if not _is_reference(self.client_secret):
            yield Problem(
                "client_secret",
                "is written out",
                "anyone who reads the code could impersonate the application",
                "Write a reference, e.g. '${data.aws_secretsmanager_secret_version.login.secret_string}' or "
                "'${var.client_secret}', and renew it",
                subject="client_secret",
            )

    def action(self) -> dict[str, Any]:
        """The listener rule's action."""
        return {
            "type": "authenticate-oidc",
            "authenticate_oidc": {
                "issuer": self.issuer,
                "authorization_endpoint": self.authorization_endpoint,
                "token_endpoint": self.token_endpoint,
                "user_info_endpoint": self.user_info_endpoint,
                "client_id": self.client_id,
                "client_secret": self.client_secret,
                **self._common(),
            },
        }


class CognitoAuthentication(_AuthenticationConfig):
    """Sign-in at a Cognito user pool."""

    kind: Literal["cognito"] = "cognito"
    """Kind of sign-in, in YAML."""
    user_pool_arn: Arn
    """The user pool, in the load balancer's region."""
    user_pool_client_id: Text
    """The user pool's app client, with a secret and the authorization code grant."""
    user_pool_domain: Text
    """The user pool's domain: its prefix, or the full name of a custom domain."""

    def action(self) -> dict[str, Any]:
        """The listener rule's action."""
        return {
            "type": "authenticate-cognito",
            "authenticate_cognito": {
                "user_pool_arn": self.user_pool_arn,
                "user_pool_client_id": self.user_pool_client_id,
                "user_pool_domain": self.user_pool_domain,
                **self._common(),
            },
        }


def _is_reference(secret: str) -> bool:
    beside_keys = _KEY.sub("", secret)
    return bool(
        _EXPRESSION.fullmatch(secret) and '"' not in beside_keys and _REFERRED.search(beside_keys.removeprefix("${"))
    )
