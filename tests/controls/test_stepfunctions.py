"""Controls on Step Functions state machines."""

import pytest

from secureinfra.controls import stepfunctions
from tests.controls.spec import KEY, OWN, Spec

MACHINE = stepfunctions.MACHINE
THIS = {"name": "m", "role_arn": "r", "definition": "{}"}
LOGS = {"level": "ERROR", "log_destination": "${aws_cloudwatch_log_group.g.arn}:*"}
SPECS = [
    Spec(
        stepfunctions.LOGGED,
        MACHINE,
        {**THIS, "logging_configuration": LOGS},
        also=[{"logging_configuration.level": "ALL"}],
        fails=[
            ({"logging_configuration": None}, "level is not set (AWS defaults to 'OFF')"),
            ({"logging_configuration.level": "OFF"}, 'level = "OFF"'),
            ({"logging_configuration.log_destination": None}, "log_destination is not set"),
        ],
        unknown=["logging_configuration.level", "logging_configuration.log_destination"],
    ),
    Spec(
        stepfunctions.TRACED,
        MACHINE,
        {**THIS, "tracing_configuration": {"enabled": True}},
        fails=[
            ({"tracing_configuration": None}, "AWS defaults to False"),
            ({"tracing_configuration.enabled": False}, "= false"),
        ],
        unknown=["tracing_configuration.enabled"],
    ),
    Spec(
        stepfunctions.CUSTOMER_KEY,
        MACHINE,
        {**THIS, "encryption_configuration": {"type": "CUSTOMER_MANAGED_KMS_KEY", "kms_key_id": OWN}},
        beside=KEY,
        fails=[
            ({"encryption_configuration": None}, "kms_key_id is not set"),
            ({"encryption_configuration.type": "AWS_OWNED_KEY"}, 'type = "AWS_OWNED_KEY"'),
        ],
        unknown=["encryption_configuration.kms_key_id", "encryption_configuration.type"],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
