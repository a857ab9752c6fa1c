"""Endpoints of a VPC, by the roles that they have in `SecureVpc`."""

from __future__ import annotations

from dataclasses import dataclass, field

from secureinfra.adopt.candidate import Part, part_of
from secureinfra.adopt.existing import Estate, Existing

_GATEWAY = "Gateway"


@dataclass
class Endpoints:
    """The endpoints of a VPC.

    Args:
        services: what the construct is asked for.
        parts: what exists, by role.
        apart: what stays where it is, with the reason.
        notes: what a reader of the plan should know.
    """

    services: tuple[str, ...] = ()
    parts: dict[str, Part] = field(default_factory=dict)
    apart: list[tuple[Existing, str]] = field(default_factory=list)
    notes: tuple[str, ...] = ()


def endpoints_of(estate: Estate, vpc: Existing) -> Endpoints:
    """The endpoints of a VPC: gateway endpoints of S3 and DynamoDB, and interface endpoints that take a policy."""
    found = Endpoints()
    start = f"com.amazonaws.{estate.region}."
    for endpoint in estate.with_value("aws_vpc_endpoint", "vpc_id", vpc.id):
        # In China the names of most begin otherwise, and the construct takes them whole.
        service = str(endpoint.get("service_name", "")).removeprefix(start)
        role = f"endpoint-{service.replace('.', '-')}"
        kind = str(endpoint.get("vpc_endpoint_type", _GATEWAY))
        if reason := _reason(endpoint, kind, service):
            found.apart.append((endpoint, reason))
        elif role in found.parts:
            found.apart.append((endpoint, f"the VPC has another one for {service}, and SecureVpc has one of each"))
        else:
            found.parts[role] = part_of(endpoint)
            found.services += () if kind == _GATEWAY else (service,)
    if found.services:
        found.notes = (
            "interface endpoints get one security group, which takes HTTPS from the networks of the VPC, and a policy for this "
            "account's principals and data",
        )
    return found


def _reason(endpoint: Existing, kind: str, service: str) -> str:
    if kind == _GATEWAY:
        return "" if service in ("s3", "dynamodb") else f"SecureVpc has no gateway endpoint for {service}"
    if kind != "Interface":
        return f"SecureVpc has no endpoint of the kind {kind}"
    if service in ("s3", "dynamodb"):
        return (
            "SecureVpc reaches it by a gateway endpoint, which is free: leave it for what comes from outside of the VPC"
        )
    if not endpoint.get("private_dns_enabled"):
        return "it has no private DNS name, which SecureVpc would turn on"
    # AWS gives each endpoint a policy whose service supports one: docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    return "" if endpoint.get("policy") else "its service takes no policy, which every endpoint of SecureVpc has"
