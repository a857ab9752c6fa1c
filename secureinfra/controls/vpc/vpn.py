"""Controls on VPN connections and Client VPN endpoints."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import all_hold, argument, is_true

CONNECTION = "aws_vpn_connection"
_TUNNELS = ("tunnel1", "tunnel2")

CLIENT_LOGGED = Control(
    id="client-vpn-endpoint-logged",
    title="Client VPN endpoints log connections",
    why="you could not find out who was in the network, and when",
    row="client-vpn-logging",
    fix="Write connection_log_options { enabled = true, cloudwatch_log_group = ... }.",
)
CLIENT_LOGGED.check("aws_ec2_client_vpn_endpoint")(
    argument("connection_log_options.enabled", is_true, "connection_log_options { enabled = true }", absent=False)
)

TUNNELS_LOGGED = Control(
    id="vpn-connection-logged",
    title="VPN connections log both tunnels",
    why="you could not find out why a tunnel went down, or that its keys were attacked",
    row="vpn-tunnel-logging",
    fix="Write cloudwatch_log_options with log_enabled = true in tunnel1_log_options and tunnel2_log_options.",
)
TUNNELS_LOGGED.check(CONNECTION)(
    all_hold(
        *(
            argument(
                f"{tunnel}_log_options.cloudwatch_log_options.log_enabled", is_true, "log_enabled = true", absent=False
            )
            for tunnel in _TUNNELS
        )
    )
)

IKEV2 = Control(
    id="vpn-connection-ikev2",
    title="VPN connections use IKEv2 only",
    why="IKEv1 has known attacks on its keys",
    row="vpn-ikev2",
    fix='Set tunnel1_ike_versions and tunnel2_ike_versions to ["ikev2"].',
)
IKEV2.check(CONNECTION)(
    all_hold(
        *(
            argument(
                f"{tunnel}_ike_versions", lambda versions: versions == ["ikev2"], f'{tunnel}_ike_versions = ["ikev2"]'
            )
            for tunnel in _TUNNELS
        )
    )
)
