"""A module small enough to be seen whole: one key, whose period varies."""

from __future__ import annotations

import json
from typing import Any

from secureinfra.modules.content.assemble import GeneratedModule, assembled
from secureinfra.modules.content.source import NAME, Output, Source, Validation, Variable

POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "Root",
                "Effect": "Allow",
                "Principal": {"AWS": ["arn:aws:iam::111122223333:root"]},
                "Action": ["kms:*"],
                "Resource": ["*"],
            }
        ],
    }
)
KEY = {
    "//": {"metadata": {"path": "stack/lock/key", "uniqueId": "key"}},
    "description": f"Key of {NAME}",
    "enable_key_rotation": True,
    "rotation_period_in_days": "${var.period}",
    "deletion_window_in_days": 30,
    "policy": POLICY,
}
PERIOD = Variable(
    "period",
    "number",
    "Days between rotations.",
    365,
    setting="rotation_period_in_days",
    validations=(Validation("var.period >= 90 && var.period <= 2560", "period must be from 90 to 2560."),),
)
OWNER = Variable("owner", "string", "Who answers for it.", example="security", setting="owner")


def small(key: dict[str, Any] | None = None, **changes: Any) -> GeneratedModule:
    """The module, with another key or other parts of its source."""
    parts: dict[str, Any] = {
        "name": "data-key",
        "origin": "secureinfra.SecureKey",
        "summary": "A key.",
        "details": ("It is rotated.",),
        "document": {"resource": {"aws_kms_key": {"key": {**KEY, **(key or {})}}}},
        "variables": (PERIOD, OWNER),
        "outputs": (Output("arn", "Its ARN.", "${aws_kms_key.key.arn}"),),
        "settings": {"multi_region": False},
        "yours": ("Who may use it.",),
    }
    return assembled(Source(**{**parts, **changes}))
