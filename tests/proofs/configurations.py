"""Configurations for the tests of theorems and questions, as short as they can be written."""

from __future__ import annotations

import json
from typing import Any

from secureinfra.proofs.theorems.theorem import Result, Theorem
from secureinfra.terraform.model.configuration import Configuration

ORGANIZATION = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
ACCOUNT = "${data.aws_caller_identity.c.account_id}"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **parts: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **parts}


def deny(action: Any, resource: Any = "*", **parts: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **parts}


def trust(principal: Any, **parts: Any) -> str:
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **parts})


def configuration(name: str = "stack", /, **resources: Any) -> Configuration:
    """`aws_s3_bucket__b={...}` is the block `aws_s3_bucket.b`."""
    document: dict[str, Any] = {}
    for address, block in resources.items():
        type, _, label = address.partition("__")
        document.setdefault(type, {})[label] = block
    identity: dict[str, Any] = {"aws_caller_identity": {"c": {}}}
    return Configuration.of({"resource": document, "data": identity}, name)


def role(*statements: dict[str, Any], name: Any = "app", **parts: Any) -> dict[str, dict[str, Any]]:
    """A role that EC2 assumes, with one policy."""
    held = {"assume_role_policy": trust({"Service": "ec2.amazonaws.com"}), **parts}
    inline = {"role": f"${{aws_iam_role.{name}.id}}", "policy": policy(*statements)}
    return (
        {f"aws_iam_role__{name}": held, f"aws_iam_role_policy__{name}": inline}
        if statements
        else {f"aws_iam_role__{name}": held}
    )


def verdicts(theorem: Theorem, held: Configuration) -> dict[str, Result]:
    """The results of a theorem by address; the worst of each."""
    found: dict[str, Result] = {}
    for result in theorem.prove(held):
        if result.address not in found or result.verdict == "BROKEN":
            found[result.address] = result
    return found
