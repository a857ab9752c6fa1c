"""Policies and callers for the tests of proofs, as short as they can be written."""

from __future__ import annotations

from typing import Any

from secureinfra.proofs.requests import Caller, Request
from secureinfra.proofs.statements import Statement, read_policy

OWN = "111122223333"
OTHER = "444455556666"
ROLE = f"arn:aws:iam::{OWN}:role/reader"
USER = f"arn:aws:iam::{OWN}:user/ann"
READER = Caller("signed", ROLE, OWN)
ANN = Caller("signed", USER, OWN)
FOREIGN = Caller("signed", f"arn:aws:iam::{OTHER}:role/reader", OTHER)
ANONYMOUS = Caller("anonymous")


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> list[Statement]:
    """The statements of a policy, each an Allow of everything unless it says otherwise."""
    default = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    held = [
        {key: value for key, value in {**default, **one}.items() if f"Not{key}" not in one and value is not None}
        for one in statements
    ]
    return read_policy({"Version": version, "Statement": held})


def allow(action: Any = "*", resource: Any = "*", **parts: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **parts}


def deny(action: Any = "*", resource: Any = "*", **parts: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **parts}


def request(
    action: str = "s3:GetObject", resource: str = "arn:aws:s3:::b/x", caller: Caller = READER, **context: str
) -> Request:
    """A request; `aws__SourceIp="..."` stands for the key `aws:SourceIp`."""
    keys = {key.replace("__", ":").replace("_", "-").lower(): (value,) for key, value in context.items()}
    return Request(caller, action, resource, keys)
