"""Which services a VPC reaches through endpoints of its own."""

from typing import Any

import pytest

from secureinfra.controls import Control
from secureinfra.controls.vpc import endpoint_services as controls
from tests.controls.judge import failure, status

VARIABLE: dict[str, Any] = {"x": {}}
OF_VPC = "${aws_vpc.v.id}"
REGION = "${data.aws_region.r.name}"


def network(**endpoints: dict[str, Any]) -> dict[str, Any]:
    """A VPC with a private and a public route table, and gateway endpoints for the private one."""
    arguments = {"vpc_id": OF_VPC, "route_table_ids": ["${aws_route_table.private.id}"]}
    public = {"vpc_id": OF_VPC, "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-1"}]}
    held = {
        service: {**arguments, "service_name": f"com.amazonaws.{REGION}.{service}", **more}
        for service, more in endpoints.items()
    }
    return {
        "aws_vpc": {"v": {}},
        "aws_route_table": {"private": {"vpc_id": OF_VPC}, "public": public},
        "aws_vpc_endpoint": held,
    }


def judged(**sections: Any) -> str:
    return status(controls.GATEWAY_ENDPOINTS, variable=VARIABLE, **sections)


def test_gateway_endpoints() -> None:
    assert judged(**network(s3={}, dynamodb={"vpc_endpoint_type": "Gateway"})) == "passed"
    assert failure(controls.GATEWAY_ENDPOINTS, **network(s3={})) == (
        "aws_vpc.v : no gateway endpoint for dynamodb -> an aws_vpc_endpoint for dynamodb in this VPC"
    )
    assert judged(**network(s3={}, dynamodb={"vpc_endpoint_type": "Interface"})) == "failed"
    assert judged(**network(s3={}, dynamodb={"vpc_id": "vpc-2"})) == "failed"
    assert judged(**network(s3={}, dynamodb={"service_name": "${var.x}"})) == "unknown"
    assert judged(**network(s3={}, dynamodb={"vpc_endpoint_type": "${var.x}"})) == "unknown"
    assert judged(aws_vpc={"v": {}}) == "not applicable"


def test_gateway_endpoints_on_every_private_table() -> None:
    held = network(s3={"route_table_ids": []}, dynamodb={})
    assert failure(controls.GATEWAY_ENDPOINTS, **held) == (
        "aws_route_table.private : no route to the s3 endpoint -> this route table in the route_table_ids of the s3 endpoint"
    )
    beside = {"vpc_endpoint_id": "${aws_vpc_endpoint.s3.id}", "route_table_id": "${aws_route_table.private.id}"}
    assert judged(**held, aws_vpc_endpoint_route_table_association={"a": beside}) == "passed"
    assert judged(**network(s3={"route_table_ids": "${var.x}"}, dynamodb={})) == "unknown"
    assert judged(**network(s3={"route_table_ids": ["${var.x}"]}, dynamodb={})) == "unknown"
    several = network(s3={"route_table_ids": "${aws_route_table.private[*].id}"}, dynamodb={})
    several["aws_route_table"]["private"]["count"] = "${var.x}"
    assert judged(**several) == "passed"


INTERFACES = [
    (controls.EC2_ENDPOINT, ("ec2",)),
    (controls.ECR_API_ENDPOINT, ("ecr.api",)),
    (controls.ECR_DKR_ENDPOINT, ("ecr.dkr",)),
    (controls.SSM_ENDPOINT, ("ssm",)),
    (controls.SSM_INCIDENTS_ENDPOINTS, ("ssm-contacts", "ssm-incidents")),
]


def with_interfaces(*services: str, **more: Any) -> dict[str, Any]:
    held = {
        f"e{position}": {"vpc_id": OF_VPC, "vpc_endpoint_type": "Interface", "service_name": service, **more}
        for position, service in enumerate(services)
    }
    return {"aws_vpc": {"v": {}}, "aws_subnet": {"s": {"vpc_id": OF_VPC}}, "aws_vpc_endpoint": held}


@pytest.mark.parametrize(("control", "services"), INTERFACES)
def test_interface_endpoints(control: Control, services: tuple[str, ...]) -> None:
    prefixes = (
        "com.amazonaws.eu-central-1.",
        f"com.amazonaws.{REGION}.",
        "cn.com.amazonaws.cn-north-1.",
        "eu.amazonaws.eusc-de-east-1.",
    )
    for prefix in prefixes:
        names = [f"{prefix}{service}" for service in services]
        assert status(control, **with_interfaces(*names)) == "passed"
        assert status(control, **with_interfaces(*names, vpc_endpoint_type="Gateway")) == "failed"
        assert status(control, **with_interfaces(*names, vpc_id="vpc-2")) == "failed"
        assert status(control, variable=VARIABLE, **with_interfaces(*names, vpc_id="${var.x}")) == "unknown"
        assert f"no interface endpoint for {services[-1]}" in failure(control, **with_interfaces(*names[:-1]))
    assert status(control, **with_interfaces("com.amazonaws.eu-central-1.ssmmessages")) == "failed"
    assert status(control, variable=VARIABLE, **with_interfaces("com.amazonaws.eu-central-1.${var.x}")) == "unknown"
    assert status(control, aws_vpc={"v": {}}) == "not applicable"


@pytest.mark.parametrize(
    "id",
    [
        "vpc-endpoint-ec2",
        "vpc-endpoint-ecr-api",
        "vpc-endpoint-ecr-dkr",
        "vpc-endpoint-ssm",
        "vpc-endpoint-ssm-incidents",
    ],
)
def test_interface_endpoints_are_options(id: str) -> None:
    (control,) = (control for control, _ in INTERFACES if control.id == id)
    assert control.optional


def test_interface_endpoints_by_a_service_looked_up() -> None:
    held = with_interfaces("${data.aws_vpc_endpoint_service.s.service_name}")
    found = {"aws_vpc_endpoint_service": {"s": {"service": "ec2"}}}
    assert status(controls.EC2_ENDPOINT, data=found, **held) == "passed"
    assert status(controls.SSM_ENDPOINT, data=found, **held) == "failed"
    found = {"aws_vpc_endpoint_service": {"s": {"service": "${var.x}"}}}
    assert status(controls.EC2_ENDPOINT, data=found, variable=VARIABLE, **held) == "unknown"


def test_interface_endpoints_made_for_each_service() -> None:
    services = ["ec2", "ssm"]
    held = with_interfaces(
        f"com.amazonaws.{REGION}.${{each.key}}", for_each=f"${{toset({services})}}".replace("'", '"')
    )
    assert status(controls.EC2_ENDPOINT, **held) == status(controls.SSM_ENDPOINT, **held) == "passed"
    assert status(controls.ECR_API_ENDPOINT, **held) == "failed"
