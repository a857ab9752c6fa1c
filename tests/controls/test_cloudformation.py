"""Controls on CloudFormation stacks."""

import pytest

from secureinfra.controls import cloudformation
from tests.controls.spec import Spec, switch

ROLE = "${aws_iam_role.r.arn}"
SPECS = [
    switch(
        cloudformation.SERVICE_ROLE, "aws_cloudformation_stack", "iam_role_arn", {"name": "s"}, value=ROLE, wrong=[""]
    )
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
