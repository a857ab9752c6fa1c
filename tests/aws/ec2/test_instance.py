"""Instance: metadata, volumes, protection, what replaces it and what does not, targets, sessions, public address."""

from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.backup.plan import BackupPlan
from secureinfra.aws.ec2.config import DataVolume, InstanceConfig
from secureinfra.aws.ec2.image import MachineImage
from secureinfra.aws.ec2.instance import Instance
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.lb.balancer import SecureLoadBalancer
from secureinfra.aws.lb.network_balancer import NetworkLoadBalancer
from secureinfra.aws.lb.network_target import NetworkTargetConfig
from secureinfra.aws.lb.target_group import TargetConfig
from secureinfra.aws.security_group.ports import Port
from secureinfra.aws.sns.topic import SecureTopic
from secureinfra.config.waiver import Waiver
from secureinfra.engine import AwsProvider, AwsProviderConfig
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack
from tests.aws.ec2.stacks import (
    CONFIG,
    SUBNET,
    VPC,
    WITH_DATA,
    instance_of,
    network_of,
    only,
    operators,
    statements,
)

CERTIFICATE = "arn:aws:acm:eu-central-1:111122223333:certificate/12345678-1234-4123-8123-123456789012"
PUBLIC = Waiver(control="instance-no-public-ip", reason="mail server", owner="mail", until="2099-12-31")


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    Instance(stack, "ledger", CONFIG)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="shop"))
    config = InstanceConfig(
        image=MachineImage(owners=("111122223333",), image_id="ami-0a1b2c3d4e5f60718", architecture="x86_64"),
        instance_type="m7i.large",
        volume_size_gib=50,
        volumes={
            "data": DataVolume(size_gib=100, iops=6000, throughput_mibps=500),
            "restored": DataVolume(device_name="/dev/sdg", snapshot_id="snap-0a1b2c3d4e5f60718", protect=False),
        },
        user_data="#!/bin/sh\necho started",
        user_data_replace_on_change=True,
        private_ip="10.20.16.10",
        private=False,
        protect=False,
        stop_protected=True,
        session_idle_minutes=10,
        vpc_id=VPC,
        subnet_id=SUBNET,
        tags={"team": "shop"},
        waivers=(PUBLIC,),
    )
    key = SecureKey(stack, "data", KeyConfig(strict=True))
    instance = Instance(
        stack, "ledger", config, key=key, alarms=SecureTopic(stack, "pages"), backup=BackupPlan(stack, "backups")
    )
    instance.grant_session(operators(stack))
    matches_snapshot(stack)


def test_every_control_is_met() -> None:
    stack = test_stack()
    volumes = {"data": DataVolume()}
    Instance(stack, "ledger", InstanceConfig(volumes=volumes), vpc=network_of(stack, nat="per_zone"))
    assert_meets(synthesize(stack))


def test_imdsv2_within_the_instance() -> None:
    stack = test_stack()
    Instance(stack, "ledger", CONFIG)
    options = instance_of(stack)["metadata_options"]
    assert (options["http_tokens"], options["http_put_response_hop_limit"]) == ("required", 1)


def test_no_key_pair_no_password_and_no_public_ip() -> None:
    stack = test_stack()
    Instance(stack, "ledger", CONFIG)
    instance = instance_of(stack)
    assert instance["associate_public_ip_address"] is False
    assert {"key_name", "get_password_data"}.isdisjoint(instance)
    assert "aws_eip" not in synthesize(stack)["resource"]


def test_volumes_encrypted() -> None:
    stack = test_stack()
    Instance(stack, "ledger", WITH_DATA)
    key = "${aws_kms_key.ledger_key.arn}"
    root, data = instance_of(stack)["root_block_device"], only(stack, "aws_ebs_volume")
    assert (root["encrypted"], root["kms_key_id"]) == (data["encrypted"], data["kms_key_id"]) == (True, key)


def test_data_outlives_the_instance() -> None:
    stack = test_stack()
    Instance(stack, "ledger", WITH_DATA)
    volume, attached = only(stack, "aws_ebs_volume"), only(stack, "aws_volume_attachment")
    assert volume["lifecycle"] == {"prevent_destroy": True}
    assert volume["final_snapshot"] is True
    # Nothing of the volume depends on the instance, so that a replaced one does not replace it.
    assert "aws_instance" not in str(volume)
    assert attached["stop_instance_before_detaching"] is True


