"""Controls on launch configurations and Spot Fleet requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_true, one_of
from secureinfra.controls.verdict import Failure, each, written

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

CONFIGURATION, FLEET = "aws_launch_configuration", "aws_spot_fleet_request"

IMDSV2 = Control(
    id="launch-configuration-imdsv2",
    title="Launch configurations require IMDSv2",
    why="a request forged through the application could fetch the credentials of the role",
    row="lc-imdsv2",
    fix='Write metadata_options { http_tokens = "required" }; better, replace it by an aws_launch_template.',
)
IMDSV2.check(CONFIGURATION)(
    argument("metadata_options.http_tokens", one_of("required"), 'http_tokens = "required"', absent="optional")
)

NO_PUBLIC_IP = Control(
    id="launch-configuration-no-public-ip",
    title="Launch configurations assign no public IP address",
    why="anyone on the internet could try to connect to the instances",
    row="lc-no-public-ip",
    fix="Set associate_public_ip_address = false. Without it the subnet decides.",
)
NO_PUBLIC_IP.check(CONFIGURATION)(
    argument("associate_public_ip_address", one_of(False, "false"), "associate_public_ip_address = false")
)

ENCRYPTED = Control(
    id="launch-configuration-encrypted",
    title="Volumes of launch configurations are encrypted",
    why="a copy of a volume or a snapshot would expose the data",
    row="lc-ebs-encrypted",
    fix="Set encrypted = true in root_block_device and in each ebs_block_device.",
)


@ENCRYPTED.check(CONFIGURATION)
def _encrypted(launch: Block, configuration: Configuration) -> Iterator[Failure]:
    def check(node: Node) -> Iterator[Failure]:
        # A snapshot decides, and a device that is left out has no volume.
        if node.has("snapshot_id") or is_true(node.get("no_device")):
            return
        if not is_true(value := node.get("encrypted")):
            yield Failure(written(f"{node.path}.encrypted", value), "encrypted = true", at=f"{node.path}.encrypted")

    roots = launch.blocks("root_block_device")
    if not roots:
        yield Failure("no root_block_device block", "root_block_device { encrypted = true }")
    yield from each([*roots, *launch.blocks("ebs_block_device")], check)


FLEET_ENCRYPTED = Control(
    id="spot-fleet-encrypted",
    title="Volumes of Spot Fleet requests are encrypted",
    why="a copy of a volume or a snapshot would expose the data",
    row="spot-fleet-ebs-encrypted",
    fix="Set encrypted = true in each root_block_device and ebs_block_device of a launch_specification.",
)
FLEET_ENCRYPTED.check(FLEET)(
    all_hold(
        *(
            argument(f"launch_specification[].{name}[].encrypted", is_true, "encrypted = true")
            for name in ("ebs_block_device", "root_block_device")
        )
    )
)
