"""Controls on configuration sets of SES."""

import pytest

from secureinfra.controls import ses
from tests.controls.spec import Spec, switch

POLICY = "delivery_options.tls_policy"
SPECS = [
    switch(ses.TLS, "aws_ses_configuration_set", POLICY, {"name": "c"}, value="Require", wrong=["Optional"]),
    switch(
        ses.TLS,
        "aws_sesv2_configuration_set",
        POLICY,
        {"configuration_set_name": "c"},
        value="REQUIRE",
        wrong=["OPTIONAL"],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
