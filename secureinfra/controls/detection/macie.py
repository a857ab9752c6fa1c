"""Controls on Macie."""

from secureinfra.controls.control import Control
from secureinfra.controls.shared.arguments import argument, one_of

ENABLED = Control(
    id="macie-account-enabled",
    title="Macie is enabled",
    why="you would not know where personal data is stored, or that a bucket with it is public",
    row="macie-enabled",
    fix='Set status = "ENABLED", or remove it.',
)

ENABLED.check("aws_macie2_account")(argument("status", one_of("ENABLED"), 'status = "ENABLED"', absent="ENABLED"))
