"""Functions of the AWS provider: ARNs taken apart and put together."""

from __future__ import annotations

from typing import Final

from secureinfra.terraform.expressions.functions.registry import TEXT, function
from secureinfra.terraform.expressions.values import RefusedError

_PARTS: Final = ("partition", "service", "region", "account_id", "resource")
_MOST_COLONS: Final = 5


@function(TEXT, name="provider::aws::arn_parse")
def arn_parse(arn: str) -> dict[str, str]:
    """The parts of an ARN."""
    prefix, *parts = arn.split(":", _MOST_COLONS)
    if prefix != "arn" or len(parts) != len(_PARTS):
        raise RefusedError("no ARN")
    return dict(zip(_PARTS, parts, strict=True))


@function(TEXT, TEXT, TEXT, TEXT, TEXT, name="provider::aws::arn_build")
def arn_build(partition: str, service: str, region: str, account_id: str, resource: str) -> str:
    """An ARN of its parts."""
    return ":".join(("arn", partition, service, region, account_id, resource))


@function(TEXT, name="provider::aws::trim_iam_role_path")
def trim_iam_role_path(arn: str) -> str:
    """The ARN of a role without its path."""
    parts = arn_parse(arn)
    kind, _, name = parts["resource"].partition("/")
    if parts["service"] != "iam" or parts["region"] or kind != "role" or not name:
        raise RefusedError("no ARN of a role")
    return arn_build(parts["partition"], "iam", "", parts["account_id"], f"role/{name.rpartition('/')[2]}")
