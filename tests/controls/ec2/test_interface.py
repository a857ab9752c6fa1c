"""Controls on network interfaces, elastic IP addresses and images."""

import pytest

from secureinfra.controls.ec2 import interface
from tests.controls.spec import Spec, switch

ATTACHMENT = interface.ATTACHMENT
ONE = {"network_interface_id": "${aws_network_interface.a.id}", "device_index": 0}
TWO = {"network_interface_id": "${aws_network_interface.b.id}", "device_index": 1}
ID = "${aws_eip.this.allocation_id}"
SPECS = [
    Spec(
        interface.SINGLE_INTERFACE,
        "aws_instance",
        {"network_interface": [ONE]},
        also=[{"network_interface": None}],
        fails=[
            ({"network_interface": [ONE, TWO]}, "2 network interfaces"),
            ({f"{ATTACHMENT}.a": {**TWO, "instance_id": "${aws_instance.this.id}"}}, "2 network interfaces"),
        ],
        unknown=["network_interface"],
    ),
    switch(
        interface.NO_PARAVIRTUAL, "aws_ami", "virtualization_type", {"name": "a"}, value="hvm", wrong=["paravirtual"]
    ),
    Spec(
        interface.ADDRESS_ATTACHED,
        "aws_eip",
        {"domain": "vpc", "instance": "${aws_instance.i.id}"},
        also=[
            {"instance": None, "network_interface": "${aws_network_interface.n.id}"},
            {"instance": None, "aws_eip_association.a": {"allocation_id": ID}},
            {"instance": None, "aws_nat_gateway.n": {"allocation_id": "${aws_eip.this.id}", "subnet_id": "s"}},
            {"instance": None, "aws_lb.l": {"subnet_mapping": [{"subnet_id": "s", "allocation_id": ID}]}},
        ],
        fails=[
            ({"instance": None}, "no resource with this address"),
            ({"instance": None, "aws_nat_gateway.n": {"allocation_id": "eipalloc-1", "subnet_id": "s"}}, "no resource"),
        ],
        unknown=["instance"],
        unsure=[{"instance": None, "aws_eip_association.a": {"allocation_id": "${var.x}"}}],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
