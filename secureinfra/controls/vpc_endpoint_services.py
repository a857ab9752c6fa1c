"""Controls on which AWS services a VPC reaches through endpoints of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.reading.traffic import both
from secureinfra.controls.reading.vpc_layout import leads_to_internet
from secureinfra.controls.verdict import Failure, NotApplicable, any_of, each
from secureinfra.controls.vpc_endpoint import GATEWAY, INTERFACE
from secureinfra.terraform.unknown import UnknownValueError, is_unknown, text_of

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration

_EXPRESSION = re.compile(r"\$\{[^}]*\}")
_SERVICE = re.compile(r"(?:cn\.)?com\.amazonaws\.[^.]+\.(.+)")

GATEWAY_ENDPOINTS = Control(
    id="vpc-gateway-endpoints",
    title="S3 and DynamoDB are reached without the internet",
    why="their traffic would cross the internet gateway and cost NAT fees",
    row="vpce-gateway-s3-dynamodb",
    mend="Write a gateway aws_vpc_endpoint for s3 and one for dynamodb, with every private route table in route_table_ids; they "
    "are free.",
    python="SecureVpc does.",
)


@GATEWAY_ENDPOINTS.check("aws_vpc")
def _gateway_endpoints(vpc: Block, configuration: Configuration) -> Iterator[Failure]:
    # Who makes the route tables is who can lead them to endpoints.
    tables = configuration.attached(vpc, "aws_route_table", "vpc_id")
    if not tables:
        raise NotApplicable("its route tables are made elsewhere")

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
                    f"no way to the {service} endpoint",
                    f"this table among the route_table_ids of {service}",
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
        # What is made of ids of tables that are written here holds those and no others.
        if is_unknown(part) and not (part.references and all(map(configuration.target, part.references))):
            raise UnknownValueError(part)
    # A plan may know the ids.
    return isinstance(value, list) and any(not is_unknown(part) and part == table.get("id") for part in value)


def _endpoints(vpc: Block, configuration: Configuration, kind: str, service: str) -> list[Block]:
    """The endpoints of a VPC for a service.

    Raises:
        UnknownValueError: none is sure to be one, and one may.
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
    """What an endpoint leads to, without the region's part: `ecr.api`.

    Raises:
        UnknownValueError: only Terraform knows.
    """
    name = endpoint.get("service_name")
    looked_up = configuration.target(name) if is_unknown(name) else None
    if looked_up is not None and looked_up.type == "aws_vpc_endpoint_service":
        if looked_up.get("service") is not None:
            return str(_known(looked_up.get("service")))
        name = looked_up.get("service_name")
    # Which region it is makes no difference.
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
    """A control that demands interface endpoints, judged for each VPC whose subnets are made with it."""
    names = " and ".join(services)
    control = Control(
        id=id,
        title=title,
        why=why,
        row=row,
        mend=f"Write an interface aws_vpc_endpoint for {names} with private_dns_enabled = true{more}.",
        python=f"SecureVpc(..., VpcConfig(endpoints=({', '.join(map(repr, services))},))) does.",
    )

    @control.check("aws_vpc")
    def check(vpc: Block, configuration: Configuration) -> Iterator[Failure]:
        # An endpoint stands in subnets: who makes them is who can give them one.
        if not configuration.attached(vpc, "aws_subnet", "vpc_id"):
            raise NotApplicable("its subnets are made elsewhere")

        def judge(service: str) -> Iterator[Failure]:
            if not _endpoints(vpc, configuration, INTERFACE, service):
                yield Failure(f"no interface endpoint for {service}", f"an aws_vpc_endpoint for {service} in this VPC")

        yield from each(services, judge)

    return control


_WHY = "it would take a way through the internet"

EC2_ENDPOINT = _endpoint(
    "vpc-endpoint-ec2",
    "The API of EC2 is reached without the internet",
    f"{_WHY} to start and stop machines",
    "vpce-ec2",
    ["ec2"],
)

ECR_API_ENDPOINT = _endpoint(
    "vpc-endpoint-ecr-api",
    "The API of the image registry is reached without the internet",
    f"{_WHY} to sign in to the registry",
    "vpce-ecr-api",
    ["ecr.api"],
)

ECR_DKR_ENDPOINT = _endpoint(
    "vpc-endpoint-ecr-dkr",
    "Images are pulled without the internet",
    f"{_WHY} to start a container",
    "vpce-ecr-dkr",
    ["ecr.dkr"],
)

SSM_ENDPOINT = _endpoint(
    "vpc-endpoint-ssm",
    "Systems Manager is reached without the internet",
    f"{_WHY} to patch and administer machines",
    "vpce-ssm",
    ["ssm"],
    ", and those for ssmmessages and ec2messages where Session Manager is used",
)

SSM_INCIDENTS_ENDPOINTS = _endpoint(
    "vpc-endpoint-ssm-incidents",
    "Incident Manager is reached without the internet",
    f"{_WHY} to raise an alarm",
    "vpce-ssm-incidents",
    ["ssm-contacts", "ssm-incidents"],
)
