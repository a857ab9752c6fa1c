"""Controls on Inspector."""

from typing import Any

from secureinfra.controls.detection import inspector
from tests.controls.judge import failure, status

ALL = ["EC2", "ECR", "LAMBDA", "LAMBDA_CODE"]


def enabler(types: Any, account: str = "111122223333") -> dict[str, Any]:
    return {"account_ids": [account], "resource_types": types}


def test_enabled() -> None:
    control = inspector.ENABLED
    assert status(control, aws_inspector2_enabler={"e": enabler(ALL)}) == "passed"
    assert failure(control, aws_inspector2_enabler={"e": enabler(["EC2", "LAMBDA", "LAMBDA_CODE"])}) == (
        'aws_inspector2_enabler.e resource_types: resource_types = ["EC2", "LAMBDA", "LAMBDA_CODE"] -> '
        'resource_types with "ECR"'
    )
    assert len(failure(control, aws_inspector2_enabler={"e": enabler(["EC2"])}).splitlines()) == 3
    for types in ("${var.x}", ["EC2", "ECR", "LAMBDA", "${var.x}"]):
        assert status(control, variable={"x": {}}, aws_inspector2_enabler={"e": enabler(types)}) == "unknown"


def test_enabled_by_several() -> None:
    control = inspector.ENABLED
    mine = "${data.aws_caller_identity.current.account_id}"
    halves = {"e": enabler(["EC2", "ECR"], mine), "f": enabler(["LAMBDA", "LAMBDA_CODE"], mine)}
    data: dict[str, Any] = {"aws_caller_identity": {"current": {}}}
    assert status(control, data=data, aws_inspector2_enabler=halves) == "passed"
    of_two = {"e": enabler(["EC2", "ECR"]), "f": enabler(["LAMBDA", "LAMBDA_CODE"], "444455556666")}
    assert status(control, aws_inspector2_enabler=of_two) == "failed"


def test_enabled_where_no_list_is_written() -> None:
    for types in (None, 1, "EC2"):
        assert status(inspector.ENABLED, aws_inspector2_enabler={"e": enabler(types)}) == "failed"
