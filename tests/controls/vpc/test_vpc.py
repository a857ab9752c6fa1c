"""Controls on VPCs, subnets and flow logs."""

from typing import Any

import pytest

from secureinfra.controls.vpc import vpc as controls
from tests.controls.judge import failure, findings, status

VARIABLE: dict[str, Any] = {"x": {}}
VPC = {"aws_vpc": {"v": {"cidr_block": "10.0.0.0/16"}}}
OF_VPC = "${aws_vpc.v.id}"


def test_default_group_closed() -> None:
    group = {"d": {"vpc_id": OF_VPC}}
    emptied = {"d": {"vpc_id": OF_VPC, "ingress": [], "egress": []}}
    for good in (group, emptied):
        assert status(controls.DEFAULT_GROUP_CLOSED, **VPC, aws_default_security_group=good) == "passed"
    assert "no aws_default_security_group" in failure(controls.DEFAULT_GROUP_CLOSED, **VPC)
    other = {"d": {"vpc_id": "vpc-2"}}
    assert status(controls.DEFAULT_GROUP_CLOSED, **VPC, aws_default_security_group=other) == "failed"
    unsure = {"d": {"vpc_id": "${var.x}"}}
    assert (
        status(controls.DEFAULT_GROUP_CLOSED, variable=VARIABLE, **VPC, aws_default_security_group=unsure) == "unknown"
    )


@pytest.mark.parametrize("way", ["ingress", "egress"])
def test_default_group_closed_has_no_rule(way: str) -> None:
    group = {"d": {"vpc_id": OF_VPC, way: [{"protocol": "-1", "from_port": 0, "to_port": 0, "self": True}]}}
    assert failure(controls.DEFAULT_GROUP_CLOSED, **VPC, aws_default_security_group=group) == (
        f"aws_default_security_group.d {way}[0]: {way} {{ ... }} -> no {way} block"
    )
    group = {"d": {"vpc_id": OF_VPC, way: "${var.x}"}}
    assert (
        status(controls.DEFAULT_GROUP_CLOSED, variable=VARIABLE, **VPC, aws_default_security_group=group) == "unknown"
    )


@pytest.mark.parametrize("id", ["${aws_default_security_group.d.id}", "${aws_vpc.v.default_security_group_id}"])
def test_default_group_closed_has_no_rule_beside_it(id: str) -> None:
    held = {**VPC, "aws_default_security_group": {"d": {"vpc_id": OF_VPC}}}
    rule = {"r": {"security_group_id": id}}
    assert failure(controls.DEFAULT_GROUP_CLOSED, **held, aws_vpc_security_group_ingress_rule=rule).startswith(
        "aws_vpc_security_group_ingress_rule.r security_group_id: a rule of the default security group"
    )
    source = {"r": {"security_group_id": "sg-2", "referenced_security_group_id": id}}
    assert status(controls.DEFAULT_GROUP_CLOSED, **held, aws_vpc_security_group_ingress_rule=source) == "passed"


def test_flow_logged() -> None:
    def log(**arguments: Any) -> dict[str, Any]:
        return {"aws_flow_log": {"l": {"vpc_id": OF_VPC, **arguments}}}

    assert status(controls.FLOW_LOGGED, **VPC, **log(traffic_type="ALL")) == "passed"
    assert (
        failure(controls.FLOW_LOGGED, **VPC)
        == "aws_vpc.v : no aws_flow_log -> an aws_flow_log with the vpc_id of this VPC"
    )
    assert failure(controls.FLOW_LOGGED, **VPC, **log(traffic_type="REJECT")) == (
        'aws_flow_log.l traffic_type: traffic_type = "REJECT" -> traffic_type = "ALL"'
    )
    assert status(controls.FLOW_LOGGED, variable=VARIABLE, **VPC, **log(traffic_type="${var.x}")) == "unknown"
    assert status(controls.FLOW_LOGGED, **VPC, **log(vpc_id="vpc-2", traffic_type="ALL")) == "failed"
    unsure = log(vpc_id="${var.x}", traffic_type="ALL")
    assert status(controls.FLOW_LOGGED, variable=VARIABLE, **VPC, **unsure) == "unknown"


def test_flow_logged_by_one_of_several() -> None:
    logs = {"a": {"vpc_id": OF_VPC, "traffic_type": "REJECT"}, "b": {"vpc_id": OF_VPC, "traffic_type": "ALL"}}
    assert status(controls.FLOW_LOGGED, **VPC, aws_flow_log=logs) == "passed"


def test_flow_logged_is_not_asked_of_transit_gateways() -> None:
    log = {"l": {"transit_gateway_id": "tgw-1", "max_aggregation_interval": 60}}
    assert status(controls.FLOW_LOGGED, aws_flow_log=log) == "not applicable"


@pytest.mark.parametrize(
    "destination",
    [
        {"log_destination": "${aws_cloudwatch_log_group.g.arn}"},
        {"log_destination": "arn:aws:logs:eu-central-1:111122223333:log-group:flows:*"},
        {"log_group_name": "flows"},
        {"log_group_name": "${aws_cloudwatch_log_group.g.name}"},
    ],
)
def test_flow_logs_retained(destination: dict[str, str]) -> None:
    def judged(**retention: Any) -> str:
        group = {"g": {"name": "flows", **retention}}
        log = {"l": {"vpc_id": OF_VPC, "traffic_type": "ALL", **destination}}
        return status(controls.FLOW_LOGS_RETAINED, variable=VARIABLE, aws_flow_log=log, aws_cloudwatch_log_group=group)

    assert judged() == judged(retention_in_days=0) == judged(retention_in_days="365") == "passed"
    assert judged(retention_in_days=90) == "failed"
    assert judged(retention_in_days="${var.x}") == "unknown"


