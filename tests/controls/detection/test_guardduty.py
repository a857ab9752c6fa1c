"""Controls on GuardDuty."""

from typing import Any

import pytest

from secureinfra.controls import Control
from secureinfra.controls.detection import guardduty
from tests.controls.judge import failure, findings, status

DETECTOR, FEATURE = "aws_guardduty_detector", "aws_guardduty_detector_feature"
OF_ALL = "aws_guardduty_organization_configuration_feature"


def detector(**arguments: Any) -> dict[str, Any]:
    return {DETECTOR: {"d": arguments}}


def feature(name: str, **arguments: Any) -> dict[str, Any]:
    return {FEATURE: {"f": {"detector_id": "${aws_guardduty_detector.d.id}", "name": name, **arguments}}}


def test_enabled() -> None:
    assert status(guardduty.ENABLED, **detector()) == "passed"
    assert "enable = false -> enable = true" in failure(guardduty.ENABLED, **detector(enable=False))
    assert status(guardduty.ENABLED, variable={"x": {}}, **detector(enable="${var.x}")) == "unknown"


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        ({"auto_enable_organization_members": "ALL"}, "passed"),
        ({"auto_enable_organization_members": "NEW"}, "passed"),
        ({"auto_enable": True}, "passed"),
        ({"auto_enable_organization_members": "NONE"}, "failed"),
        ({"auto_enable_organization_members": "NONE", "auto_enable": True}, "failed"),
        ({"auto_enable": False}, "failed"),
        ({}, "failed"),
        ({"auto_enable_organization_members": "${var.x}"}, "unknown"),
    ],
)
def test_auto_enabled(arguments: dict[str, Any], answer: str) -> None:
    organization = {"o": {"detector_id": "d", **arguments}}
    control = guardduty.AUTO_ENABLED
    assert status(control, variable={"x": {}}, aws_guardduty_organization_configuration=organization) == answer


FEATURES = [
    (guardduty.S3_WATCHED, "S3_DATA_EVENTS"),
    (guardduty.EKS_AUDIT_WATCHED, "EKS_AUDIT_LOGS"),
    (guardduty.VOLUMES_SCANNED, "EBS_MALWARE_PROTECTION"),
    (guardduty.RDS_WATCHED, "RDS_LOGIN_EVENTS"),
    (guardduty.LAMBDA_WATCHED, "LAMBDA_NETWORK_LOGS"),
]


@pytest.mark.parametrize(("control", "name"), FEATURES)
def test_s3_watched_eks_audit_watched_volumes_scanned_rds_watched_lambda_watched(control: Control, name: str) -> None:
    assert status(control, **feature(name, status="ENABLED")) == "passed"
    assert failure(control, **feature(name, status="DISABLED")) == (
        f'{FEATURE}.f status: status = "DISABLED" -> status = "ENABLED"'
    )
    assert status(control, **feature(name)) == "failed"
    assert status(control, variable={"x": {}}, **feature(name, status="${var.x}")) == "unknown"
    assert status(control, variable={"x": {}}, **feature("${var.x}", status="DISABLED")) == "unknown"
    assert status(control, **feature("RUNTIME_MONITORING", status="DISABLED")) == "not applicable"
    assert status(control, **detector()) == "passed"  # as AWS makes it


@pytest.mark.parametrize(("control", "name"), FEATURES)
def test_features_of_an_organisation(control: Control, name: str) -> None:
    for value, answer in (("ALL", "passed"), ("NEW", "passed"), ("NONE", "failed"), ("${var.x}", "unknown")):
        of_all = {OF_ALL: {"f": {"detector_id": "d", "name": name, "auto_enable": value}}}
        assert status(control, variable={"x": {}}, **of_all) == answer


@pytest.mark.parametrize(
    ("control", "sources"),
    [
        (guardduty.S3_WATCHED, lambda on: {"s3_logs": [{"enable": on}]}),
        (guardduty.EKS_AUDIT_WATCHED, lambda on: {"kubernetes": [{"audit_logs": [{"enable": on}]}]}),
        (
            guardduty.VOLUMES_SCANNED,
            lambda on: {
                "malware_protection": [{"scan_ec2_instance_with_findings": [{"ebs_volumes": [{"enable": on}]}]}]
            },
        ),
    ],
)
def test_features_in_the_detector(control: Control, sources: Any) -> None:
    assert status(control, **detector(datasources=[sources(True)])) == "passed"
    said = failure(control, **detector(datasources=[sources(False)]))
    assert said.startswith("aws_guardduty_detector.d datasources.")
    assert status(control, variable={"x": {}}, **detector(datasources=[sources("${var.x}")])) == "unknown"


def runtime(**statuses: str) -> dict[str, Any]:
    agents = [{"name": name, "status": value} for name, value in statuses.items() if name != "status"]
    on = statuses.get("status", "ENABLED")
    return {**detector(), **feature("RUNTIME_MONITORING", status=on, additional_configuration=agents)}


ALL = dict.fromkeys(("EKS_ADDON_MANAGEMENT", "ECS_FARGATE_AGENT_MANAGEMENT", "EC2_AGENT_MANAGEMENT"), "ENABLED")


def test_runtime_watched() -> None:
    control = guardduty.RUNTIME_WATCHED
    assert [finding.status for finding in findings(control, **runtime(**ALL))] == ["passed", "passed"]
    assert failure(control, **detector()) == (
        "aws_guardduty_detector.d : no aws_guardduty_detector_feature RUNTIME_MONITORING -> "
        'an aws_guardduty_detector_feature with status = "ENABLED"'
    )
    assert 'status = "DISABLED"' in failure(control, **runtime(**ALL, status="DISABLED"))
    half = failure(control, **runtime(**{**ALL, "EC2_AGENT_MANAGEMENT": "DISABLED"}))
    assert half.startswith(f"{FEATURE}.f additional_configuration: EC2_AGENT_MANAGEMENT is not ENABLED -> ")
    assert len(failure(control, **runtime()).splitlines()) == 3
    only_eks = {**detector(), **feature("EKS_RUNTIME_MONITORING", status="ENABLED")}
    assert "no aws_guardduty_detector_feature RUNTIME_MONITORING" in failure(control, **only_eks)


def test_runtime_watched_nobody_knows() -> None:
    control = guardduty.RUNTIME_WATCHED
    half = runtime(**{**ALL, "EC2_AGENT_MANAGEMENT": "${var.x}"})
    assert status(control, variable={"x": {}}, **half) == "unknown"
    elsewhere = {**detector(), FEATURE: {"f": {"detector_id": "${var.x}", "name": "S3_DATA_EVENTS"}}}
    assert status(control, variable={"x": {}}, **elsewhere) == "unknown"


def test_runtime_watched_in_the_organisation() -> None:
    control = guardduty.RUNTIME_WATCHED
    agents = [{"name": name, "auto_enable": "ALL"} for name in ALL]
    held = {"detector_id": "d", "name": "RUNTIME_MONITORING", "auto_enable": "ALL", "additional_configuration": agents}
    of_all = {**detector(), OF_ALL: {"f": held}}
    assert [finding.status for finding in findings(control, **of_all)] == ["passed", "passed"]
    agents[0]["auto_enable"] = "NONE"
    assert "EKS_ADDON_MANAGEMENT is not ALL" in failure(control, **of_all)
