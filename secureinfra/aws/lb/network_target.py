"""Targets of a network load balancer: the listener on one port, and the group of targets that its connections go to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.aws.lb.target_group import HEALTH_PATH, PORT, port_of
from secureinfra.aws.security_group.ports import Port
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches, one_of
from secureinfra.config.rules import Number, is_token
from secureinfra.controls.lb import listener as controls
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["NetworkTargetConfig"]

# docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Matcher.html: network load balancers accept 200 to 599.
_MATCHER = matches(
    r"[2-5][0-9]{2}(?:[-,][2-5][0-9]{2})*",
    "is not a list of status codes",
    "write one, several ('200,204') or a range ('200-299')",
    example="200",
)
_UDP = ("UDP", "TCP_UDP")


class NetworkTargetConfig(Config):
    """What a caller may choose about a target of a network load balancer, and about the listener in front of it."""

    port: Annotated[Number, PORT]
    """Port it listens on. Another port replaces the target group, the new one first."""
    listener_port: Annotated[Number, PORT] | None = None
    """Port that clients connect to; by default the target's."""
    protocol: Annotated[Literal["TLS", "TCP", "UDP", "TCP_UDP"], controls.TLS.keeps(lambda value: value == "TLS")] = (
        "TLS"
    )
    """Protocol of the listener. `TLS` ends it with the load balancer's certificate; the others pass through what clients
    send, encrypted or not, and need a waiver. A change replaces the target group, the new one first."""
    target_protocol: Literal["TLS", "TCP"] | None = None
    """Protocol to the target of a TLS listener: TLS, which accepts any certificate, or TCP, which can be read within the
    VPC (FSBP ELB.22). A change replaces the target group, the new one first."""
    ssl_policy: Annotated[str, one_of(*controls.TLS_POLICIES)] = controls.TLS_POLICIES[0]
    """Of a TLS listener: TLS 1.2 and 1.3 with forward secrecy, or a stricter policy (`TLS13-1-3`, `FIPS`)."""
    alpn_policy: Literal["None", "HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred"] = "None"
    """Which HTTP version a TLS listener negotiates, e.g. `HTTP2Only` for gRPC."""
    target_type: Literal["ip", "instance"] = "ip"
    """What is registered: IP addresses (ECS on Fargate, pods), or EC2 instances. A change replaces the target group."""
    preserve_client_ip: bool | None = None
    """Targets see the client's address instead of the load balancer's; always so for UDP, off by default for TLS and TCP. A
    target that is its own client through the load balancer then gets no answer, and clients of other networks need a way
    to the target's subnet."""
    proxy_protocol_v2: bool = False
    """Send the client's address, and the endpoint's id behind PrivateLink, in a header that the target must understand."""
    stickiness: bool = False
    """Keep a client's address on one target; not for TLS listeners."""
    tcp_idle_timeout_seconds: Annotated[Number, between(60, 6000, "seconds")] = 350
    """How long a connection of a TCP listener may be idle; 350 seconds, and fixed, for TLS."""
    health_check_protocol: Literal["HTTPS", "HTTP", "TCP"] | None = None
    """Protocol of the health check; by default HTTPS for a TLS listener, and otherwise TCP, which only connects."""
    health_check_path: Annotated[str, HEALTH_PATH] = "/healthz"
    """Path of a health check over HTTPS or HTTP."""
    health_check_port: Annotated[Number, PORT] | None = None
    """TCP port of the health check; by default the target's port. Required for UDP, which cannot be checked."""
    health_check_matcher: Annotated[str, _MATCHER] = "200"
    """Status codes of a health check over HTTPS or HTTP that count as healthy."""
    health_check_interval_seconds: Annotated[Number, between(5, 300, "seconds")] = 15
    """Time between health checks."""
    health_check_timeout_seconds: Annotated[Number, between(2, 120, "seconds")] = 5
    """Time limit for a response; less than the interval."""
    healthy_threshold: Annotated[Number, between(2, 10, "answers")] = 3
    """Consecutive successes until it gets connections."""
    unhealthy_threshold: Annotated[Number, between(2, 10, "answers")] = 3
    """Consecutive failures until it gets none."""
    deregistration_delay_seconds: Annotated[Number, between(0, 3600, "seconds")] = 60
    """How long a deregistering target keeps its connections."""
    connection_termination: bool = True
    """Close what is still open after that time, so that no client stays on a target that is going away."""
    unhealthy_connection_termination: bool = True
    """Close connections to a target that fails its health check; only TLS and TCP. Zonal shift needs `False`."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Settings of one protocol go with that protocol."""
        for field, fits in (
            ("target_protocol", self.target_protocol is None or self.protocol == "TLS"),
            ("alpn_policy", self.alpn_policy == "None" or self.protocol == "TLS"),
            ("tcp_idle_timeout_seconds", self.tcp_idle_timeout_seconds == 350 or self.protocol in ("TCP", "TCP_UDP")),
            ("stickiness", not self.stickiness or self.protocol != "TLS"),
        ):
            if not fits:
                yield Problem(field, f"does not go with protocol={self.protocol!r}", "AWS refuses it", "Leave it out")
        if self.protocol in _UDP and self.preserve_client_ip is False:
            why = "AWS always keeps the client's address for UDP"
            yield Problem("preserve_client_ip", f"does not go with protocol={self.protocol!r}", why, "Leave it out")
        yield from self._problems_of_health_check()

    def _problems_of_health_check(self) -> Iterator[Problem]:
        if self.protocol == "UDP" and self.health_check_port is None:
            why = "UDP has no answer by which a target could be checked"
            instead = "Set a port on which the target accepts TCP"
            yield Problem(
                "health_check_port", "is missing for protocol='UDP'", why, instead, subject="health_check_port"
            )
        interval, timeout = self.health_check_interval_seconds, self.health_check_timeout_seconds
        if not is_token(interval) and not is_token(timeout) and timeout >= interval:
            what = f"is not below health_check_interval_seconds={interval}"
            yield Problem("health_check_timeout_seconds", what, "AWS refuses it", "Make it shorter")

    @property
    def keeps_client_ip(self) -> bool:
        """Whether targets see the client's address."""
        return self.protocol in _UDP or bool(self.preserve_client_ip)

    @property
    def group_protocol(self) -> str:
        """Protocol of the target group."""
        return self.target_protocol or self.protocol

    def listened(self, name: str) -> list[Port]:
        """What clients connect to.

        Args:
            name: the target's, for ports that are placeholders of the engine.
        """
        return self._of_protocol(port_of(self.port if self.listener_port is None else self.listener_port, name))

    def ports(self, name: str) -> list[Port]:
        """What the load balancer connects to, for traffic first.

        Args:
            name: the target's, for ports that are placeholders of the engine.
        """
        checked = [] if self.health_check_port is None else [port_of(self.health_check_port, f"{name}-health")]
        return list(dict.fromkeys([*self._of_protocol(port_of(self.port, name)), *checked]))

    def traffic(self, name: str) -> list[Port]:
        """The same without the port of the health check."""
        return self._of_protocol(port_of(self.port, name))

    def _of_protocol(self, port: Port) -> list[Port]:
        udp = Port.udp(port.first, name=port.label)
        return {"UDP": [udp], "TCP_UDP": [port, udp]}.get(self.protocol, [port])


