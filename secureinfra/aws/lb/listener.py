"""Listeners of a load balancer: one terminates TLS and returns 404 if no rule matches, one redirects to it."""

from __future__ import annotations

from secureinfra.aws.lb.config import LoadBalancerConfig
from secureinfra.engine import Resource, SecureConstruct


def listen_over_tls(
    owner: SecureConstruct, balancer: Resource, config: LoadBalancerConfig, certificate: str
) -> Resource:
    """The listener on port 443.

    Args:
        owner: the load balancer's construct.
        balancer: the load balancer.
        config: what was chosen.
        certificate: the ARN of its certificate.
    """
    return Resource(
        owner,
        "https",
        "aws_lb_listener",
        load_balancer_arn=balancer.ref("arn"),
        port=443,
        protocol="HTTPS",
        ssl_policy=config.ssl_policy,
        certificate_arn=certificate,
        # Written even when off: the provider keeps the old value if the block is left out.
        mutual_authentication=config.mutual_tls.block() if config.mutual_tls else {"mode": "off"},
        **config.response_headers.attributes(),
        default_action=[
            {
                "type": "fixed-response",
                "fixed_response": {"content_type": "text/plain", "message_body": "Not found", "status_code": "404"},
            }
        ],
        tags={"Name": f"{owner.path}/https", **config.tags},
    )


def redirect_to_tls(owner: SecureConstruct, balancer: Resource, config: LoadBalancerConfig) -> Resource:
    """The listener on port 80, which only redirects.

    Args:
        owner: the load balancer's construct.
        balancer: the load balancer.
        config: what was chosen.
    """
    return Resource(
        owner,
        "http",
        "aws_lb_listener",
        load_balancer_arn=balancer.ref("arn"),
        port=80,
        protocol="HTTP",
        default_action=[
            {"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "status_code": "HTTP_301"}}
        ],
        tags={"Name": f"{owner.path}/http", **config.tags},
    )
