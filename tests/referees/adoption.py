"""What tests of adoption on the emulated AWS have in common."""

from __future__ import annotations

import json
from typing import Any

REGION = "eu-central-1"
# The provider watches one for 50 s before it believes AWS.
SLOW = "aws_s3_bucket_lifecycle_configuration"


def policy(effect: str = "Allow", **statement: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": effect, **statement}]})


def fates(plan: str) -> dict[str, str]:
    """What the plan does with each resource: `import`, `update`, `create`."""
    found = {}
    for one in json.loads(plan)["resource_changes"]:
        if one["mode"] == "managed":
            (action,) = one["change"]["actions"]
            imported = "importing" in one["change"]
            found[one["address"]] = "import" if (imported, action) == (True, "no-op") else action
            assert imported or action == "create", one["address"]
    return found
