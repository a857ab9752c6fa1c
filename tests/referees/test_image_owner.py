"""A pipeline deploys a service that Terraform made: with `image_owner="pipeline"`, neither takes back what the other did."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import boto3  # type: ignore[import-untyped]
import pytest

from secureinfra import AwsProvider, AwsProviderConfig, EcsService, EcsServiceConfig
from secureinfra.testing import synthesize, test_stack
from tests.referees import emulator
from tests.referees.runner import Terraform, for_emulator

pytestmark = pytest.mark.terraform

REPOSITORY = "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop"
ZONES = ("a", "b")


def document_of(owner: Literal["terraform", "pipeline"], cpu: int = 256) -> dict[str, Any]:
    """A service in a network of the simplest kind."""
    stack = test_stack(environment="sandbox")
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="sandbox"))
    config = EcsServiceConfig(
        image=f"{REPOSITORY}:1",
        image_owner=owner,
        cpu=cpu,
        memory_mib=1024,
        vpc_id="${aws_vpc.plain.id}",
        subnet_ids=tuple(f"${{aws_subnet.{zone}.id}}" for zone in ZONES),
    )
    EcsService(stack, "shop", config)
    document = synthesize(stack, providers=())
    document["resource"]["aws_vpc"] = {"plain": {"cidr_block": "10.0.0.0/16"}}
    document["resource"]["aws_subnet"] = {
        zone: {
            "vpc_id": "${aws_vpc.plain.id}",
            "cidr_block": f"10.0.{number}.0/24",
            "availability_zone": f"eu-central-1{zone}",
        }
        for number, zone in enumerate(ZONES)
    }
    return for_emulator(document)[0]


def deploy(ecs: Any, image: str) -> str:
    """What a pipeline does: the newest revision with another image, run by the service."""
    newest = ecs.describe_task_definition(taskDefinition="test-shop")["taskDefinition"]
    newest["containerDefinitions"][0]["image"] = image
    kept = ("family", "executionRoleArn", "taskRoleArn", "networkMode", "containerDefinitions", "cpu", "memory")
    chosen = {name: newest[name] for name in (*kept, "volumes", "requiresCompatibilities", "runtimePlatform")}
    revision = ecs.register_task_definition(**chosen)["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster="test-shop-cluster", service="test-shop", taskDefinition=revision)
    return str(revision)


def running(ecs: Any) -> str:
    """The revision that the service runs."""
    (service,) = ecs.describe_services(cluster="test-shop-cluster", services=["test-shop"])["services"]
    return str(service["taskDefinition"])


def test_both_own_one_service(tmp_path: Path) -> None:
    with emulator.running(tmp_path) as aws:
        keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
        ecs = boto3.client("ecs", region_name="eu-central-1", endpoint_url=aws.address, **keys)
        folder = tmp_path / "shop"
        terraform = Terraform(folder, document_of("pipeline"), endpoint=aws.address)
        terraform.init()
        terraform.apply()
        deployed = deploy(ecs, f"{REPOSITORY}:2")
        assert terraform.changes_of_second_plan() == ""
        # A change of Terraform's own makes a revision, and deploys nothing.
        larger = Terraform(folder, document_of("pipeline", cpu=512), endpoint=aws.address)
        larger.apply()
        assert running(ecs) == deployed
        again = deploy(ecs, f"{REPOSITORY}:3")
        newest = ecs.describe_task_definition(taskDefinition="test-shop")["taskDefinition"]
        assert (newest["cpu"], newest["containerDefinitions"][0]["image"]) == ("512", f"{REPOSITORY}:3")
        assert larger.changes_of_second_plan() == ""
        assert running(ecs) == again
        # With the other owner, Terraform would take the deployment back.
        own = Terraform(folder, document_of("terraform", cpu=512), endpoint=aws.address)
        assert "aws_ecs_service.shop_service will be updated" in own.changes_of_second_plan()