def test_a_strict_key_lets_those_who_start_it_use_the_key_by_ec2() -> None:
    stack = test_stack()
    key = SecureKey(stack, "data", KeyConfig(strict=True))
    Instance(stack, "ledger", CONFIG, key=key)
    (volumes,) = [one for one in statements(stack, "aws_kms_key", "data_key") if one["Sid"] == "Volumes"]
    assert "kms:CreateGrant" in volumes["Action"]
    (via,) = volumes["Condition"]["StringEquals"]["kms:ViaService"]
    assert via.startswith("ec2.")


def test_it_is_protected_until_someone_says_otherwise() -> None:
    stack = test_stack()
    Instance(stack, "ledger", CONFIG)
    instance = instance_of(stack)
    assert instance["lifecycle"]["prevent_destroy"] is True
    assert (instance["disable_api_termination"], instance["disable_api_stop"]) == (True, False)
    stack = test_stack()
    Instance(stack, "ledger", InstanceConfig(vpc_id=VPC, subnet_id=SUBNET, protect=False, stop_protected=True))
    instance = instance_of(stack)
    assert "prevent_destroy" not in instance["lifecycle"]
    assert (instance["disable_api_termination"], instance["disable_api_stop"]) == (False, True)


def test_a_newer_image_and_another_script_replace_nothing() -> None:
    stack = test_stack()
    Instance(stack, "ledger", CONFIG)
    ignored = instance_of(stack)["lifecycle"]["ignore_changes"]
    assert ignored == ["associate_public_ip_address", "ami", "user_data_base64"]


def test_an_image_by_id_and_a_script_replace_it_on_request() -> None:
    stack = test_stack()
    image = MachineImage(image_id="ami-0a1b2c3d4e5f60718")
    config = InstanceConfig(
        vpc_id=VPC, subnet_id=SUBNET, image=image, user_data="#!", user_data_replace_on_change=True, protect=False
    )
    Instance(stack, "ledger", config)
    instance = instance_of(stack)
    # Always: an elastic IP, which someone may attach by hand, appears in it and would replace the instance.
    assert instance["lifecycle"]["ignore_changes"] == ["associate_public_ip_address"]
    assert instance["user_data_replace_on_change"] is True


def test_it_is_recovered_monitored_and_stops_at_shutdown() -> None:
    stack = test_stack()
    Instance(stack, "ledger", CONFIG, alarms=SecureTopic(stack, "pages"))
    instance = instance_of(stack)
    assert instance["maintenance_options"] == {"auto_recovery": "default"}
    assert (instance["monitoring"], instance["ebs_optimized"]) == (True, True)
    assert instance["instance_initiated_shutdown_behavior"] == "stop"
    alarms = synthesize(stack)["resource"]["aws_cloudwatch_metric_alarm"]
    assert alarms["ledger_alarm_system"]["alarm_actions"][1].endswith(":ec2:recover")
    assert alarms["ledger_alarm_status"]["dimensions"] == {"InstanceId": "${aws_instance.ledger_instance.id}"}


def test_a_plan_backs_up_each_volume() -> None:
    stack = test_stack()
    Instance(stack, "ledger", WITH_DATA, backup=BackupPlan(stack, "backups"))
    selected = synthesize(stack)["resource"]["aws_backup_selection"]
    (root,) = selected["backups_selected_test_ledger_root"]["resources"]
    assert root.endswith(":volume/${aws_instance.ledger_instance.root_block_device[0].volume_id}")
    (data,) = selected["backups_selected_test_ledger_data"]["resources"]
    assert data == "${aws_ebs_volume.ledger_volume_data.arn}"


def test_listens_for_a_load_balancer() -> None:
    stack = test_stack()
    network = network_of(stack)
    instance = Instance(stack, "ledger", vpc=network)
    balancer = SecureLoadBalancer(stack, "shop", vpc=network, certificate=CERTIFICATE)
    instance.listen(balancer, "ledger", TargetConfig(port=8443, target_type="instance"))
    attached = only(stack, "aws_lb_target_group_attachment")
    assert attached["target_id"] == "${aws_instance.ledger_instance.id}"
    assert attached["target_group_arn"] == "${aws_lb_target_group.shop_target_ledger.arn}"
    rules = synthesize(stack)["resource"]["aws_vpc_security_group_ingress_rule"]
    assert any(name.startswith("ledger_group") and one["from_port"] == 8443 for name, one in rules.items())
    with pytest.raises(ConfigError, match="would register nothing: an instance is registered by its id"):
        instance.listen(balancer, "other", TargetConfig(port=8443))


