"""Who a visitor is, asked by the load balancer before a request reaches a target: OpenID Connect or a Cognito user pool."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.config import Config
from secureinfra.values import TOKEN, Arn, Number, Text, between, matches

_HTTPS_URL = matches(
    r"https://[^\s/@]+(?:/[^\s]*)?", "is no HTTPS address: write e.g. 'https://login.example.com/token'"
)
_URL = Annotated[str, _HTTPS_URL]
# One expression and nothing beside it, which refers to something and holds no text but the name of a key, as in
# `${jsondecode(data.x.y.secret_string)["secret"]}`: `${"..."}` is a secret in the code too.
_EXPRESSION = re.compile(r"\$\{[^{}]+\}")
_KEY = re.compile(r'(?<=[\w)\]])\["[^"\]]*"\]')
_REFERRED = re.compile(r"[A-Za-z_][\w-]*[.\[]|TfToken\[")


class _AuthenticationConfig(Config):
    """What both ways have in common. Who is not signed in gets no further: AWS's `allow` has no field here."""

    on_unauthenticated_request: Literal["authenticate", "deny"] = "authenticate"
    """Send who is not signed in to sign in, or answer 401, which fits programs that call an API."""
    scope: Text = "openid"
    """What is asked of the identity provider, e.g. `openid email`."""
    session_timeout_seconds: Annotated[Number, between(1, 604_800, "seconds")] = 8 * 60 * 60
    """How long a sign-in lasts; AWS's own default is a week."""

    def _common(self) -> dict[str, Any]:
        return {
            "on_unauthenticated_request": self.on_unauthenticated_request,
            "scope": self.scope,
            "session_timeout": self.session_timeout_seconds,
        }


class OidcAuthentication(_AuthenticationConfig):
    """Sign-in at an OpenID Connect provider."""

    kind: Literal["oidc"] = "oidc"
    """Which way it is."""
    issuer: _URL
    """The provider's issuer, as its discovery document names it."""
    authorization_endpoint: _URL
    """Where visitors sign in."""
    token_endpoint: _URL
    """Where the load balancer fetches tokens."""
    user_info_endpoint: _URL
    """Where it asks who a visitor is."""
    client_id: Text
    """The application's id at the provider, which must know `https://<your domain>/oauth2/idpresponse` as a redirect."""
    client_secret: Annotated[str, TOKEN]
    """The application's secret, as a reference only, e.g. `${data.aws_secretsmanager_secret_version.login.secret_string}`.
    Terraform keeps it in its state, which must be encrypted."""

    def problems(self) -> Iterator[str]:
        """The secret is a reference; the text never shows it."""
        if not _is_reference(self.client_secret):
            yield (
                "client_secret is written out: whoever reads the code could pass for the application. Write a reference, e.g. "
                "'${data.aws_secretsmanager_secret_version.login.secret_string}' or '${var.client_secret}', and renew it."
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
    """Which way it is."""
    user_pool_arn: Arn
    """The user pool, in the load balancer's region."""
    user_pool_client_id: Text
    """Its client for the application, with a secret and the code grant."""
    user_pool_domain: Text
    """The pool's domain: the prefix, or the whole name of one of your own."""

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
