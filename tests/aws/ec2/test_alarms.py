"""Alarms of an instance."""

import pytest

from secureinfra.aws.ec2.alarms import instance_alarms
from secureinfra.aws.kms.key import SecureKey
from secureinfra.testing import test_stack


@pytest.mark.parametrize("type", ["t4g.small", "a1.large", "m7i.large", "c7gn.2xlarge", "m7i-flex.large", "r8g.large"])
def test_hardware_that_fails_is_left(type: str) -> None:
    system, *others = instance_alarms(SecureKey(test_stack(), "it"), "i-1", type)
    (action,) = system.actions
    assert action.endswith(":ec2:recover")
    # CloudWatch takes the action with this metric only.
    assert (system.metric, system.periods, system.period_seconds) == ("StatusCheckFailed_System", 2, 60)
    assert all(one.actions == () for one in others)


@pytest.mark.parametrize("type", ["m5d.large", "i4i.large", "c7i.metal-24xl", "mac2.metal", "${var.type}"])
def test_types_with_disks_and_bare_metal_are_not_recovered(type: str) -> None:
    assert all(one.actions == () for one in instance_alarms(SecureKey(test_stack(), "it"), "i-1", type))
