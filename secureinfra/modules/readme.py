"""The page of a module: what it guarantees, how it is used, its inputs and outputs, and what was verified on it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from secureinfra.controls.packs import ids_in
from secureinfra.modules.assemble import TESTS_VERSION, Module
from secureinfra.modules.example import call_of
from secureinfra.modules.placeholders import blocks
from secureinfra.modules.source import Variable
from secureinfra.terraform.hcl_write import write_document

_FRAMEWORKS: Final = {"cis-v5": "CIS 5.0", "fsbp": "FSBP", "nist-800-53": "NIST 800-53", "pci-dss-4": "PCI DSS 4"}
# What AWS answers for, by the beginning of a type: aws.amazon.com/compliance/shared-responsibility-model
_AWS: Final = {
    "aws_kms_": "Key material within validated hardware modules, and its rotation once it is asked for",
    "aws_s3_": "Durability of objects, and that requests are judged by the settings",
    "aws_vpc": "Separation of networks of different customers",
    "aws_iam_": "That every request is judged by the policies",
    "aws_cloudtrail": "Recording and delivery of events once the trail is on",
    "aws_sns_": "Delivery of messages",
    "aws_cloudwatch_": "Keeping logs and raising alarms as they are set up",
    "aws_lb": "Patching of the load balancer's hosts, and its certificates once they are issued",
    "aws_wafv2_": "The content of managed rule groups",
    "aws_cloudfront_": "The edge locations, and protection from floods of traffic below layer 7",
    "aws_guardduty_": "What the detector recognises",
}


def readme(module: Module, command: str) -> str:
    """The page, in Markdown.

    Args:
        module: the module.
        command: the command that writes it again.
    """
    parts = [
        f"# {module.source.name}",
        module.source.summary,
        *module.source.details,
        *_usage(module),
        *_inputs(module.variables),
        *_outputs(module),
        *_resources(module),
        *_controls(module),
        *_responsibilities(module),
        *_tests(module),
        "## Where it comes from",
        f"secureinfra wrote this module from `{module.source.origin}`. After a new release, or with other settings (`--set`,\n"
        "`--settings`), it is written again by",
        f"```shell\n{command}\n```",
        "What nobody sets stays as it was. Files that were edited by hand are not overwritten: the command stops and shows the\n"
        "difference. `--check` says whether anything differs.",
        *_settings(module),
    ]
    return "\n\n".join(parts) + "\n"


def _usage(module: Module) -> Iterator[str]:
    call = write_document({"module": call_of(module, "./modules/" + module.source.name)})
    yield "## Usage"
    yield f"```hcl\n{call}```"
    if module.aliases:
        listed = ", ".join(f"`{alias}`" for alias in module.aliases)
        yield f"It needs further providers, which the caller passes under these names: {listed}."


def _inputs(variables: Sequence[Variable]) -> Iterator[str]:
    yield "## Inputs"
    if not variables:
        yield "None."
        return
    rows = [
        (f"`{variable.name}`", f"`{variable.type}`", _default(variable), variable.description) for variable in variables
    ]
    yield _table(("Name", "Type", "Default", "Description"), rows)
    yield "Values that the module could not keep its promises with are refused by `validation` blocks in `variables.tf`."


def _default(variable: Variable) -> str:
    return "required" if variable.required else f"`{json.dumps(variable.default, ensure_ascii=False)}`"


def _outputs(module: Module) -> Iterator[str]:
    yield "## Outputs"
    rows = [(f"`{output.name}`", output.description) for output in module.source.outputs]
    yield _table(("Name", "Description"), rows) if rows else "None."


def _resources(module: Module) -> Iterator[str]:
    counted: dict[str, list[str]] = {}
    for section, (type, name), _ in blocks(module.document):
        if section == "resource":
            counted.setdefault(type, []).append(name)
    yield "## Resources"
    rows = [(f"`{type}`", str(len(names)), ", ".join(f"`{name}`" for name in names)) for type, names in counted.items()]
    yield _table(("Type", "Number", "Names"), rows)


def _controls(module: Module) -> Iterator[str]:
    passed: dict[str, Any] = {}
    for finding in module.report.of_status("passed"):
        passed.setdefault(finding.control.id, finding.control)
    yield "## Controls"
    if not passed:
        yield "No control of the catalogue asks about these resources."
        return
    yield (
        f"{len(passed)} controls are met. That is no claim: each was checked on these files when they were written, and "
        "`secureinfra check .` checks them again."
    )
    rows = []
    for id, control in sorted(passed.items()):
        sources = [f"{name} {', '.join(ids)}" for pack, name in _FRAMEWORKS.items() if (ids := ids_in(control, pack))]
        rows.append((f"`{id}`", control.title, "; ".join(sources) or "this library"))
    yield _table(("Control", "What is so", "Who asks for it"), rows)
    waived = module.report.of_status("waived")
    if waived:
        yield "These are not met; each has a waiver, which stands in the code too:"
        rows = [(f"`{finding.control.id}`", f"`{finding.address}`", finding.waiver) for finding in waived]
        yield _table(("Control", "Where", "Waiver"), rows)


def _responsibilities(module: Module) -> Iterator[str]:
    types = dict.fromkeys(type for section, (type, _), _ in blocks(module.document) if section == "resource")
    aws = [text for beginning, text in _AWS.items() if any(type.startswith(beginning) for type in types)]
    this = ["The settings of the resources above, and that weaker values are refused"]
    yours = [
        *(text.rstrip(".") for text in module.source.yours),
        "Who may run Terraform on it, and where its state is kept",
        "Running a plan now and then, so that changes by hand are noticed",
    ]
    longest = max(len(aws), len(this), len(yours))
    columns = [[*column, *[""] * (longest - len(column))] for column in (aws, this, yours)]
    yield "## Who answers for what"
    yield _table(("AWS", "This module", "You"), list(zip(*columns, strict=True)))


def _tests(module: Module) -> Iterator[str]:
    yield "## Tests"
    yield (
        f"`terraform init && terraform test` needs no account: the provider is mocked. It asks for Terraform {TESTS_VERSION} or newer, "
        "which lets a mocked provider answer in plans. `tests/defaults.tftest.hcl` holds what the controls found decisive, "
        "`tests/refusals.tftest.hcl` one refused value for each validation."
    )


def _settings(module: Module) -> Iterator[str]:
    if module.source.settings:
        yield "The settings that fixed its structure:"
        yield f"```json\n{json.dumps(module.source.settings, indent=2, ensure_ascii=False)}\n```"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [_row(head), _row(["---"] * len(head)), *map(_row, rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
