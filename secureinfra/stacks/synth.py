"""A stack of a settings file as Terraform JSON: configured, built and checked; nothing is returned that breaks a control."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from secureinfra.blueprints import Blueprint, find
from secureinfra.check.report import broken, judge
from secureinfra.config.config import Config
from secureinfra.config.placed import placed
from secureinfra.config.problem import Problem, error_of
from secureinfra.config.words import YAML
from secureinfra.engine import AwsProvider, AwsProviderConfig, S3StateConfig, configure, secure_s3_backend
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.engine.stack import state_of
from secureinfra.errors import ConfigError, ControlError, SecureInfraError
from secureinfra.reports.costs import costs_of
from secureinfra.stacks.parts import part_problems
from secureinfra.stacks.root import MARK, STAGED
from secureinfra.stacks.settings import NO_WAIVERS, Stack
from secureinfra.terraform.model.configuration import Configuration
from secureinfra.testing import outdir, synthesize
from secureinfra.version import __version__

SEVERITY = "low"
"""The minimum severity of a finding that keeps a stack from being written."""


@dataclass(frozen=True)
class RootModule:
    """The files of one stack.

    Args:
        name: name of the stack.
        text: its Terraform JSON.
        encryption: OpenTofu's encryption of the state, a file of its own; empty if the backend has none.
        resources: how many resources it holds.
        costs: how many there are of each type that AWS bills.
        totals: the result of the check, in one line.
        notes: further notes for the user.
    """

    name: str
    text: str
    encryption: str
    resources: int
    costs: Mapping[str, int]
    totals: str
    notes: tuple[str, ...]


def root_of(stack: Stack, waivers: Path | None = None) -> RootModule:
    """Build a stack and check it.

    Args:
        stack: the stack of the settings file.
        waivers: a file of waivers, in addition to those in the settings.

    Raises:
        ConfigError: a setting is refused; each problem with its line.
        ControlError: the stack breaks a control; the text has every finding.
    """
    document, encryption = _built(stack)
    configuration = Configuration.of(document, stack.name)
    report = judge([configuration], waivers=waivers)
    if failures := report.failures(SEVERITY):
        raise ControlError(f"{stack.places.at()}: {broken(stack.name, report, failures)}")
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    resources = sum(map(len, document.get("resource", {}).values()))
    costs = {cost.driver.type: cost.count for cost in costs_of([configuration])}
    return RootModule(stack.name, text, encryption, resources, costs, report.totals_line, report.notes)


def document_of(stack: Stack) -> dict[str, Any]:
    """The Terraform JSON of a stack, validated against the AWS provider's schemas.

    Raises:
        ConfigError: a setting is refused.
    """
    return _built(stack)[0]


def _built(stack: Stack) -> tuple[dict[str, Any], str]:
    """The Terraform JSON, and the text of the file that only OpenTofu reads."""
    root = build(App(outdir=outdir()), stack)
    try:
        document = synthesize(root)
        _refuse_assets(root, stack.name)
    except SecureInfraError as error:
        raise _at_settings(stack, error) from None
    comment = document.setdefault("//", {})
    comment[MARK] = {"version": __version__, "blueprint": stack.blueprint, "project": stack.project}
    state = state_of(root)
    return document, state.neighbors.synthesis.encryption.get(state.path) or ""


def build(app: App, stack: Stack) -> TerraformStack:
    """A stack in an app: provider, backend and blueprint, configured by the settings.

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


def _refuse_assets(root: TerraformStack, name: str) -> None:
    """Refuse files that a stack of a settings file would need beside its Terraform: only `app.synth()` writes them."""
    if assets := [path for _, path in state_of(root).neighbors.synthesis.assets]:
        raise ConfigError(
            f"{name}: needs the file {assets[0]!r}, which only a program writes. Give an archive in a bucket or a container image."
        )


def _at_settings(stack: Stack, error: SecureInfraError) -> SecureInfraError:
    """An error prefixed with the location of its settings."""
    place = stack.places.at(("settings",))
    if error.problems:
        return error_of(": ".join(filter(None, (place, error.path))), error.problems, words=YAML)
    return type(error)(f"{place}: {error}")


def id_of(blueprint: Blueprint) -> str:
    """The id of the blueprint in its stack, with which every address begins: its name, `data-lake`."""
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
    """The three configurations of a stack; problems of all of them are reported at once."""
    values, places = stack.values, stack.places
    problems = [Problem((), text, subject="") for text in stack.problems]
    problems += part_problems(blueprint, values, places)
    for part in ("provider", "backend"):
        if "waivers" in values.get(part, ()):
            problems.append(placed(replace(NO_WAIVERS, at=(part, "waivers")), places))
    if problems:
        raise error_of("", problems, words=YAML)
    provider = AwsProviderConfig(**values["provider"])
    backend = S3StateConfig(**values["backend"]) if "backend" in values else None
    return provider, backend, blueprint.config_type()(**values["settings"])


def stage(root: RootModule, staging: Path) -> None:
    """Write the files of a stack into a folder that other stacks share: `NAME`, and `NAME.tofu` where there is one.

    Args:
        root: the stack.
        staging: the folder.
    """
    (staging / root.name).write_text(root.text, encoding="utf-8", newline="\n")
    if root.encryption:
        (staging / f"{root.name}{STAGED}").write_text(root.encryption, encoding="utf-8", newline="\n")
