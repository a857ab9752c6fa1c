"""Controls on EC2 instances."""

import base64
from typing import Any

import pytest

from secureinfra.controls.control import Control
from secureinfra.controls.ec2 import instance as ec2_instance
from tests.controls.judge import failure, status
from tests.controls.shared.test_credentials import ACCESS_KEY

X: dict[str, Any] = {"x": {}}
OF_TEMPLATE = {"launch_template": {"id": "${aws_launch_template.t.id}"}}
ELSEWHERE = {"launch_template": {"name": "made-elsewhere"}}


def instance(**arguments: Any) -> dict[str, Any]:
    return {"i": arguments}


def template(**arguments: Any) -> dict[str, Any]:
    return {"t": {"name": "template", **arguments}}


@pytest.mark.parametrize("type", ["aws_instance", "aws_spot_instance_request", "aws_launch_configuration"])
def test_imdsv2(type: str) -> None:
    def judged(**options: Any) -> str:
        return status(ec2_instance.IMDSV2, variable=X, **{type: instance(metadata_options=options)})

    assert judged(http_tokens="required") == "passed"
    assert judged(http_tokens="required", http_endpoint="${var.x}") == "passed"
    assert judged(http_endpoint="disabled") == "passed"
    assert judged(http_tokens="optional") == "failed"
    assert judged(http_tokens="${var.x}") == "unknown"
    assert judged(http_tokens="optional", http_endpoint="${var.x}") == "unknown"
    assert 'metadata_options.http_tokens is not set -> http_tokens = "required"' in failure(
        ec2_instance.IMDSV2, **{type: instance()}
    )


def test_imdsv2_of_a_launch_template() -> None:
    safe = template(metadata_options={"http_tokens": "required"})
    for named in (OF_TEMPLATE, {"launch_template": {"name": "template"}}):
        assert status(ec2_instance.IMDSV2, aws_instance=instance(**named), aws_launch_template=safe) == "passed"
        assert status(ec2_instance.IMDSV2, aws_instance=instance(**named), aws_launch_template=template()) == "failed"
    assert status(ec2_instance.IMDSV2, aws_instance=instance(**ELSEWHERE)) == "unknown"
    own = instance(**OF_TEMPLATE, metadata_options={"http_tokens": "optional"})
    assert status(ec2_instance.IMDSV2, aws_instance=own, aws_launch_template=safe) == "failed"


def test_no_public_ip() -> None:
    def judged(**sections: Any) -> str:
        return status(ec2_instance.NO_PUBLIC_IP, variable=X, **sections)

    assert judged(aws_instance=instance(associate_public_ip_address=False)) == "passed"
    assert judged(aws_instance=instance(associate_public_ip_address="${var.x}")) == "unknown"
    assert "associate_public_ip_address = true" in failure(
        ec2_instance.NO_PUBLIC_IP, aws_instance=instance(associate_public_ip_address=True)
    )
    assert "default subnets" in failure(ec2_instance.NO_PUBLIC_IP, aws_instance=instance())
    assert judged(aws_instance=instance(network_interface={"network_interface_id": "eni-1", "device_index": 0})) == (
        "passed"
    )


