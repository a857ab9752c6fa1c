"""Short names for what a map shows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from secureinfra.proofs.network.entries import ALL
from secureinfra.proofs.network.links import number
from secureinfra.proofs.network.packets import ICMP, ICMPV6, TCP, UDP
from secureinfra.terraform.unknown import is_unknown

if TYPE_CHECKING:
    from secureinfra.proofs.network.groups import Rule
    from secureinfra.terraform.model.block import Block

__all__ = ["about_users", "port_order", "ports_text", "service_label", "some", "zone_label"]

_PROTOCOLS = {TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMPV6: "icmpv6"}
_SERVICES = {
    "dynamodb": "DynamoDB",
    "ecr.api": "ECR API",
    "ecr.dkr": "ECR images",
    "kms": "KMS",
    "logs": "CloudWatch Logs",
    "monitoring": "CloudWatch",
    "s3": "S3",
    "secretsmanager": "Secrets Manager",
    "sns": "SNS",
    "sqs": "SQS",
    "ssm": "Systems Manager",
    "ssmmessages": "SSM messages",
    "ec2messages": "EC2 messages",
    "sts": "STS",
    "ec2": "EC2",
    "events": "EventBridge",
    "lambda": "Lambda",
    "states": "Step Functions",
    "elasticloadbalancing": "Load balancing",
    "guardduty-data": "GuardDuty",
}
_TYPES = {
    "aws_lb": "load balancer",
    "aws_alb": "load balancer",
    "aws_elb": "load balancer",
    "aws_vpc_endpoint": "interface endpoint",
    "aws_instance": "instance",
    "aws_autoscaling_group": "instances",
    "aws_db_instance": "database",
    "aws_rds_cluster": "database",
    "aws_rds_cluster_instance": "database",
    "aws_db_proxy": "database proxy",
    "aws_lambda_function": "function",
    "aws_ecs_service": "service",
    "aws_eks_cluster": "Kubernetes cluster",
    "aws_efs_mount_target": "file system",
    "aws_elasticache_replication_group": "cache",
    "aws_elasticache_serverless_cache": "cache",
    "aws_elasticache_cluster": "cache",
    "aws_opensearch_domain": "search domain",
    "aws_network_interface": "network interface",
    "aws_route53_resolver_endpoint": "resolver endpoint",
    "aws_apigatewayv2_vpc_link": "API link",
    "aws_msk_cluster": "Kafka cluster",
    "aws_redshift_cluster": "warehouse",
    "aws_mq_broker": "message broker",
}


def zone_label(zone: str) -> str:
    """A zone as a column's head: `Zone a` for `eu-central-1a`, `Zone 1` for the first of those that AWS lists."""
    if match := re.fullmatch(r"(?:[a-z]{2}(?:-[a-z]+)+-\d|\$\{[^}]*\})([a-z])", zone):
        return f"Zone {match[1]}"
    if match := re.search(r"\[(\d+)\]\}?$", zone):
        return f"Zone {int(match[1]) + 1}"
    if match := re.fullmatch(r"[a-z]+\d-(az\d+)", zone):
        return f"Zone {match[1]}"
    return zone if zone and not zone.startswith("${") else "Zone not known"


def service_label(service: str) -> str:
    """An AWS service as people write it."""
    return _SERVICES.get(service, service)


def about_users(users: Iterable[Block]) -> str:
    """What uses a group: `load balancer (internal)`, `2 functions`."""
    counted: dict[str, int] = {}
    for block in users:
        name = _TYPES.get(block.type, block.type.removeprefix("aws_").replace("_", " "))
        if block.type in ("aws_lb", "aws_alb") and (kind := block.get("load_balancer_type")) is not None:
            name = f"network {name}" if not is_unknown(kind) and kind == "network" else name
        if block.type in ("aws_lb", "aws_alb", "aws_elb") and block.get("internal") is not None:
            value = block.get("internal")
            name += "" if is_unknown(value) else " (internal)" if str(value).lower() == "true" else " (internet-facing)"
        counted[name] = counted.get(name, 0) + 1
    return ", ".join(name if number == 1 else f"{number} {_plural(name)}" for name, number in counted.items())


def _plural(name: str) -> str:
    return name if name.endswith("s") else f"{name[:-1]}ies" if name.endswith("y") else f"{name}s"


def ports_text(rule: Rule) -> str:
    """The traffic of a rule: `tcp 443`, `tcp 8000-8080`, `all traffic`."""
    if rule.protocol is None:
        return "some traffic"
    if rule.protocol == ALL:
        return "all traffic"
    name = _PROTOCOLS.get(rule.protocol, f"protocol {rule.protocol}")
    if rule.protocol not in (TCP, UDP):
        return name
    if is_unknown(rule.first) or is_unknown(rule.last):
        return f"{name}, port not known"
    first, last = number(rule.first), number(rule.last)
    if first is None or (first <= 0 and (last is None or last >= 65535 or last < 0)):
        return f"{name}, all ports"
    return f"{name} {first}" if first == last or last is None else f"{name} {first}-{last}"


def port_order(text: str) -> tuple[str, int, str]:
    """A key that sorts traffic by protocol, then by number."""
    name, _, rest = text.partition(" ")
    first = rest.split("-", maxsplit=1)[0]
    return name, int(first) if first.isdigit() else -1, rest


def some(ports: Iterable[str]) -> str:
    """Several ports in few words: `tcp 80, 443`, `tcp 80, 443 +2`."""
    found = list(dict.fromkeys(ports))
    joined, before = [], ""
    for port in found[:2]:
        name, _, rest = port.partition(" ")
        joined.append(rest if name == before and rest else port)
        before = name
    more = f" +{len(found) - 2}" if len(found) > 2 else ""
    return ", ".join(joined) + more
