"""How a service receives requests or connections from a load balancer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast

from secureinfra.aws.ecs.parts import ServiceParts
from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.network_balancer import NetworkLoadBalancer
from secureinfra.aws.lb.network_target import NetworkTargetConfig
from secureinfra.aws.lb.target_group import TargetConfig
from secureinfra.config.rules import is_token
from secureinfra.engine import Resource
from secureinfra.errors import ConfigError
from secureinfra.facts.tokens import shown

Balancer = SecureLoadBalancer | NetworkLoadBalancer
Target = TargetConfig | NetworkTargetConfig


@dataclass(frozen=True)
class Listening:
    """One target of a load balancer that tasks register in.

    Args:
        name: the target's.
        block: the service's `load_balancer` block.
        before: what must exist before the service.
        load_balancer: the load balancer's resource.
        target_group: the target group.
        counts_requests: whether it is an application load balancer, which knows what a request is.
    """

    name: str
    block: dict[str, Any]
    before: list[Resource]
    load_balancer: Resource
    target_group: Resource
    counts_requests: bool = True


@dataclass(frozen=True)
class Requests:
    """Which requests a service gets, as `EcsService.listen` is told.

    Args:
        host: host whose requests it gets.
        path: path whose requests it gets.
        priority: order of the rules.
        health_check: path of the health check.
        protocol: protocol to the tasks.
    """

    host: str | None
    path: str | None
    priority: int | None
    health_check: str
    protocol: Literal["HTTPS", "HTTP"]


def target_of(service: ServiceParts, balancer: Balancer, port: Any, requests: Requests) -> Target:
    """The target that a service is of a load balancer, where none is given.

    Raises:
        ConfigError: requests are chosen for a network load balancer, which knows connections only.
    """
    if isinstance(balancer, NetworkLoadBalancer):
        if requests.host or requests.path or requests.priority is not None or requests.protocol == "HTTP":
            raise ConfigError(
                f"{service.path}: listen({balancer.path!r}) host, path, priority and protocol='HTTP' do not go with a network load "
                "balancer, which forwards connections. Leave them out, or pass a NetworkTargetConfig."
            )
        return NetworkTargetConfig(port=port, health_check_path=requests.health_check)
    return TargetConfig(
        port=port,
        protocol=requests.protocol,
        hosts=(requests.host,) if requests.host else (),
        paths=(requests.path,) if requests.path else (),
        priority=requests.priority,
        health_check_path=requests.health_check,
    )


def listen(service: ServiceParts, balancer: Balancer, target: Target, name: str) -> Listening:
    """Register the tasks of a service with a load balancer.

    Raises:
        ConfigError: no container listens on the port, the load balancer is in another VPC, or a value is refused.
    """
    target = target.require(service.path)
    _refuse_elsewhere(service, balancer, "listen")
    if target.target_type != "ip":
        raise ConfigError(
            f"{service.path}: listen(...) target_type={target.target_type!r} does not go with tasks, which have addresses of their "
            "own. Leave it out."
        )
    container = _container(service, target.port)
    return _listening(service, balancer, name, _add(service, balancer, target, name), container, target.port)


def register(service: ServiceParts, balancer: Balancer, name: str, port: Any) -> Listening:
    """Register the tasks of a service in a target that is there.

    Raises:
        ConfigError: there is no such target, it takes instances, no container listens on the port, or the load balancer is in
            another VPC.
    """
    _refuse_elsewhere(service, balancer, "register")
    balancer.target_group_arn(name)
    group = balancer.target_groups[name]
    if (kind := group.attributes.get("target_type")) != "ip":
        raise ConfigError(
            f"{service.path}: register({name!r}) is a target of type {kind!r}, and tasks have addresses of their own. Add a target of "
            "the type 'ip'."
        )
    return _listening(service, balancer, name, group, _container(service, port, "register"), port)


def _add(service: ServiceParts, balancer: Balancer, target: Target, name: str) -> Resource:
    if isinstance(target, NetworkTargetConfig) and target.protocol in ("UDP", "TCP_UDP"):
        raise ConfigError(
            f"{service.path}: listen(...) protocol={target.protocol!r} does not go with its containers, which listen on TCP. Use "
            "'TLS', or 'TCP' with a waiver."
        )
    # Each kind of load balancer refuses the other's configuration.
    return balancer.add_target(name, cast(Any, target), group=service)


def _refuse_elsewhere(service: ServiceParts, balancer: Balancer, method: str) -> None:
    if service.vpc is not None and balancer.vpc is not service.vpc:
        raise ConfigError(
            f"{service.path}: {method}({balancer.path!r}) is a load balancer of another VPC, {balancer.vpc.path}: it would not reach "
            f"the tasks in {service.vpc.path}. Give both the same vpc=."
        )


def _listening(
    service: ServiceParts, balancer: Balancer, name: str, group: Resource, container: str, port: Any
) -> Listening:
    kind = "listener" if isinstance(balancer, NetworkLoadBalancer) else "rule"
    first = balancer.resources[f"{kind}-{name}"]
    # ECS refuses a target group that no listener names yet.
    before = [first] if isinstance(first, Resource) and balancer.stack_state is service.stack_state else []
    block = {"target_group_arn": group.ref("arn"), "container_name": container, "container_port": port}
    counts = isinstance(balancer, SecureLoadBalancer)
    return Listening(name, block, before, balancer.load_balancer, group, counts)


def _container(service: ServiceParts, port: Any, method: str = "listen") -> str:
    ports = {name: one.port for name, one in service.config.containers().items() if one.port is not None}
    found = next((name for name, its in ports.items() if its == port), None)
    if found is None and (is_token(port) or any(map(is_token, ports.values()))):
        found = next(iter(ports), None)
    if found is None:
        known = ", ".join(f"{name} on {shown(its)}" for name, its in ports.items()) or "none"
        raise ConfigError(
            f"{service.path}: {method}(...) port={shown(port)} is not the port of a container: the load balancer would find nothing "
            f"there. Listening: {known}. Use one of these, or set EcsServiceConfig(port=...)."
        )
    return found
