"""What this library makes meets every control, with the waivers that it declares and no others."""

import importlib
import re
from pathlib import Path
from typing import Any

import pytest

from secureinfra.check.report import Report, judge
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import synthesize
from tests.referees.stacks import NAMES, document_of

TESTS = Path(__file__).parents[1]
WAIVERS = TESTS.parent / "examples" / "guard" / "waivers.yaml"
# The stacks that snapshots are taken of.
TAKEN = [
    (".".join(path.relative_to(TESTS.parent).with_suffix("").parts), name)
    for path in sorted((TESTS / "aws").rglob("test_*.py"))
    for name in re.findall(r"^def (test_\w+)\(matches_snapshot:", path.read_text(), re.MULTILINE)
]

# Inputs that lead to something outside of the stack, and what the environment `sandbox` turns off.
ELSEWHERE = {
    "everything_data": [
        f"failed security-group-in-use aws_security_group.{name}_security_group : no resource with this group"
        for name in ("service", "checkout", "till")
    ],
    "everything_messaging": [
        "failed dynamodb-table-deletion-protected aws_dynamodb_table.placed_table deletion_protection_enabled: "
        "deletion_protection_enabled = false"
    ],
    "tests.aws.networkfirewall.test_firewall.test_fullest": [
        "failed networkfirewall-firewall-deletion-protected aws_networkfirewall_firewall.egress_firewall delete_protection: "
        "delete_protection = false"
    ],
    "tests.aws.autoscaling.test_group.test_defaults": [
        "unknown autoscaling-group-multi-az aws_autoscaling_group.workers_fleet : the zone of subnet-0a1b2c3d4e5f60718"
    ],
    "tests.aws.autoscaling.test_group.test_fullest": [
        "unknown launch-template-user-data-no-secrets aws_launch_template.workers_template : ${var.stage}",
        "unknown autoscaling-group-multi-az aws_autoscaling_group.workers_fleet : the zone of subnet-0a1b2c3d4e5f60718",
    ],
    **{
        f"tests.aws.ecs.test_capacity_provider.test_{name}": [
            "unknown autoscaling-group-multi-az aws_autoscaling_group.instances_fleet : the zone of subnet-0a1b2c3d4e5f60718"
        ]
        for name in ("defaults", "fullest")
    },
    "tests.aws.efs.test_file_system.test_defaults": [
        "unknown efs-mount-target-private aws_efs_mount_target.files_mount_a : the subnet subnet-0a1b2c3d4e5f60718",
        "unknown efs-mount-target-private aws_efs_mount_target.files_mount_b : the subnet subnet-0a1b2c3d4e5f60719",
    ],
    "tests.aws.efs.test_file_system.test_fullest": [
        "failed security-group-in-use aws_security_group.service_security_group : no resource with this group"
    ],
    "tests.aws.kms.test_key.test_fullest": [
        "unknown kms-key-policy-no-external-admin aws_kms_key.data_key : whether arn:aws:iam::111122223333:role/admin is in another "
        "account"
    ],
    "tests.aws.security_group.test_group.test_fullest": [
        "unknown security-group-internet-by-name aws_vpc_security_group_egress_rule.web_to_aws_vpc_endpoint_s3_prefix_list_id_tcp_443 : "
        "${aws_vpc_endpoint.s3.prefix_list_id}"
    ],
}


# Alarms that are recorded only (`AlarmTuning.paged`) go to a topic that has no subscribers at first.
RECORDED = re.compile(r"whether aws_sns_topic\.\w*recorded_topic has a subscriber")
# Prefix lists of others, given by id.
LISTED = re.compile(r"what the prefix list pl-\w+ contains")


def shortcomings(report: Report) -> list[str]:
    expected = (RECORDED, LISTED)
    unknown = [one for one in report.of_status("unknown") if not any(held.match(one.found) for held in expected)]
    answers = [*report.of_status("failed"), *unknown]
    return [f"{one.status} {one.control.id} {one.address} {one.at}: {one.found}" for one in answers] + list(
        report.notes
    )


@pytest.mark.parametrize(("module", "name"), TAKEN)
def test_constructs(module: str, name: str) -> None:
    stacks: list[Any] = []
    getattr(importlib.import_module(module), name)(stacks.append)
    (stack,) = stacks
    report = judge([Configuration.of({"resource": {}, **synthesize(stack)}, name)])
    assert shortcomings(report) == ELSEWHERE.get(f"{module}.{name}", [])


@pytest.mark.parametrize("name", NAMES)
def test_stacks(name: str) -> None:
    document = document_of(name)
    report = judge([Configuration.of(document, name)], waivers=WAIVERS if name == "guard" else None)
    assert report.totals["passed"] > 10
    assert shortcomings(report) == ELSEWHERE.get(name, [])
