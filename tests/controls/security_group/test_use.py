"""Whether something uses a security group, and who can say so."""

from pathlib import Path
from typing import Any

import pytest

from secureinfra.check.run import run_controls
from secureinfra.controls.security_group import use as security_group_use
from secureinfra.terraform.model.configuration import Configuration
from tests.controls.judge import failure, status

GROUP = {"aws_security_group": {"g": {"name": "web"}}}
INSTANCE = {"aws_instance": {"i": {"instance_type": "t4g.small"}}}


def judged(**resources: Any) -> str:
    return status(security_group_use.IN_USE, variable={"x": {}}, **GROUP, **resources)


@pytest.mark.parametrize(
    "user",
    [
        {"aws_instance": {"i": {"vpc_security_group_ids": ["${aws_security_group.g.id}"]}}},
        {"aws_lb": {"l": {"security_groups": ["sg-1", "${aws_security_group.g.id}"]}}},
        {"aws_ecs_service": {"s": {"network_configuration": [{"security_groups": ["${aws_security_group.g.id}"]}]}}},
        {"aws_launch_template": {"t": {"network_interfaces": {"security_groups": ["${aws_security_group.g.id}"]}}}},
        {"aws_vpc_endpoint": {"e": {"security_group_ids": ["${aws_security_group.g.id}"]}}},
        {"aws_network_interface_sg_attachment": {"a": {"security_group_id": "${aws_security_group.g.id}"}}},
        {"aws_ssm_parameter": {"p": {"value": "${aws_security_group.g.id}"}}},
    ],
    ids=lambda user: next(iter(user)),
)
def test_in_use(user: dict[str, Any]) -> None:
    assert judged(**{**INSTANCE, **user}) == "passed"


@pytest.mark.parametrize(
    "no_user",
    [
        {},
        {"aws_vpc_security_group_ingress_rule": {"r": {"security_group_id": "${aws_security_group.g.id}"}}},
        {"aws_security_group_rule": {"r": {"source_security_group_id": "${aws_security_group.g.id}"}}},
        {"aws_default_security_group": {"d": {"ingress": [{"security_groups": ["${aws_security_group.g.id}"]}]}}},
        {"aws_instance": {"i": {"depends_on": ["aws_security_group.g"], "vpc_security_group_ids": ["sg-2"]}}},
        {"aws_instance": {"i": {"vpc_security_group_ids": ["${var.x}"]}}},
    ],
)
def test_in_use_by_nothing(no_user: dict[str, Any]) -> None:
    assert judged(**{**INSTANCE, **no_user}) == "failed"


def test_in_use_says_what_is_missing() -> None:
    assert failure(security_group_use.IN_USE, **GROUP, **INSTANCE) == (
        "aws_security_group.g : no resource with this group -> the group attached to a resource, or removed"
    )


@pytest.mark.parametrize(
    "beside",
    [
        {},
        {"aws_vpc": {"v": {"cidr_block": "10.0.0.0/16"}}},
        {"aws_vpc_endpoint": {"e": {"security_group_ids": ["sg-2"]}}},
        {"aws_lb": {"l": {"security_groups": ["sg-2"]}}, "aws_lb_target_group": {"t": {"port": 443}}},
        {"aws_lambda_function": {"f": {"function_name": "f"}}},
        {"aws_security_group_rule": {"r": {"source_security_group_id": "sg-2"}}},
    ],
)
def test_in_use_is_not_asked_where_nothing_can_have_groups(beside: dict[str, Any]) -> None:
    assert judged(**beside) == "not applicable"


@pytest.mark.parametrize(
    "beside",
    [
        {"aws_lambda_function": {"f": {"vpc_config": {"security_group_ids": ["sg-2"]}}}},
        {"aws_codebuild_project": {"p": {"vpc_config": [{"security_group_ids": ["sg-2"]}]}}},
        {"aws_db_instance": {"d": {}}},
    ],
)
def test_in_use_is_asked_beside_anything_that_can_have_groups(beside: dict[str, Any]) -> None:
    assert judged(**beside) == "failed"


def test_in_use_is_not_known_where_a_module_may_attach_it(tmp_path: Path) -> None:
    main = tmp_path / "main.tf.json"
    main.write_text(
        '{"resource": {"aws_security_group": {"g": {}}, "aws_instance": {"i": {}}},'
        ' "module": {"m": {"source": "elsewhere/asg/aws", "groups": ["${aws_security_group.g.id}"]}}}'
    )
    (configuration,) = Configuration.load(tmp_path)
    (finding,) = run_controls(configuration, [security_group_use.IN_USE])
    assert finding.status == "unknown"
    assert "module.m" in finding.found


def test_in_use_in_a_plan_that_knows_the_ids() -> None:
    def resource(type: str, **values: Any) -> dict[str, Any]:
        return {"address": f"{type}.x", "mode": "managed", "type": type, "name": "x", "values": values}

    group = resource("aws_security_group", id="sg-0a1b2c3d")
    user = resource("aws_instance", vpc_security_group_ids=["sg-0a1b2c3d"], default_security_group_id=None)
    other = resource("aws_instance", vpc_security_group_ids=["sg-99999999"])

    def judged(*resources: dict[str, Any]) -> str:
        plan = {"planned_values": {"root_module": {"resources": list(resources)}}}
        return run_controls(Configuration.of(plan), [security_group_use.IN_USE])[0].status

    assert judged(group, user) == "passed"
    assert judged(group, other) == "failed"


@pytest.mark.parametrize("name", ["web", "${var.n}", "${var.x}"])
def test_in_use_by_the_name_of_the_group(name: str) -> None:
    group = {"aws_security_group": {"g": {"name": name}}}
    variables = {"n": {"default": "web"}, "x": {}}

    def answer(**resources: Any) -> str:
        return status(security_group_use.IN_USE, variable=variables, **group, **resources)

    assert answer(aws_instance={"i": {"security_groups": [name]}}) == "passed"
    assert answer(aws_launch_template={"t": {"security_group_names": [name]}}) == "passed"
    nested = {"aws_spot_fleet_request": {"f": {"launch_specification": {"vpc_security_group_ids": ["sg-1"]}}}}
    assert answer(**nested) == "failed"
    assert answer(aws_instance={"i": {"security_groups": ["db"], "tags": {"Name": name}}}) == "failed"
