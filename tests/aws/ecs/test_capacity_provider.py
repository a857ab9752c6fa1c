"""EcsCapacityProvider: instances, what their agent may do, how ECS manages them, services that run on them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from secureinfra.aws.ecs.capacity_config import EcsCapacityProviderConfig
from secureinfra.aws.ecs.capacity_provider import EcsCapacityProvider
from secureinfra.aws.ecs.cluster import EcsCluster, EcsClusterConfig
from secureinfra.aws.ecs.ec2_config import Ec2ServiceConfig
from secureinfra.aws.ecs.service import EcsService
from secureinfra.aws.ecs.service_config import EcsServiceConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import SecureKey
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

IMAGE = "111122223333.dkr.ecr.eu-central-1.amazonaws.com/shop/api:1.4.2"
VPC = "vpc-0a1b2c3d4e5f60718"
SUBNETS = {"a": "subnet-0a1b2c3d4e5f60718", "b": "subnet-0a1b2c3d4e5f60719"}
CONFIG = EcsCapacityProviderConfig(vpc_id=VPC, subnet_ids=SUBNETS)
AGENT = ("ecs", "ecs-agent", "ecs-telemetry")


def network_of(stack: Any, id: str = "network", **chosen: Any) -> SecureVpc:
    return SecureVpc(stack, id, VpcConfig(**{"cidr": "10.20.0.0/16", "zones": 2, "nat": "per_zone", **chosen}))


def instances_of(stack: Any, network: SecureVpc, **chosen: Any) -> EcsCapacityProvider:
    return EcsCapacityProvider(stack, "instances", EcsCapacityProviderConfig(**chosen), vpc=network)


def service_of(stack: Any, **chosen: Any) -> EcsService:
    network = network_of(stack)
    config = Ec2ServiceConfig(image=IMAGE, port=8443, **chosen)
    return EcsService(stack, "shop", config, capacity=instances_of(stack, network), vpc=network)


def only(stack: Any, type: str) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"][type].values()
    return dict(block)


def agent_statements(stack: Any) -> list[dict[str, Any]]:
    policy = synthesize(stack)["resource"]["aws_iam_role_policy"]["instances_fleet_role_permissions"]["policy"]
    return [one for one in json.loads(policy)["Statement"] if any(a.startswith("ecs:") for a in one["Action"])]


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    EcsCapacityProvider(stack, "instances", CONFIG)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = EcsCapacityProviderConfig(
        name="shop-gpus",
        architecture="x86_64",
        instance_types=("g6.xlarge", "g5.xlarge"),
        gpu=True,
        min_size=1,
        max_size=12,
        target_capacity_percent=80,
        volume_size_gib=100,
        session_idle_minutes=10,
        vpc_id=VPC,
        subnet_ids=SUBNETS,
        tags={"team": "shop"},
    )
    cluster = EcsCluster(stack, "cluster", EcsClusterConfig(name="shop"))
    topic = SecureTopic(stack, "pages")
    EcsCapacityProvider(stack, "instances", config, cluster=cluster, key=SecureKey(stack, "data"), alarms=topic)
    matches_snapshot(stack)


def test_every_control_is_met() -> None:
    stack = test_stack()
    service_of(stack)
    assert_meets(synthesize(stack))


def test_termination_protected_and_drained() -> None:
    stack = test_stack()
    EcsCapacityProvider(stack, "instances", CONFIG)
    provider = only(stack, "aws_ecs_capacity_provider")["auto_scaling_group_provider"]
    assert (provider["managed_termination_protection"], provider["managed_draining"]) == ("ENABLED", "ENABLED")
    assert provider["managed_scaling"] == {"status": "ENABLED", "target_capacity": 100}
    group = only(stack, "aws_autoscaling_group")
    assert group["protect_from_scale_in"] is True
    assert group["instance_refresh"]["preferences"]["scale_in_protected_instances"] == "Refresh"
    managed = {"key": "AmazonECSManaged", "value": "true", "propagate_at_launch": True}
    assert managed in group["tag"]


def test_tasks_cannot_reach_the_metadata_of_their_instance() -> None:
    stack = test_stack()
    EcsCapacityProvider(stack, "instances", CONFIG)
    template = only(stack, "aws_launch_template")
    assert "ECS_AWSVPC_BLOCK_IMDS=true" in template["user_data"]
    assert "ECS_CLUSTER=${aws_ecs_cluster.instances_cluster.name}" in template["user_data"]
    assert template["metadata_options"]["http_tokens"] == "required"
    assert template["metadata_options"]["http_put_response_hop_limit"] == 1
    assert "key_name" not in template


@pytest.mark.parametrize(
    ("chosen", "path"),
    [
        ({}, "arm64/recommended"),
        ({"architecture": "x86_64", "instance_types": ("m7i.large",)}, "recommended"),
        ({"architecture": "x86_64", "instance_types": ("g6.xlarge",), "gpu": True}, "gpu/recommended"),
    ],
)
def test_image_that_amazon_recommends(chosen: dict[str, Any], path: str) -> None:
    stack = test_stack()
    config = EcsCapacityProviderConfig(vpc_id=VPC, subnet_ids=SUBNETS, **chosen)
    EcsCapacityProvider(stack, "instances", config)
    data = synthesize(stack)["data"]
    (parameter,) = data["aws_ssm_parameter"].values()
    assert parameter["name"] == f"/aws/service/ecs/optimized-ami/amazon-linux-2023/{path}/image_id"
    (image,) = data["aws_ami"].values()
    assert image["owners"] == ["amazon"]
    its = "${data.aws_ssm_parameter.instances_fleet_recommended.insecure_value}"
    assert {"name": "image-id", "values": [its]} in image["filter"]


def test_the_agent_works_for_its_cluster_only() -> None:
    stack = test_stack()
    EcsCapacityProvider(stack, "instances", CONFIG)
    find, register, poll = agent_statements(stack)
    assert (find["Action"], find["Resource"]) == (["ecs:DiscoverPollEndpoint"], ["*"])
    cluster = "aws_ecs_cluster.instances_cluster"
    assert register["Resource"] == [f"${{{cluster}.arn}}"]
    assert "ecs:RegisterContainerInstance" in register["Action"]
    assert poll["Resource"][0].endswith(f":container-instance/${{{cluster}.name}}/*")
    assert poll["Condition"] == {"ArnLike": {"ecs:cluster": [f"${{{cluster}.arn}}"]}}


def test_the_cluster_lists_its_capacity() -> None:
    stack = test_stack()
    instances_of(stack, network_of(stack))
    assert only(stack, "aws_ecs_cluster_capacity_providers")["capacity_providers"] == [
        "FARGATE",
        "${aws_ecs_capacity_provider.instances_provider.name}",
    ]


def test_the_agent_outlives_its_tasks() -> None:
    stack = test_stack()
    service_of(stack)
    resources = synthesize(stack)["resource"]
    service = resources["aws_ecs_service"]["shop_service"]
    assert "aws_ecs_cluster_capacity_providers.instances_cluster_capacity" in service["depends_on"]
    provider = resources["aws_ecs_capacity_provider"]["instances_provider"]
    assert provider["lifecycle"] == {"create_before_destroy": True}
    group = resources["aws_autoscaling_group"]["instances_fleet"]
    assert group["force_delete"] is True
    assert {
        "aws_iam_role_policy.instances_fleet_role_permissions",
        "aws_vpc_security_group_egress_rule.instances_fleet_group_to_internet_tcp_443",
        "aws_route.network_private_a_to_internet",
        "aws_route.network_public_to_internet",
        "aws_route_table_association.network_private_a_association",
        "aws_network_acl_rule.network_private_acl_to_anywhere",
    } <= set(group["depends_on"])
    assert not any("isolated" in one for one in group["depends_on"])


def test_instances_without_nat_need_the_endpoints_of_the_agent() -> None:
    stack = test_stack()
    network = network_of(stack, nat="none", tiers=("isolated",), endpoints=("containers",))
    instances_of(stack, network)
    expected = (
        "its instances could not join the cluster: .* lacks the interface endpoints ecs, ecs-agent, ecs-telemetry"
    )
    with pytest.raises(ConfigError, match=expected):
        synthesize(stack)


def test_instances_reach_the_endpoints_only() -> None:
    stack = test_stack()
    network = network_of(stack, nat="none", tiers=("isolated",), endpoints=("containers", *AGENT))
    instances_of(stack, network)
    egress = synthesize(stack)["resource"]["aws_vpc_security_group_egress_rule"]
    its = {name for name in egress if name.startswith("instances_fleet")}
    assert its == {"instances_fleet_group_to_network_endpoints_tcp_443", "instances_fleet_group_to_s3_tcp_443"}
    (group,) = synthesize(stack)["resource"]["aws_autoscaling_group"].values()
    assert "aws_vpc_endpoint.network_endpoint_ecs_agent" in group["depends_on"]
    assert "aws_vpc_security_group_ingress_rule.network_endpoints_from_vpc_tcp_443" in group["depends_on"]


def test_alarm_when_tasks_wait_for_room() -> None:
    stack = test_stack()
    EcsCapacityProvider(stack, "instances", CONFIG, alarms=SecureTopic(stack, "pages"))
    alarm = synthesize(stack)["resource"]["aws_cloudwatch_metric_alarm"]["instances_alarm_full"]
    assert (alarm["namespace"], alarm["metric_name"]) == ("AWS/ECS/ManagedScaling", "CapacityProviderReservation")
    assert (alarm["threshold"], alarm["statistic"]) == (101, "Minimum")


def test_sessions_on_instances() -> None:
    stack = test_stack()
    role = SecureRole(stack, "operators", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))
    EcsCapacityProvider(stack, "instances", CONFIG).grant_session(role)
    policy = synthesize(stack)["resource"]["aws_iam_role_policy"]["operators_permissions"]["policy"]
    assert "ssm:StartSession" in policy


def test_a_service_on_instances(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    service = service_of(stack, cpu=2048, memory_mib=3000, placement="binpack", desired_count=3)
    service.run_on_schedule("clean", "rate(1 day)")
    matches_snapshot(stack)


def test_a_service_on_instances_takes_no_setting_of_fargate() -> None:
    stack = test_stack()
    service_of(stack)
    service, task = only(stack, "aws_ecs_service"), only(stack, "aws_ecs_task_definition")
    assert task["requires_compatibilities"] == ["EC2"]
    assert task["network_mode"] == "awsvpc"
    assert "runtime_platform" not in task
    assert "platform_version" not in service
    assert "launch_type" not in service
    its = "${aws_ecs_capacity_provider.instances_provider.name}"
    assert service["capacity_provider_strategy"] == [{"capacity_provider": its, "weight": 1}]
    assert [one["field"] for one in service["ordered_placement_strategy"]] == [
        "attribute:ecs.availability-zone",
        "instanceId",
    ]


def test_a_service_moves_from_fargate_in_place() -> None:
    # The provider replaces it unless the new configuration has the argument; back to Fargate it is written by choice.
    stack = test_stack()
    service_of(stack)
    assert only(stack, "aws_ecs_service")["force_new_deployment"] is True
    back = test_stack()
    EcsService(back, "shop", EcsServiceConfig(image=IMAGE, force_new_deployment=True), vpc=network_of(back))
    assert only(back, "aws_ecs_service")["force_new_deployment"] is True
    fargate = test_stack()
    EcsService(fargate, "shop", EcsServiceConfig(image=IMAGE), vpc=network_of(fargate))
    assert "force_new_deployment" not in only(fargate, "aws_ecs_service")


def test_schedules_run_on_the_same_instances() -> None:
    stack = test_stack()
    service_of(stack).run_on_schedule("clean", "rate(1 day)")
    target = only(stack, "aws_scheduler_schedule")["target"]["ecs_parameters"]
    assert "launch_type" not in target
    assert "platform_version" not in target
    assert target["capacity_provider_strategy"] == only(stack, "aws_ecs_service")["capacity_provider_strategy"]


def test_gpus() -> None:
    stack = test_stack()
    network = network_of(stack)
    gpus = instances_of(stack, network, gpu=True, architecture="x86_64", instance_types=("g6.xlarge",))
    EcsService(stack, "shop", Ec2ServiceConfig(image=IMAGE, gpus=2), capacity=gpus, vpc=network)
    (container,) = json.loads(only(stack, "aws_ecs_task_definition")["container_definitions"])
    assert container["resourceRequirements"] == [{"type": "GPU", "value": "2"}]
    assert "ECS_ENABLE_GPU_SUPPORT=true" in only(stack, "aws_launch_template")["user_data"]


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"name": "fargate-x"}, "is not a name of a capacity provider"),
        ({"instance_types": ()}, "instance_types names none. Name one or more"),
        (
            {"instance_types": ("m7i.large",)},
            "instance_types names 'm7i.large', which is x86_64: the image would not start on it. Write architecture='x86_64'",
        ),
        (
            {"architecture": "x86_64", "instance_types": ("m7g.large",)},
            "names 'm7g.large', which is arm64: .* Write architecture='arm64'",
        ),
        (
            {"architecture": "x86_64", "instance_types": ("g6.xlarge",)},
            "names 'g6.xlarge', which has GPUs: gpu=False decides about the image. Write gpu=True",
        ),
        (
            {"architecture": "x86_64", "instance_types": ("m7i.large",), "gpu": True},
            "names 'm7i.large', which has none: gpu=True decides",
        ),
        ({"gpu": True, "instance_types": ("g5g.xlarge",)}, "gpu=True does not go with architecture='arm64'"),
        ({"min_size": 7}, "min_size=7 is above max_size=6"),
        ({"volume_size_gib": 20}, "must be between 30 and 16384 GiB"),
        ({"target_capacity_percent": 0}, "must be between 1 and 100 percent"),
        ({"vpc_id": None}, "subnet_ids and vpc_id go together"),
        ({"subnet_ids": {"1": "subnet-1"}}, "which is not the letter of a zone"),
    ],
)
def test_refuses(chosen: dict[str, Any], message: str) -> None:
    config = EcsCapacityProviderConfig(**{"vpc_id": VPC, "subnet_ids": SUBNETS, **chosen})
    with pytest.raises(ConfigError, match=message):
        EcsCapacityProvider(test_stack(), "instances", config)


def test_refuses_a_path_that_is_no_name() -> None:
    with pytest.raises(ConfigError, match=r"'ecs-instances', which comes from the path, is not a name .* Set EcsCapac"):
        EcsCapacityProvider(test_stack("ecs"), "instances", CONFIG)


def test_refuses_a_cluster_of_another_stack(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    here, there = TerraformStack(app, "here"), TerraformStack(app, "there")
    for stack in (here, there):
        AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop", environment="production"))
    with pytest.raises(ConfigError, match="cluster 'there/cluster' is in another stack: it lists its capacity"):
        EcsCapacityProvider(here, "instances", CONFIG, cluster=EcsCluster(there, "cluster"))


@pytest.mark.parametrize(
    ("chosen", "message"),
    [
        ({"storage_gib": 30}, "storage_gib is for Fargate only: tasks share the root volume of their instance"),
        (
            {"cpu_architecture": "ARM64"},
            "cpu_architecture is for Fargate only: .* Set architecture of the capacity",
        ),
        ({"cpu": 64}, "must be between 128 and 196608 CPU units"),
    ],
)
def test_refuses_settings_of_fargate(chosen: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        service_of(test_stack(), **chosen)


def test_refuses_settings_of_instances_on_fargate() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="EcsServiceConfig has no field 'placement'"):
        EcsService(stack, "shop", EcsServiceConfig(image=IMAGE, placement="spread"), vpc=network_of(stack))  # type: ignore[call-arg]


def test_refuses_capacity_that_does_not_fit() -> None:
    stack = test_stack()
    network, other = network_of(stack), network_of(stack, "other", cidr="10.30.0.0/16")
    instances, ours = instances_of(stack, network), Ec2ServiceConfig(image=IMAGE)
    with pytest.raises(ConfigError, match=r"an Ec2ServiceConfig needs instances. Pass capacity=EcsCapacityProvider"):
        EcsService(stack, "a", ours, vpc=network)
    with pytest.raises(ConfigError, match="capacity='test/instances' needs an Ec2ServiceConfig"):
        EcsService(stack, "b", EcsServiceConfig(image=IMAGE), capacity=instances, vpc=network)
    with pytest.raises(ConfigError, match="belongs to cluster 'test/instances/cluster', not to 'test/cluster'"):
        EcsService(stack, "c", ours, capacity=instances, cluster=EcsCluster(stack, "cluster"), vpc=network)
    with pytest.raises(ConfigError, match="its network is not that of capacity='test/instances'"):
        EcsService(stack, "d", ours, capacity=instances, vpc=other)
    with pytest.raises(ConfigError, match="gpus=1 needs instances with GPUs"):
        EcsService(stack, "e", Ec2ServiceConfig(image=IMAGE, gpus=1), capacity=instances, vpc=network)


def test_addresses() -> None:
    stack = test_stack()
    EcsCapacityProvider(stack, "instances", CONFIG)
    assert [one for one in addresses(synthesize(stack)) if "cluster_" not in one] == [
        "aws_autoscaling_group.instances_fleet",
        "aws_cloudwatch_log_group.instances_fleet_sessions_log_group",
        "aws_ecs_capacity_provider.instances_provider",
        "aws_ecs_cluster.instances_cluster",
        "aws_iam_instance_profile.instances_fleet_role_instance_profile",
        "aws_iam_role.instances_fleet_role",
        "aws_iam_role_policy.instances_fleet_role_permissions",
        "aws_kms_alias.instances_fleet_key_alias",
        "aws_kms_key.instances_fleet_key",
        "aws_launch_template.instances_fleet_template",
        "aws_security_group.instances_fleet_group_security_group",
        "aws_ssm_document.instances_fleet_session_document",
        "aws_vpc_security_group_egress_rule.instances_fleet_group_to_internet_tcp_443",
    ]
