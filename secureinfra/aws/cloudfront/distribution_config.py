"""What a caller may choose about a distribution."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.aws.cloudfront.behavior import BehaviorConfig
from secureinfra.aws.cloudfront.response_headers import ResponseHeadersConfig
from secureinfra.aws.s3.log_bucket import LogExpirationDays
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches, one_of
from secureinfra.config.rules import TOKEN, Number, Text
from secureinfra.controls.cloudfront import distribution as cloudfront

__all__ = ["DistributionConfig", "ErrorPage"]

# The shortest of AWS's limits on what is named after it, that of delivery sources:
# docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
DISTRIBUTION_NAME = matches(
    r"[A-Za-z0-9_-]{1,60}",
    "is not a name for what belongs to a distribution",
    "write up to 60 letters, digits, '_' and '-'",
)
_ALIAS = matches(
    r"(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    "is not a domain",
    "write it in lower case, with '*.' first for its subdomains",
    example="www.example.com",
)
_COUNTRY = matches(r"[A-Z]{2}", "is not a country", "write its two letters of ISO 3166", example="DE")
_PATH = matches(r"/[^\s?#*]*", "is not a path", example="/404.html")
_OBJECT = matches(r"[^/\s].*", "is not an object", "write it without '/' before", example="index.html")
# docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomErrorResponse.html
_ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
_RESPONSES = (200, *_ERRORS)


class ErrorPage(Config):
    """What viewers get instead of an error of the origin."""

    error_code: Annotated[Number, one_of(*_ERRORS)]
    """Status code of the origin; a bucket returns 403 for a missing object."""
    response_page_path: Annotated[Text, _PATH] | None = None
    """Path of the page to show; by default the origin's own response."""
    response_code: Annotated[Number, one_of(*_RESPONSES)] | None = None
    """Status code that viewers get; set together with the page."""
    error_caching_min_ttl_seconds: Annotated[Number, between(0, 31_536_000, "seconds")] = 10
    """How long the error is cached before the origin is asked again."""

    def problems(self) -> Iterator[Problem]:
        """Page and code go together."""
        if (self.response_page_path is None) != (self.response_code is None):
            given = f"response_page_path={self.response_page_path!r} and response_code={self.response_code!r}"
            at = "response_code" if self.response_page_path is None else "response_page_path"
            why = "AWS refuses one without the other"
            yield Problem(at, "go together", why, "Set both, or neither", subject=given)

    def block(self) -> dict[str, Any]:
        """The `custom_error_response` block."""
        return {
            "error_code": self.error_code,
            "response_page_path": self.response_page_path,
            "response_code": self.response_code,
            "error_caching_min_ttl": self.error_caching_min_ttl_seconds,
        }


class DistributionConfig(Config):
    """What a caller may choose about a distribution."""

    name: Annotated[str, DISTRIBUTION_NAME] | None = None
    """Name of the distribution's own resources (access control, headers, log delivery, web ACL), unique in the account;
    by default the construct's path with '-'. Another name replaces them, with the web ACL's record of requests."""
    aliases: tuple[Annotated[str, TOKEN, _ALIAS], ...] = ()
    """Domains that it serves; its certificate must cover them."""
    default_root_object: Annotated[
        Annotated[Text, _OBJECT] | None,
        cloudfront.DEFAULT_ROOT_OBJECT.keeps(lambda name: name is not None, "{value} != null"),
    ] = "index.html"
    """Object that a bucket returns for `/`. A distribution with servers only leaves it to them unless it is set."""
    default_behavior: BehaviorConfig = BehaviorConfig()
    """How requests are served that match no pattern of `add_behavior`."""
    response_headers: ResponseHeadersConfig = ResponseHeadersConfig()
    """The security headers of every response."""
    error_pages: tuple[ErrorPage, ...] = ()
    """What viewers get instead of errors."""
    failover_status_codes: tuple[Annotated[Number, one_of(400, 403, 404, 416, 429, 500, 502, 503, 504)], ...] = (
        *(500, 502, 503, 504),
    )
    """Status codes of the origin after which the secondary origin is used."""
    allowed_countries: tuple[Annotated[Text, _COUNTRY], ...] = ()
    """Only viewers of these countries are served."""
    denied_countries: tuple[Annotated[Text, _COUNTRY], ...] = ()
    """Viewers of these countries are not served."""
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = "PriceClass_100"
    """Edge locations: Europe and North America, more, or all; every viewer is served, some from farther away."""
    firewalled: Annotated[bool, cloudfront.FIREWALL.keeps()] = True
    """Requests pass the given web ACL, or one created for the distribution (about 11 USD a month)."""
    logged: Annotated[bool, cloudfront.LOGGED.keeps()] = True
    """Requests are logged to the given bucket, or one created for the distribution."""
    log_retention_days: LogExpirationDays = 400
    """How long the distribution's own log bucket keeps the logs; `None` keeps them forever."""
    protect: bool = True
    """Terraform refuses to destroy the log bucket and the key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Countries are either allowed or denied, and an error has one page."""
        if self.allowed_countries and self.denied_countries:
            yield Problem(
                "denied_countries",
                "exclude each other",
                "CloudFront takes one list",
                "Name those that are served, or those that are not",
                subject="allowed_countries and denied_countries",
            )
        if not self.failover_status_codes:
            advice = "Remove it, or name at least one status code"
            yield Problem("failover_status_codes", "would never fail over", instead=advice)
        codes = [page.error_code for page in self.error_pages]
        if len(set(codes)) < len(codes):
            what = f"have two pages for one error: {codes}"
            yield Problem("error_pages", what, instead="Keep one for each", subject="error_pages")

    @property
    def geo_restriction(self) -> dict[str, Any]:
        """The `geo_restriction` block."""
        countries = self.allowed_countries or self.denied_countries
        if not countries:
            return {"restriction_type": "none"}
        kind = "whitelist" if self.allowed_countries else "blacklist"
        return {"restriction_type": kind, "locations": sorted(countries)}
