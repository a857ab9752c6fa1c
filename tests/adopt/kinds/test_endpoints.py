"""Endpoints of a VPC: which ones SecureVpc has too."""

from typing import Any

from secureinfra.adopt.kinds.endpoints import Endpoints, endpoints_of
from tests.adopt.states import REGION, estate, network, resource


def endpoint(name: str, service: str, kind: str = "Interface", **values: Any) -> dict[str, Any]:
    usual = {
        "id": f"vpce-{name}",
        "vpc_id": "vpc-0a1b2c3d4e5f60718",
        "service_name": f"com.amazonaws.{REGION}.{service}",
        "vpc_endpoint_type": kind,
        "private_dns_enabled": True,
        "policy": "{}",
    }
    return resource(f'module.endpoints.aws_vpc_endpoint.this["{name}"]', **{**usual, **values})


def found(*resources: dict[str, Any]) -> Endpoints:
    there = estate(*network(), *resources)
    return endpoints_of(there, there.of("aws_vpc")[0])


def test_gateways_and_interfaces() -> None:
    made = found(endpoint("s3", "s3", "Gateway"), endpoint("registry", "ecr.api"), endpoint("logs", "logs"))
    assert made.services == ("ecr.api", "logs")
    assert {role: part.id for role, part in made.parts.items()} == {
        "endpoint-s3": "vpce-s3",
        "endpoint-ecr-api": "vpce-registry",
        "endpoint-logs": "vpce-logs",
    }
    assert "one security group" in made.notes[0]
    assert made.apart == []


def test_what_stays_where_it_is() -> None:
    made = found(
        endpoint("a", "s3express", "Gateway"),
        endpoint("b", "vpce-svc-1", "GatewayLoadBalancer"),
        endpoint("c", "s3"),
        endpoint("d", "sts", private_dns_enabled=False),
        endpoint("e", "kms", policy=""),
        endpoint("f", "logs"),
        endpoint("g", "logs"),
    )
    assert made.services == ("logs",)
    assert [(one.id, why) for one, why in made.apart] == [
        ("vpce-a", "SecureVpc has no gateway endpoint for s3express"),
        ("vpce-b", "SecureVpc has no endpoint of the kind GatewayLoadBalancer"),
        (
            "vpce-c",
            "SecureVpc reaches it by a gateway endpoint, which is free: leave it for what comes from outside of the VPC",
        ),
        ("vpce-d", "it has no private DNS name, which SecureVpc would turn on"),
        ("vpce-e", "its service takes no policy, which every endpoint of SecureVpc has"),
        ("vpce-g", "the VPC has another one for logs, and SecureVpc has one of each"),
    ]
