"""One stack applied on the emulator, read back from its API, walked by the naive simulator, compared with the model."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import boto3  # type: ignore[import-untyped]
import pytest

from secureinfra import AwsProvider, AwsProviderConfig, Port, SecureVpc, SecurityGroup, SecurityGroupConfig, VpcConfig
from secureinfra.proofs.network.paths import NOT_REACHABLE, REACHABLE
from secureinfra.proofs.network.questions import path_between
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import synthesize, test_stack
from tests.proofs.network.simulator import INTERNET, Rule, World, connects
from tests.referees import emulator
from tests.referees.runner import PRESENT, Terraform, for_emulator

ZONES = ("eu-central-1a", "eu-central-1b")
PORTS = (443, 5432, 22)
_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "-1": "-1"}


def document_of() -> dict[str, Any]:
    """A network with three tiers, and an instance in each subnet of two zones: a web, an application and a data tier."""
    stack = test_stack("paths")
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="platform", environment="sandbox"))
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=ZONES, nat="per_zone"))
    groups = {
        tier: SecurityGroup(stack, tier, SecurityGroupConfig(description=f"The {tier} tier"), vpc=network)
        for tier in ("public", "private", "isolated")
    }
    groups["public"].allow_from_internet(Port.tcp(443))
    groups["public"].connections.allow_to(groups["private"], Port.tcp(443))
    groups["private"].connections.allow_to(groups["isolated"], Port.tcp(5432))
    groups["private"].allow_to_internet(Port.tcp(443), "Payment provider")
    document = synthesize(stack)
    document["resource"]["aws_instance"] = {
        f"{tier}_{letter}": {
            "ami": "ami-12c6146b",
            "instance_type": "t3.micro",
            "subnet_id": f"${{aws_subnet.network_{tier}_{letter}.id}}",
            "vpc_security_group_ids": [f"${{aws_security_group.{tier}_security_group.id}}"],
            "associate_public_ip_address": tier == "public",
            "tags": {"Name": f"aws_instance.{tier}_{letter}"},
        }
        for tier in groups
        for letter in "ab"
    }
    return document


def name_of(held: dict[str, Any]) -> str:
    return str(next(tag["Value"] for tag in held["Tags"] if tag["Key"] == "Name"))


def world_of(ec2: Any) -> World:
    """The world as the API describes it."""
    world = World()
    world.vpcs = {held["VpcId"]: held["CidrBlock"] for held in ec2.describe_vpcs()["Vpcs"]}
    world.subnets = {held["SubnetId"]: (held["VpcId"], held["CidrBlock"]) for held in ec2.describe_subnets()["Subnets"]}
    for table in ec2.describe_route_tables()["RouteTables"]:
        for association in table["Associations"]:
            if "SubnetId" in association:
                world.tables[association["SubnetId"]] = list(_routes(table["Routes"]))
    for acl in ec2.describe_network_acls()["NetworkAcls"]:
        for association in acl["Associations"]:
            world.acls[association["SubnetId"]] = {
                way: _entries(acl["Entries"], outwards=way == "egress") for way in ("ingress", "egress")
            }
    for group in ec2.describe_security_groups()["SecurityGroups"]:
        world.groups[group["GroupId"]] = {
            "ingress": _rules(group["IpPermissions"]),
            "egress": _rules(group["IpPermissionsEgress"]),
        }
    for nat in ec2.describe_nat_gateways()["NatGateways"]:
        world.nats[nat["NatGatewayId"]] = nat["SubnetId"]
        # The emulator gives it an address outside of its subnet.
        network = ipaddress.ip_network(world.subnets[nat["SubnetId"]][1])
        world.addresses[nat["NatGatewayId"]] = str(network[9])
    for reservation in ec2.describe_instances()["Reservations"]:
        for held in reservation["Instances"]:
            # Where a public address is asked for, the emulator has the groups at the interface only.
            given = [*held["SecurityGroups"], *(one for each in held["NetworkInterfaces"] for one in each["Groups"])]
            groups = tuple(dict.fromkeys(group["GroupId"] for group in given))
            world.machines[name_of(held)] = (held["SubnetId"], groups, bool(held.get("PublicIpAddress")))
            world.addresses[name_of(held)] = held["PrivateIpAddress"]
    return world


def _routes(routes: list[dict[str, Any]]) -> Any:
    for route in routes:
        target = route.get("NatGatewayId") or route.get("GatewayId", "")
        if target != "local" and "DestinationCidrBlock" in route:
            yield route["DestinationCidrBlock"], target.replace("igw-", "aws_internet_gateway.igw-")


def _entries(entries: list[dict[str, Any]], *, outwards: bool) -> list[Rule]:
    found = []
    for entry in sorted(entries, key=lambda entry: int(entry["RuleNumber"])):
        if entry["Egress"] == outwards and "CidrBlock" in entry:
            ports = entry.get("PortRange") or {"From": 0, "To": 65535}
            protocol = _PROTOCOLS.get(str(entry["Protocol"]), str(entry["Protocol"]))
            allow = entry["RuleAction"] == "allow"
            found.append(Rule(protocol, int(ports["From"]), int(ports["To"]), entry["CidrBlock"], "", allow))
    return found


def _rules(permissions: list[dict[str, Any]]) -> list[Rule]:
    found = []
    for held in permissions:
        ports = (int(held.get("FromPort", 0)), int(held.get("ToPort", 65535)))
        found += [Rule(held["IpProtocol"], *ports, network["CidrIp"]) for network in held["IpRanges"]]
        found += [Rule(held["IpProtocol"], *ports, group=pair["GroupId"]) for pair in held["UserIdGroupPairs"]]
    return found


@pytest.mark.terraform
@pytest.mark.skipif(not PRESENT, reason="terraform is not installed")
def test_the_model_says_what_the_applied_network_does(tmp_path: Path) -> None:
    document, _ = for_emulator(document_of())
    with emulator.running(tmp_path) as aws:
        runner = Terraform(tmp_path / "stack", document, endpoint=aws.address)
        runner.init()
        runner.apply()
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        world = world_of(boto3.client("ec2", region_name="eu-central-1", endpoint_url=aws.address, **keys))
    configuration = Configuration.of(document)
    names = [*sorted(world.machines), INTERNET]
    assert len(names) == 7
    found: dict[str, set[str]] = {REACHABLE: set(), NOT_REACHABLE: set()}
    for source in names:
        for target in names:
            for port in PORTS:
                if source == target:
                    continue
                answer = path_between([configuration], source, target, str(port), routed_only=True)
                applied = connects(world, source, target, "tcp", port)
                asked = f"{source} -> {target} {port}"
                assert answer.verdict == (REACHABLE if applied else NOT_REACHABLE), (asked, answer)
                found[answer.verdict].add(asked)
    assert "internet -> aws_instance.public_a 443" in found[REACHABLE]
    assert "aws_instance.private_b -> aws_instance.isolated_a 5432" in found[REACHABLE]
    assert "aws_instance.private_a -> internet 443" in found[REACHABLE]
    assert "internet -> aws_instance.private_a 443" in found[NOT_REACHABLE]
    assert "aws_instance.public_a -> aws_instance.isolated_a 5432" in found[NOT_REACHABLE]
