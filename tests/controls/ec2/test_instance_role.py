"""Controls on the role of an EC2 instance."""

import json
from typing import Any

import pytest

from secureinfra.controls.ec2 import instance_role as ec2_instance_role
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}
CORE = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"


def instance(**arguments: Any) -> dict[str, Any]:
    return {"i": arguments}


def test_profile() -> None:
    control = ec2_instance_role.PROFILE
    held = instance(iam_instance_profile="${aws_iam_instance_profile.p.name}")
    assert status(control, aws_instance=held, aws_iam_instance_profile={"p": {}}) == "passed"
    assert "iam_instance_profile is not set" in failure(control, aws_instance=instance())
    assert status(control, variable=X, aws_instance=instance(iam_instance_profile="${var.x}")) == "unknown"
    of_template = instance(launch_template={"id": "${aws_launch_template.t.id}"})
    template = {"t": {"iam_instance_profile": {"name": "p"}}}
    assert status(control, aws_instance=of_template, aws_launch_template=template) == "passed"


def test_profile_of_a_launch_template() -> None:
    control = ec2_instance_role.PROFILE
    assert status(control, aws_launch_template={"t": {"iam_instance_profile": {"arn": "arn"}}}) == "passed"
    assert failure(control, aws_launch_template={"t": {}}).startswith("aws_launch_template.t : no iam_instance_profile")
    unknown = {"t": {"iam_instance_profile": {"arn": "${var.x}"}}}
    assert status(control, variable=X, aws_launch_template=unknown) == "unknown"


def judged(control: Any = ec2_instance_role.SSM_MANAGED, role: Any = None, **sections: Any) -> str:
    sections = {
        "variable": X,
        "aws_instance": instance(iam_instance_profile="${aws_iam_instance_profile.p.name}"),
        "aws_iam_instance_profile": {"p": {"role": "${aws_iam_role.r.name}"}},
        "aws_iam_role": {"r": role or {"name": "r"}},
        **sections,
    }
    return status(control, **sections)


@pytest.mark.parametrize(
    ("sections", "answer"),
    [
        ({}, "failed"),
        ({"role": {"managed_policy_arns": [CORE]}}, "passed"),
        ({"role": {"managed_policy_arns": "${var.x}"}}, "unknown"),
        ({"aws_iam_role_policy_attachment": {"a": {"role": "${aws_iam_role.r.name}", "policy_arn": CORE}}}, "passed"),
        ({"aws_iam_role_policy_attachment": {"a": {"role": "r", "policy_arn": CORE}}}, "passed"),
        (
            {"aws_iam_role_policy_attachment": {"a": {"role": "${aws_iam_role.r.name}", "policy_arn": "${var.x}"}}},
            "unknown",
        ),
        ({"aws_iam_role_policy_attachment": {"a": {"role": "${var.x}", "policy_arn": CORE}}}, "unknown"),
        (
            {
                "data": {"aws_partition": {"p": {}}},
                "aws_iam_role_policy_attachment": {
                    "a": {
                        "role": "${aws_iam_role.r.name}",
                        "policy_arn": "arn:${data.aws_partition.p.partition}:iam::aws:policy/AmazonSSMManagedInstanceCore",
                    }
                },
            },
            "passed",
        ),
        (
            {
                "data": {"aws_iam_policy": {"p": {"name": "AmazonSSMManagedInstanceCore"}}},
                "aws_iam_policy_attachment": {
                    "a": {"roles": ["${aws_iam_role.r.name}"], "policy_arn": "${data.aws_iam_policy.p.arn}"}
                },
            },
            "passed",
        ),
        (
            {
                "aws_iam_role_policy_attachments_exclusive": {
                    "a": {"role_name": "${aws_iam_role.r.name}", "policy_arns": [CORE]}
                }
            },
            "passed",
        ),
        ({"aws_iam_instance_profile": {}}, "unknown"),
        ({"aws_instance": instance(iam_instance_profile="made-elsewhere")}, "not applicable"),
        ({"aws_instance": instance(iam_instance_profile="${var.x}")}, "unknown"),
        ({"aws_instance": instance()}, "not applicable"),
    ],
)
def test_ssm_managed(sections: dict[str, Any], answer: str) -> None:
    assert judged(**sections) == answer


def test_ssm_managed_by_a_policy_of_ones_own() -> None:
    def policy(action: str) -> str:
        return json.dumps({"Statement": [{"Effect": "Allow", "Action": [action], "Resource": "*"}]})

    for action, answer in (("ssm:UpdateInstanceInformation", "passed"), ("ssm:*", "passed"), ("s3:Get*", "failed")):
        inline = {"p": {"role": "${aws_iam_role.r.id}", "policy": policy(action)}}
        assert judged(aws_iam_role_policy=inline) == answer
        assert judged(role={"inline_policy": {"policy": policy(action)}}) == answer
        attachment = {"a": {"role": "${aws_iam_role.r.name}", "policy_arn": "${aws_iam_policy.p.arn}"}}
        managed = {"p": {"policy": policy(action)}}
        assert judged(aws_iam_role_policy_attachment=attachment, aws_iam_policy=managed) == answer


def test_ssm_managed_by_the_account() -> None:
    id = "arn:aws:ssm:${var.x}:servicesetting/ssm/managed-instance/default-ec2-instance-management-role"
    assert judged(aws_ssm_service_setting={"s": {"setting_id": id, "setting_value": "role"}}) == "not applicable"
    assert judged(aws_ssm_service_setting={"s": {"setting_id": "/ssm/other", "setting_value": "x"}}) == "failed"


def test_ssm_managed_through_a_launch_template() -> None:
    template = {"t": {"iam_instance_profile": {"arn": "${aws_iam_instance_profile.p.arn}"}}}
    of_template = instance(launch_template={"id": "${aws_launch_template.t.id}"})
    assert judged(aws_instance=of_template, aws_launch_template=template) == "failed"
    assert judged(aws_instance={}, aws_launch_template=template, role={"managed_policy_arns": [CORE]}) == "passed"
    said = failure(
        ec2_instance_role.SSM_MANAGED,
        aws_launch_template=template,
        aws_iam_instance_profile={"p": {"role": "${aws_iam_role.r.name}"}},
        aws_iam_role={"r": {}},
    )
    assert said.startswith("aws_iam_role.r : no policy of aws_iam_role.r allows Systems Manager")
