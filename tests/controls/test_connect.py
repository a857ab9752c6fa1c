"""Controls on Amazon Connect."""

import pytest

from secureinfra.controls import connect
from tests.controls.spec import Spec, switch

THIS = {"identity_management_type": "SAML", "inbound_calls_enabled": True, "outbound_calls_enabled": True}
SPECS = [switch(connect.LOGGED, "aws_connect_instance", "contact_flow_logs_enabled", THIS)]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
