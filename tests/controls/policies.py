"""Policies as people write them in Terraform, for the tests of IAM's controls."""

from __future__ import annotations

import json
from typing import Any


def policy(*statements: dict[str, Any]) -> str:
    """A policy as JSON text, each statement an Allow unless it says otherwise."""
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement} for statement in statements]}
    )


def identity(action: Any, resource: Any = "*", **parts: Any) -> str:
    """An identity policy of one statement."""
    return policy({"Action": action, "Resource": resource, **parts})


def trust(principal: Any, condition: Any = None, action: str = "sts:AssumeRole", **parts: Any) -> dict[str, Any]:
    """A role with a trust policy of one statement."""
    statement = {"Action": action, "Principal": principal, **parts}
    if condition is not None:
        statement["Condition"] = condition
    return {"r": {"assume_role_policy": policy(statement)}}
