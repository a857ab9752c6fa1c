"""Controls on launch configurations and Spot Fleet requests."""

import pytest

from secureinfra.controls.ec2 import launch_configuration as launch
from tests.controls.spec import Spec, switch

LC, FLEET = launch.CONFIGURATION, launch.FLEET
THIS = {"image_id": "ami-1", "instance_type": "m7g.large"}
DISKS = {
    "ebs_block_device": [{"device_name": "/dev/sdf", "encrypted": True}],
    "root_block_device": [{"encrypted": True}],
}
SPECS = [
    switch(launch.IMDSV2, LC, "metadata_options.http_tokens", THIS, value="required", wrong=["optional"]),
    switch(launch.NO_PUBLIC_IP, LC, "associate_public_ip_address", THIS, value=False, wrong=[True]),
    Spec(
        launch.ENCRYPTED,
        LC,
        {**THIS, **DISKS},
        also=[{"ebs_block_device.0": {"device_name": "/dev/sdf", "snapshot_id": "snap-1"}}],
        fails=[
            ({"root_block_device": None}, "no root_block_device block"),
            ({"root_block_device.0.encrypted": None}, "root_block_device[0].encrypted is not set"),
            ({"ebs_block_device.0.encrypted": False}, "ebs_block_device[0].encrypted = false"),
        ],
        unknown=["root_block_device.0.encrypted", "ebs_block_device.0.encrypted"],
    ),
    Spec(
        launch.FLEET_ENCRYPTED,
        FLEET,
        {
            "iam_fleet_role": "r",
            "target_capacity": 1,
            "launch_specification": [{"ami": "a", "instance_type": "t", **DISKS}],
        },
        fails=[
            ({"launch_specification.0.ebs_block_device.0.encrypted": None}, "ebs_block_device[0].encrypted is not set"),
            ({"launch_specification.0.root_block_device.0.encrypted": False}, "root_block_device[0].encrypted = false"),
        ],
        unknown=["launch_specification.0.ebs_block_device.0.encrypted"],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
