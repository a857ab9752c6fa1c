"""No standing theorem is broken by an example or a stack with every option; what is unknown depends on something outside."""

import pytest

from secureinfra.check.proofs.report import prove
from secureinfra.proofs.theorems.registry import theorems
from secureinfra.terraform.model.configuration import Configuration
from tests.referees.stacks import NAMES, document_of

# What the answer depends on where it is not known.
OUTSIDE = {
    "service": "AmazonRDSEnhancedMonitoringRole",
    "containers": "AmazonRDSEnhancedMonitoringRole",
    "databases": "AmazonRDSEnhancedMonitoringRole",
    "everything_data": "AmazonRDSEnhancedMonitoringRole",
    "backup": "AWSBackupServiceRolePolicyFor",
    "machines": "AWSBackupServiceRolePolicyFor",
    "everything_machines": "AWSBackupServiceRolePolicyFor",
    "everything_storage": "AWSBackupServiceRolePolicyFor",
    "everything_apis": "AmazonAPIGatewayPushToCloudWatchLogs",
    "everything_delivery": "AmazonSNSFullAccess",
}
# The families that every stack of ours is held to.
IDS = ("no-outside-access", "no-plain-http", "no-escalation", "trails-kept", "keys-kept")


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_broken(name: str) -> None:
    asked = [theorem for theorem in theorems() if theorem.id in IDS]
    report = prove([Configuration.of(document_of(name), name)], asked)
    assert [(one.theorem.id, one.result) for one in report.of_answer("BROKEN")] == []
    reasons = [one.result.reason for one in report.of_answer("UNKNOWN")]
    assert all(name in OUTSIDE and OUTSIDE[name] in reason for reason in reasons), reasons
    assert report.totals["PROVED"] > 0
