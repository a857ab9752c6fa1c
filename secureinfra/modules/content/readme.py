"""The README of a module: its guarantees, usage, inputs and outputs, and the controls that were checked."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from secureinfra.controls.packs import ids_in
from secureinfra.modules.content.assemble import TESTS_VERSION, GeneratedModule, needs_write_only
from secureinfra.modules.content.example import call_of
from secureinfra.modules.content.own_tests import can_be_mocked
from secureinfra.modules.content.placeholders import blocks
from secureinfra.modules.content.source import Variable
from secureinfra.terraform.hcl_write import write_document

_FRAMEWORKS: Final = {"cis-v5": "CIS 5.0", "fsbp": "FSBP", "nist-800-53": "NIST 800-53", "pci-dss-4": "PCI DSS 4"}
# What AWS is responsible for, by the prefix of a type: aws.amazon.com/compliance/shared-responsibility-model
_AWS: Final = {
    "aws_kms_": "Key material in validated hardware modules, and its rotation if enabled",
    "aws_s3_": "Durability of objects, and enforcement of the bucket's settings",
    "aws_vpc": "Isolation between the networks of different customers",
    "aws_iam_": "Evaluation of the policies on every request",
    "aws_cloudtrail": "Recording and delivery of events while the trail is enabled",
    "aws_sns_": "Delivery of messages",
    "aws_cloudwatch_": "Storing logs and raising alarms as configured",
    "aws_lb": "Patching of the load balancer's hosts",
    "aws_wafv2_": "The content of managed rule groups",
    "aws_cloudfront_": "The edge locations, and DDoS protection at layers 3 and 4",
    "aws_guardduty_": "The detections of GuardDuty",
}


def readme(module: GeneratedModule, command: str) -> str:
    """The README, in Markdown.

    Args:
        module: the module.
        command: the command that regenerates it.
    """
    parts = [
        f"# {module.source.name}",
        module.source.summary,
        *module.source.details,
        *_requirements(module),
        *_usage(module),
        *_inputs(module.variables),
        *_outputs(module),
        *_resources(module),
        *_controls(module),
        *_responsibilities(module),
        *_tests(module),
        "## How it was generated",
        f"secureinfra wrote this module from `{module.source.origin}`. To update it after a new release, or to change settings\n"
        "(`--set`, `--settings`), run:",
        f"```shell\n{command}\n```",
        "Settings that you leave out keep their values. Files that were edited by hand are not overwritten: the command stops and\n"
        "shows the difference. `--check` only reports whether anything differs.",
        *_settings(module),
    ]
    return "\n\n".join(parts) + "\n"


def _usage(module: GeneratedModule) -> Iterator[str]:
    call = write_document({"module": call_of(module, "./modules/" + module.source.name)})
    yield "## Usage"
    yield f"```hcl\n{call}```"
    if module.aliases:
        listed = ", ".join(f"`{alias}`" for alias in module.aliases)
        yield f"The module needs additional providers, which the caller passes under these names: {listed}."


def _requirements(module: GeneratedModule) -> Iterator[str]:
    needed = module.document["terraform"]["required_version"].removeprefix(">= ")
    yield "## Requirements"
    why = "variables whose validation refers to other variables"
    if needs_write_only(module.document):
        why = "write-only arguments and ephemeral values, which stay out of the state"
    aws = module.document["terraform"]["required_providers"]["aws"]["version"]
    yield _table(
        ("Tool", "Version", "Needed for"),
        [
            ("Terraform", f"{needed} or newer", why),
            ("or OpenTofu", f"{needed} or newer", why),
            ("AWS provider", f"`{aws}`", "the resources below"),
        ],
    )


def _inputs(variables: Sequence[Variable]) -> Iterator[str]:
    yield "## Inputs"
    if not variables:
        yield "None."
        return
    rows = [
        (f"`{variable.name}`", f"`{variable.type}`", _default(variable), variable.description) for variable in variables
    ]
    yield _table(("Name", "Type", "Default", "Description"), rows)
    yield "Values that would weaken the module's guarantees are rejected by `validation` blocks in `variables.tf`."


def _default(variable: Variable) -> str:
    return "required" if variable.required else f"`{json.dumps(variable.default, ensure_ascii=False)}`"


def _outputs(module: GeneratedModule) -> Iterator[str]:
    yield "## Outputs"
    rows = [(f"`{output.name}`", output.description) for output in module.source.outputs]
    yield _table(("Name", "Description"), rows) if rows else "None."


def _resources(module: GeneratedModule) -> Iterator[str]:
    counted: dict[str, list[str]] = {}
    for section, (type, name), _ in blocks(module.document):
        if section == "resource":
            counted.setdefault(type, []).append(name)
    yield "## Resources"
    rows = [(f"`{type}`", str(len(names)), ", ".join(f"`{name}`" for name in names)) for type, names in counted.items()]
    yield _table(("Type", "Number", "Names"), rows)


def _controls(module: GeneratedModule) -> Iterator[str]:
    passed: dict[str, Any] = {}
    for finding in module.report.of_status("passed"):
        passed.setdefault(finding.control.id, finding.control)
    yield "## Controls"
    if not passed:
        yield "No control applies to these resources."
        return
    yield (
        f"{len(passed)} controls are met. Each was checked against these files when they were generated; "
        "`secureinfra check .` checks them again."
    )
    rows = []
    for id, control in sorted(passed.items()):
        sources = [f"{name} {', '.join(ids)}" for pack, name in _FRAMEWORKS.items() if (ids := ids_in(control, pack))]
        rows.append((f"`{id}`", control.title, "; ".join(sources) or "this library"))
    yield _table(("Control", "Guarantee", "Required by"), rows)
    waived = module.report.of_status("waived")
    if waived:
        yield "These are not met. Each has a waiver, which is also in the code:"
        rows = [(f"`{finding.control.id}`", f"`{finding.address}`", finding.waiver) for finding in waived]
        yield _table(("Control", "Where", "Waiver"), rows)


def _responsibilities(module: GeneratedModule) -> Iterator[str]:
    types = dict.fromkeys(type for section, (type, _), _ in blocks(module.document) if section == "resource")
    aws = [text for beginning, text in _AWS.items() if any(type.startswith(beginning) for type in types)]
    this = ["The settings of the resources above, and rejecting weaker values"]
    yours = [
        *(text.rstrip(".") for text in module.source.yours),
        "Access to Terraform, and storage of its state",
        "Regular plans, to detect changes made by hand",
    ]
    longest = max(len(aws), len(this), len(yours))
    columns = [[*column, *[""] * (longest - len(column))] for column in (aws, this, yours)]
    yield "## Shared responsibility"
    yield _table(("AWS", "This module", "You"), list(zip(*columns, strict=True)))


def _tests(module: GeneratedModule) -> Iterator[str]:
    yield "## Tests"
    if not can_be_mocked(module):
        yield (
            "None: `terraform test` with a mocked provider does not support ephemeral resources, by which the value stays out of the "
            "state. `terraform validate` and `secureinfra check .` work."
        )
        return
    yield (
        f"`terraform init && terraform test` needs no AWS account: the provider is mocked. It requires Terraform {TESTS_VERSION} or newer, "
        "which supports mocked values in plans. `tests/defaults.tftest.hcl` asserts the arguments that the controls depend on; "
        "`tests/refusals.tftest.hcl` tries one rejected value for each validation."
    )
    yield (
        "`tofu init && tofu test` takes the `*.tofutest.hcl` beside them instead: OpenTofu mocks values in plans without being told, and "
        "refuses the argument that tells Terraform to."
    )


def _settings(module: GeneratedModule) -> Iterator[str]:
    if module.source.settings:
        yield "These settings decided its structure:"
        yield f"```json\n{json.dumps(module.source.settings, indent=2, ensure_ascii=False)}\n```"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [_row(head), _row(["---"] * len(head)), *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
