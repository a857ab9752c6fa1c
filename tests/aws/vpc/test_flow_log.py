"""Flow logs: all traffic, kept for a year, to where only the service may write."""

import json
from typing import Any

import pytest

from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.vpc.config import VpcConfig
from secureinfra.aws.vpc.vpc import SecureVpc
from secureinfra.config.waiver import Waiver
from secureinfra.errors import ControlError
from secureinfra.testing import addresses, synthesize, test_stack


def resources_of(**choices: Any) -> dict[str, Any]:
    stack = test_stack()
    SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", **choices))
    resources: dict[str, Any] = synthesize(stack)["resource"]
    return resources


def test_flow_logged() -> None:
    (log,) = resources_of()["aws_flow_log"].values()
    assert log["traffic_type"] == "ALL"
    assert log["log_destination"] == "${aws_cloudwatch_log_group.network_flow_logs_log_group.arn}"
    assert log["log_format"].startswith("$${version} $${account-id}")


def test_flow_logs_retained() -> None:
    (group,) = resources_of()["aws_cloudwatch_log_group"].values()
    assert group["retention_in_days"] == 365
    assert group["kms_key_id"] == "${aws_kms_key.network_flow_logs_key.arn}"


def test_only_this_accounts_flow_logs_write() -> None:
    (role,) = resources_of()["aws_iam_role"].values()
    (trust,) = json.loads(role["assume_role_policy"])["Statement"]
    assert trust["Principal"] == {"Service": ["vpc-flow-logs.amazonaws.com"]}
    assert trust["Condition"]["StringEquals"]["aws:SourceAccount"]
    assert trust["Condition"]["ArnLike"]["aws:SourceArn"][0].endswith(":vpc-flow-log/*")


def test_role_writes_to_the_one_group() -> None:
    (policy,) = resources_of()["aws_iam_role_policy"].values()
    for statement in json.loads(policy["policy"])["Statement"]:
        assert statement["Resource"] == ["${aws_cloudwatch_log_group.network_flow_logs_log_group.arn}:*"]
        assert "logs:CreateLogGroup" not in statement["Action"]


def test_to_a_bucket() -> None:
    resources = resources_of(flow_logs="s3")
    (log,) = resources["aws_flow_log"].values()
    assert log["log_destination_type"] == "s3"
    assert "iam_role_arn" not in log
    policy = json.loads(resources["aws_s3_bucket_policy"]["network_flow_logs_policy"]["policy"])
    writes = next(statement for statement in policy["Statement"] if statement.get("Sid") == "FlowLogsWrites")
    assert writes["Principal"] == {"Service": ["delivery.logs.amazonaws.com"]}
    assert set(writes["Condition"]) == {"StringEquals", "ArnLike"}


def test_flow_log_waits_for_the_policy_of_its_bucket() -> None:
    (log,) = resources_of(flow_logs="s3")["aws_flow_log"].values()
    assert log["depends_on"] == ["aws_s3_bucket_policy.network_flow_logs_policy"]
    stack = test_stack()
    given = LogBucket(stack, "flows")
    SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", flow_logs="s3"), flow_log_bucket=given)
    (log,) = synthesize(stack)["resource"]["aws_flow_log"].values()
    assert log["depends_on"] == ["aws_s3_bucket_policy.flows_policy"]


NONE: dict[str, Any] = {
    "flow_logs": "none",
    "waivers": (Waiver(control="vpc-flow-logged", reason="trial", owner="lab", until="2099-12-31"),),
}


def held(**choices: Any) -> set[str]:
    """Addresses of what holds records of flows, or the key to them."""
    stack = test_stack()
    SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", **choices))
    types = ("aws_cloudwatch_log_group", "aws_kms_key", "aws_s3_bucket")
    return {one for one in addresses(synthesize(stack)) if ".network_flow_logs" in one and one.startswith(types)}


def forgotten(*, bucket: bool = False, environment: str = "production", **choices: Any) -> set[str]:
    stack = test_stack(environment=environment)
    given = LogBucket(stack, "flows") if bucket else None
    SecureVpc(stack, "network", VpcConfig(cidr="10.20.0.0/16", **choices), flow_log_bucket=given)
    blocks = synthesize(stack).get("removed", [])
    assert all(block["lifecycle"] == {"destroy": False} for block in blocks)
    # A bucket's object lock belongs to it, where it has one; and its access log may have been the last one of the stack.
    kept = {block["from"] for block in blocks if "object_lock" not in block["from"]}
    return {one for one in kept if ".network_" in one}


def test_another_destination_destroys_no_records() -> None:
    in_group, in_bucket = held(), held(flow_logs="s3")
    assert len(in_group) == 2
    assert len(in_bucket) == 9
    assert forgotten(flow_logs="s3") == in_group
    assert forgotten(flow_logs="s3", bucket=True) == in_group | in_bucket == forgotten(**NONE)
    assert forgotten(had_flow_log_bucket=True) == in_bucket
    assert forgotten(flow_logs="s3", had_flow_log_bucket=True) == in_group
    # The default writes none: what it has let go of, no network had before.
    assert forgotten() == set()
    assert forgotten(flow_logs="s3", environment="sandbox") == set()


def test_refuses_no_flow_logs() -> None:
    with pytest.raises(ControlError, match="vpc-flow-logged"):
        resources_of(flow_logs="none")


def test_waiver_for_no_flow_logs() -> None:
    waiver = Waiver(control="vpc-flow-logged", reason="trial", owner="lab", until="2099-12-31")
    assert "aws_flow_log" not in resources_of(flow_logs="none", waivers=(waiver,))


def test_waiver_for_short_flow_logs_reaches_their_group() -> None:
    waiver = Waiver(control="vpc-flow-logs-retained", reason="trial", owner="lab", until="2099-12-31")
    (group,) = resources_of(flow_logs_retention_days=30, waivers=(waiver,))["aws_cloudwatch_log_group"].values()
    assert group["retention_in_days"] == 30
    assert group["//"]["waivers"][0]["control"] == "log-group-retained"
