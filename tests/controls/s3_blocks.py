"""Blocks around an S3 bucket, as the tests of its controls need them."""

from __future__ import annotations

import json
from typing import Any

B = "${aws_s3_bucket.b.id}"
ARN = "${aws_s3_bucket.b.arn}"
OBJECTS = f"{ARN}/*"


def bucket(**arguments: Any) -> dict[str, Any]:
    """One bucket, `aws_s3_bucket.b`."""
    return {"b": arguments}


def of(bucket: str = B, /, **arguments: Any) -> dict[str, Any]:
    """One setting of a bucket."""
    return {"x": {"bucket": bucket, **arguments}}


def policy(*statements: dict[str, Any]) -> str:
    """A policy as JSON text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def statement(**parts: Any) -> dict[str, Any]:
    """A statement that lets everybody read, unless said otherwise."""
    return {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": OBJECTS, **parts}


def lets_in(service: str) -> str:
    """A policy that lets a service write objects."""
    return policy(statement(Principal={"Service": [service]}, Action=["s3:PutObject"]))
