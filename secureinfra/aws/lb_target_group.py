"""Targets of a load balancer: where requests are sent, over TLS, and which of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from secureinfra.aws.ports import Port
from secureinfra.config import Config
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.values import Number, between, is_token, matches

TARGET_NAME = matches(
    r"[a-z](?:[a-z0-9-]{0,29}[a-z0-9])?",
    "is no name of a target: write up to 31 lower-case letters, digits and '-', a letter first",
)
# docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
_HOST = matches(r"[A-Za-z0-9.*?-]{1,128}", "is no host: write e.g. 'shop.example.com' or '*.example.com'")
_PATH = matches(r"/[A-Za-z0-9_.$/~@:+&*?-]{0,127}", "is no path: write e.g. '/api/*', with '/' first")
_HEALTH_PATH = matches(r"/[^\s]{0,1000}[^\s]{0,23}", "is no path: write e.g. '/healthz', with '/' first")
_MATCHER = matches(
    r"[2-4][0-9]{2}(?:[-,][2-4][0-9]{2})*", "is no list of status codes: write e.g. '200', '200,204' or '200-299'"
)
PORT = between(1, 65535, "(a port)")
# "Each rule can have up to five condition values": docs.aws.amazon.com/elasticloadbalancing/latest/application/
# load-balancer-limits.html
_MOST_VALUES = 5
_LAST = 50_000


class TargetConfig(Config):
    """What a caller may choose about a target."""

    port: Annotated[Number, PORT]
    """Where it listens."""
    protocol: Literal["HTTPS", "HTTP"] = "HTTPS"
    """How requests are sent on; over HTTPS any certificate will do, a self-signed one too. HTTP can be read within the VPC
    (FSBP ELB.22)."""
    protocol_version: Literal["HTTP1", "HTTP2"] = "HTTP1"
    """Version of HTTP that the target speaks."""
    target_type: Literal["ip", "instance"] = "ip"
    """What is registered: addresses (ECS on Fargate, pods), or instances of EC2."""
    hosts: tuple[Annotated[str, _HOST], ...] = ()
    """Hosts whose requests it gets, e.g. `shop.example.com`; by default every one."""
    paths: tuple[Annotated[str, _PATH], ...] = ()
    """Paths whose requests it gets, e.g. `/api/*`; by default every one."""
    priority: Annotated[Number, between(1, _LAST, "")] | None = None
    """Which target is asked first where several fit: the lowest number. One without hosts and paths comes last by default."""
    authenticated: bool = True
    """Visitors sign in first, where the load balancer has `authentication`; `False` for webhooks and the like."""
    health_check_path: Annotated[str, _HEALTH_PATH] = "/healthz"
    """What is asked to see whether it works."""
    health_check_protocol: Literal["HTTPS", "HTTP"] | None = None
    """How it is asked; by default as requests are sent."""
    health_check_port: Annotated[Number, PORT] | None = None
    """Where it is asked; by default at its port."""
    health_check_matcher: Annotated[str, _MATCHER] = "200"
    """Answers that count as healthy."""
    health_check_interval_seconds: Annotated[Number, between(5, 300, "seconds")] = 15
    """How often it is asked."""
    health_check_timeout_seconds: Annotated[Number, between(2, 120, "seconds")] = 5
    """How long an answer may take; less than the interval."""
    healthy_threshold: Annotated[Number, between(2, 10, "answers")] = 3
    """Good answers in a row until it gets requests."""
    unhealthy_threshold: Annotated[Number, between(2, 10, "answers")] = 3
    """Bad answers in a row until it gets none."""
    stickiness_seconds: Annotated[Number, between(1, 604_800, "seconds")] | None = None
    """How long a visitor stays with one target, by a cookie; by default not at all."""
    deregistration_delay_seconds: Annotated[Number, between(0, 3600, "seconds")] = 60
    """How long one that leaves may finish its answers."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """A rule has a place among the others, and no more values than AWS takes."""
        conditions = len(self.hosts) + len(self.paths)
        if conditions > _MOST_VALUES:
            yield f"hosts and paths are {conditions} together: a rule takes {_MOST_VALUES}. Use wildcards, or several targets."
        if conditions and self.priority is None:
            yield "hosts and paths without priority: several targets may fit a request. Add priority, the lowest is asked first."
        interval, timeout = self.health_check_interval_seconds, self.health_check_timeout_seconds
        if not is_token(interval) and not is_token(timeout) and timeout >= interval:
            yield (
                f"health_check_timeout_seconds={timeout} is not below health_check_interval_seconds={interval}: AWS refuses it. "
                "Make it shorter."
            )

    @property
    def place(self) -> float | str:
        """The rule's priority."""
        return _LAST if self.priority is None else self.priority

    def ports(self, name: str) -> list[Port]:
        """What the load balancer connects to.

        Args:
            name: the target's, for ports that are placeholders of the engine.
        """
        checked = [] if self.health_check_port is None else [_port(self.health_check_port, f"{name}-health")]
        return list(dict.fromkeys([_port(self.port, name), *checked]))


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
        # Another port replaces it, and AWS deletes none that a rule still names.
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
        first: what is done before, such as signing in.
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


def _port(number: float | str, name: str) -> Port:
    # An engine's placeholder has no words from which an address could be made.
    placeholder = is_token(number) and (not isinstance(number, str) or "TfToken[" in number)
    return Port.tcp(number, name=name if placeholder else "")
