"""Security headers: HTTPS only, no content sniffing, no framing, no scripts from other sites."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from secureinfra.config.config import Config
from secureinfra.config.rule import between
from secureinfra.config.rules import Number, Text
from secureinfra.controls.cloudfront import distribution as cloudfront
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.facts.retention import YEAR_IN_SECONDS

__all__ = ["ResponseHeadersConfig"]

ReferrerPolicy = Literal[
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
]
"""What a browser sends to another site as referrer; never the full address, as `unsafe-url` would."""


class ResponseHeadersConfig(Config):
    """What a caller may choose about security headers. X-Content-Type-Options is always `nosniff`."""

    hsts_max_age_seconds: Annotated[
        Number,
        between(0, 2_147_483_647, "seconds"),
        cloudfront.HSTS.keeps(lambda seconds: seconds >= YEAR_IN_SECONDS, f"{{value}} >= {YEAR_IN_SECONDS}"),
    ] = 2 * YEAR_IN_SECONDS
    """How long browsers use HTTPS only; a year or longer."""
    hsts_include_subdomains: bool = True
    """Subdomains are reached over HTTPS only too."""
    hsts_preload: bool = False
    """Allow the domain on the preload list that browsers ship with; hard to undo."""
    content_security_policy: Text | None = (
        "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    )
    """Sources that a page may load from, unless the origin sets the header itself; `None` leaves it to the origin."""
    frame_option: Literal["DENY", "SAMEORIGIN"] = "DENY"
    """Whether pages of the same site may show it in a frame; other sites never may."""
    referrer_policy: ReferrerPolicy = "strict-origin-when-cross-origin"
    """What other sites see as the referrer."""


def add_security_headers(owner: SecureConstruct, config: ResponseHeadersConfig, name: str) -> Resource:
    """The policy that adds the headers to every response and overrides those of the origin.

    Args:
        owner: the distribution's construct.
        config: what was chosen.
        name: unique in the account.
    """
    # The origin knows best what its pages load; the other headers have one right answer.
    policy = config.content_security_policy
    content_security = {"content_security_policy": policy, "override": False} if policy else None
    headers: dict[str, Any] = {
        "strict_transport_security": {
            "access_control_max_age_sec": config.hsts_max_age_seconds,
            "include_subdomains": config.hsts_include_subdomains,
            "preload": config.hsts_preload,
            "override": True,
        },
        "content_type_options": {"override": True},
        "frame_options": {"frame_option": config.frame_option, "override": True},
        "referrer_policy": {"referrer_policy": config.referrer_policy, "override": True},
        "content_security_policy": content_security,
    }
    return Resource(
        owner,
        "response-headers",
        "aws_cloudfront_response_headers_policy",
        waivers=config.waived(),
        name=name,
        comment=f"{owner.path}: security headers"[:128],
        security_headers_config=headers,
    )
