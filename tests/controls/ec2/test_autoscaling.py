"""Controls on Auto Scaling groups."""

from typing import Any

import pytest

from secureinfra.controls.ec2 import autoscaling
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}
SUBNETS = {"a": {"availability_zone": "a"}, "b": {"availability_zone": "b"}}


def group(**arguments: Any) -> dict[str, Any]:
    return {"g": arguments}


def test_launch_template() -> None:
    control = autoscaling.LAUNCH_TEMPLATE

    def judged(**arguments: Any) -> str:
        return status(control, variable=X, aws_autoscaling_group=group(**arguments))

    assert judged(launch_template={"id": "${var.x}"}) == "passed"
    assert judged(mixed_instances_policy={"launch_template": {}}) == "passed"
    assert judged(launch_configuration="${var.x}") == "unknown"
    assert judged(dynamic={"launch_template": {"for_each": "${var.x}", "content": {}}}) == "unknown"
    old = group(launch_configuration="${aws_launch_configuration.l.name}")
    assert "launch_configuration = ${aws_launch_configuration.l.name}" in failure(
        control, aws_autoscaling_group=old, aws_launch_configuration={"l": {}}
    )
    assert "no launch_template" in failure(control, aws_autoscaling_group=group())


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({"vpc_zone_identifier": ["${aws_subnet.a.id}", "${aws_subnet.b.id}"]}, "passed"),
        ({"vpc_zone_identifier": ["${aws_subnet.a.id}"]}, "failed"),
        ({"vpc_zone_identifier": "${var.x}"}, "unknown"),
        ({"vpc_zone_identifier": ["${aws_subnet.a.id}", "${var.x}"]}, "unknown"),
        ({"availability_zones": ["a", "b"]}, "passed"),
        ({"availability_zones": ["a"]}, "failed"),
        ({"availability_zones": ["a", "${var.x}"]}, "unknown"),
        ({"availability_zones": "${var.x}"}, "unknown"),
        ({}, "failed"),
    ],
)
def test_multi_az(arguments: dict[str, Any], answer: str) -> None:
    held = status(autoscaling.MULTI_AZ, variable=X, aws_autoscaling_group=group(**arguments), aws_subnet=SUBNETS)
    assert held == answer


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({"health_check_type": "ELB", "target_group_arns": "${var.x}"}, "passed"),
        ({"health_check_type": "EC2,ELB"}, "passed"),
        ({"health_check_type": "${var.x}", "target_group_arns": ["arn"]}, "unknown"),
        ({"health_check_type": "EC2", "target_group_arns": ["arn"]}, "failed"),
        ({"target_group_arns": ["arn"]}, "failed"),
        ({"load_balancers": ["lb"]}, "failed"),
        ({"traffic_source": {"identifier": "arn"}}, "failed"),
        ({"target_group_arns": "${var.x}"}, "unknown"),
        ({"target_group_arns": []}, "not applicable"),
        ({}, "not applicable"),
    ],
)
def test_elb_health_check(arguments: dict[str, Any], answer: str) -> None:
    assert status(autoscaling.ELB_HEALTH_CHECK, variable=X, aws_autoscaling_group=group(**arguments)) == answer


@pytest.mark.parametrize("type", ["aws_autoscaling_attachment", "aws_autoscaling_traffic_source_attachment"])
def test_elb_health_check_of_an_attachment(type: str) -> None:
    attachment = {"a": {"autoscaling_group_name": "${aws_autoscaling_group.g.name}", "lb_target_group_arn": "arn"}}
    assert "health_check_type is not set" in failure(
        autoscaling.ELB_HEALTH_CHECK, aws_autoscaling_group=group(), **{type: attachment}
    )


def test_several_types() -> None:
    def group(*overrides: Any, **others: Any) -> dict[str, Any]:
        template = {"launch_template_specification": {"launch_template_id": "l"}, "override": list(overrides)}
        zones = {"availability_zones": ["eu-central-1a", "eu-central-1b"], **others}
        return {"aws_autoscaling_group": {"g": {"mixed_instances_policy": {"launch_template": template}, **zones}}}

    control, two = autoscaling.SEVERAL_TYPES, ({"instance_type": "m7g.large"}, {"instance_type": "m6g.large"})
    assert status(control, **group(*two)) == "passed"
    assert status(control, **group({"instance_requirements": {"vcpu_count": {"min": 2}}})) == "passed"
    assert "1 instance type" in failure(control, **group({"instance_type": "m7g.large"}))
    assert "no instance type" in failure(control, aws_autoscaling_group={"g": {}})
    assert "availability_zones" in failure(control, **group(*two, availability_zones=["eu-central-1a"]))
    assert status(control, variable={"x": {}}, **group(*two, availability_zones="${var.x}")) == "unknown"
