"""FileSystem: key, policy, mount targets by zone, access points, grants, backups."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.backup.plan import BackupPlan
from secureinfra.aws.efs.file_system import AccessPoint, FileSystem, FileSystemConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.security_group.group import SecurityGroup, SecurityGroupConfig
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.config import Config, refusals_of
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ConfigError, ControlError
from secureinfra.proofs.decision import Layers, decide
from secureinfra.proofs.requests import Caller, Request
from secureinfra.proofs.statements import read_policy
from secureinfra.testing import addresses, assert_meets, synthesize, test_stack

ROLE = "arn:aws:iam::111122223333:role/reader"
VPC = "vpc-0a1b2c3d4e5f60718"
SUBNETS = {"a": "subnet-0a1b2c3d4e5f60718", "b": "subnet-0a1b2c3d4e5f60719"}
ORDERS = AccessPoint(path="/orders", uid=1000, gid=1000)
CONFIG = FileSystemConfig(vpc_id=VPC, subnet_ids=SUBNETS, access_points={"orders": ORDERS})


def only(stack: Any, type: str) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"][type].values()
    return dict(block)


def policy_of(stack: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(only(stack, "aws_efs_file_system_policy")["policy"])["Statement"]
    return found


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    FileSystem(stack, "files", CONFIG)
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2))
    config = FileSystemConfig(
        access_points={"orders": ORDERS, "mail": AccessPoint(path="/mail/in", uid=1001, gid=1001, permissions="700")},
        throughput_mode="bursting",
        transition_to_ia="AFTER_90_DAYS",
        tags={"team": "orders"},
    )
    key = SecureKey(stack, "data", KeyConfig(strict=True))
    files = FileSystem(stack, "files", config, vpc=network, key=key, backup=BackupPlan(stack, "backups"))
    files.allow_from(SecurityGroup(stack, "service", SecurityGroupConfig(description="service"), vpc=network))
    files.grant_mount(SecureRole(stack, "role", RoleConfig(trust=ServiceTrust(service="ecs-tasks"))), "orders")
    files.grant_mount(ROLE, "mail", read_only=True)
    matches_snapshot(stack)


def test_efs_file_system_encrypted_with_customer_key() -> None:
    stack = test_stack()
    FileSystem(stack, "files", CONFIG)
    files = only(stack, "aws_efs_file_system")
    assert (files["encrypted"], files["kms_key_id"]) == (True, "${aws_kms_key.files_key.arn}")
    assert_meets(synthesize(stack))


def test_efs_access_point_has_a_root_and_a_user() -> None:
    stack = test_stack()
    FileSystem(stack, "files", CONFIG)
    point = only(stack, "aws_efs_access_point")
    assert point["posix_user"] == {"uid": 1000, "gid": 1000}
    owner = {"owner_uid": 1000, "owner_gid": 1000, "permissions": "750"}
    assert point["root_directory"] == {"path": "/orders", "creation_info": owner}


def test_efs_file_system_backed_up() -> None:
    stack = test_stack()
    FileSystem(stack, "files", CONFIG)
    assert only(stack, "aws_efs_backup_policy")["backup_policy"] == {"status": "ENABLED"}
    stack = test_stack()
    FileSystem(stack, "files", CONFIG, backup=BackupPlan(stack, "backups"))
    assert only(stack, "aws_efs_backup_policy")["backup_policy"] == {"status": "DISABLED"}
    assert "backups_selected_test_files" in synthesize(stack)["resource"]["aws_backup_selection"]
    assert_meets(synthesize(stack))


@pytest.mark.parametrize(
    ("action", "context", "allowed"),
    [
        ("ClientMount", {}, True),
        ("ClientWrite", {}, True),
        ("ClientRootAccess", {}, False),
        (
            "ClientMount",
            {"elasticfilesystem:accesspointarn": ("arn:aws:elasticfilesystem:x:1:access-point/other",)},
            False,
        ),
        ("ClientMount", {"aws:securetransport": ("false",)}, False),
        ("ClientMount", {"elasticfilesystem:accessedviamounttarget": ("false",)}, False),
    ],
)
def test_grant_is_for_one_access_point_over_tls(action: str, context: dict[str, Any], allowed: bool) -> None:
    stack = test_stack()
    files = FileSystem(stack, "files", CONFIG)
    files.grant_mount(SecureRole(stack, "role", RoleConfig(trust=ServiceTrust(service="ecs-tasks"))), "orders")
    arn, point = (
        "arn:aws:elasticfilesystem:x:111122223333:file-system/fs-1",
        "arn:aws:elasticfilesystem:x:1:access-point/a",
    )
    names = {
        "${aws_efs_file_system.files_file_system.arn}": arn,
        "${aws_efs_access_point.files_access_orders.arn}": point,
    }

    def policy(text: str) -> Any:
        for reference, value in names.items():
            text = text.replace(reference, value)
        return read_policy(json.loads(text))

    layers = Layers(
        "111122223333",
        identity=policy(only(stack, "aws_iam_role_policy")["policy"]),
        resource=policy(only(stack, "aws_efs_file_system_policy")["policy"]),
    )
    usual = {
        "aws:securetransport": ("true",),
        "elasticfilesystem:accessedviamounttarget": ("true",),
        "elasticfilesystem:accesspointarn": (point,),
    }
    caller = Caller("signed", ROLE, "111122223333")
    assert decide(Request(caller, f"elasticfilesystem:{action}", arn, {**usual, **context}), layers) is allowed
    # Without IAM: the policy allows no principal anything by itself.
    stranger = Request(Caller("anonymous"), f"elasticfilesystem:{action}", arn, {**usual, **context})
    assert decide(stranger, layers) is False


def test_grant_to_an_arn_is_written_into_the_policy() -> None:
    stack = test_stack()
    FileSystem(stack, "files", CONFIG).grant_mount(ROLE, "orders", read_only=True)
    mount = policy_of(stack)[2]
    assert (mount["Principal"], mount["Action"]) == ({"AWS": [ROLE]}, ["elasticfilesystem:ClientMount"])


def test_mount_targets_are_keyed_by_zone_and_private() -> None:
    stack = test_stack()
    network = SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", zones=2))
    FileSystem(stack, "files", vpc=network)
    targets = synthesize(stack)["resource"]["aws_efs_mount_target"]
    assert {name: one["subnet_id"] for name, one in targets.items()} == {
        "files_mount_a": "${aws_subnet.network_isolated_a.id}",
        "files_mount_b": "${aws_subnet.network_isolated_b.id}",
    }


def test_port_is_opened_to_named_clients_only() -> None:
    stack = test_stack()
    files = FileSystem(stack, "files", CONFIG)
    assert "aws_vpc_security_group_ingress_rule" not in synthesize(stack)["resource"]
    files.allow_from(SecurityGroup(stack, "service", SecurityGroupConfig(description="service"), vpc_id=VPC))
    rule = only(stack, "aws_vpc_security_group_ingress_rule")
    assert (rule["from_port"], rule["to_port"]) == (2049, 2049)


def test_waiver_of_backups() -> None:
    with pytest.raises(ControlError, match="backed_up=False breaks control efs-file-system-backed-up"):
        FileSystem(test_stack(), "files", FileSystemConfig(vpc_id=VPC, subnet_ids=SUBNETS, backed_up=False))
    waiver = Waiver(control="efs-file-system-backed-up", reason="scratch", owner="a", until="2099-12-31")
    stack = test_stack()
    config = FileSystemConfig(vpc_id=VPC, subnet_ids=SUBNETS, backed_up=False, waivers=(waiver,))
    FileSystem(stack, "files", config)
    assert only(stack, "aws_efs_backup_policy")["backup_policy"] == {"status": "DISABLED"}


def test_refuses_unknown_access_point() -> None:
    with pytest.raises(ConfigError, match="it has no access point 'mail'. It has: orders"):
        FileSystem(test_stack(), "files", CONFIG).access_point_id("mail")


@pytest.mark.parametrize(
    ("config", "message"),
    [
        (AccessPoint(path="/", uid=1, gid=1), "is not a directory: write an absolute path with up to four parts"),
        (AccessPoint(path="/a/b/c/d/e", uid=1, gid=1), "is not a directory"),
        (AccessPoint(path="/a", uid=0, gid=1), "must be between 1 and 4294967295"),
        (AccessPoint(path="/a", uid=1, gid=1, permissions="rwx"), "is not a mode"),
        (FileSystemConfig(access_points={"A": ORDERS}), "has the name 'A', which is not a name"),
        (FileSystemConfig(vpc_id=VPC), "subnet_ids and vpc_id go together. Set both, or neither"),
        (FileSystemConfig(vpc_id=VPC, subnet_ids={"eu-west-1a": "subnet-1"}), "which is not the letter of a zone"),
    ],
)
def test_refuses(config: Config, message: str) -> None:
    assert message in "\n".join(problem.text for problem in refusals_of(config))


def test_addresses() -> None:
    stack = test_stack()
    FileSystem(stack, "files", CONFIG)
    assert addresses(synthesize(stack)) == [
        "aws_efs_access_point.files_access_orders",
        "aws_efs_backup_policy.files_backups",
        "aws_efs_file_system.files_file_system",
        "aws_efs_file_system_policy.files_policy",
        "aws_efs_mount_target.files_mount_a",
        "aws_efs_mount_target.files_mount_b",
        "aws_kms_alias.files_key_alias",
        "aws_kms_key.files_key",
        "aws_security_group.files_group_security_group",
    ]
