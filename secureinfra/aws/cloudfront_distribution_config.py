"""What a caller may choose about a distribution."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.aws.cloudfront_behavior import BehaviorConfig
from secureinfra.aws.cloudfront_response_headers import ResponseHeadersConfig
from secureinfra.config import Config
from secureinfra.controls import cloudfront, s3
from secureinfra.values import TOKEN, Number, Text, between, matches, one_of

# The shortest of AWS's limits on what is named after it, that of delivery sources:
# docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html
DISTRIBUTION_NAME = matches(
    r"[A-Za-z0-9_-]{1,60}", "is no name for what belongs to a distribution: write up to 60 letters, digits, '_' and '-'"
)
_ALIAS = matches(
    r"(?:\*\.)?(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    "is no domain: write it in lower case, e.g. 'www.example.com' or '*.example.com'",
)
_COUNTRY = matches(r"[A-Z]{2}", "is no country: write its two letters of ISO 3166, e.g. 'DE'")
_PATH = matches(r"/[^\s?#*]*", "is no path: write e.g. '/404.html'")
_OBJECT = matches(r"[^/\s].*", "is no object: write it without '/' before, e.g. 'index.html'")
# docs.aws.amazon.com/cloudfront/latest/APIReference/API_CustomErrorResponse.html
_ERRORS = (400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504)
_RESPONSES = (200, *_ERRORS)


class ErrorPage(Config):
    """What viewers get instead of an error of the origin."""

    error_code: Annotated[Number, one_of(*_ERRORS)]
    """The origin's answer; a bucket answers 403 where it has no such object."""
    response_page_path: Annotated[Text, _PATH] | None = None
    """Path of the page that is shown; by default the origin's own answer."""
    response_code: Annotated[Number, one_of(*_RESPONSES)] | None = None
    """What viewers are told it is; goes with the page."""
    error_caching_min_ttl_seconds: Annotated[Number, between(0, 31_536_000, "seconds")] = 10
    """How long the error is kept before the origin is asked again."""

    def problems(self) -> Iterator[str]:
        """Page and code go together."""
        if (self.response_page_path is None) != (self.response_code is None):
            yield (
                f"response_page_path={self.response_page_path!r} and response_code={self.response_code!r} go together: AWS "
                "refuses one without the other. Set both, or neither."
            )

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
    """Name of what belongs to it (access control, headers, log delivery, web ACL), unique in the account; by default the
    construct's path with '-'."""
    aliases: tuple[Annotated[str, TOKEN, _ALIAS], ...] = ()
    """Domains it is reached under, which its certificate must hold."""
    default_root_object: Annotated[
        Annotated[Text, _OBJECT] | None,
        cloudfront.DEFAULT_ROOT_OBJECT.keeps(lambda name: name is not None, "{value} != null"),
    ] = "index.html"
    """What a request for `/` gets from a bucket. A distribution of servers only leaves it to them unless it is set."""
    default_behavior: BehaviorConfig = BehaviorConfig()
    """How requests are answered that match none of `add_behavior`."""
    response_headers: ResponseHeadersConfig = ResponseHeadersConfig()
    """The security headers of every answer."""
    error_pages: tuple[ErrorPage, ...] = ()
    """What viewers get instead of errors."""
    failover_status_codes: tuple[Annotated[Number, one_of(400, 403, 404, 416, 429, 500, 502, 503, 504)], ...] = (
        *(500, 502, 503, 504),
    )
    """Answers of the origin after which its stand-in is asked."""
    allowed_countries: tuple[Annotated[Text, _COUNTRY], ...] = ()
    """Only viewers of these countries are served."""
    denied_countries: tuple[Annotated[Text, _COUNTRY], ...] = ()
    """Viewers of these countries are not served."""
    price_class: Literal["PriceClass_100", "PriceClass_200", "PriceClass_All"] = "PriceClass_100"
    """How far it reaches: Europe and North America, more, or everywhere; everybody is served, some from farther away."""
    firewalled: Annotated[bool, cloudfront.FIREWALL.keeps()] = True
    """Requests go through the given web ACL, or one of its own (about 11 USD a month)."""
    logged: Annotated[bool, cloudfront.LOGGED.keeps()] = True
    """Requests are logged to the given bucket, or one of its own."""
    log_retention_days: Annotated[
        Number | None, s3.LOGS_RETAINED.keeps(lambda days: days is None or days >= 365, "{value} >= 365")
    ] = 400
    """How long the log bucket of its own keeps the logs; `None` keeps them for ever."""
    protect: bool = True
    """Terraform refuses to destroy the log bucket and the key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """Countries are either allowed or denied, and an error has one page."""
        if self.allowed_countries and self.denied_countries:
            yield (
                "allowed_countries and denied_countries exclude each other: CloudFront takes one list. Name those that are served, "
                "or those that are not."
            )
        if not self.failover_status_codes:
            yield "failover_status_codes=() would never fail over. Remove it, or name at least one answer."
        codes = [page.error_code for page in self.error_pages]
        if len(set(codes)) < len(codes):
            yield f"error_pages have two pages for one error: {codes}. Keep one for each."

    @property
    def geo_restriction(self) -> dict[str, Any]:
        """The `geo_restriction` block."""
        countries = self.allowed_countries or self.denied_countries
        if not countries:
            return {"restriction_type": "none"}
        kind = "whitelist" if self.allowed_countries else "blacklist"
        return {"restriction_type": kind, "locations": sorted(countries)}
