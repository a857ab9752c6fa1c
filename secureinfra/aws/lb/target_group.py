"""Targets of a load balancer: which requests are sent where, over TLS."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.aws.security_group.ports import Port
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, is_token
from secureinfra.engine import Resource, SecureConstruct

__all__ = ["TargetConfig"]

TARGET_NAME = matches(
    r"[a-z](?:[a-z0-9-]{0,29}[a-z0-9])?",
    "is not a name of a target",
    "write up to 31 lower-case letters, digits and '-', a letter first",
)
# docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
_HOST = matches(
    r"[A-Za-z0-9.*?-]{1,128}",
    "is not a host",
    "write its name, in which '*' and '?' may stand",
    example="shop.example.com",
)
_PATH = matches(r"/[A-Za-z0-9_.$/~@:+&*?-]{0,127}", "is not a path", "write it with '/' first", example="/api/*")
HEALTH_PATH = matches(r"/[^\s]{0,1000}[^\s]{0,23}", "is not a path", "write it with '/' first", example="/healthz")
_MATCHER = matches(
    r"[2-4][0-9]{2}(?:[-,][2-4][0-9]{2})*",
    "is not a list of status codes",
    "write one, several ('200,204') or a range ('200-299')",
    example="200",
)
PORT = between(1, 65535, "(a port)")
# "Each rule can have up to five condition values": docs.aws.amazon.com/elasticloadbalancing/latest/application/
# load-balancer-limits.html
_MOST_VALUES = 5
_LAST = 50_000


class TargetConfig(Config):
    """What a caller may choose about a target."""

    port: Annotated[Number, PORT]
    """Port it listens on. Another port replaces the target group, the new one first."""
    protocol: Literal["HTTPS", "HTTP"] = "HTTPS"
    """Protocol to the target; HTTPS accepts any certificate, including self-signed ones. HTTP can be read within the
    VPC (FSBP ELB.22). A change replaces the target group, the new one first."""
    protocol_version: Literal["HTTP1", "HTTP2"] = "HTTP1"
    """HTTP version of the target. Another one replaces the target group, the new one first."""
    target_type: Literal["ip", "instance"] = "ip"
    """What is registered: IP addresses (ECS on Fargate, pods), or EC2 instances. A change replaces the target group."""
    hosts: tuple[Annotated[str, _HOST], ...] = ()
    """Hosts whose requests it gets, e.g. `shop.example.com`; by default all."""
    paths: tuple[Annotated[str, _PATH], ...] = ()
    """Paths whose requests it gets, e.g. `/api/*`; by default all."""
    priority: Annotated[Number, between(1, _LAST, "")] | None = None
    """Order of rules if several match: the lowest number first. A target without hosts and paths comes last by default."""
    authenticated: bool = True
    """Visitors sign in first, where the load balancer has `authentication`; `False` for webhooks and the like."""
    health_check_path: Annotated[str, HEALTH_PATH] = "/healthz"
    """Path of the health check."""
    health_check_protocol: Literal["HTTPS", "HTTP"] | None = None
    """Protocol of the health check; by default that of requests."""
    health_check_port: Annotated[Number, PORT] | None = None
    """Port of the health check; by default the target's port."""
    health_check_matcher: Annotated[str, _MATCHER] = "200"
    """Status codes that count as healthy."""
    health_check_interval_seconds: Annotated[Number, between(5, 300, "seconds")] = 15
    """Time between health checks."""
    health_check_timeout_seconds: Annotated[Number, between(2, 120, "seconds")] = 5
    """Time limit for a response; less than the interval."""
    healthy_threshold: Annotated[Number, between(2, 10, "answers")] = 3
    """Consecutive successes until it gets requests."""
    unhealthy_threshold: Annotated[Number, between(2, 10, "answers")] = 3
    """Consecutive failures until it gets none."""
    stickiness_seconds: Annotated[Number, between(1, 604_800, "seconds")] | None = None
    """How long a cookie keeps a visitor on one target (stickiness); by default there is none."""
    deregistration_delay_seconds: Annotated[Number, between(0, 3600, "seconds")] = 60
    """How long a deregistering target may finish its responses."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """A rule has a priority, and no more values than AWS allows."""
        conditions = len(self.hosts) + len(self.paths)
        field = "hosts" if self.hosts else "paths"
        if conditions > _MOST_VALUES:
            what, why = f"are {conditions} together", f"a rule takes {_MOST_VALUES}"
            yield Problem(field, what, why, "Use wildcards, or several targets", subject="hosts and paths")
        if conditions and self.priority is None:
            yield Problem(
                field,
                "without priority",
                "several targets may fit a request",
                lambda words: f"Add {words.setting('priority')}, the lowest is evaluated first",
                subject="hosts and paths",
            )
        interval, timeout = self.health_check_interval_seconds, self.health_check_timeout_seconds
        if not is_token(interval) and not is_token(timeout) and timeout >= interval:
            what = f"is not below health_check_interval_seconds={interval}"
            yield Problem("health_check_timeout_seconds", what, "AWS refuses it", "Make it shorter")

    @property
    def place(self) -> float | str:
        """The rule's priority."""
        return _LAST if self.priority is None else self.priority

    def ports(self, name: str) -> list[Port]:
        """What the load balancer connects to.

        Args:
            name: the target's, for ports that are placeholders of the engine.
        """
        checked = [] if self.health_check_port is None else [port_of(self.health_check_port, f"{name}-health")]
        return list(dict.fromkeys([port_of(self.port, name), *checked]))


