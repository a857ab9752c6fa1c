"""Controls on VPN connections and Client VPN endpoints."""

import pytest

from secureinfra.controls.vpc import vpn
from tests.controls.spec import Spec, switch

CONNECTION = vpn.CONNECTION
THIS = {"customer_gateway_id": "c", "type": "ipsec.1"}
ON = {"cloudwatch_log_options": {"log_enabled": True, "log_group_arn": "g"}}
SPECS = [
    switch(
        vpn.CLIENT_LOGGED,
        "aws_ec2_client_vpn_endpoint",
        "connection_log_options.enabled",
        {"server_certificate_arn": "c"},
    ),
    *(
        switch(
            vpn.TUNNELS_LOGGED,
            CONNECTION,
            f"{tunnel}_log_options.cloudwatch_log_options.log_enabled",
            {**THIS, f"{other}_log_options": ON},
        )
        for tunnel, other in (("tunnel1", "tunnel2"), ("tunnel2", "tunnel1"))
    ),
    *(
        switch(
            vpn.IKEV2,
            CONNECTION,
            f"{tunnel}_ike_versions",
            {**THIS, f"{other}_ike_versions": ["ikev2"]},
            value=["ikev2"],
            wrong=[["ikev1", "ikev2"], []],
        )
        for tunnel, other in (("tunnel1", "tunnel2"), ("tunnel2", "tunnel1"))
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=str)
def test_verdicts(spec: Spec) -> None:
    spec.holds()
