"""Controls on Athena workgroups and databases."""

import pytest

from secureinfra.controls import athena
from tests.controls.spec import Spec, switch

GROUP = athena.WORKGROUP
OPTION = "encryption_configuration.encryption_option"
RESULTS = f"configuration.result_configuration.{OPTION}"
ENFORCED = "configuration.enforce_workgroup_configuration"
METRICS = "configuration.publish_cloudwatch_metrics_enabled"
ENCRYPTED = {"result_configuration": {"encryption_configuration": {"encryption_option": "SSE_S3"}}}
SPECS = [
    switch(athena.ENCRYPTED, GROUP, RESULTS, {"name": "g"}, value="SSE_KMS", wrong=[""]),
    switch(athena.ENCRYPTED, "aws_athena_database", OPTION, {"name": "d"}, value="SSE_S3", wrong=[""]),
    switch(athena.ENFORCED, GROUP, ENFORCED, {"name": "g"}, optional=True),
    switch(athena.METRICS, GROUP, METRICS, {"name": "g"}, optional=True),
    Spec(
        athena.PRIMARY,
        GROUP,
        {"name": "primary", "configuration": ENCRYPTED},
        fails=[
            ({"configuration": None}, "encryption_option is not set"),
            ({ENFORCED: False}, "enforce_workgroup_configuration = false"),
            ({METRICS: False}, "publish_cloudwatch_metrics_enabled = false"),
        ],
        unknown=["name", RESULTS, ENFORCED, METRICS],
        spared=[{"name": "g", "configuration": None}],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
