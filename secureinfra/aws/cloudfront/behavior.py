"""Cache behaviors of a distribution: methods, caching, what is forwarded to the origin, and signed requests."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from secureinfra.aws.cloudfront.origin import BucketOrigin, Origin
from secureinfra.config.config import Config
from secureinfra.config.rule import matches
from secureinfra.config.rules import Text

__all__ = ["BehaviorConfig"]

_READ = ["GET", "HEAD"]
_METHODS = {
    "read": _READ,
    "read-options": [*_READ, "OPTIONS"],
    "all": [*_READ, "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
}
# docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
_CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
_CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
# docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
_ALL_VIEWER_EXCEPT_HOST_HEADER = "b689b0a8-53d0-40ab-baf2-68738e2966ac"

# docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/DownloadDistValuesCacheBehavior.html
PATH_PATTERN = matches(
    r"[A-Za-z0-9_.*$/~\"'@:+&?-]{1,255}", "is not a path pattern", "write up to 255 characters", example="/api/*"
)
_ID = matches(
    r"[A-Za-z0-9-]+", "is not an id", "write the id or a reference", example="658327ea-f89d-4fab-a63d-7e88639e58f6"
)


class BehaviorConfig(Config):
    """What a caller may choose about the requests for some paths."""

    allowed_methods: Literal["read", "read-options", "all"] = "read"
    """`read` (GET and HEAD), `read-options` (OPTIONS too, for CORS) or `all`, for servers that accept data."""
    cache_policy_id: Annotated[Text, _ID] | None = None
    """What is cached, and for how long. By default responses of buckets are cached (CachingOptimized) and those of
    servers are not (CachingDisabled), because a response for one visitor must not reach another."""
    origin_request_policy_id: Annotated[Text, _ID] | None = None
    """What is forwarded of a request; by default everything but the host to a server (AllViewerExceptHostHeader), and
    nothing to a bucket."""
    trusted_key_groups: tuple[Annotated[Text, _ID], ...] = ()
    """Key groups whose signed URLs or cookies are required; by default every viewer is served."""

    def block(self, origin: Origin, target_origin_id: str, response_headers_policy_id: str) -> dict[str, Any]:
        """The cache behavior, without its path.

        Args:
            origin: where it fetches from.
            target_origin_id: the origin's id, or that of the origin group it leads.
            response_headers_policy_id: what adds the security headers.
        """
        bucket = isinstance(origin, BucketOrigin)
        return {
            "target_origin_id": target_origin_id,
            "viewer_protocol_policy": "redirect-to-https",
            "allowed_methods": _METHODS[self.allowed_methods],
            "cached_methods": _READ,
            "compress": True,
            "cache_policy_id": self.cache_policy_id or (_CACHING_OPTIMIZED if bucket else _CACHING_DISABLED),
            "origin_request_policy_id": self.origin_request_policy_id
            or (None if bucket else _ALL_VIEWER_EXCEPT_HOST_HEADER),
            "response_headers_policy_id": response_headers_policy_id,
            "trusted_key_groups": list(self.trusted_key_groups) or None,
        }


def complaint_about_methods(config: BehaviorConfig, origin: Origin, *, fails_over: bool) -> str | None:
    """Why the methods do not fit the origin, as the end of a sentence; `None` when they do."""
    if config.allowed_methods != "all":
        return None
    if isinstance(origin, BucketOrigin):
        return (
            "with a bucket: the distribution may read it only, so that no visitor writes. Use 'read' or 'read-options'."
        )
    if fails_over:
        return (
            "with failover: AWS refuses POST, PUT, PATCH and DELETE where an origin group answers, since a request must not be "
            "sent twice. Use 'read-options', and add_behavior() for the paths that take data."
        )
    return None
