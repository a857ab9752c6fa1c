"""Controls on configuration sets of SES."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, one_of

TLS = Control(
    id="ses-configuration-set-tls",
    title="SES delivers mail over TLS only",
    why="mail could be read on its way to the recipient",
    row="ses-tls",
    fix='Write delivery_options { tls_policy = "Require" }, or "REQUIRE" in aws_sesv2_configuration_set.',
)
TLS.check("aws_ses_configuration_set")(
    argument("delivery_options.tls_policy", one_of("Require"), 'tls_policy = "Require"', absent="Optional")
)
TLS.check("aws_sesv2_configuration_set")(
    argument("delivery_options.tls_policy", one_of("REQUIRE"), 'tls_policy = "REQUIRE"', absent="OPTIONAL")
)
