"""Controls on the storage of RDS databases and on who reaches them."""

from typing import Any

import pytest

from secureinfra.controls import Control
from secureinfra.controls.rds import database as rds
from tests.controls.judge import failure, status

X: dict[str, Any] = {"x": {}}
INSTANCE, CLUSTER, AURORA = "aws_db_instance", "aws_rds_cluster", "aws_rds_cluster_instance"


def judged(control: Control, type: str, **arguments: Any) -> str:
    return status(control, variable=X, **{type: {"d": arguments}})


def said(control: Control, type: str, **arguments: Any) -> str:
    return failure(control, variable=X, **{type: {"d": arguments}})


@pytest.mark.parametrize(("control", "type"), [(rds.INSTANCE_ENCRYPTED, INSTANCE), (rds.CLUSTER_ENCRYPTED, CLUSTER)])
def test_instance_encrypted_and_cluster_encrypted(control: Control, type: str) -> None:
    assert judged(control, type, engine="mysql", storage_encrypted=True) == "passed"
    assert judged(control, type, engine="mysql", storage_encrypted="true") == "passed"
    assert said(control, type, engine="mysql") == (
        f"{type}.d storage_encrypted: storage_encrypted is not set (AWS defaults to False) -> storage_encrypted = true"
    )
    assert "= false" in said(control, type, engine="mysql", storage_encrypted=False)
    assert judged(control, type, storage_encrypted="${var.x}") == "unknown"
    assert judged(control, type, snapshot_identifier="s") == "unknown"
    assert judged(control, type, snapshot_identifier="s", storage_encrypted=False) == "failed"
    assert judged(control, type, restore_to_point_in_time={"use_latest_restorable_time": True}) == "unknown"


def test_encrypted_like_its_source() -> None:
    def replica(source: dict[str, Any], reference: str = "${aws_db_instance.s.identifier}") -> dict[str, Any]:
        return {"aws_db_instance": {"s": source, "r": {"replicate_source_db": reference}}}

    assert status(rds.INSTANCE_ENCRYPTED, **replica({"storage_encrypted": True})) == "passed"
    assert status(rds.INSTANCE_ENCRYPTED, **replica({"identifier": "s", "storage_encrypted": True}, "s")) == "passed"
    assert "aws_db_instance.r" in failure(rds.INSTANCE_ENCRYPTED, **replica({}))
    assert status(rds.INSTANCE_ENCRYPTED, **replica({"storage_encrypted": True}, "elsewhere")) == "unknown"
    key: dict[str, Any] = {"aws_kms_key": {"k": {}}, **replica({"kms_key_id": "${aws_kms_key.k.arn}"})}
    assert status(rds.INSTANCE_CUSTOMER_KEY, **key) == "passed"


def test_serverless_v1_is_always_encrypted() -> None:
    assert judged(rds.CLUSTER_ENCRYPTED, CLUSTER, engine="aurora-mysql", engine_mode="serverless") == "passed"


@pytest.mark.parametrize(
    ("control", "type"), [(rds.INSTANCE_CUSTOMER_KEY, INSTANCE), (rds.CLUSTER_CUSTOMER_KEY, CLUSTER)]
)
def test_instance_customer_key_and_cluster_customer_key(control: Control, type: str) -> None:
    key: dict[str, Any] = {"k": {}}
    assert status(control, aws_kms_key=key, **{type: {"d": {"kms_key_id": "${aws_kms_key.k.arn}"}}}) == "passed"
    assert "kms_key_id is not set" in said(control, type, engine="mysql")
    assert judged(control, type, kms_key_id="arn:aws:kms:eu-west-1:111122223333:alias/aws/rds") == "failed"
    assert judged(control, type, kms_key_id="${var.x}") == "unknown"
    assert judged(control, type, snapshot_identifier="s") == "unknown"


@pytest.mark.parametrize("type", [INSTANCE, AURORA])
def test_not_public(type: str) -> None:
    assert judged(rds.NOT_PUBLIC, type) == "passed"
    assert judged(rds.NOT_PUBLIC, type, publicly_accessible=False) == "passed"
    assert said(rds.NOT_PUBLIC, type, publicly_accessible=True) == (
        f"{type}.d publicly_accessible: publicly_accessible = true -> publicly_accessible = false"
    )
    assert judged(rds.NOT_PUBLIC, type, publicly_accessible="true") == "failed"
    assert judged(rds.NOT_PUBLIC, type, publicly_accessible="${var.x}") == "unknown"
    assert not rds.NOT_PUBLIC.waivable


@pytest.mark.parametrize("type", [INSTANCE, AURORA, CLUSTER])
def test_minor_upgrades(type: str) -> None:
    assert judged(rds.MINOR_UPGRADES, type) == "passed"
    assert judged(rds.MINOR_UPGRADES, type, auto_minor_version_upgrade=True) == "passed"
    assert "= false" in said(rds.MINOR_UPGRADES, type, auto_minor_version_upgrade=False)
    assert judged(rds.MINOR_UPGRADES, type, auto_minor_version_upgrade="${var.x}") == "unknown"


def test_minor_upgrades_of_rds_custom() -> None:
    off = {"auto_minor_version_upgrade": False}
    assert judged(rds.MINOR_UPGRADES, INSTANCE, engine="custom-oracle-ee", **off) == "not applicable"
    profile = "AWSRDSCustomProfile"
    assert judged(rds.MINOR_UPGRADES, INSTANCE, custom_iam_instance_profile=profile, **off) == "not applicable"
    assert judged(rds.MINOR_UPGRADES, INSTANCE, replicate_source_db="elsewhere", **off) == "failed"


