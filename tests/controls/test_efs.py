"""Controls on EFS file systems."""

from typing import Any

import pytest

from secureinfra.controls import efs
from tests.controls.judge import failure, status
from tests.controls.spec import Spec


def files(**arguments: Any) -> dict[str, Any]:
    return {"variable": {"x": {}}, "aws_efs_file_system": {"f": arguments}}


def test_encrypted() -> None:
    assert status(efs.ENCRYPTED, **files(encrypted=True)) == "passed"
    assert "encrypted is not set (AWS defaults to False) -> encrypted = true" in failure(efs.ENCRYPTED, **files())
    assert status(efs.ENCRYPTED, **files(encrypted=False)) == "failed"
    assert status(efs.ENCRYPTED, **files(encrypted="${var.x}")) == "unknown"


def test_customer_key() -> None:
    own: dict[str, Any] = {"aws_kms_key": {"k": {}}}
    assert status(efs.CUSTOMER_KEY, **own, **files(kms_key_id="${aws_kms_key.k.arn}")) == "passed"
    assert "kms_key_id is not set" in failure(efs.CUSTOMER_KEY, **files(encrypted=True))
    assert status(efs.CUSTOMER_KEY, **files(kms_key_id="alias/aws/elasticfilesystem")) == "failed"
    assert status(efs.CUSTOMER_KEY, **files(kms_key_id="${var.x}")) == "unknown"


POLICY, SELECTION = efs.BACKUPS, "aws_backup_selection"
ID = "${aws_efs_file_system.this.id}"
SPECS = [
    Spec(
        efs.ACCESS_POINT_ROOT,
        efs.ACCESS_POINT,
        {"file_system_id": "f", "root_directory": {"path": "/app"}},
        fails=[({"root_directory": None}, "AWS defaults to '/'"), ({"root_directory.path": "/"}, 'path = "/"')],
        unknown=["root_directory.path"],
    ),
    Spec(
        efs.ACCESS_POINT_USER,
        efs.ACCESS_POINT,
        {"file_system_id": "f", "posix_user": {"uid": 1000, "gid": 1000}},
        fails=[({"posix_user": None}, "no posix_user block")],
        unknown=["posix_user"],
    ),
    Spec(
        efs.BACKED_UP,
        efs.FILES,
        {"encrypted": True},
        beside={POLICY: {"p": {"file_system_id": ID, "backup_policy": {"status": "ENABLED"}}}},
        also=[{POLICY: {}, SELECTION: {"s": {"resources": ["${aws_efs_file_system.this.arn}"]}}}],
        fails=[
            ({POLICY: {}}, f"no {POLICY}"),
            ({f"{POLICY}.p.backup_policy.status": "DISABLED"}, f"no {POLICY}"),
            ({POLICY: {}, SELECTION: {"s": {"resources": ["arn:aws:rds:*:*:db:*"]}}}, f"no {POLICY}"),
        ],
        unknown=[f"{POLICY}.p.backup_policy.status", f"{POLICY}.p.file_system_id", f"{POLICY}.p.count"],
        unsure=[{POLICY: {}, SELECTION: {"s": {"resources": "${var.x}"}}}],
    ),
    Spec(
        efs.MOUNTED_PRIVATELY,
        "aws_efs_mount_target",
        {"file_system_id": "f", "subnet_id": "${aws_subnet.s.id}"},
        beside={"aws_subnet": {"s": {"vpc_id": "v"}}, "aws_default_subnet": {"d": {"availability_zone": "z"}}},
        also=[
            {"aws_subnet.s.map_public_ip_on_launch": False},
            {"subnet_id": "${aws_default_subnet.d.id}", "aws_default_subnet.d.map_public_ip_on_launch": False},
        ],
        fails=[
            ({"aws_subnet.s.map_public_ip_on_launch": True}, "aws_subnet.s assigns public addresses"),
            ({"subnet_id": "${aws_default_subnet.d.id}"}, "aws_default_subnet.d assigns"),
        ],
        unknown=["subnet_id", "aws_subnet.s.map_public_ip_on_launch"],
        unsure=[{"subnet_id": "subnet-1"}, {"subnet_id": "${data.aws_subnet.s.id}"}],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
