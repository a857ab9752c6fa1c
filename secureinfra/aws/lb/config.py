"""What a caller may choose about a load balancer: access, TLS, and response headers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.aws.lb.authentication import CognitoAuthentication, OidcAuthentication
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches, one_of
from secureinfra.config.rules import Arn, Number, Text, is_token
from secureinfra.controls.lb import balancer as controls
from secureinfra.controls.lb.listener import TLS_POLICIES
from secureinfra.facts.retention import YEAR_IN_SECONDS

__all__ = ["ListenerHeadersConfig", "LoadBalancerConfig", "MutualTls"]

# docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
BALANCER_NAME = matches(
    r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?",
    "is not a name of a load balancer",
    "write up to 32 letters, digits and '-', neither first nor last a '-'",
)
LOG_PREFIX = matches(
    r"[A-Za-z0-9_.=-]+(?:/[A-Za-z0-9_.=-]+)*",
    "is not a folder",
    "write one or several folders, without '/' first or last",
    example="alb",
)


class ListenerHeadersConfig(Config):
    """Headers of every response. X-Content-Type-Options is always `nosniff`, and `Server` is never sent."""

    hsts_max_age_seconds: Annotated[Number, between(YEAR_IN_SECONDS, 2_147_483_647, "seconds")] = 2 * YEAR_IN_SECONDS
    """How long browsers use HTTPS only; a year or longer."""
    hsts_include_subdomains: bool = True
    """Subdomains are reached over HTTPS only too."""
    frame_option: Literal["DENY", "SAMEORIGIN"] = "DENY"
    """Whether pages of the same site may show it in a frame; other sites never may."""
    content_security_policy: Text | None = None
    """Sources that pages may load from, for all targets; `None` leaves the header to the application."""

    def attributes(self) -> dict[str, Any]:
        """The listener's arguments."""
        subdomains = "; includeSubDomains" if self.hsts_include_subdomains else ""
        return {
            "routing_http_response_server_enabled": False,
            "routing_http_response_strict_transport_security_header_value": f"max-age={self.hsts_max_age_seconds}{subdomains}",
            "routing_http_response_x_content_type_options_header_value": "nosniff",
            "routing_http_response_x_frame_options_header_value": self.frame_option,
            "routing_http_response_content_security_policy_header_value": self.content_security_policy,
        }


class MutualTls(Config):
    """Clients present a certificate too (mutual TLS). Expired ones are never allowed: AWS's exception is not offered."""

    mode: Literal["verify", "passthrough"] = "verify"
    """Reject clients without a certificate from the trust store, or forward client certificates to the targets, which
    must verify them."""
    trust_store_arn: Arn | None = None
    """The trust store with the trusted certificate authorities; for `verify`."""
    advertises_authorities: bool = False
    """Send the trusted authorities to clients, so that browsers offer the right certificate."""

    def problems(self) -> Iterator[Problem]:
        """A trust store goes with `verify` and with nothing else."""
        if self.mode == "verify" and self.trust_store_arn is None:
            why, advice = "there is nothing to verify against", "Add the ARN of a trust store"
            yield Problem("mode", "lacks trust_store_arn", why, advice)
        if self.mode == "passthrough" and (self.trust_store_arn is not None or self.advertises_authorities):
            yield Problem(
                "mode",
                "verifies nothing",
                instead=lambda words: (
                    f"Leave trust_store_arn and advertises_authorities out, or write {words.setting('mode', 'verify')}"
                ),
            )

    def block(self) -> dict[str, Any]:
        """The listener's block."""
        advertised = ("on" if self.advertises_authorities else "off") if self.mode == "verify" else None
        return {
            "mode": self.mode,
            "trust_store_arn": self.trust_store_arn,
            "advertise_trust_store_ca_names": advertised,
        }


class LoadBalancerConfig(Config):
    """What a caller may choose about a load balancer."""

    name: Annotated[str, BALANCER_NAME] | None = None
    """Its name; by default the construct's path. Another name replaces it and changes its DNS name."""
    internal: Annotated[bool, controls.INTERNAL.keeps()] = True
    """It is in private subnets, reachable from the network only; `False` makes it internet-facing, and needs a waiver
    and a web ACL."""
    clients: Literal["internet", "named"] = "internet"
    """What can reach an internet-facing one: any address, or only peers of `allow_from`, e.g. CloudFront's prefix list."""
    ip_address_type: Literal["ipv4", "dualstack"] = "ipv4"
    """`dualstack` serves IPv6 too, in a VPC with IPv6."""
    ssl_policy: Annotated[str, one_of(*TLS_POLICIES)] = TLS_POLICIES[0]
    """TLS 1.2 and 1.3 with forward secrecy and, if clients support it, post-quantum key exchange; or a stricter policy
    (`TLS13-1-3`, `FIPS`)."""
    http_redirected: bool = True
    """Port 80 redirects to HTTPS; without it, port 80 is closed."""
    response_headers: ListenerHeadersConfig = ListenerHeadersConfig()
    """Security headers of every response."""
    authentication: OidcAuthentication | CognitoAuthentication | None = None
    """Sign-in before a request reaches a target (`kind: oidc` or `kind: cognito`)."""
    mutual_tls: MutualTls | None = None
    """Clients present a certificate too (mutual TLS)."""
    desync_mitigation_mode: Literal["defensive", "strictest"] = "defensive"
    """Handling of ambiguous requests: reject the dangerous ones, or all that violate the RFC."""
    idle_timeout_seconds: Annotated[Number, between(1, 4000, "seconds")] = 60
    """How long a connection may be idle before it is closed."""
    log_prefix: Annotated[str, LOG_PREFIX] | None = None
    """Prefix in the log bucket; by default logs begin with `AWSLogs/`."""
    protect: Annotated[bool, controls.DELETION_PROTECTED.keeps()] = True
    """Deletion protection; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """AWS reserves some names, and an internal load balancer always has named clients."""
        if self.name is not None and self.name.startswith("internal-"):
            yield Problem("name", "begins with 'internal-', which AWS reserves", instead="Write another one")
        if self.log_prefix is not None and not is_token(self.log_prefix) and "AWSLogs" in self.log_prefix:
            yield Problem("log_prefix", "holds 'AWSLogs', which AWS adds itself", instead="Leave it out")
