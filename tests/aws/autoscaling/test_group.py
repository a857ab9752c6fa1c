"""Fleet: metadata, volumes, network, image owners, refresh, targets."""

import base64
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.autoscaling.config import FleetConfig
from secureinfra.aws.autoscaling.group import Fleet
from secureinfra.aws.ec2.image import MachineImage
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.network_balancer import NetworkLoadBalancer
from secureinfra.aws.lb.network_target import NetworkTargetConfig
from secureinfra.aws.lb.target_group import TargetConfig
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from tests.aws.autoscaling.stacks import CONFIG, SUBNETS, VPC, only, operators, statements

CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-4123-8123-123456789012"


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Fleet(stack, "workers", CONFIG)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop"))
    config = FleetConfig(
        image=MachineImage(owners=("111122223333",), name="shop-*", architecture="x86_64"),
        instance_types=("m7i.large", "m6i.large"),
        min_size=3,
        max_size=9,
        cpu_target_percent=50,
        volume_size_gib=50,
        root_device="/dev/sda1",
        user_data="#!/bin/sh\necho ${var.stage}",
        session_idle_minutes=10,
        vpc_id=VPC,
        subnet_ids=SUBNETS,
        tags={"team": "shop"},
    )
    key = SecureKey(stack, "data", KeyConfig(strict=True))
    fleet = Fleet(stack, "workers", config, key=key, alarms=SecureTopic(stack, "pages"))
    fleet.grant_session(operators(stack))
    matches_snapshot(stack)


def test_image_of_a_parameter_has_a_known_owner() -> None:
    stack = test_stack()
    path = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    Fleet(stack, "workers", CONFIG.model_copy(update={"image": MachineImage(parameter=path)}))
    data = synthesize(stack)["data"]
    (parameter,) = data["aws_ssm_parameter"].values()
    (image,) = data["aws_ami"].values()
    assert (parameter["name"], image["owners"]) == (path, ["amazon"])
    found = "${data.aws_ssm_parameter.workers_recommended.insecure_value}"
    assert {"name": "image-id", "values": [found]} in image["filter"]
    assert not any(one["name"] == "name" for one in image["filter"])


def test_every_control_is_met() -> None:
    stack = test_stack()
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2, nat="per_zone"))
    Fleet(stack, "workers", vpc=network)
    assert_meets(synthesize(stack))


def test_launch_template_imdsv2_and_hop_limit() -> None:
    stack = test_stack()
    Fleet(stack, "workers", CONFIG)
    options = only(stack, "aws_launch_template")["metadata_options"]
    assert (options["http_tokens"], options["http_put_response_hop_limit"]) == ("required", 1)


def test_launch_template_volumes_encrypted_and_no_public_ip() -> None:
    stack = test_stack()
    Fleet(stack, "workers", CONFIG)
    template = only(stack, "aws_launch_template")
    (volume,) = template["block_device_mappings"]
    assert (volume["ebs"]["encrypted"], volume["ebs"]["kms_key_id"]) == (True, "${aws_kms_key.workers_key.arn}")
    assert template["network_interfaces"][0]["associate_public_ip_address"] is False
    assert "key_name" not in template


def test_auto_scaling_may_use_the_key_though_its_role_is_not_there_yet() -> None:
    stack = test_stack()
    Fleet(stack, "workers", CONFIG)
    key = {one["Sid"]: one for one in statements(stack, "aws_kms_key", "workers_key")}
    for sid in ("AutoScaling", "AutoScalingGrants"):
        (arn,) = key[sid]["Condition"]["StringEquals"]["aws:PrincipalArn"]
        assert arn.endswith(":role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
        assert "aws:PrincipalAccount" in key[sid]["Condition"]["StringEquals"]


def test_image_is_of_a_named_owner() -> None:
    stack = test_stack()
    Fleet(stack, "workers", CONFIG)
    (image,) = synthesize(stack)["data"]["aws_ami"].values()
    assert image["owners"] == ["amazon"]
    stack = test_stack()
    pinned = MachineImage(owners=("self",), image_id="ami-0a1b2c3d4e5f60718")
    Fleet(stack, "workers", FleetConfig(vpc_id=VPC, subnet_ids=SUBNETS, image=pinned))
    (image,) = synthesize(stack)["data"]["aws_ami"].values()
    assert {"name": "image-id", "values": ["ami-0a1b2c3d4e5f60718"]} in image["filter"]
    assert image["owners"] == ["self"]


def test_new_template_renews_the_instances() -> None:
    stack = test_stack()
    Fleet(stack, "workers", CONFIG)
    group = only(stack, "aws_autoscaling_group")
    chosen = group["mixed_instances_policy"]["launch_template"]["launch_template_specification"]
    # With `$Latest` the group would not change, and refresh nothing.
    assert chosen["version"] == "${aws_launch_template.workers_template.latest_version}"
    assert group["instance_refresh"]["preferences"]["auto_rollback"] is True


def test_listens_for_a_load_balancer() -> None:
    stack = test_stack()
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2))
    fleet = Fleet(stack, "workers", vpc=network)
    balancer = SecureLoadBalancer(stack, "shop", vpc=network, certificate=CERTIFICATE)
    assert only(stack, "aws_autoscaling_group")["health_check_type"] == "EC2"
    fleet.listen(balancer, "orders", TargetConfig(port=8443, target_type="instance"))
    group = only(stack, "aws_autoscaling_group")
    assert group["health_check_type"] == "ELB"
    assert group["target_group_arns"] == ["${aws_lb_target_group.shop_target_orders.arn}"]
    rules = synthesize(stack)["resource"]["aws_vpc_security_group_ingress_rule"]
    assert any(name.startswith("workers_group") and one["from_port"] == 8443 for name, one in rules.items())