def test_listens_for_a_network_load_balancer() -> None:
    stack = test_stack()
    network = network_of(stack)
    instance = Instance(stack, "ledger", vpc=network)
    balancer = NetworkLoadBalancer(stack, "shop", vpc=network, certificate=CERTIFICATE)
    instance.listen(balancer, "ledger", NetworkTargetConfig(port=8443, target_type="instance"))
    attached = only(stack, "aws_lb_target_group_attachment")
    assert attached["target_group_arn"] == "${aws_lb_target_group.shop_target_ledger.arn}"
    with pytest.raises(ConfigError, match="config=a TargetConfig is not a NetworkTargetConfig"):
        instance.listen(balancer, "pages", TargetConfig(port=9443, target_type="instance"))


def test_session_is_for_this_instance_with_its_document() -> None:
    stack = test_stack()
    instance = Instance(stack, "ledger", CONFIG)
    instance.grant_session(operators(stack))
    on, _own, key = statements(stack, "aws_iam_role_policy", "operators_permissions")
    document = "${aws_ssm_document.ledger_session_document.arn}"
    assert sorted(on["Resource"]) == ["${aws_instance.ledger_instance.arn}", document]
    assert on["Condition"]["BoolIfExists"] == {"ssm:SessionDocumentAccessCheck": ["true"]}
    assert key["Action"] == ["kms:GenerateDataKey"]


def test_refuses_sessions_of_an_arn_and_of_its_own_role() -> None:
    instance = Instance(test_stack(), "ledger", CONFIG)
    with pytest.raises(ConfigError, match="instances have no policy of their own. Pass a SecureRole"):
        instance.grant_session("arn:aws:iam::111122223333:role/operators")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="what the instance waits for would wait for it. Pass another role"):
        instance.grant_session(instance.role)


def test_connections_are_on_both_sides() -> None:
    stack = test_stack()
    network = network_of(stack)
    ledger, worker = Instance(stack, "ledger", vpc=network), Instance(stack, "worker", vpc=network)
    worker.connections.allow_to(ledger, Port.tcp(5432))
    rules = synthesize(stack)["resource"]
    assert len(rules["aws_vpc_security_group_egress_rule"]) == len(rules["aws_vpc_security_group_ingress_rule"]) == 1


def test_waiver_for_a_public_address() -> None:
    stack = test_stack()
    with pytest.raises(ControlError, match="private=False breaks control instance-no-public-ip"):
        Instance(stack, "mail", InstanceConfig(private=False), vpc=network_of(stack))
    stack = test_stack()
    mail = Instance(stack, "mail", InstanceConfig(private=False, waivers=(PUBLIC,)), vpc=network_of(stack))
    assert instance_of(stack)["subnet_id"] == "${aws_subnet.network_public_a.id}"
    # Attached to the instance, the address stays when the instance is replaced.
    address = synthesize(stack)["resource"]["aws_eip"]["mail_address"]
    assert (address["instance"], address["domain"]) == ("${aws_instance.mail_instance.id}", "vpc")
    assert address["depends_on"] == ["aws_internet_gateway.network_internet_gateway"]
    assert mail.public_ip == "${aws_eip.mail_address.public_ip}"


def test_references_and_what_is_not_there() -> None:
    instance = Instance(test_stack(), "ledger", WITH_DATA)
    assert instance.volume_id("data") == "${aws_ebs_volume.ledger_volume_data.id}"
    assert instance.private_ip == "${aws_instance.ledger_instance.private_ip}"
    with pytest.raises(ConfigError, match="it has no volume 'log'. It has: data"):
        instance.volume_id("log")
    with pytest.raises(ConfigError, match="it has no public address. Reach it through a load balancer or a session"):
        _ = instance.public_ip


def test_addresses() -> None:
    stack = test_stack()
    Instance(stack, "ledger", WITH_DATA, alarms=SecureTopic(stack, "pages"))
    assert [one for one in addresses(synthesize(stack)) if ".ledger_" in one] == [
        "aws_cloudwatch_log_group.ledger_sessions_log_group",
        "aws_cloudwatch_metric_alarm.ledger_alarm_cpu",
        "aws_cloudwatch_metric_alarm.ledger_alarm_status",
        "aws_cloudwatch_metric_alarm.ledger_alarm_system",
        "aws_ebs_volume.ledger_volume_data",
        "aws_iam_instance_profile.ledger_role_instance_profile",
        "aws_iam_role.ledger_role",
        "aws_iam_role_policy.ledger_role_permissions",
        "aws_instance.ledger_instance",
        "aws_kms_alias.ledger_key_alias",
        "aws_kms_key.ledger_key",
        "aws_security_group.ledger_group_security_group",
        "aws_ssm_document.ledger_session_document",
        "aws_volume_attachment.ledger_attached_data",
    ]
