"""The endpoint service in front of a network load balancer: named accounts reach it through PrivateLink."""

from __future__ import annotations

from secureinfra.aws.lb.network_config import EndpointServiceConfig
from secureinfra.engine import Resource, SecureConstruct


def serve_endpoints(
    owner: SecureConstruct, balancer: Resource, config: EndpointServiceConfig, ip_address_type: str
) -> Resource:
    """The endpoint service.

    Args:
        owner: the load balancer's construct.
        balancer: the load balancer.
        config: what was chosen.
        ip_address_type: the load balancer's.
    """
    return Resource(
        owner,
        "endpoint-service",
        "aws_vpc_endpoint_service",
        waivers=config.waivers,
        acceptance_required=config.acceptance_required,
        allowed_principals=list(config.allowed_principals),
        network_load_balancer_arns=[balancer.ref("arn")],
        private_dns_name=config.private_dns_name,
        supported_ip_address_types=["ipv4", "ipv6"] if ip_address_type == "dualstack" else ["ipv4"],
        tags={"Name": owner.path, **config.tags},
    )