def test_listens_for_a_network_load_balancer() -> None:
    stack = test_stack()
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2))
    fleet = Fleet(stack, "workers", vpc=network)
    balancer = NetworkLoadBalancer(stack, "shop", vpc=network, certificate=CERTIFICATE)
    fleet.listen(balancer, "orders", NetworkTargetConfig(port=8443, target_type="instance"))
    group = only(stack, "aws_autoscaling_group")
    assert group["target_group_arns"] == ["${aws_lb_target_group.shop_target_orders.arn}"]
    assert only(stack, "aws_lb_target_group")["preserve_client_ip"] == "false"
    with pytest.raises(ConfigError, match="config=a TargetConfig is not a NetworkTargetConfig"):
        fleet.listen(balancer, "pages", TargetConfig(port=9443, target_type="instance"))


def test_instances_are_in_private_subnets() -> None:
    stack = test_stack()
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2))
    Fleet(stack, "workers", vpc=network)
    subnets = only(stack, "aws_autoscaling_group")["vpc_zone_identifier"]
    assert subnets == ["${aws_subnet.network_private_a.id}", "${aws_subnet.network_private_b.id}"]


def test_user_data_is_encoded_here_or_by_terraform() -> None:
    stack = test_stack()
    Fleet(stack, "workers", FleetConfig(vpc_id=VPC, subnet_ids=SUBNETS, user_data="#!/bin/sh"))
    assert base64.b64decode(only(stack, "aws_launch_template")["user_data"]) == b"#!/bin/sh"


def test_refuses_targets_that_are_addresses() -> None:
    stack = test_stack()
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2))
    balancer = SecureLoadBalancer(stack, "shop", vpc=network, certificate=CERTIFICATE)
    with pytest.raises(
        ConfigError, match="with target_type='ip' would register nothing: an Auto Scaling group registers"
    ):
        Fleet(stack, "workers", vpc=network).listen(balancer, "orders", TargetConfig(port=8443))


def test_refuses_one_zone_and_sessions_of_an_arn() -> None:
    config = FleetConfig(vpc_id=VPC, subnet_ids={"a": "subnet-0a1b2c3d4e5f60718"})
    with pytest.raises(ConfigError, match="its network has 1 zone, whose outage would stop every instance"):
        Fleet(test_stack(), "workers", config)
    fleet = Fleet(test_stack(), "workers", CONFIG)
    with pytest.raises(ConfigError, match="instances have no policy of their own. Pass a SecureRole"):
        fleet.grant_session("arn:aws:iam::111122223333:role/operators")  # type: ignore[arg-type]


def test_addresses() -> None:
    stack = test_stack()
    Fleet(stack, "workers", CONFIG)
    assert addresses(synthesize(stack)) == [
        "aws_autoscaling_group.workers_fleet",
        "aws_autoscaling_policy.workers_scaling",
        "aws_cloudwatch_log_group.workers_sessions_log_group",
        "aws_iam_instance_profile.workers_role_instance_profile",
        "aws_iam_role.workers_role",
        "aws_iam_role_policy.workers_role_permissions",
        "aws_kms_alias.workers_key_alias",
        "aws_kms_key.workers_key",
        "aws_launch_template.workers_template",
        "aws_security_group.workers_group_security_group",
        "aws_ssm_document.workers_session_document",
    ]
