"""The controls: one file per service, and the catalogue of who else demands each."""

from secureinfra.controls import cloudtrail, cloudwatch, iam, kms, s3, security_group, sns, vpc
from secureinfra.controls.control import Control, Keeps, every, find

__all__ = [
    "Control",
    "Keeps",
    "cloudtrail",
    "cloudwatch",
    "every",
    "find",
    "iam",
    "kms",
    "s3",
    "security_group",
    "sns",
    "vpc",
]
