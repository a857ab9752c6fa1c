"""Controls on ECS capacity providers."""

import pytest

from secureinfra.controls.ecs import capacity_provider
from tests.controls.spec import Spec, switch

GROUP = {"auto_scaling_group_arn": "${aws_autoscaling_group.g.arn}"}
SPECS = [
    switch(
        capacity_provider.TERMINATION_PROTECTED,
        capacity_provider.PROVIDER,
        "auto_scaling_group_provider.managed_termination_protection",
        {"name": "p", "auto_scaling_group_provider": GROUP},
        value="ENABLED",
        wrong=["DISABLED"],
        spared=[{"auto_scaling_group_provider": None}],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
