"""VPC endpoints: own principals only, images and packages still come through."""

import json
from typing import Any

import pytest

from secureinfra.aws.vpc import SecureVpc
from secureinfra.aws.vpc_config import VpcConfig
from secureinfra.testing import synthesize, test_stack


def resources_of(**choices: Any) -> dict[str, Any]:
    stack = test_stack()
    SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", **choices))
    resources: dict[str, Any] = synthesize(stack)["resource"]
    return resources


def endpoints(**choices: Any) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = resources_of(**choices)["aws_vpc_endpoint"]
    return found


def statements(endpoint: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {statement["Sid"]: statement for statement in json.loads(endpoint["policy"])["Statement"]}


def test_gateway_endpoints() -> None:
    found = endpoints()
    assert set(found) == {"network_endpoint_s3", "network_endpoint_dynamodb"}
    for endpoint in found.values():
        assert endpoint["vpc_endpoint_type"] == "Gateway"
        tables = " ".join(endpoint["route_table_ids"])
        for table in ("private_a", "private_b", "private_c", "isolated", "public"):
            assert f"network_{table}_routes" in tables


@pytest.mark.parametrize(
    ("choices", "key", "value"),
    [
        ({}, "aws:PrincipalAccount", "${data.aws_caller_identity.current.account_id}"),
        ({"organization_id": "o-a1b2c3d4e5"}, "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
    ],
)
def test_endpoints_scoped(choices: dict[str, Any], key: str, value: str) -> None:
    for endpoint in endpoints(endpoints=("ecr.api", "ssm"), **choices).values():
        condition = statements(endpoint)["OwnPrincipals"]["Condition"]
        assert condition == {"StringEquals": {key: [value]}}


def test_images_and_packages_come_through() -> None:
    statement = statements(endpoints()["network_endpoint_s3"])["ImagesAndPackages"]
    assert statement["Action"] == ["s3:GetObject"]
    listed = " ".join(statement["Resource"])
    for bucket in ("prod-${data.aws_region.current.id}-starport-layer-bucket", "al2023-repos-", "amazonlinux-2-repos-"):
        assert bucket in listed
    assert "ImagesAndPackages" not in statements(endpoints()["network_endpoint_dynamodb"])


def test_interface_endpoints_have_private_names_and_a_group_of_their_own() -> None:
    resources = resources_of(endpoints=("session-manager",))
    names = {"network_endpoint_ssm", "network_endpoint_ssmmessages", "network_endpoint_ec2messages"}
    assert names < set(resources["aws_vpc_endpoint"])
    for name in names:
        endpoint = resources["aws_vpc_endpoint"][name]
        assert endpoint["private_dns_enabled"] is True
        assert len(endpoint["subnet_ids"]) == 3
        assert endpoint["security_group_ids"] == ["${aws_security_group.network_endpoints_security_group.id}"]
    (rule,) = resources["aws_vpc_security_group_ingress_rule"].values()
    assert (rule["cidr_ipv4"], rule["from_port"], rule["to_port"]) == ("10.20.0.0/16", 443, 443)
    assert "aws_vpc_security_group_egress_rule" not in resources


def test_interface_endpoints_without_private_tier() -> None:
    found = endpoints(endpoints=("kms",), tiers=("isolated",))
    assert found["network_endpoint_kms"]["subnet_ids"][0] == "${aws_subnet.network_isolated_a.id}"
