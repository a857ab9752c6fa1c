"""Pipelines that plan and apply the stacks of a settings file: GitHub Actions jobs, or HCP Terraform workspaces."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from secureinfra.errors import ConfigError, ConfigurationError
from secureinfra.files.output import why, write_file
from secureinfra.stacks.pipelines.github import SIGNATURE, workflow
from secureinfra.stacks.pipelines.hcp import workspaces
from secureinfra.stacks.pipelines.plan import plan_of
from secureinfra.stacks.root import FILE, MARK
from secureinfra.stacks.settings import Project


def write_pipeline(
    kind: str, project: Project, out: Path, waivers: Path | None = None, *, only_check: bool = False
) -> tuple[Path, bool]:
    """Write the pipeline of a project.

    Args:
        kind: `github` or `hcp`.
        project: which stacks.
        out: the folder of the stacks.
        waivers: a file of waivers.
        only_check: write nothing.

    Returns:
        The file, and whether it is new or differs.

    Raises:
        ConfigError: the settings file lacks a setting that a pipeline needs.
        ConfigurationError: the file was not written by this library, or cannot be written.
    """
    path, text = rendered(kind, project, out, waivers)
    present = path.read_text(encoding="utf-8") if path.is_file() else None
    if present is not None and not _is_ours(path, present):
        raise ConfigurationError(
            f"{path}: was not written by secureinfra synth. Move it away, or rename the stack or fleet."
        )
    if present == text or only_check:
        return path, present != text
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be written: {why(error)}.") from None
    write_file(path, text)
    return path, True


def rendered(kind: str, project: Project, out: Path, waivers: Path | None = None) -> tuple[Path, str]:
    """The path and text of a pipeline; arguments and errors as for `write_pipeline`."""
    plan = plan_of(project, out, waivers)
    if kind == "github":
        return Path(".github", "workflows", f"{plan.name}.yml"), workflow(plan)
    _refuse_two_states(project)
    name = f"{plan.name}-workspaces"
    if any(job.stack == name for job in plan.jobs):
        raise ConfigError(
            f"{project.places.at()}: a stack is named {name!r}, like the folder of the workspaces. Rename the target."
        )
    return out / name / FILE, workspaces(plan, name)


def _refuse_two_states(project: Project) -> None:
    if project.file.backend is not None:
        raise ConfigError(
            f"{project.places.at(('backend',))}: HCP Terraform stores the state of its workspaces itself, so there would be two backends. "
            "Remove 'backend'."
        )


def _is_ours(path: Path, text: str) -> bool:
    if path.suffix == ".yml":
        return text.startswith(SIGNATURE)
    try:
        held = json.loads(text)
    except ValueError:
        return False
    comment = held.get("//") if isinstance(held, dict) else None
    return isinstance(comment, Mapping) and MARK in comment
