"""What a caller may choose about an HTTP API: its domain, its limits, which sites' scripts may call it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.aws.cloudwatch.log_group import RetentionDays
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, Text, is_token

__all__ = ["HttpApiConfig", "HttpApiCorsConfig"]

API_NAME = matches(
    r"[A-Za-z0-9._-]{1,100}", "is not a name of an API", "write up to 100 letters, digits, '.', '-', '_'"
)
DOMAIN_NAME = matches(
    r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", "is not a domain name", example="api.example.com"
)
TRUST_STORE = matches(r"s3://[^/]+/.+", "is not an object in S3", example="s3://acme-trust/partners.pem")


class HttpApiCorsConfig(Config):
    """Which sites' scripts may call the API (CORS)."""

    allow_origins: tuple[Text, ...]
    """The sites, e.g. `https://shop.example.com`; `*` for every one, without credentials."""
    allow_methods: tuple[Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "*"], ...] = ()
    """Methods that those scripts may use."""
    allow_headers: tuple[Text, ...] = ()
    """Headers that those scripts may send, e.g. `authorization`."""
    expose_headers: tuple[Text, ...] = ()
    """Headers of answers that those scripts may read."""
    allow_credentials: bool = False
    """Those scripts may send cookies."""
    max_age_seconds: Annotated[Number, between(0, 86_400, "seconds")] = 0
    """How long browsers remember the answer, 0 to 86,400 seconds."""

    def problems(self) -> Iterator[Problem]:
        """Cookies are for named sites only."""
        if self.allow_credentials and any("*" in origin for origin in self.allow_origins):
            why = "a script of any site could call the API with the visitor's cookies"
            yield Problem("allow_origins", "has a wildcard beside allow_credentials", why, "Name the sites")

    def arguments(self) -> dict[str, Any]:
        """The API's `cors_configuration`."""
        return {
            "allow_origins": list(self.allow_origins),
            "allow_methods": list(self.allow_methods) or None,
            "allow_headers": list(self.allow_headers) or None,
            "expose_headers": list(self.expose_headers) or None,
            "allow_credentials": self.allow_credentials,
            "max_age": self.max_age_seconds,
        }


class HttpApiConfig(Config):
    """What a caller may choose about an HTTP API."""

    name: Annotated[str, API_NAME] | None = None
    """Name of the API; by default the construct's path."""
    description: Text | None = None
    """What it is for; by default it names the construct."""
    domain_name: Annotated[str, DOMAIN_NAME] | None = None
    """Its own domain, which needs a certificate; with it, the address that AWS gives is switched off."""
    trust_store_uri: Annotated[str, TRUST_STORE] | None = None
    """Certificate authorities of the clients, as an object in S3: clients of the domain then present a certificate too."""
    trust_store_version: Text | None = None
    """Version of that object; without it a change of the object takes effect unseen."""
    throttling_rate_limit: Annotated[Number, between(1, 10_000, "requests a second")] = 100
    """Requests a second for each route, 1 to 10,000; more are rejected with 429."""
    throttling_burst_limit: Annotated[Number, between(1, 5_000, "requests")] = 200
    """Requests of a route at once, 1 to 5,000."""
    cors: HttpApiCorsConfig | None = None
    """Which sites' scripts may call it; by default none."""
    log_retention_in_days: RetentionDays = 365
    """How long access logs are kept, one of CloudWatch's periods, a year or longer; 0 keeps them forever."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Certificates of clients need a domain; bursts below the rate would reject what the rate allows."""
        if self.trust_store_uri is not None and self.domain_name is None:
            why = "clients present certificates to an own domain only"
            yield Problem(
                "trust_store_uri", "is given without a domain", why, lambda w: f"Add {w.setting('domain_name')}"
            )
        if self.trust_store_version is not None and self.trust_store_uri is None:
            field = "trust_store_version"
            yield Problem(field, "is given without trust_store_uri", "there is no object", "Leave it out")
        rate, burst = self.throttling_rate_limit, self.throttling_burst_limit
        if not is_token(rate) and not is_token(burst) and int(burst) * 10 < int(rate):
            why = "requests never come evenly, and most would be rejected long before the rate is reached"
            yield Problem(
                "throttling_burst_limit", f"is less than a tenth of throttling_rate_limit={rate}", why, "Raise it"
            )
