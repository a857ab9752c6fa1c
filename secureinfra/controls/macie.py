"""Controls on Macie."""

from secureinfra.controls.control import Control
from secureinfra.controls.reading.arguments import argument, one_of

ENABLED = Control(
    id="macie-account-enabled",
    title="Buckets are searched for sensitive data",
    why="nobody would know where personal data lies, nor that a bucket with it is open",
    row="macie-enabled",
    mend='Set status = "ENABLED", or leave it out.',
)

ENABLED.check("aws_macie2_account")(argument("status", one_of("ENABLED"), 'status = "ENABLED"', absent="ENABLED"))
