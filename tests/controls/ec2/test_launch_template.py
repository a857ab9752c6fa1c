"""Controls on launch templates."""

import base64
from typing import Any

import pytest

from secureinfra.controls.control import Control
from secureinfra.controls.ec2 import launch_template as ec2_launch_template
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}


def template(**arguments: Any) -> dict[str, Any]:
    return {"t": arguments}


def mapping(*volumes: dict[str, Any]) -> dict[str, Any]:
    return template(block_device_mappings=[{"device_name": "/dev/sdf", "ebs": volume} for volume in volumes])


@pytest.mark.parametrize(
    ("control", "good", "bad", "unknown"),
    [
        (
            ec2_launch_template.TEMPLATE_IMDSV2,
            {"metadata_options": {"http_tokens": "required"}},
            {"metadata_options": {"http_tokens": "optional"}},
            {"metadata_options": {"http_tokens": "${var.x}"}},
        ),
        (
            ec2_launch_template.TEMPLATE_IMDSV2,
            {"metadata_options": {"http_endpoint": "disabled"}},
            {},
            {"metadata_options": {"http_endpoint": "${var.x}"}},
        ),
        (
            ec2_launch_template.TEMPLATE_HOP_LIMIT,
            {"metadata_options": {"http_put_response_hop_limit": 1}},
            {"metadata_options": {"http_put_response_hop_limit": 2}},
            {"metadata_options": {"http_put_response_hop_limit": "${var.x}"}},
        ),
        (
            ec2_launch_template.TEMPLATE_NO_SECRETS,
            {"user_data": base64.b64encode(b"#!/bin/sh").decode()},
            {"user_data": base64.b64encode(b"export DB_PASSWORD=hunter2").decode()},
            {"user_data": "${base64encode(var.x)}"},
        ),
        (
            ec2_launch_template.TEMPLATE_NO_PUBLIC_IP,
            {"network_interfaces": {"associate_public_ip_address": "false"}},
            {
                "network_interfaces": [
                    {"associate_public_ip_address": "${var.x}"},
                    {"associate_public_ip_address": True},
                ]
            },
            {"network_interfaces": {"associate_public_ip_address": "${var.x}"}},
        ),
        (
            ec2_launch_template.TEMPLATE_NO_PUBLIC_IP,
            {"network_interfaces": {"network_interface_id": "eni-1"}},
            {"network_interfaces": {"subnet_id": "subnet-1"}},
            {"dynamic": {"network_interfaces": {"for_each": "${var.x}", "content": {}}}},
        ),
    ],
)
def test_template_imdsv2_hop_limit_no_secrets_no_public_ip(
    control: Control, good: dict[str, Any], bad: dict[str, Any], unknown: dict[str, Any]
) -> None:
    assert control.id.startswith("launch-template-")
    assert status(control, aws_launch_template=template(**good)) == "passed"
    assert failure(control, aws_launch_template=template(**bad))
    assert status(control, variable=X, aws_launch_template=template(**unknown)) == "unknown"


def test_template_imdsv2() -> None:
    assert "metadata_options.http_tokens is not set" in failure(
        ec2_launch_template.TEMPLATE_IMDSV2, aws_launch_template=template()
    )


def test_template_hop_limit() -> None:
    control = ec2_launch_template.TEMPLATE_HOP_LIMIT
    assert status(control, aws_launch_template=template()) == "passed"
    far = {"l": {"metadata_options": {"http_put_response_hop_limit": "2"}}}
    assert status(control, aws_launch_configuration=far) == "failed"


def test_template_volumes_encrypted() -> None:
    control = ec2_launch_template.TEMPLATE_VOLUMES_ENCRYPTED
    assert status(control, aws_launch_template=mapping({"encrypted": True}, {"encrypted": "true"})) == "passed"
    assert status(control, variable=X, aws_launch_template=mapping({"encrypted": "${var.x}"})) == "unknown"
    assert status(control, variable=X, aws_launch_template=mapping({"encrypted": "${var.x}"}, {})) == "failed"
    assert status(control, aws_launch_template=mapping({"snapshot_id": "snap-1"})) == "unknown"
    assert status(control, aws_launch_template=template()) == "not applicable"
    no_device = template(block_device_mappings=[{"device_name": "/dev/sdb", "virtual_name": "ephemeral0"}])
    assert status(control, aws_launch_template=no_device) == "not applicable"
    assert "block_device_mappings[0].ebs[0].encrypted = false" in failure(
        control, aws_launch_template=mapping({"encrypted": False})
    )


def test_template_no_public_ip() -> None:
    control = ec2_launch_template.TEMPLATE_NO_PUBLIC_IP
    assert status(control, aws_launch_template=template()) == "not applicable"
    assert "network_interfaces[0].associate_public_ip_address is not set" in failure(
        control, aws_launch_template=template(network_interfaces={"delete_on_termination": True})
    )


def test_template_no_secrets() -> None:
    said = failure(
        ec2_launch_template.TEMPLATE_NO_SECRETS,
        aws_launch_template=template(user_data=base64.b64encode(b"export DB_PASSWORD=hunter2").decode()),
    )
    assert "user_data contains a literal value for DB_PASSWORD" in said
    assert "hunter2" not in said
