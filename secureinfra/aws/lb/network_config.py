"""What a caller may choose about a network load balancer, and about the endpoint service in front of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.aws.lb.config import BALANCER_NAME, LOG_PREFIX
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import matches
from secureinfra.config.rules import PrincipalArn, is_token
from secureinfra.controls.lb import balancer as controls
from secureinfra.controls.vpc import endpoint
from secureinfra.facts import arns

__all__ = ["EndpointServiceConfig", "NetworkLoadBalancerConfig"]

_DNS_NAME = matches(
    r"(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    "is not a DNS name",
    "write it in lower case",
    example="orders.example.com",
)
# Roles, accounts and the roles of AWS IAM Identity Center; never a user, never '*'.
_ROLE_OR_ACCOUNT = re.compile(arns.arn("iam", r"(root|role/[^*?]+)", region=""))


class EndpointServiceConfig(Config):
    """Which other accounts may reach a network load balancer, through endpoints in their own networks (PrivateLink)."""

    allowed_principals: tuple[PrincipalArn, ...]
    """Who may create an endpoint for it: ARNs of accounts (`arn:aws:iam::111122223333:root`) or roles."""
    acceptance_required: Annotated[bool, endpoint.SERVICE_ACCEPTS_BY_HAND.keeps()] = True
    """Each endpoint waits until it is accepted; `False` connects every allowed principal at once."""
    private_dns_name: Annotated[str, _DNS_NAME] | None = None
    """Name by which consumers reach it, e.g. that of its certificate; AWS verifies the domain by a TXT record."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Principals are named, each an account or a role."""
        if not self.allowed_principals:
            yield Problem(
                "allowed_principals", "names no one", "no account could reach the service", "Add an account's ARN"
            )
        for arn in self.allowed_principals:
            if not is_token(arn) and not _ROLE_OR_ACCOUNT.fullmatch(arn):
                what, why = f"holds {arn!r}, neither an account nor a role", "a user's access keys work from everywhere"
                yield Problem("allowed_principals", what, why, "Write arn:aws:iam::ACCOUNT:root, or the ARN of a role")


class NetworkLoadBalancerConfig(Config):
    """What a caller may choose about a network load balancer."""

    name: Annotated[str, BALANCER_NAME] | None = None
    """Its name; by default the construct's path. Another name replaces it and changes its DNS name and addresses."""
    ip_address_type: Literal["ipv4", "dualstack"] = "ipv4"
    """`dualstack` serves IPv6 too, in a VPC with IPv6."""
    enable_cross_zone_load_balancing: Annotated[bool, controls.CROSS_ZONE.keeps()] = True
    """Each zone's address reaches the targets of all zones, so that a zone without healthy targets still answers. Data
    between zones costs 0.01 USD for each GB and direction."""
    dns_record_client_routing_policy: Literal[
        "any_availability_zone", "availability_zone_affinity", "partial_availability_zone_affinity"
    ] = "any_availability_zone"
    """Which zone's address a client in the VPC gets from DNS: any, that of its own zone, or in 85 of 100 cases that of its own."""
    enable_zonal_shift: bool = False
    """Allow Application Recovery Controller to shift its traffic away from a zone. With cross-zone load balancing every
    target must be TCP or TLS, and keep connections to unhealthy targets."""
    enforce_security_group_inbound_rules_on_private_link_traffic: Literal["on", "off"] = "on"
    """Whether clients of the endpoint service need a rule (`allow_from`) for their own addresses too; `off` leaves the
    choice to acceptance and to the consumer's endpoint."""
    endpoint_service: EndpointServiceConfig | None = None
    """Which other accounts may reach it, through PrivateLink. AWS does not delete the service while endpoints are connected."""
    log_prefix: Annotated[str, LOG_PREFIX] | None = None
    """Prefix in the log bucket; by default logs begin with `AWSLogs/`."""
    protect: Annotated[bool, controls.DELETION_PROTECTED.keeps()] = True
    """Deletion protection; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """AWS reserves some names."""
        if self.name is not None and self.name.startswith("internal-"):
            yield Problem("name", "begins with 'internal-', which AWS reserves", instead="Write another one")
        if self.log_prefix is not None and not is_token(self.log_prefix) and "AWSLogs" in self.log_prefix:
            yield Problem("log_prefix", "holds 'AWSLogs', which AWS adds itself", instead="Leave it out")
        if self.endpoint_service is None and self.enforce_security_group_inbound_rules_on_private_link_traffic == "off":
            field = "enforce_security_group_inbound_rules_on_private_link_traffic"
            yield Problem(
                field, "is off without endpoint_service", "no traffic comes through PrivateLink", "Leave it out"
            )
