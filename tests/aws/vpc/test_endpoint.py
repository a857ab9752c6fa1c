"""VPC endpoints: own principals only, images and packages still come through."""

import json
from typing import Any

import pytest

from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.security_group.peers import Peer
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import synthesize, test_stack

ACCOUNT = "${data.aws_caller_identity.current.account_id}"


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
        ({}, "aws:PrincipalAccount", ACCOUNT),
        ({"organization_id": "o-a1b2c3d4e5"}, "aws:PrincipalOrgID", "o-a1b2c3d4e5"),
    ],
)
def test_endpoints_scoped(choices: dict[str, Any], key: str, value: str) -> None:
    for endpoint in endpoints(endpoints=("ecr.api", "ssm"), **choices).values():
        condition = statements(endpoint)["OwnPrincipals"]["Condition"]["StringEquals"]
        assert condition[key] == [value]


HOLDING_DATA = ("kms", "secretsmanager", "sqs", "sqs-fips", "com.amazonaws.eu-central-1.sns", "ecr.dkr")


@pytest.mark.parametrize(
    ("choices", "own"),
    [
        ({}, {"aws:PrincipalAccount": [ACCOUNT], "aws:ResourceAccount": [ACCOUNT]}),
        (
            {"organization_id": "o-a1b2c3d4e5"},
            {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"], "aws:ResourceOrgID": ["o-a1b2c3d4e5"]},
        ),
        (
            {"accounts": ("444455556666",)},
            {"aws:PrincipalAccount": [ACCOUNT, "444455556666"], "aws:ResourceAccount": [ACCOUNT, "444455556666"]},
        ),
    ],
)
def test_own_credentials_copy_no_data_to_accounts_of_others(choices: dict[str, Any], own: dict[str, list[str]]) -> None:
    found = endpoints(endpoints=(*HOLDING_DATA, "ssm"), **choices)
    for name, endpoint in found.items():
        allowed = statements(endpoint)
        if name == "network_endpoint_ssm":
            # Its documents are AWS's own.
            assert not any("Resource" in key for key in allowed["OwnPrincipals"]["Condition"]["StringEquals"])
            continue
        assert allowed["OwnPrincipals"]["Condition"] == {"StringEquals": own}, name
        others = {sid: one for sid, one in allowed.items() if sid != "OwnPrincipals"}
        assert set(others) <= {"ImagesAndPackages", "Pulls"}
        assert all(
            action.split(":")[1].startswith(("Get", "Batch")) for one in others.values() for action in one["Action"]
        )


@pytest.mark.parametrize("choices", [{}, {"organization_id": "o-a1b2c3d4e5"}])
def test_data_of_a_named_account_is_reached_by_own_callers(choices: dict[str, Any]) -> None:
    found = endpoints(endpoints=("kms", "ssm"), resource_accounts=("999988887777",), **choices)
    for name in ("s3", "dynamodb", "kms"):
        allowed = statements(found[f"network_endpoint_{name}"])
        own, named = (allowed[sid]["Condition"]["StringEquals"] for sid in ("OwnPrincipals", "NamedAccounts"))
        (caller,) = {key for key in own if key.startswith("aws:Principal")}
        assert named == {caller: own[caller], "aws:ResourceAccount": ["999988887777"]}
    assert "NamedAccounts" not in statements(found["network_endpoint_ssm"])


def test_refuses_accounts_beside_an_organization() -> None:
    with pytest.raises(ConfigError, match="accounts goes with no organization_id"):
        resources_of(accounts=("444455556666",), organization_id="o-a1b2c3d4e5")


def test_agents_of_aws_are_loaded_and_nothing_is_written() -> None:
    statement = statements(endpoints()["network_endpoint_s3"])["ImagesAndPackages"]
    listed = {resource.split(":::")[1] for resource in statement["Resource"]}
    region = "${data.aws_region.current.id}"
    for bucket in ("aws-ssm-{}", "patch-baseline-snapshot-{}", "amazoncloudwatch-agent-{}", "aws-windows-downloads-{}"):
        assert f"{bucket.format(region)}/*" in listed
    assert statement["Action"] == ["s3:GetObject"]


def test_waiver_for_an_endpoint_without_policy() -> None:
    waiver = Waiver(control="vpc-endpoint-scoped", reason="anonymous callers", owner="lab", until="2099-12-31")
    choices = {"endpoints": ("execute-api", "kms"), "endpoints_without_policy": ("execute-api",)}
    resources = resources_of(**choices, waivers=(waiver,))
    assert "policy" not in resources["aws_vpc_endpoint"]["network_endpoint_execute_api"]
    assert "policy" in resources["aws_vpc_endpoint"]["network_endpoint_kms"]
    assert resources["aws_vpc"]["network_vpc"]["//"]["waivers"] == [waiver.to_json("test/network")]


def test_images_and_packages_come_through() -> None:
    statement = statements(endpoints()["network_endpoint_s3"])["ImagesAndPackages"]
    assert statement["Action"] == ["s3:GetObject"]
    listed = " ".join(statement["Resource"])
    for bucket in ("prod-${data.aws_region.current.id}-starport-layer-bucket", "al2023-repos-", "amazonlinux-2-repos-"):
        assert bucket in listed
    assert "ImagesAndPackages" not in statements(endpoints()["network_endpoint_dynamodb"])


def test_readable_buckets_are_read_only_and_named() -> None:
    found = endpoints(readable_buckets=("aws-codedeploy-eu-central-1",))
    statement = statements(found["network_endpoint_s3"])["ImagesAndPackages"]
    assert statement["Action"] == ["s3:GetObject"]
    assert statement["Resource"][-1].endswith(":s3:::aws-codedeploy-eu-central-1/*")


@pytest.mark.parametrize(
    ("choices", "condition"),
    [
        ({}, {"aws:ResourceAccount": [ACCOUNT]}),
        ({"organization_id": "o-a1b2c3d4e5"}, {"aws:ResourceOrgID": ["o-a1b2c3d4e5"]}),
    ],
)
def test_workloads_can_sign_in_to_own_roles(choices: dict[str, Any], condition: dict[str, list[str]]) -> None:
    found = endpoints(endpoints=("sts", "sts-fips", "kms"), **choices)
    for name in ("network_endpoint_sts", "network_endpoint_sts_fips"):
        statement = statements(found[name])["SignIn"]
        assert statement["Action"] == ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"]
        assert statement["Condition"] == {"StringEquals": condition}
    assert "SignIn" not in statements(found["network_endpoint_kms"])


def test_whole_service_name_is_taken_as_it_is() -> None:
    name = "com.amazonaws.vpce.eu-central-1.vpce-svc-0a1b2c3d4e5f60718"
    found = endpoints(endpoints=(name, "kms"))
    assert found["network_endpoint_kms"]["service_name"] == "com.amazonaws.${data.aws_region.current.id}.kms"
    assert name in [endpoint["service_name"] for endpoint in found.values()]


def test_endpoints_in_several_zones() -> None:
    for name, endpoint in endpoints(endpoints=("kms",), zones=2).items():
        assert endpoint["vpc_endpoint_type"] == "Gateway" or len(endpoint["subnet_ids"]) == 2, name


def test_every_own_network_reaches_interface_endpoints() -> None:
    resources = resources_of(endpoints=("kms",), secondary_cidrs=("100.64.0.0/16",))
    rules = resources["aws_vpc_security_group_ingress_rule"].values()
    assert {rule["cidr_ipv4"] for rule in rules} == {"10.20.0.0/16", "100.64.0.0/16"}
    assert {(rule["from_port"], rule["to_port"]) for rule in rules} == {(443, 443)}


def test_interface_endpoints_have_private_names_and_a_group_of_their_own() -> None:
    resources = resources_of(endpoints=("session-manager",))
    names = {"network_endpoint_ssm", "network_endpoint_ssmmessages"}
    # Regions launched since 2024 have no ec2messages, and agents do not need it.
    assert {*names, "network_endpoint_s3", "network_endpoint_dynamodb"} == set(resources["aws_vpc_endpoint"])
    for name in names:
        endpoint = resources["aws_vpc_endpoint"][name]
        assert endpoint["private_dns_enabled"] is True
        assert len(endpoint["subnet_ids"]) == 3
        assert endpoint["security_group_ids"] == ["${aws_security_group.network_endpoints_security_group.id}"]
    (rule,) = resources["aws_vpc_security_group_ingress_rule"].values()
    assert (rule["cidr_ipv4"], rule["from_port"], rule["to_port"]) == ("10.20.0.0/16", 443, 443)
    assert "aws_vpc_security_group_egress_rule" not in resources


def test_interface_endpoints_without_private_tier() -> None:
    found = endpoints(endpoints=("kms",), tiers=("isolated", "public"))
    assert found["network_endpoint_kms"]["subnet_ids"][0] == "${aws_subnet.network_isolated_a.id}"


def test_groups_of_services_reach_endpoints_by_name() -> None:
    stack = test_stack()
    vpc = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", endpoints=("ssm",)))
    service = SecurityGroup(stack, "service", SecurityGroupConfig(description="service"), vpc=vpc)
    service.allow_to(vpc.endpoint_security_group, Port.tcp(443))
    service.allow_to(Peer.prefix_list(vpc.prefix_list_id("s3"), name="s3"), Port.tcp(443))
    rules = synthesize(stack)["resource"]["aws_vpc_security_group_egress_rule"]
    assert rules["service_to_s3_tcp_443"]["prefix_list_id"] == "${aws_vpc_endpoint.network_endpoint_s3.prefix_list_id}"
    assert "service_to_network_endpoints_tcp_443" in rules


def test_refuses_what_is_not_there() -> None:
    waiver = Waiver(control="vpc-gateway-endpoints", reason="trial", owner="lab", until="2099-12-31")
    vpc = SecureVpc(test_stack(), "network", VpcConfig(cidr="10.20.0.0/16", gateway_endpoints=False, waivers=(waiver,)))
    with pytest.raises(ConfigError, match="test/network: it has no interface endpoint"):
        _ = vpc.endpoint_security_group
    with pytest.raises(ConfigError, match="test/network: it has no gateway endpoint for 's3'"):
        vpc.prefix_list_id("s3")


def test_waiver_for_a_vpc_on_public_addresses() -> None:
    stack = test_stack()
    choices: dict[str, Any] = {"cidr": "203.0.0.0/16", "endpoints": ("kms",)}
    with pytest.raises(
        ControlError, match=r"test/refused/endpoints: .* breaks control security-group-narrow-public-cidr"
    ):
        SecureVpc(stack, "refused", VpcConfig(**choices))
    own = Waiver(
        control="security-group-narrow-public-cidr", reason="addresses of our own", owner="net", until="2099-12-31"
    )
    SecureVpc(stack, "network", VpcConfig(**choices, waivers=(own,)))
    resources = synthesize(stack)["resource"]
    (rule,) = (
        rule
        for name, rule in resources["aws_vpc_security_group_ingress_rule"].items()
        if name.startswith("network_endpoints")
    )
    assert rule["cidr_ipv4"] == "203.0.0.0/16"
    assert rule["//"]["waivers"][0]["reason"] == "addresses of our own"
    assert resources["aws_vpc"]["network_vpc"]["//"]["waivers"][0]["control"] == own.control


def test_waiver_is_not_written_where_it_is_not_needed() -> None:
    own = Waiver(control="security-group-narrow-public-cidr", reason="x", owner="net", until="2099-12-31")
    (rule,) = resources_of(endpoints=("kms",), waivers=(own,))["aws_vpc_security_group_ingress_rule"].values()
    assert "waivers" not in rule["//"]
