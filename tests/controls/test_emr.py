"""Controls on EMR clusters and their security configurations."""

import json
from typing import Any

import pytest

from secureinfra.controls import emr
from tests.controls.spec import Spec, switch

CLUSTER, SECURITY = emr.CLUSTER, emr.CONFIGURATION
THIS = {"name": "c", "release_label": "emr-7.0.0", "service_role": "r"}
RANGE = "permitted_public_security_group_rule_range"
PARTS = {
    "S3EncryptionConfiguration": {"EncryptionMode": "SSE-S3"},
    "LocalDiskEncryptionConfiguration": {"EnableEbsEncryption": True},
}


def configuration(**held: Any) -> str:
    return json.dumps({"EncryptionConfiguration": held})


AT_REST = {"EnableAtRestEncryption": True, "AtRestEncryptionConfiguration": PARTS}
SPECS = [
    Spec(
        emr.NO_PUBLIC_IP,
        CLUSTER,
        {**THIS, "ec2_attributes": {"subnet_id": "${aws_subnet.a.id}", "instance_profile": "p"}},
        beside={"aws_subnet": {"a": {"vpc_id": "v"}, "b": {"vpc_id": "v", "map_public_ip_on_launch": True}}},
        fails=[
            ({"ec2_attributes.subnet_id": "${aws_subnet.b.id}"}, "aws_subnet.b assigns public addresses"),
            ({"ec2_attributes": {"subnet_ids": ["${aws_subnet.a.id}", "${aws_subnet.b.id}"]}}, "aws_subnet.b assigns"),
        ],
        unknown=["ec2_attributes.subnet_id"],
        spared=[{"ec2_attributes.subnet_id": None}],
    ),
    switch(
        emr.PUBLIC_ACCESS_BLOCKED,
        emr.ACCOUNT,
        "block_public_security_group_rules",
        {RANGE: [{"min_range": 22, "max_range": 22}]},
    ),
    Spec(
        emr.PUBLIC_ACCESS_BLOCKED,
        emr.ACCOUNT,
        {"block_public_security_group_rules": True},
        fails=[({RANGE: [{"min_range": 22, "max_range": 23}]}, "ports 22.0 to 23.0 are permitted")],
        unsure=[{RANGE: [{"min_range": "${var.x}", "max_range": 22}]}],
    ),
    Spec(
        emr.AT_REST,
        SECURITY,
        {"name": "s", "configuration": configuration(**AT_REST)},
        fails=[
            ({"configuration": "{}"}, "EnableAtRestEncryption is None"),
            ({"configuration": configuration(EnableAtRestEncryption=False)}, "EnableAtRestEncryption is False"),
            (
                {
                    "configuration": configuration(
                        **{**AT_REST, "AtRestEncryptionConfiguration": {"S3EncryptionConfiguration": {"a": 1}}}
                    )
                },
                "no LocalDiskEncryptionConfiguration",
            ),
            ({"configuration": configuration(EnableAtRestEncryption=True)}, "no S3EncryptionConfiguration"),
        ],
        unknown=["configuration"],
    ),
    Spec(
        emr.IN_TRANSIT,
        SECURITY,
        {"name": "s", "configuration": configuration(EnableInTransitEncryption=True)},
        fails=[
            ({"configuration": configuration(EnableInTransitEncryption=False)}, "EnableInTransitEncryption is False"),
            ({"configuration": "{}"}, "EnableInTransitEncryption is None"),
        ],
        unknown=["configuration"],
        unsure=[{"configuration": "not JSON"}],
    ),
    switch(emr.CONFIGURED, CLUSTER, "security_configuration", THIS, value="s", wrong=[""]),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
