"""Controls on certificate authorities of AWS Private CA."""

from __future__ import annotations

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, is_false, only_if

ROOT_DISABLED = Control(
    id="acmpca-root-disabled",
    title="Root authorities of AWS Private CA are disabled while they sign nothing",
    why="anyone who may use the root could issue a certificate that everything trusts",
    row="pca-root-disabled",
    fix="Set enabled = false once the subordinate authorities are signed.",
)
ROOT_DISABLED.check("aws_acmpca_certificate_authority")(
    only_if(
        lambda authority: authority.get("type", "SUBORDINATE") == "ROOT",
        "it is a subordinate authority",
        argument("enabled", is_false, "enabled = false", absent=True),
    )
)
