"""Controls on network interfaces, elastic IP addresses and images of instances."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, one_of
from secureinfra.controls.verdict import Failure
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration

ATTACHMENT, ADDRESS = "aws_network_interface_attachment", "aws_eip"
# Where a resource takes an elastic IP address by its allocation.
_TAKEN_BY = {
    "aws_eip_association": ("allocation_id", "public_ip"),
    "aws_nat_gateway": ("allocation_id", "secondary_allocation_ids", "availability_zone_address"),
    "aws_lb": ("subnet_mapping",),
    "aws_alb": ("subnet_mapping",),
    "aws_transfer_server": ("endpoint_details",),
}

SINGLE_INTERFACE = Control(
    id="instance-single-interface",
    title="EC2 instances have one network interface",
    why="an instance in two networks can carry traffic around the rules between them",
    row="ec2-single-eni",
    fix="Remove the second network_interface block, and aws_network_interface_attachment.",
)


@SINGLE_INTERFACE.check("aws_instance")
def _single_interface(instance: Block, configuration: Configuration) -> Iterator[Failure]:
    written = instance.blocks("network_interface")
    found = [node for node in written if node.is_there]
    others = configuration.attached(instance, ATTACHMENT, "instance_id")
    if len(found) > 1 or others:
        yield Failure(f"{max(len(found), 1) + len(others)} network interfaces", "one", at="network_interface")


NO_PARAVIRTUAL = Control(
    id="ami-hvm",
    title="Images use hardware virtualization",
    why="paravirtual images run on old instance types only, which miss today's isolation",
    row="ec2-no-paravirtual",
    fix='Set virtualization_type = "hvm".',
)
# By default the provider registers a paravirtual image.
NO_PARAVIRTUAL.check("aws_ami")(
    argument("virtualization_type", one_of("hvm"), 'virtualization_type = "hvm"', absent="paravirtual")
)

ADDRESS_ATTACHED = Control(
    id="eip-attached",
    title="Elastic IP addresses are attached to a resource",
    why="a forgotten address is charged, and a DNS record that still names it can lead to someone else",
    row="ec2-eip-attached",
    fix="Attach the address, or release it.",
)


@ADDRESS_ATTACHED.check(ADDRESS)
def _address_attached(address: Block, configuration: Configuration) -> Iterator[Failure]:
    if any_of(("instance", "network_interface"), address.has):
        return
    unsure: Unknown | None = None
    for type, paths in _TAKEN_BY.items():
        for other in configuration.of_type(type):
            for path in paths:
                value = other.get(path)
                if address in configuration.targets(other, path, ADDRESS) and other.surely(address):
                    return
                if is_unknown(value) and not configuration.targets(other, path):
                    unsure = unsure or value
    if unsure is not None:
        raise UnknownValueError(unsure)
    yield Failure("no resource with this address", "an aws_eip_association, or instance or network_interface set")