def make_network_target_group(owner: SecureConstruct, name: str, config: NetworkTargetConfig, vpc_id: str) -> Resource:
    """The group that targets are registered in.

    Args:
        owner: the load balancer.
        name: the target's.
        config: what was chosen.
        vpc_id: where the targets are.
    """
    # Written out when off too: the provider keeps what was on where an argument is left out. TLS is never sticky.
    sticky = {"type": "source_ip", "enabled": config.stickiness} if config.protocol != "TLS" else None
    ends = [{"enable_unhealthy_connection_termination": config.unhealthy_connection_termination}]
    group = Resource(
        owner,
        f"target-{name}",
        "aws_lb_target_group",
        # Another port replaces it, and AWS does not delete one that a listener still names.
        create_before_destroy=True,
        waivers=[one for one in config.waivers if one.control != controls.TLS.id],
        name_prefix=name_prefix(name),
        port=config.port,
        protocol=config.group_protocol,
        target_type=config.target_type,
        vpc_id=vpc_id,
        preserve_client_ip=f"{config.keeps_client_ip}".lower(),
        proxy_protocol_v2=config.proxy_protocol_v2,
        deregistration_delay=config.deregistration_delay_seconds,
        connection_termination=config.connection_termination,
        # Only for these: docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
        target_health_state=None if config.protocol in _UDP else ends,
        health_check=_health_check(config),
        stickiness=sticky,
        tags={"Name": f"{owner.path}/{name}", **config.tags},
    )
    group.conditions.extend(config.conditions())
    return group


def listen_for(
    owner: SecureConstruct, name: str, config: NetworkTargetConfig, group: Resource, certificate: str | None
) -> Resource:
    """The listener that forwards to a target group.

    Args:
        owner: the load balancer's construct.
        name: the target's.
        config: what was chosen.
        group: the target group.
        certificate: the ARN of its certificate, if it ends TLS.
    """
    tls = config.protocol == "TLS"
    return Resource(
        owner,
        f"listener-{name}",
        "aws_lb_listener",
        waivers=[one for one in config.waivers if one.control == controls.TLS.id],
        load_balancer_arn=owner.resources["balancer"].ref("arn"),
        port=config.port if config.listener_port is None else config.listener_port,
        protocol=config.protocol,
        ssl_policy=config.ssl_policy if tls else None,
        certificate_arn=certificate,
        alpn_policy=config.alpn_policy if tls else None,
        tcp_idle_timeout_seconds=config.tcp_idle_timeout_seconds if config.protocol in ("TCP", "TCP_UDP") else None,
        default_action=[{"type": "forward", "target_group_arn": group.ref("arn")}],
        tags={"Name": f"{owner.path}/{name}", **config.tags},
    )


def name_prefix(name: str) -> str:
    """The prefix of a target group's name: the provider takes six characters and adds 26.

    Args:
        name: the target's.
    """
    return f"{re.sub(r'[^a-z0-9]', '', name)[:5]}-"


def _health_check(config: NetworkTargetConfig) -> dict[str, Any]:
    protocol = config.health_check_protocol or ("HTTPS" if config.protocol == "TLS" else "TCP")
    web = protocol != "TCP"
    return {
        "enabled": True,
        "protocol": protocol,
        "port": "traffic-port" if config.health_check_port is None else f"{config.health_check_port}",
        "path": config.health_check_path if web else None,
        "matcher": config.health_check_matcher if web else None,
        "interval": config.health_check_interval_seconds,
        "timeout": config.health_check_timeout_seconds,
        "healthy_threshold": config.healthy_threshold,
        "unhealthy_threshold": config.unhealthy_threshold,
    }
