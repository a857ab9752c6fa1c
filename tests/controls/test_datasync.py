"""Controls on DataSync tasks."""

import pytest

from secureinfra.controls import datasync
from tests.controls.spec import Spec, switch

TASK = "aws_datasync_task"
GROUP = "${aws_cloudwatch_log_group.g.arn}"
SPECS = [
    switch(
        datasync.LOGGED, TASK, "cloudwatch_log_group_arn", {"options": {"log_level": "BASIC"}}, value=GROUP, wrong=[""]
    ),
    switch(
        datasync.LOGGED, TASK, "options.log_level", {"cloudwatch_log_group_arn": GROUP}, value="TRANSFER", wrong=["OFF"]
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