@pytest.mark.parametrize(
    ("subnet", "answer"),
    [
        ({"aws_subnet": {"s": {}}}, "passed"),
        ({"aws_subnet": {"s": {"map_public_ip_on_launch": False}}}, "passed"),
        ({"aws_subnet": {"s": {"map_public_ip_on_launch": True}}}, "failed"),
        ({"aws_subnet": {"s": {"map_public_ip_on_launch": "${var.x}"}}}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_no_public_ip_by_its_subnet(subnet: dict[str, Any], answer: str) -> None:
    held = instance(subnet_id="${aws_subnet.s.id}")
    assert status(ec2_instance.NO_PUBLIC_IP, variable=X, aws_instance=held, **subnet) == answer


def test_no_public_ip_elsewhere() -> None:
    control = ec2_instance.NO_PUBLIC_IP
    default = instance(subnet_id="${aws_default_subnet.s.id}")
    assert status(control, aws_instance=default, aws_default_subnet={"s": {}}) == "failed"
    private = instance(associate_public_ip_address=False)
    for address in ({"aws_eip": {"e": {"instance": "${aws_instance.i.id}"}}},):
        assert "aws_eip.e assigns a" in failure(control, aws_instance=private, **address)
    association = {"a": {"instance_id": "${aws_instance.i.id}", "allocation_id": "x"}}
    assert status(control, aws_instance=private, aws_eip_association=association) == "failed"
    elsewhere = {"e": {"instance": "${var.x}"}}
    assert status(control, variable=X, aws_instance=private, aws_eip=elsewhere) == "unknown"
    assert status(control, aws_launch_configuration=instance()) == "not applicable"
    public = template(network_interfaces={"associate_public_ip_address": True})
    assert status(control, aws_instance=instance(**OF_TEMPLATE), aws_launch_template=public) == "failed"


def test_volumes_encrypted() -> None:
    control = ec2_instance.VOLUMES_ENCRYPTED
    root = {"root_block_device": {"encrypted": True}}

    def judged(**arguments: Any) -> str:
        return status(control, variable=X, aws_instance=instance(**arguments))

    assert judged(**root) == "passed"
    assert judged(root_block_device={"encrypted": "${var.x}"}) == "unknown"
    assert judged(**root, ebs_block_device=[{"encrypted": True}, {"encrypted": "${var.x}"}]) == "unknown"
    assert judged(**root, ebs_block_device=[{"encrypted": False}, {"encrypted": "${var.x}"}]) == "failed"
    assert judged(**root, ebs_block_device=[{"snapshot_id": "snap-1"}]) == "unknown"
    assert judged(root_block_device={"volume_size": 8}) == "failed"
    assert "no root_block_device block" in failure(control, aws_instance=instance(ebs_block_device={"encrypted": True}))
    assert "ebs_block_device[1].encrypted is not set" in failure(
        control, aws_instance=instance(**root, ebs_block_device=[{"encrypted": True}, {}])
    )
    assert status(control, aws_launch_configuration=instance()) == "failed"


def test_volumes_encrypted_by_a_launch_template() -> None:
    def judged(**arguments: Any) -> str:
        held = template(block_device_mappings=[{"device_name": "/dev/xvda", "ebs": arguments}])
        return status(ec2_instance.VOLUMES_ENCRYPTED, aws_instance=instance(**OF_TEMPLATE), aws_launch_template=held)

    assert judged(encrypted=True) == "passed"
    assert judged(volume_size=8) == "failed"
    assert status(ec2_instance.VOLUMES_ENCRYPTED, aws_instance=instance(**ELSEWHERE)) == "unknown"


def test_no_secrets() -> None:
    control = ec2_instance.NO_SECRETS
    script = f"#!/bin/sh\nexport AWS_ACCESS_KEY_ID={ACCESS_KEY}\nexport DB_PASSWORD=hunter2\n"
    assert status(control, aws_instance=instance()) == "passed"
    assert status(control, aws_instance=instance(user_data="#!/bin/sh\nyum update -y\n")) == "passed"
    assert status(control, variable=X, aws_instance=instance(user_data="${var.x}")) == "unknown"
    assert status(control, variable=X, aws_instance=instance(user_data="${var.x}", user_data_base64=script)) == "failed"
    for path, held in (("user_data", script), ("user_data_base64", base64.b64encode(script.encode()).decode())):
        said = failure(control, aws_instance=instance(**{path: held}))
        assert f"{path} contains an AWS access key -> a secret that the instance reads" in said
        assert f"{path} contains a literal value for DB_PASSWORD" in said
        assert ACCESS_KEY not in said
        assert "hunter2" not in said
    assert status(control, aws_instance=instance(user_data="9a0c1b048b2bb6077782170ef71a723681747b98")) == "unknown"
    unsure = status(control, variable=X, aws_launch_configuration=instance(user_data="echo ${var.x}"))
    assert unsure == "unknown"


@pytest.mark.parametrize(
    ("control", "good", "bad", "unknown"),
    [
        (ec2_instance.DETAILED_MONITORING, {"monitoring": True}, {"monitoring": False}, {"monitoring": "${var.x}"}),
        (ec2_instance.DETAILED_MONITORING, {"monitoring": "true"}, {}, ELSEWHERE),
        (
            ec2_instance.EBS_OPTIMIZED,
            {"ebs_optimized": True, "instance_type": "m3.xlarge"},
            {"ebs_optimized": False, "instance_type": "m3.xlarge"},
            {"ebs_optimized": "${var.x}", "instance_type": "m3.xlarge"},
        ),
        (ec2_instance.EBS_OPTIMIZED, {"instance_type": "m7i.large"}, {"instance_type": "z99.large"}, ELSEWHERE),
        (
            ec2_instance.SOURCE_DEST_CHECK,
            {"source_dest_check": True},
            {"source_dest_check": False},
            {"source_dest_check": "${var.x}"},
        ),
    ],
)
def test_detailed_monitoring_ebs_optimized_source_dest_check(
    control: Control, good: dict[str, Any], bad: dict[str, Any], unknown: dict[str, Any]
) -> None:
    assert status(control, aws_instance=instance(**good)) == "passed"
    assert failure(control, aws_instance=instance(**bad))
    assert status(control, variable=X, aws_instance=instance(**unknown)) == "unknown"


def test_detailed_monitoring_in_a_launch_template() -> None:
    control, held = ec2_instance.DETAILED_MONITORING, template(monitoring={"enabled": True})
    assert status(control, aws_instance=instance(**OF_TEMPLATE), aws_launch_template=held) == "passed"
    assert status(control, aws_launch_template=held) == "passed"
    assert status(control, aws_launch_template=template()) == "failed"
    assert status(control, variable=X, aws_launch_template=template(monitoring={"enabled": "${var.x}"})) == "unknown"
    assert "aws_launch_template.t: monitoring.enabled is not set (AWS defaults to False)" in failure(
        control, aws_instance=instance(**OF_TEMPLATE), aws_launch_template=template()
    )


def test_ebs_optimized_by_default() -> None:
    control, held = ec2_instance.EBS_OPTIMIZED, template(instance_type="t3.nano")
    for kind in ("t3.nano", "u-6tb1.metal", "mac2-m2.metal"):
        assert status(control, aws_instance=instance(instance_type=kind, ebs_optimized=False)) == "passed"
    assert status(control, aws_instance={"i": OF_TEMPLATE}, aws_launch_template=held) == "passed"


def test_ebs_optimized_where_there_is_none() -> None:
    assert status(ec2_instance.EBS_OPTIMIZED, aws_instance=instance(instance_type="r3.8xlarge")) == "not applicable"
    assert status(ec2_instance.EBS_OPTIMIZED, aws_instance=instance(instance_type="t2.micro")) == "not applicable"


def test_source_dest_check_of_an_interface() -> None:
    control = ec2_instance.SOURCE_DEST_CHECK
    assert status(control, aws_instance=instance()) == "passed"
    assert status(control, aws_network_interface={"n": {}}) == "passed"
    assert "source_dest_check = false" in failure(control, aws_network_interface={"n": {"source_dest_check": False}})


def test_imdsv2_of_a_pinned_version_is_that_of_the_template_as_written() -> None:
    """A decision: a check is of the code, which shows one version of a template."""
    pinned = {"launch_template": {"id": "${aws_launch_template.t.id}", "version": "1"}}
    held = template(metadata_options={"http_tokens": "required"})
    assert status(ec2_instance.IMDSV2, aws_instance=instance(**pinned), aws_launch_template=held) == "passed"
    assert status(ec2_instance.IMDSV2, aws_instance=instance(**pinned), aws_launch_template=template()) == "failed"
