"""What a control says about a few resources, written as Terraform JSON without its outer layers."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from secureinfra.check.finding import Finding
from secureinfra.check.run import run_controls
from secureinfra.controls import Control
from secureinfra.terraform.model.configuration import Configuration


def findings(control: Control, *, data: Any = None, variable: Any = None, **resources: Any) -> list[Finding]:
    """The findings of one control.

    Args:
        control: the control.
        data: data sources, `{"aws_iam_policy_document": {"d": {...}}}`.
        variable: variables, `{"key": {}}` for one that nobody knows.
        resources: by type, then by name: `aws_kms_key={"k": {...}}`.
    """
    document: dict[str, Any] = {"resource": resources}
    if data is not None:
        document["data"] = data
    if variable is not None:
        document["variable"] = variable
    _keep(document)
    return run_controls(Configuration.of(document, name="test"), [control])


def _keep(document: dict[str, Any]) -> None:
    # tests/referees/test_truth.py has another scanner judge the same inputs.
    if folder := os.environ.get("SECUREINFRA_KEEP_INPUTS"):
        text = json.dumps(document, sort_keys=True)
        name = hashlib.sha256(text.encode()).hexdigest()[:16]
        (Path(folder) / name).mkdir(exist_ok=True)
        (Path(folder) / name / "cdk.tf.json").write_text(text)


def status(control: Control, **sections: Any) -> str:
    """The one answer of a control: of several, `failed` before `unknown` before `passed` before `not applicable`.

    It is empty where the control is not asked at all.
    """
    answers = {finding.status for finding in findings(control, **sections)}
    return next((answer for answer in ("failed", "unknown", "passed", "not applicable") if answer in answers), "")


def failure(control: Control, **sections: Any) -> str:
    """What the failures say, one a line, `address at: found -> expected`; empty where there is none."""
    return "\n".join(
        f"{finding.address} {finding.at}: {finding.found} -> {finding.expected}"
        for finding in findings(control, **sections)
        if finding.status == "failed"
    )
