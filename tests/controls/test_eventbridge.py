"""Controls on event buses."""

import pytest

from secureinfra.controls import eventbridge
from tests.controls.spec import Spec

POLICY = "aws_cloudwatch_event_bus_policy"
SPECS = [
    Spec(
        eventbridge.POLICY,
        "aws_cloudwatch_event_bus",
        {"name": "orders"},
        beside={POLICY: {"p": {"event_bus_name": "${aws_cloudwatch_event_bus.this.name}", "policy": "{}"}}},
        also=[{f"{POLICY}.p.event_bus_name": "orders"}],
        fails=[({POLICY: {}}, f"no {POLICY}"), ({f"{POLICY}.p.event_bus_name": "other"}, f"no {POLICY}")],
        unknown=[f"{POLICY}.p.event_bus_name", f"{POLICY}.p.count"],
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
