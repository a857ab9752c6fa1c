"""An application load balancer as the target of a network load balancer: fixed addresses, and a door for PrivateLink."""

from __future__ import annotations

from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.network_target import name_prefix
from secureinfra.aws.security_group.ports import Port
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError


def ports_of(owner: SecureConstruct, balancer: SecureLoadBalancer) -> list[Port]:
    """What a network load balancer connects to at an application load balancer: requests first, then health checks.

    Raises:
        ConfigError: health checks cannot succeed, because clients must present a certificate.
    """
    mutual = balancer.config.mutual_tls
    if mutual is None or mutual.mode == "passthrough":
        return [Port.HTTPS]
    if not balancer.config.http_redirected:
        raise ConfigError(
            f"{owner.path}: {balancer.path} demands certificates of its clients (mutual_tls), which a health check has not, and has no "
            "port 80 that could be checked instead. Set its http_redirected=True."
        )
    return [Port.HTTPS, Port.HTTP]


def make_balancer_target(
    owner: SecureConstruct, name: str, balancer: SecureLoadBalancer, vpc_id: str, checked: Port
) -> Resource:
    """The target group that holds an application load balancer, whose attributes are AWS's own.

    docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html

    Args:
        owner: the network load balancer.
        name: the target's.
        balancer: the application load balancer.
        vpc_id: where it is.
        checked: its port that health checks use.
    """
    return Resource(
        owner,
        f"target-{name}",
        "aws_lb_target_group",
        create_before_destroy=True,
        name_prefix=name_prefix(name),
        port=443,
        protocol="TCP",
        target_type="alb",
        vpc_id=vpc_id,
        health_check={
            "enabled": True,
            "protocol": "HTTPS" if checked == Port.HTTPS else "HTTP",
            "port": "traffic-port" if checked == Port.HTTPS else "80",
            "path": "/",
            # Any answer of its own shows that it is up: 404 where no target has the path, a redirect for sign-in.
            "matcher": "200-499",
        },
        tags={"Name": f"{owner.path}/{name}", **balancer.config.tags},
    )


def attach(owner: SecureConstruct, name: str, group: Resource, balancer: SecureLoadBalancer) -> Resource:
    """Register an application load balancer, which must listen on the group's port by then.

    Args:
        owner: the network load balancer.
        name: the target's.
        group: the target group.
        balancer: the application load balancer.
    """
    return Resource(
        owner,
        f"attachment-{name}",
        "aws_lb_target_group_attachment",
        depends_on=[balancer.listener] if balancer.stack_state is owner.stack_state else [],
        target_group_arn=group.ref("arn"),
        target_id=balancer.arn,
        port=443,
    )


def forward_to(owner: SecureConstruct, name: str, group: Resource, port: int) -> Resource:
    """The listener that passes connections through to an application load balancer, which ends TLS.

    Args:
        owner: the network load balancer.
        name: the target's.
        group: the target group.
        port: the port that clients connect to.
    """
    return Resource(
        owner,
        f"listener-{name}",
        "aws_lb_listener",
        load_balancer_arn=owner.resources["balancer"].ref("arn"),
        port=port,
        protocol="TCP",
        default_action=[{"type": "forward", "target_group_arn": group.ref("arn")}],
        tags={"Name": f"{owner.path}/{name}"},
    )
