"""The headers that make browsers defend a site: HTTPS only, no guessing, no framing, no foreign scripts."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from secureinfra.config import Config
from secureinfra.controls import cloudfront
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.values import Number, Text, between

_YEAR_IN_SECONDS = 365 * 24 * 60 * 60

ReferrerPolicy = Literal[
    "no-referrer",
    "no-referrer-when-downgrade",
    "origin",
    "origin-when-cross-origin",
    "same-origin",
    "strict-origin",
    "strict-origin-when-cross-origin",
]
"""What a browser tells another site of where it came from; never the whole address, as `unsafe-url` would."""


class ResponseHeadersConfig(Config):
    """What a caller may choose about security headers. X-Content-Type-Options is always `nosniff`."""

    hsts_max_age_seconds: Annotated[
        Number,
        between(0, 2_147_483_647, "seconds"),
        cloudfront.HSTS.keeps(lambda seconds: seconds >= _YEAR_IN_SECONDS, f"{{value}} >= {_YEAR_IN_SECONDS}"),
    ] = 2 * _YEAR_IN_SECONDS
    """How long browsers use HTTPS only; a year or longer."""
    hsts_include_subdomains: bool = True
    """Subdomains are reached over HTTPS only too."""
    hsts_preload: bool = False
    """Consent to be in the list that browsers are shipped with; hard to take back."""
    content_security_policy: Text | None = (
        "default-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    )
    """Where a page may load from, unless the origin says so itself; `None` leaves it to the origin."""
    frame_option: Literal["DENY", "SAMEORIGIN"] = "DENY"
    """Whether pages of the same site may show it in a frame; other sites never may."""
    referrer_policy: ReferrerPolicy = "strict-origin-when-cross-origin"
    """What other sites learn of where a visitor came from."""


def add_security_headers(owner: SecureConstruct, config: ResponseHeadersConfig, name: str) -> Resource:
    """The policy that adds the headers to every answer, over whatever the origin sends.

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
