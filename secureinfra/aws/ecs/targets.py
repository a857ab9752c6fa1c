"""How a service receives requests from a load balancer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from secureinfra.aws.ecs.parts import ServiceParts
from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.target_group import TargetConfig
from secureinfra.config.rules import is_token
from secureinfra.engine import Resource
from secureinfra.errors import ConfigError
from secureinfra.facts.tokens import shown


@dataclass(frozen=True)
class Listening:
    """One target of a load balancer that tasks register in.

    Args:
        name: the target's.
        block: the service's `load_balancer` block.
        before: what must exist before the service.
        load_balancer: the load balancer's resource.
        target_group: the target group.
    """

    name: str
    block: dict[str, Any]
    before: list[Resource]
    load_balancer: Resource
    target_group: Resource


def listen(service: ServiceParts, balancer: SecureLoadBalancer, target: TargetConfig, name: str) -> Listening:
    """Register the tasks of a service with a load balancer.

    Raises:
        ConfigError: no container listens on the port, the load balancer is in another VPC, or a value is refused.
    """
    target = target.require(service.path)
    if service.vpc is not None and balancer.vpc is not service.vpc:
        raise ConfigError(
            f"{service.path}: listen({balancer.path!r}) is a load balancer of another VPC, {balancer.vpc.path}: it would not reach "
            f"the tasks in {service.vpc.path}. Give both the same vpc=."
        )
    if target.target_type != "ip":
        raise ConfigError(
            f"{service.path}: listen(...) target_type={target.target_type!r} does not go with tasks, which have addresses of their "
            "own. Leave it out."
        )
    container = _container(service, target.port)
    group = balancer.add_target(name, target, group=service)
    rule = balancer.resources[f"rule-{name}"]
    # ECS refuses a target group that no listener names yet.
    before = [rule] if isinstance(rule, Resource) and balancer.stack_state is service.stack_state else []
    block = {"target_group_arn": group.ref("arn"), "container_name": container, "container_port": target.port}
    return Listening(name, block, before, balancer.load_balancer, group)


def _container(service: ServiceParts, port: Any) -> str:
    ports = {name: one.port for name, one in service.config.containers().items() if one.port is not None}
    found = next((name for name, its in ports.items() if its == port), None)
    if found is None and (is_token(port) or any(map(is_token, ports.values()))):
        found = next(iter(ports), None)
    if found is None:
        known = ", ".join(f"{name} on {shown(its)}" for name, its in ports.items()) or "none"
        raise ConfigError(
            f"{service.path}: listen(...) port={shown(port)} is not the port of a container: the load balancer would find nothing "
            f"there. Listening: {known}. Use one of these, or set EcsServiceConfig(port=...)."
        )
    return found
