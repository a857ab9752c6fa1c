"""A stack of a settings file as Terraform JSON: configured, built, judged; nothing comes out that breaks a control."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from secureinfra import __version__
from secureinfra.check.report import broken, judge
from secureinfra.config import Config, error_of
from secureinfra.engine import AwsProvider, AwsProviderConfig, S3StateConfig, configure, secure_s3_backend
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.errors import ControlError, SecureInfraError
from secureinfra.problem import Problem
from secureinfra.projects.placed import in_yaml, placed, problems_of
from secureinfra.projects.registry import Blueprint, find
from secureinfra.projects.root import MARK
from secureinfra.projects.settings import NO_WAIVERS, Stack
from secureinfra.terraform.configuration import Configuration
from secureinfra.testing import outdir, synthesize
from secureinfra.values import ARN

SEVERITY = "low"
"""The least severity of a finding that keeps a stack from being written."""


@dataclass(frozen=True)
class Root:
    """The Terraform JSON of one stack.

    Args:
        name: what the stack is called.
        text: the file.
        resources: how many resources it holds.
        totals: what came of the check, in one line.
        notes: what somebody should know besides.
    """

    name: str
    text: str
    resources: int
    totals: str
    notes: tuple[str, ...]


def root_of(stack: Stack, waivers: Path | None = None) -> Root:
    """Build a stack and judge it.

    Args:
        stack: what the settings file says.
        waivers: a file of waivers, besides those in the settings.

    Raises:
        ConfigError: a setting is refused; each problem with its line.
        ControlError: what came out breaks a control; the text has every finding.
    """
    document = document_of(stack)
    report = judge([Configuration.of(document, stack.name)], waivers=waivers)
    if failures := report.failures(SEVERITY):
        raise ControlError(f"{stack.places.at()}: {broken(stack.name, report, failures)}")
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    resources = sum(map(len, document.get("resource", {}).values()))
    return Root(stack.name, text, resources, report.totals_line, report.notes)


def document_of(stack: Stack) -> dict[str, Any]:
    """The Terraform JSON of a stack, held against the AWS provider's schemas.

    Raises:
        ConfigError: a setting is refused.
    """
    root = build(App(outdir=outdir()), stack)
    try:
        document = synthesize(root)
    except SecureInfraError as error:
        raise _at_settings(stack, error) from None
    comment = document.setdefault("//", {})
    comment[MARK] = {"version": __version__, "blueprint": stack.blueprint, "project": stack.project}
    return document


def build(app: App, stack: Stack) -> TerraformStack:
    """A stack as an app holds it: provider, backend and blueprint, configured as the settings say.

    Raises:
        ConfigError: a setting is refused.
    """
    blueprint = _blueprint(stack)
    provider, backend, config = _configs(stack, blueprint)
    root = TerraformStack(app, stack.name)
    try:
        AwsProvider(root, "aws", provider)
        configure(root, permissions_boundary=stack.values.get("permissions_boundary"))
        if backend:
            secure_s3_backend(root, backend)
        blueprint.load()(root, id_of(blueprint), config)
    except SecureInfraError as error:
        raise _at_settings(stack, error) from None
    return root


def _at_settings(stack: Stack, error: SecureInfraError) -> SecureInfraError:
    """An error that says which settings it comes from."""
    return type(error)(f"{stack.places.at(('settings',))}: {in_yaml(str(error))}")


def id_of(blueprint: Blueprint) -> str:
    """The id of the blueprint within its stack, which every address begins with: its name, `data-lake`."""
    if ":" not in blueprint.name:
        return blueprint.name
    words = re.findall(
        r"[A-Z]+(?![a-z])|[A-Z][a-z0-9]*|[a-z0-9]+", blueprint.name.rpartition(":")[2].rpartition(".")[2]
    )
    return "-".join(words).lower()


def _blueprint(stack: Stack) -> Blueprint:
    try:
        blueprint = find(stack.blueprint)
        blueprint.load()
    except SecureInfraError as error:
        raise type(error)(f"{stack.places.at(('blueprint',))}: {error}") from None
    return blueprint


def _configs(stack: Stack, blueprint: Blueprint) -> tuple[AwsProviderConfig, S3StateConfig | None, Config]:
    """The three configurations of a stack; what is wrong with any of them is told at once."""
    values, places = stack.values, stack.places
    parts: list[tuple[str, type[Config]]] = [("provider", AwsProviderConfig), ("settings", blueprint.config_type())]
    if "backend" in values:
        parts.append(("backend", S3StateConfig))
    problems = [Problem(text) for text in stack.problems]
    problems += [problem for part, cls in parts for problem in problems_of(cls, values[part], places.below(part))]
    for part in ("provider", "backend"):
        if "waivers" in values.get(part, ()):
            problems.append(placed(Problem(NO_WAIVERS, at=(part, "waivers")), values, places))
    boundary = values.get("permissions_boundary")
    if boundary is not None and (complaint := ARN.complaint(boundary)):
        text = f"permissions_boundary={boundary!r} {complaint}."
        problems.append(placed(Problem(text, at=("permissions_boundary",)), values, places))
    if problems:
        raise error_of("", problems)
    provider = AwsProviderConfig(**values["provider"])
    backend = S3StateConfig(**values["backend"]) if "backend" in values else None
    return provider, backend, blueprint.config_type()(**values["settings"])
