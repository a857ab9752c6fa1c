"""What a caller may choose about a load balancer: who reaches it, how it ends TLS, what it tells browsers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.aws.lb_authentication import CognitoAuthentication, OidcAuthentication
from secureinfra.config import Config
from secureinfra.controls import load_balancer as controls
from secureinfra.controls.load_balancer_listener import TLS_POLICIES
from secureinfra.values import Arn, Number, Text, between, is_token, matches, one_of

# docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
BALANCER_NAME = matches(
    r"[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?",
    "is no name of a load balancer: write up to 32 letters, digits and '-', neither first nor last a '-'",
)
_PREFIX = matches(
    r"[A-Za-z0-9_.=-]+(?:/[A-Za-z0-9_.=-]+)*", "is no folder: write e.g. 'alb' or 'alb/public', no '/' first or last"
)
_YEAR_IN_SECONDS = 365 * 24 * 60 * 60


class ListenerHeadersConfig(Config):
    """What browsers are told with every answer. X-Content-Type-Options is always `nosniff`, and `Server` is never sent."""

    hsts_max_age_seconds: Annotated[Number, between(_YEAR_IN_SECONDS, 2_147_483_647, "seconds")] = 2 * _YEAR_IN_SECONDS
    """How long browsers use HTTPS only; a year or longer."""
    hsts_include_subdomains: bool = True
    """Subdomains are reached over HTTPS only too."""
    frame_option: Literal["DENY", "SAMEORIGIN"] = "DENY"
    """Whether pages of the same site may show it in a frame; other sites never may."""
    content_security_policy: Text | None = None
    """Where pages may load from, for all targets alike; `None` leaves it to the application, which knows its pages."""

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
    """Clients show a certificate too. One that has expired is never let in: AWS's exception has no field here."""

    mode: Literal["verify", "passthrough"] = "verify"
    """Turn away clients without a certificate of the trust store, or pass what they show on to the targets, which must
    judge it."""
    trust_store_arn: Arn | None = None
    """The trust store with the authorities that are believed; for `verify`."""
    advertises_authorities: bool = False
    """Tell clients which authorities are believed, so that browsers offer the right certificate."""

    def problems(self) -> Iterator[str]:
        """A trust store goes with `verify` and with nothing else."""
        if self.mode == "verify" and self.trust_store_arn is None:
            yield "mode='verify' lacks trust_store_arn: there is nothing to verify against. Add the ARN of a trust store."
        if self.mode == "passthrough" and (self.trust_store_arn is not None or self.advertises_authorities):
            yield "mode='passthrough' verifies nothing: leave trust_store_arn and advertises_authorities out, or write mode='verify'."

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
    """Its name; by default the construct's path. Another name replaces it, under another DNS name."""
    internal: Annotated[bool, controls.INTERNAL.keeps()] = True
    """It stands in private subnets and is reached from the network; facing the internet takes a waiver, and a web ACL."""
    clients: Literal["internet", "named"] = "internet"
    """Who reaches one that faces the internet: everybody, or only whom `allow_from` names, e.g. CloudFront's prefix list."""
    ip_address_type: Literal["ipv4", "dualstack"] = "ipv4"
    """`dualstack` answers over IPv6 too, in a VPC that has it."""
    ssl_policy: Annotated[str, one_of(*TLS_POLICIES)] = TLS_POLICIES[0]
    """TLS 1.2 and 1.3 with forward secrecy and, where clients know it, key exchange that resists quantum computers; or a
    stricter one (`TLS13-1-3`, `FIPS`)."""
    http_redirected: bool = True
    """Port 80 redirects to HTTPS; without it, port 80 is closed."""
    response_headers: ListenerHeadersConfig = ListenerHeadersConfig()
    """What browsers are told with every answer."""
    authentication: OidcAuthentication | CognitoAuthentication | None = None
    """Who visitors are, asked before a request reaches a target (`kind: oidc` or `kind: cognito`)."""
    mutual_tls: MutualTls | None = None
    """Clients show a certificate too."""
    desync_mitigation_mode: Literal["defensive", "strictest"] = "defensive"
    """What is done with ambiguous requests: the dangerous ones are refused, or all that break the RFC."""
    idle_timeout_seconds: Annotated[Number, between(1, 4000, "seconds")] = 60
    """After how long without data a connection is closed."""
    log_prefix: Annotated[str, _PREFIX] | None = None
    """The folder of the log bucket; by default logs begin with `AWSLogs/`."""
    protect: Annotated[bool, controls.DELETION_PROTECTED.keeps()] = True
    """Nobody deletes it by mistake; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """AWS keeps some names to itself, and an internal one has named clients anyway."""
        if self.name is not None and self.name.startswith("internal-"):
            yield f"name={self.name!r} begins with 'internal-', which AWS keeps to itself. Write another one."
        if self.log_prefix is not None and not is_token(self.log_prefix) and "AWSLogs" in self.log_prefix:
            yield f"log_prefix={self.log_prefix!r} holds 'AWSLogs', which AWS adds itself. Leave it out."