def make_target_group(owner: SecureConstruct, name: str, config: TargetConfig, vpc_id: str) -> Resource:
    """The group that targets are registered in.

    Args:
        owner: the load balancer.
        name: the target's.
        config: what was chosen.
        vpc_id: where the targets are.
    """
    seconds = config.stickiness_seconds
    # Written out when off too: the provider keeps what was on where the block is left out.
    stickiness = {"type": "lb_cookie", "enabled": seconds is not None, "cookie_duration": seconds}
    group = Resource(
        owner,
        f"target-{name}",
        "aws_lb_target_group",
        # Another port replaces it, and AWS does not delete one that a rule still names.
        create_before_destroy=True,
        waivers=config.waivers,
        # The provider takes six characters and adds 26.
        name_prefix=f"{re.sub(r'[^a-z0-9]', '', name)[:5]}-",
        port=config.port,
        protocol=config.protocol,
        protocol_version=config.protocol_version,
        target_type=config.target_type,
        vpc_id=vpc_id,
        deregistration_delay=config.deregistration_delay_seconds,
        health_check={
            "enabled": True,
            "path": config.health_check_path,
            "port": "traffic-port" if config.health_check_port is None else f"{config.health_check_port}",
            "protocol": config.health_check_protocol or config.protocol,
            "matcher": config.health_check_matcher,
            "interval": config.health_check_interval_seconds,
            "timeout": config.health_check_timeout_seconds,
            "healthy_threshold": config.healthy_threshold,
            "unhealthy_threshold": config.unhealthy_threshold,
        },
        stickiness=stickiness,
        tags={"Name": f"{owner.path}/{name}", **config.tags},
    )
    group.conditions.extend(config.conditions())
    return group


def forward(
    owner: SecureConstruct,
    name: str,
    config: TargetConfig,
    listener: Resource,
    group: Resource,
    first: dict[str, Any] | None,
) -> Resource:
    """The rule that sends requests to a target group.

    Args:
        owner: the load balancer.
        name: the target's.
        config: which requests.
        listener: where they arrive.
        group: where they are sent.
        first: actions before it, such as sign-in.
    """
    actions = [*([first] if first else []), {"type": "forward", "target_group_arn": group.ref("arn")}]
    conditions = [{"host_header": {"values": list(config.hosts)}}] if config.hosts else []
    if config.paths or not config.hosts:
        conditions.append({"path_pattern": {"values": list(config.paths) or ["/*"]}})
    return Resource(
        owner,
        f"rule-{name}",
        "aws_lb_listener_rule",
        listener_arn=listener.ref("arn"),
        priority=config.place,
        action=[{"order": order, **action} for order, action in enumerate(actions, 1)],
        condition=conditions,
        tags={"Name": f"{owner.path}/{name}", **config.tags},
    )


def port_of(number: float | str, name: str) -> Port:
    """The TCP port with a number that may be unknown.

    Args:
        number: the port, or a token.
        name: its name in addresses, for a placeholder of the engine.
    """
    # An engine's placeholder has no words from which an address could be made.
    placeholder = is_token(number) and (not isinstance(number, str) or "TfToken[" in number)
    return Port.tcp(number, name=name if placeholder else "")
