"""A module as Terraform JSON, put together from its source: variables that guard, locals, outputs, clean metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from secureinfra.check.finding import Finding
from secureinfra.check.report import Report, judge
from secureinfra.controls import find
from secureinfra.errors import ConfigError
from secureinfra.modules.guards import guarded, name_variable
from secureinfra.modules.placeholders import blocks, resolved, without_metadata
from secureinfra.modules.repeats import with_locals
from secureinfra.modules.scanner_notes import with_scanner_notes
from secureinfra.modules.source import NAME, Output, Source, Variable
from secureinfra.modules.walk import strings
from secureinfra.terraform.configuration import Configuration
from secureinfra.terraform.hcl_write.templates import literal

TERRAFORM_VERSION: Final = ">= 1.9"
"""From 1.9 on the validation of a variable may speak of others."""
TESTS_VERSION: Final = "1.11"
"""From 1.11 on a mocked provider answers in plans too."""
PROVIDER: Final = {"source": "hashicorp/aws", "version": ">= 5.84.0, < 7.0.0"}


@dataclass(frozen=True)
class Module:
    """A module, before it is written in one format or the other.

    Args:
        source: what it was made from.
        variables: its inputs, its name included.
        document: Terraform JSON: settings of Terraform, variables, locals, data sources, resources and outputs.
        report: what the controls say of this very document, with examples for variables without a default.
        aliases: the names of further providers that a caller must pass.
    """

    source: Source
    variables: tuple[Variable, ...]
    document: Mapping[str, Any]
    report: Report
    aliases: tuple[str, ...] = ()

    @property
    def resources(self) -> list[str]:
        """Addresses of its resources, in order."""
        return [f"{type}.{name}" for section, (type, name), _ in blocks(self.document) if section == "resource"]


def assembled(source: Source) -> Module:
    """The module of a source.

    Raises:
        ConfigError: what the construct makes breaks a control.
    """
    document, variables = guarded(source.document, source.variables, source.demands)
    if any(NAME in text for text in strings([without_metadata(document), [output.value for output in source.outputs]])):
        variables = (name_variable(source.name), *variables)
    report = _judged(document, variables, source)
    document = _with_waivers(resolved(document), report, source)
    document["output"] = dict(_output(output) for output in source.outputs)
    document = with_locals(document)
    aliases = tuple(sorted(set(_aliases(document))))
    whole = {
        "terraform": _terraform(aliases),
        "variable": {variable.name: _declared(variable) for variable in variables},
        **{
            section: document[section]
            for section in ("locals", "data", "resource", "output", "moved")
            if document.get(section)
        },
    }
    return Module(source, variables, whole, report, aliases)


def with_values(document: Mapping[str, Any], variables: Iterable[Variable]) -> dict[str, Any]:
    """The document with a value for every variable, so that it can be judged."""
    declared = {variable.name: {"default": variable.value} for variable in variables}
    return {**document, "variable": declared}


def _judged(document: Mapping[str, Any], variables: Iterable[Variable], source: Source) -> Report:
    report = judge([Configuration.of(with_values(resolved(document), variables), source.name)])
    failures = report.failures("low")
    if failures:
        from secureinfra.check.report import broken  # noqa: PLC0415 - words for an error

        raise ConfigError(broken(source.name, report, failures))
    return report


def _with_waivers(document: dict[str, Any], report: Report, source: Source) -> dict[str, Any]:
    """The document without the engine's metadata, each waiver beside the resource that it excuses."""
    written = [waiver for _, _, block in blocks(source.document) for waiver in block.get("//", {}).get("waivers", ())]
    excused: dict[str, list[Finding]] = {}
    for finding in report.of_status("waived"):
        excused.setdefault(finding.address, []).append(finding)
    for section, (type, name), block in blocks(document):
        block.pop("//", None)
        address = f"{type}.{name}" if section == "resource" else f"data.{type}.{name}"
        waivers = list(_waivers(excused.get(address, ()), written))
        if waivers:
            block["//"] = {"waivers": waivers, "checkov": list(_skips(waivers))}
    return with_scanner_notes(document)


def _skips(waivers: Iterable[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    """What waives a control of ours is said to the scanner that knows it too."""
    for waiver in waivers:
        for check in find(waiver["control"]).source("checkov_ids"):
            yield {"check": check, "reason": waiver["reason"]}


def _waivers(findings: Iterable[Finding], written: Iterable[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    for id in dict.fromkeys(finding.control.id for finding in findings):
        waiver = next((waiver for waiver in written if waiver["control"] == id), None)
        if waiver:
            yield {key: value for key, value in waiver.items() if key != "construct"}


def _terraform(aliases: tuple[str, ...]) -> dict[str, Any]:
    provider: dict[str, Any] = dict(PROVIDER)
    if aliases:
        provider["configuration_aliases"] = list(aliases)
    return {"required_version": TERRAFORM_VERSION, "required_providers": {"aws": provider}}


def _aliases(document: Mapping[str, Any]) -> Iterator[str]:
    for _, _, block in blocks(document):
        if isinstance(block.get("provider"), str) and "." in block["provider"]:
            yield block["provider"]


def _declared(variable: Variable) -> dict[str, Any]:
    declared: dict[str, Any] = {"type": variable.type, "description": variable.description}
    if not variable.required:
        declared["default"] = variable.default
    declared["nullable"] = False
    if variable.validations:
        declared["validation"] = [
            {"condition": f"${{{one.condition}}}", "error_message": _message(one.message)}
            for one in variable.validations
        ]
    return declared


def _message(text: str) -> str:
    return text if "${var.name}" in text else literal(text)


def _output(output: Output) -> tuple[str, dict[str, Any]]:
    return output.name, {"description": output.description, "value": _named(output.value)}


def _named(value: Any) -> Any:
    return [_named(item) for item in value] if isinstance(value, list) else value.replace(NAME, "${var.name}")
