"""Applications of a user pool: public clients, so that no secret is in the state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between
from secureinfra.config.rules import Number, Text, is_token

__all__ = ["UserPoolClientConfig"]

# Plain HTTP on the machine of a developer only; schemes of apps, such as `acme://signed-in`.
_CALLBACK = re.compile(r"https://[^#\s]+|http://localhost(:[0-9]+)?(/[^#\s]*)?|(?!http:)[a-z][a-z0-9+.-]*://[^#\s]*")


class UserPoolClientConfig(Config):
    """What an application may do: where users return to, and for how long they are signed in."""

    callback_urls: tuple[Text, ...] = ()
    """Where users return to after they signed in, over HTTPS; without any, the application signs in by the SDK (SRP) only."""
    logout_urls: tuple[Text, ...] = ()
    """Where users return to after they signed out."""
    scopes: tuple[Text, ...] = ("openid", "email")
    """Scopes that it may ask for; those of a resource server too."""
    identity_providers: tuple[Text, ...] = ("COGNITO",)
    """Identity providers that users may sign in with."""
    access_token_minutes: Annotated[Number, between(5, 1440, "minutes")] = 60
    """How long an access token is valid, 5 minutes to a day; it cannot be taken back before."""
    id_token_minutes: Annotated[Number, between(5, 1440, "minutes")] = 60
    """How long an id token is valid, 5 minutes to a day."""
    refresh_token_days: Annotated[Number, between(1, 3650, "days")] = 1
    """How long users stay signed in, 1 to 3,650 days."""

    def problems(self) -> Iterator[Problem]:
        """Codes and tokens are sent to these addresses."""
        for field in ("callback_urls", "logout_urls"):
            for number, url in enumerate(getattr(self, field)):
                if not is_token(url) and not _CALLBACK.fullmatch(url):
                    why = "a network on the way could read the code that signs the user in"
                    what = f"holds {url!r}, which is neither HTTPS nor the scheme of an app"
                    yield Problem((field, number), what, why, "Write 'https://...', without '#'", subject=field)

    def arguments(self, written: list[str]) -> dict[str, Any]:
        """The client's arguments.

        Args:
            written: attributes that it may write.
        """
        hosted = bool(self.callback_urls)
        return {
            # A secret would be in the state, and an application in a browser or on a telephone cannot keep one.
            "generate_secret": False,
            # Passwords never reach the application's server, nor are they sent as they are.
            "explicit_auth_flows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
            "allowed_oauth_flows_user_pool_client": hosted,
            # The code flow; the implicit one puts tokens into addresses.
            "allowed_oauth_flows": ["code"] if hosted else None,
            "allowed_oauth_scopes": list(self.scopes) if hosted else None,
            "callback_urls": list(self.callback_urls) or None,
            "logout_urls": list(self.logout_urls) or None,
            "supported_identity_providers": list(self.identity_providers) if hosted else None,
            "prevent_user_existence_errors": "ENABLED",
            "enable_token_revocation": True,
            "write_attributes": written,
            "access_token_validity": self.access_token_minutes,
            "id_token_validity": self.id_token_minutes,
            "refresh_token_validity": self.refresh_token_days,
            "token_validity_units": {"access_token": "minutes", "id_token": "minutes", "refresh_token": "days"},
        }
