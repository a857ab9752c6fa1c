"""Controls on the AWS services that a VPC reaches through endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.traffic import both
from secureinfra.controls.verdict import Failure, NotApplicable, each
from secureinfra.controls.vpc.endpoint import GATEWAY, INTERFACE
from secureinfra.controls.vpc.layout import leads_to_internet
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

_EXPRESSION = re.compile(r"\$\{[^}]*\}")
_SERVICE = re.compile(r"(?:(?:cn\.)?com|eu)\.amazonaws\.[^.]+\.(.+)")

GATEWAY_ENDPOINTS = Control(
    id="vpc-gateway-endpoints",
    title="VPCs reach S3 and DynamoDB through gateway endpoints",
    why="their traffic would go through the internet gateway and cost NAT fees",
    row="vpce-gateway-s3-dynamodb",
    fix="Write a gateway aws_vpc_endpoint for s3 and one for dynamodb, with every private route table in "
    "route_table_ids; they are free of charge.",
)


@GATEWAY_ENDPOINTS.check("aws_vpc")
def _gateway_endpoints(vpc: Block, configuration: Configuration) -> Iterator[Failure]:
    # The configuration that has the route tables can add routes to endpoints.
    tables = configuration.attached(vpc, "aws_route_table", "vpc_id")
    if not tables:
        raise NotApplicable("its route tables are in another configuration")

    def judge(service: str) -> Iterator[Failure]:
        endpoints = _endpoints(vpc, configuration, GATEWAY, service)
        if not endpoints:
            yield Failure(f"no gateway endpoint for {service}", f"an aws_vpc_endpoint for {service} in this VPC")
            return

        def judge_table(table: Block) -> Iterator[Failure]:
            def unreached() -> bool:
                return not any_of(endpoints, lambda endpoint: _is_reached(endpoint, table, configuration))

            if both(lambda: not leads_to_internet(table, configuration), unreached):
                yield Failure(
                    f"no route to the {service} endpoint",
                    f"this route table in the route_table_ids of the {service} endpoint",
                    block=table,
                )

        yield from each(tables, judge_table)

    yield from each(("s3", "dynamodb"), judge)


def _is_reached(endpoint: Block, table: Block, configuration: Configuration) -> bool:
    name, value = "route_table_ids", endpoint.get("route_table_ids")
    if table in configuration.targets(endpoint, name):
        return True
    for held in configuration.attached(endpoint, "aws_vpc_endpoint_route_table_association", "vpc_endpoint_id"):
        if table in configuration.targets(held, "route_table_id"):
            return True
    for part in value if isinstance(value, list) else [value]:
        # A list of ids of route tables in the configuration contains only those.
        if is_unknown(part) and not (part.references and all(map(configuration.target, part.references))):
            raise UnknownValueError(part)
    # A plan may contain the ids.
    return isinstance(value, list) and any(not is_unknown(part) and part == table.get("id") for part in value)


def _endpoints(vpc: Block, configuration: Configuration, kind: str, service: str) -> list[Block]:
    """The endpoints of a VPC for a service.

    Raises:
        UnknownValueError: none certainly is one, and one may be.
    """
    unknown: UnknownValueError | None = None
    found: list[Block] = []
    for endpoint in configuration.attached(vpc, "aws_vpc_endpoint", "vpc_id"):
        try:
            if endpoint.get("vpc_endpoint_type", GATEWAY) == kind and _service(endpoint, configuration) == service:
                found.append(endpoint)
        except UnknownValueError as error:
            unknown = unknown or error
    if unknown is not None and not found:
        raise unknown
    return found


def _service(endpoint: Block, configuration: Configuration) -> str:
    """The service of an endpoint without the region: `ecr.api`.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    name = endpoint.get("service_name")
    looked_up = configuration.target(name) if is_unknown(name) else None
    if looked_up is not None and looked_up.type == "aws_vpc_endpoint_service":
        if looked_up.get("service") is not None:
            return str(_known(looked_up.get("service")))
        name = looked_up.get("service_name")
    # The region does not matter.
    text = _EXPRESSION.sub("?", text_of(name))
    found = _SERVICE.fullmatch(text)
    if is_unknown(name) and (found is None or "?" in found[1]):
        raise UnknownValueError(name)
    return found[1] if found else text


def _known(value: object) -> object:
    if is_unknown(value):
        raise UnknownValueError(value)  # type: ignore[arg-type]
    return value


def _endpoint(id: str, title: str, why: str, row: str, services: Sequence[str], more: str = "") -> Control:
    """A control that requires interface endpoints, checked for each VPC with subnets in the configuration."""
    names = " and ".join(services)
    control = Control(
        id=id,
        title=title,
        why=why,
        row=row,
        fix=f"Write an interface aws_vpc_endpoint for {names} with private_dns_enabled = true{more}.",
    )

    @control.check("aws_vpc")
    def check(vpc: Block, configuration: Configuration) -> Iterator[Failure]:
        # An endpoint needs subnets: the configuration that has them can add one.
        if not configuration.attached(vpc, "aws_subnet", "vpc_id"):
            raise NotApplicable("its subnets are in another configuration")

        def judge(service: str) -> Iterator[Failure]:
            if not _endpoints(vpc, configuration, INTERFACE, service):
                yield Failure(f"no interface endpoint for {service}", f"an aws_vpc_endpoint for {service} in this VPC")

        yield from each(services, judge)

    return control


_WHY = "internet access would be needed"

EC2_ENDPOINT = _endpoint(
    "vpc-endpoint-ec2",
    "VPCs reach the EC2 API through an interface endpoint",
    f"{_WHY} to start and stop instances",
    "vpce-ec2",
    ["ec2"],
)

ECR_API_ENDPOINT = _endpoint(
    "vpc-endpoint-ecr-api",
    "VPCs reach the ECR API through an interface endpoint",
    f"{_WHY} to sign in to the registry",
    "vpce-ecr-api",
    ["ecr.api"],
)

ECR_DKR_ENDPOINT = _endpoint(
    "vpc-endpoint-ecr-dkr",
    "VPCs pull container images through an interface endpoint",
    f"{_WHY} to start a container",
    "vpce-ecr-dkr",
    ["ecr.dkr"],
)

SSM_ENDPOINT = _endpoint(
    "vpc-endpoint-ssm",
    "VPCs reach Systems Manager through an interface endpoint",
    f"{_WHY} to patch and administer instances",
    "vpce-ssm",
    ["ssm"],
    ", and the one for ssmmessages if you use Session Manager",
)

SSM_INCIDENTS_ENDPOINTS = _endpoint(
    "vpc-endpoint-ssm-incidents",
    "VPCs reach Incident Manager through interface endpoints",
    f"{_WHY} to report an incident",
    "vpce-ssm-incidents",
    ["ssm-contacts", "ssm-incidents"],
)