@pytest.mark.parametrize(
    ("type", "engine"), [(INSTANCE, "postgres"), (INSTANCE, "mariadb"), (CLUSTER, "aurora-mysql"), (CLUSTER, "mysql")]
)
def test_iam_authentication(type: str, engine: str) -> None:
    path = "iam_database_authentication_enabled"
    assert judged(rds.IAM_AUTHENTICATION, type, engine=engine, **{path: True}) == "passed"
    assert f"{path} is not set -> {path} = true" in said(rds.IAM_AUTHENTICATION, type, engine=engine)
    assert judged(rds.IAM_AUTHENTICATION, type, engine=engine, **{path: "${var.x}"}) == "unknown"
    assert judged(rds.IAM_AUTHENTICATION, type, engine="${var.x}") == "unknown"
    assert judged(rds.IAM_AUTHENTICATION, type) == "unknown"


def test_iam_authentication_is_not_offered() -> None:
    for engine in ("oracle-se2", "sqlserver-ex", "db2-se", "custom-sqlserver-ee"):
        assert judged(rds.IAM_AUTHENTICATION, INSTANCE, engine=engine) == "not applicable"
    for engine, version in (("mariadb", "10.2"), ("mariadb", "10.5.22"), ("mysql", "5.5"), ("postgres", "9.4.1")):
        old = {"engine": engine, "engine_version": version}
        assert judged(rds.IAM_AUTHENTICATION, INSTANCE, **old) == "not applicable", version
    for engine, version in (("mariadb", "10.6.14"), ("mariadb", "11"), ("mariadb", "10"), ("mysql", "8.0")):
        assert judged(rds.IAM_AUTHENTICATION, INSTANCE, engine=engine, engine_version=version) == "failed", version
    assert judged(rds.IAM_AUTHENTICATION, INSTANCE, engine="mariadb", engine_version="${var.x}") == "unknown"
    assert judged(rds.IAM_AUTHENTICATION, INSTANCE, engine="mysql", engine_version="${var.x}") == "failed"
    serverless = {"engine": "aurora-postgresql", "engine_mode": "serverless"}
    assert judged(rds.IAM_AUTHENTICATION, CLUSTER, **serverless) == "not applicable"


@pytest.mark.parametrize(("type", "path"), [(INSTANCE, "username"), (CLUSTER, "master_username")])
def test_custom_admin(type: str, path: str) -> None:
    assert judged(rds.CUSTOM_ADMIN, type, **{path: "ledger_owner"}) == "passed"
    assert f'{path} = "postgres"' in said(rds.CUSTOM_ADMIN, type, **{path: "postgres"})
    assert judged(rds.CUSTOM_ADMIN, type, **{path: "Admin"}) == "failed"
    assert judged(rds.CUSTOM_ADMIN, type, **{path: "${var.x}"}) == "unknown"
    assert judged(rds.CUSTOM_ADMIN, type, snapshot_identifier="s") == "not applicable"


@pytest.mark.parametrize(
    ("type", "engine", "usual"),
    [
        (INSTANCE, "mysql", 3306),
        (INSTANCE, "postgres", 5432),
        (INSTANCE, "oracle-ee", 1521),
        (INSTANCE, "sqlserver-web", 1433),
        (INSTANCE, "db2-ae", 50000),
        (CLUSTER, "aurora-mysql", 3306),
        (CLUSTER, "aurora-postgresql", 5432),
    ],
)
def test_port_changed(type: str, engine: str, usual: int) -> None:
    assert judged(rds.PORT_CHANGED, type, engine=engine, port=6033) == "passed"
    assert f"port is not set (AWS defaults to {usual})" in said(rds.PORT_CHANGED, type, engine=engine)
    assert f"port = {usual} -> port = a number other than {usual}" in said(
        rds.PORT_CHANGED, type, engine=engine, port=usual
    )
    assert judged(rds.PORT_CHANGED, type, engine=engine, port=str(usual)) == "failed"
    assert judged(rds.PORT_CHANGED, type, engine=engine, port="${var.x}") == "unknown"
    assert judged(rds.PORT_CHANGED, type, engine="${var.x}", port=usual) == "unknown"
    assert rds.PORT_CHANGED.optional


@pytest.mark.parametrize(
    ("type", "path"),
    [(INSTANCE, "ca_cert_identifier"), (AURORA, "ca_cert_identifier"), (CLUSTER, "ca_certificate_identifier")],
)
def test_modern_ca(type: str, path: str) -> None:
    assert judged(rds.MODERN_CA, type) == "passed"
    for current in ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1", "rds-ca-rsa2048-g2"):
        assert judged(rds.MODERN_CA, type, **{path: current}) == "passed"
    assert f'{path} = "rds-ca-2019"' in said(rds.MODERN_CA, type, **{path: "rds-ca-2019"})
    assert judged(rds.MODERN_CA, type, **{path: "${var.x}"}) == "unknown"


def test_proxy_tls() -> None:
    assert judged(rds.PROXY_TLS, "aws_db_proxy", require_tls=True) == "passed"
    assert "require_tls is not set" in said(rds.PROXY_TLS, "aws_db_proxy")
    assert judged(rds.PROXY_TLS, "aws_db_proxy", require_tls=False) == "failed"
    assert judged(rds.PROXY_TLS, "aws_db_proxy", require_tls="${var.x}") == "unknown"
