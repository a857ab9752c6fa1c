"""What is refused in the configuration of an instance."""

import pytest

from secureinfra.aws.ec2.config import DataVolume, InstanceConfig
from secureinfra.aws.ec2.image import MachineImage
from secureinfra.config.config import Config, refusals_of
from tests.aws.ec2.stacks import SUBNET, VPC


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (InstanceConfig(instance_type="small"), "is not an instance type"),
        (
            InstanceConfig(instance_type="m7i.large"),
            "instance_type='m7i.large' is of architecture x86_64, and the image of arm64: it could not start.",
        ),
        (InstanceConfig(volume_size_gib=1), "must be between 8 and 16384 GiB"),
        (InstanceConfig(user_data="x" * 16_385), "user_data has 16385 bytes: AWS takes 16384. Let it fetch the rest"),
        (
            InstanceConfig(user_data="#!/bin/sh", user_data_replace_on_change=True),
            "with protect=True: Terraform would refuse each plan with another script. Set protect=False",
        ),
        (InstanceConfig(private_ip="10.20.16"), "is not an IPv4 address"),
        (InstanceConfig(private_ip="10.20.16.256"), "is not an IPv4 address"),
        (InstanceConfig(vpc_id=VPC), "subnet_id and vpc_id go together. Set both, or neither"),
        (InstanceConfig(vpc_id=VPC, subnet_id="a"), "is not a subnet id"),
        (InstanceConfig(vpc_id=VPC, subnet_id=SUBNET, zone="a"), "zone='a' with subnet_id: the subnet decides"),
        (InstanceConfig(zone="1"), "is not the letter of a zone"),
        (InstanceConfig(volumes={"Data": DataVolume()}), "has the name 'Data', which is not a name of a volume"),
        (
            InstanceConfig(volumes={"data": DataVolume(), "log": DataVolume()}),
            "volumes.log.device_name='/dev/sdf' is that of 'data', too: AWS attaches one volume under a name.",
        ),
        (DataVolume(device_name="/dev/xvda"), "is not a device name for a data volume: write '/dev/sdf' to '/dev/sdp'"),
        (DataVolume(size_gib=10, iops=6000), "iops=6000 is more than size_gib=10 allows: AWS gives 500 for each GiB."),
        (DataVolume(throughput_mibps=1000), "throughput_mibps=1000 is more than iops=3000 allows"),
        (DataVolume(snapshot_id="last"), "is not a snapshot id"),
        (DataVolume(size_gib=0), "must be between 1 and 16384 GiB"),
    ],
)
def test_refuses(config: Config, message: str) -> None:
    assert message in "\n".join(problem.text for problem in refusals_of(config))


@pytest.mark.parametrize(
    "config",
    [
        InstanceConfig(user_data="x" * 16_384),
        InstanceConfig(user_data="#!/bin/sh", user_data_replace_on_change=True, protect=False),
        InstanceConfig(instance_type="m7i.large", image=MachineImage(architecture="x86_64")),
        InstanceConfig(volumes={"data": DataVolume(), "log": DataVolume(device_name="xvdg")}),
        DataVolume(size_gib=1, iops=3000),
        DataVolume(size_gib=12, iops=6000, throughput_mibps=1000),
    ],
)
def test_accepts(config: Config) -> None:
    assert list(refusals_of(config)) == []
