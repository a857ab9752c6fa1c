"""A module as Terraform JSON, assembled from its source: validated variables, locals, outputs, clean metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from secureinfra.check.finding import Finding
from secureinfra.check.report import Report, judge
from secureinfra.controls import find
from secureinfra.errors import ConfigError
from secureinfra.facts.provider import PROVIDER_SOURCE, provider_version
from secureinfra.modules.content.guards import guarded, name_variable
from secureinfra.modules.content.placeholders import blocks, resolved, without_metadata
from secureinfra.modules.content.repeats import with_locals
from secureinfra.modules.content.scanner_notes import with_scanner_notes
from secureinfra.modules.content.source import NAME, Output, Source, Variable
from secureinfra.modules.content.walk import strings
from secureinfra.terraform.hcl_write.templates import literal
from secureinfra.terraform.model.configuration import Configuration

# Terraform and OpenTofu each compare `required_version` with their own version. Both have the two features since the same one:
# developer.hashicorp.com/terraform/language/v1.9.x/upgrade-guides, github.com/opentofu/opentofu issue 1336 (1.9),
# developer.hashicorp.com/terraform/language/resources/ephemeral/write-only, opentofu.org/docs/language/ephemerality/write-only-attributes.
_TOOL_VERSION: Final = ">= 1.9"
"""From 1.9 on, the validation of a variable may refer to other variables."""
_WRITE_ONLY_VERSION: Final = ">= 1.11"
"""From 1.11 on, an argument may be write-only: the state does not have its value."""
TESTS_VERSION: Final = "1.11"
"""From 1.11 on, a mocked provider returns values in plans too."""


@dataclass(frozen=True)
class GeneratedModule:
    """A module, before it is written as HCL or JSON.

    Args:
        source: its source.
        variables: its inputs, its name included.
        document: Terraform JSON: settings of Terraform, variables, locals, data sources, resources and outputs.
        report: the check of this document, with examples for variables without a default.
        aliases: the names of additional providers that a caller must pass.
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


def assembled(source: Source) -> GeneratedModule:
    """The module of a source.

    Raises:
        ConfigError: the construct's resources break a control.
    """
    document, variables = guarded(source.document, source.variables, source.demands, source.conditions)
    if any(NAME in text for text in strings([without_metadata(document), [output.value for output in source.outputs]])):
        variables = (name_variable(source.name), *variables)
    report = _judged(document, variables, source)
    document = _with_waivers(resolved(document), report, source)
    document["output"] = dict(_output(output) for output in source.outputs)
    document = with_locals(document)
    aliases = tuple(sorted(set(_aliases(document))))
    whole = {
        "terraform": requirements(source, document, aliases),
        "variable": {variable.name: _declared(variable) for variable in variables},
        **{
            section: document[section]
            for section in ("locals", "data", "ephemeral", "resource", "output", "moved", "removed")
            if document.get(section)
        },
    }
    return GeneratedModule(source, variables, whole, report, aliases)


def with_values(document: Mapping[str, Any], variables: Iterable[Variable]) -> dict[str, Any]:
    """The document with a value for every variable, so that it can be checked."""
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
    """The document without the engine's metadata, with each waiver on the resource that it excuses."""
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
    """Waivers of this library's controls are passed to scanners with an equivalent check."""
    for waiver in waivers:
        for check in find(waiver["control"]).source("checkov_ids"):
            yield {"check": check, "reason": waiver["reason"]}


def _waivers(findings: Iterable[Finding], written: Iterable[Mapping[str, str]]) -> Iterator[dict[str, str]]:
    for id in dict.fromkeys(finding.control.id for finding in findings):
        waiver = next((waiver for waiver in written if waiver["control"] == id), None)
        if waiver:
            yield {key: value for key, value in waiver.items() if key != "construct"}


def requirements(source: Source, document: Mapping[str, Any], aliases: tuple[str, ...] = ()) -> dict[str, Any]:
    """The versions of Terraform and of the provider that a module needs.

    Args:
        source: its source.
        document: its resources and data sources.
        aliases: additional providers that a caller must pass.
    """
    provider: dict[str, Any] = {"source": PROVIDER_SOURCE, "version": provider_version(source.provider_major)}
    if aliases:
        provider["configuration_aliases"] = list(aliases)
    return {
        "required_version": _WRITE_ONLY_VERSION if needs_write_only(document) else _TOOL_VERSION,
        "required_providers": {"aws": provider},
    }


def needs_write_only(document: Mapping[str, Any]) -> bool:
    """Whether a module has write-only arguments or ephemeral resources.

    Args:
        document: its Terraform JSON.
    """
    # By the provider's convention, the name of every write-only argument ends like this.
    write_only = any(name.endswith("_wo") for _, _, block in blocks(document) for name in block)
    return write_only or bool(document.get("ephemeral"))


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
            {"condition": f"${{{one.condition}}}", "error_message": _escape_message(one.message)}
            for one in variable.validations
        ]
    return declared


def _escape_message(text: str) -> str:
    return text if "${var.name}" in text else literal(text)


def _output(output: Output) -> tuple[str, dict[str, Any]]:
    return output.name, {"description": output.description, "value": _replace_name(output.value)}


def _replace_name(value: Any) -> Any:
    return [_replace_name(item) for item in value] if isinstance(value, list) else value.replace(NAME, "${var.name}")