def test_flow_logs_retained_elsewhere() -> None:
    def judged(**log: Any) -> str:
        return status(controls.FLOW_LOGS_RETAINED, variable=VARIABLE, aws_flow_log={"l": log})

    assert judged(log_destination_type="s3", log_destination="arn:aws:s3:::flows") == "not applicable"
    assert judged(log_group_name="flows") == "not applicable"
    assert judged(log_destination="${var.x}") == "unknown"
    group = {"g": {"name": "flows", "retention_in_days": 7}}
    log = {"l": {"log_destination": "${aws_cloudwatch_log_group.g.arn}"}}
    assert "aws_cloudwatch_log_group.g retention_in_days: retention_in_days = 7" in failure(
        controls.FLOW_LOGS_RETAINED, aws_flow_log=log, aws_cloudwatch_log_group=group
    )


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({}, "passed"),
        ({"map_public_ip_on_launch": False, "assign_ipv6_address_on_creation": False}, "passed"),
        ({"map_public_ip_on_launch": True}, "failed"),
        ({"map_public_ip_on_launch": "true"}, "failed"),
        ({"assign_ipv6_address_on_creation": True}, "failed"),
        ({"assign_ipv6_address_on_creation": True, "ipv6_native": True}, "passed"),
        ({"map_public_ip_on_launch": "${var.x}"}, "unknown"),
        ({"assign_ipv6_address_on_creation": "${var.x}"}, "unknown"),
        ({"map_public_ip_on_launch": "${var.x}", "assign_ipv6_address_on_creation": True}, "failed"),
    ],
)
def test_no_public_ip_on_launch(arguments: dict[str, Any], answer: str) -> None:
    assert status(controls.NO_PUBLIC_IP_ON_LAUNCH, variable=VARIABLE, aws_subnet={"s": arguments}) == answer
    assert len(findings(controls.NO_PUBLIC_IP_ON_LAUNCH, variable=VARIABLE, aws_subnet={"s": arguments})) == 1


def test_no_public_ip_on_launch_in_default_subnets() -> None:
    def judged(**arguments: Any) -> str:
        return status(controls.NO_PUBLIC_IP_ON_LAUNCH, aws_default_subnet={"s": arguments})

    assert judged() == "failed"
    assert judged(map_public_ip_on_launch=False) == "passed"


def subnets(*zones: Any) -> dict[str, Any]:
    held = {f"s{position}": {"vpc_id": OF_VPC, "availability_zone": zone} for position, zone in enumerate(zones)}
    return {**VPC, "aws_subnet": held}


@pytest.mark.parametrize(
    ("zones", "answer"),
    [
        (["eu-central-1a", "eu-central-1b"], "passed"),
        (["eu-central-1a", "eu-central-1a"], "failed"),
        (["eu-central-1a"], "failed"),
        ([None, None], "failed"),
        (["${var.x}a", "${var.x}b"], "passed"),
        (["${data.aws_availability_zones.z.names[0]}", "${data.aws_availability_zones.z.names[1]}"], "passed"),
        (["${data.aws_availability_zones.z.names[0]}", "${data.aws_availability_zones.z.names[0]}"], "failed"),
        (["${var.x}", "${var.y}"], "unknown"),
        (["eu-central-1a", "${var.x}"], "unknown"),
        (["${var.x}", "eu-central-1a", "eu-central-1b"], "passed"),
    ],
)
def test_several_zones(zones: list[Any], answer: str) -> None:
    assert status(controls.SEVERAL_ZONES, variable={"x": {}, "y": {}}, **subnets(*zones)) == answer


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({"count": 2, "availability_zone": "${data.aws_availability_zones.z.names[count.index]}"}, "passed"),
        ({"count": 2, "availability_zone": "${element(data.aws_availability_zones.z.names, count.index)}"}, "passed"),
        ({"for_each": ["a", "b"], "availability_zone": "${var.x}${each.key}"}, "passed"),
        ({"count": 2, "availability_zone": "eu-central-1a"}, "failed"),
        ({"count": "${var.x}", "availability_zone": "eu-central-1a"}, "unknown"),
        ({"for_each": "${var.x}", "availability_zone": "${each.value}"}, "unknown"),
    ],
)
def test_several_zones_of_repeated_subnets(arguments: dict[str, Any], answer: str) -> None:
    subnet = {"s": {"vpc_id": OF_VPC, **arguments}}
    assert status(controls.SEVERAL_ZONES, variable=VARIABLE, **VPC, aws_subnet=subnet) == answer


def test_several_zones_is_not_asked_without_subnets() -> None:
    assert status(controls.SEVERAL_ZONES, **VPC) == "not applicable"
    assert status(controls.SEVERAL_ZONES, **VPC, aws_subnet={"s": {"vpc_id": "vpc-2"}}) == "not applicable"


def test_no_default_vpc() -> None:
    assert (
        failure(controls.NO_DEFAULT_VPC, aws_default_vpc={"d": {}})
        == "aws_default_vpc.d : aws_default_vpc -> an aws_vpc"
    )
    assert status(controls.NO_DEFAULT_VPC, **VPC) == ""


@pytest.mark.parametrize(
    ("mode", "answer"),
    [("block-ingress", "passed"), ("block-bidirectional", "passed"), ("off", "failed"), ("${var.x}", "unknown")],
)
def test_internet_blocked(mode: str, answer: str) -> None:
    options = {"o": {"internet_gateway_block_mode": mode}}
    assert status(controls.INTERNET_BLOCKED, variable=VARIABLE, aws_vpc_block_public_access_options=options) == answer
