"""What plans and applies the stacks of a settings file: jobs of GitHub Actions, or workspaces of HCP Terraform."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from secureinfra.check.output import write_file
from secureinfra.errors import ConfigError, ConfigurationError
from secureinfra.projects.root import FILE, MARK
from secureinfra.projects.settings import Pipeline, Project, Stack, filled

ENVIRONMENTS = ("sandbox", "development", "staging", "production")
"""In which order changes reach them."""


@dataclass(frozen=True)
class Job:
    """One stack, as a pipeline sees it.

    Args:
        stack: what it is called; its folder too.
        environment: where it belongs.
        region: of the calls to AWS.
        plan_role_arn: role that plans.
        apply_role_arn: role that applies.
    """

    stack: str
    environment: str
    region: str
    plan_role_arn: str
    apply_role_arn: str


@dataclass(frozen=True)
class Plan:
    """What a pipeline is written from.

    Args:
        name: of the stack or fleet.
        settings: the settings file, relative to the repository.
        out: the folder of the stacks, relative to the repository.
        branch: from which is applied.
        jobs: the stacks.
        waivers: a file of waivers, relative to the repository.
    """

    name: str
    settings: str
    out: str
    branch: str
    jobs: tuple[Job, ...]
    waivers: str | None = None

    def of(self, environment: str) -> list[Job]:
        """The stacks of an environment."""
        return [job for job in self.jobs if job.environment == environment]


def plan_of(project: Project, out: Path, waivers: Path | None = None) -> Plan:
    """What a pipeline is written from; the working folder is the repository's root.

    Raises:
        ConfigError: the file does not say who plans and applies, or to which environment a stack belongs.
    """
    pipeline = project.file.pipeline
    if pipeline is None:
        raise ConfigError(
            f"{project.places.at()}: a pipeline needs 'pipeline: {{plan_role_arn: ..., apply_role_arn: ...}}': who plans and who "
            "applies. The blueprint ci-cd-access makes such roles."
        )
    problems: list[str] = []
    jobs = tuple(_job(stack, pipeline, problems) for stack in project.stacks)
    if problems:
        raise ConfigError("\n".join(dict.fromkeys(problems)))
    settings, folder = (_within(path) for path in (Path(project.places.file), out))
    permitted = _within(waivers) if waivers else None
    return Plan(project.file.name, settings, folder, pipeline.branch, jobs, permitted)


def _job(stack: Stack, pipeline: Pipeline, problems: list[str]) -> Job:
    provider = stack.values["provider"]
    environment = provider.get("environment")
    if environment not in ENVIRONMENTS:
        where = stack.places.at(("provider", "environment"))
        problems.append(
            f"{where}: {stack.name} has no environment: a pipeline asks its reviewers before it applies. Add one."
        )
    plan, apply = (
        filled(getattr(pipeline, name), stack, ("pipeline", name), problems)
        for name in ("plan_role_arn", "apply_role_arn")
    )
    return Job(stack.name, str(environment), str(provider.get("region")), plan, apply)


def _within(path: Path) -> str:
    relative = os.path.relpath(path)
    if relative.startswith(".."):
        raise ConfigError(
            f"{path}: lies outside of the working folder: a pipeline names paths of the repository. Run it from its root."
        )
    return Path(relative).as_posix()


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
        The file, and whether it was not there or differs.

    Raises:
        ConfigError: the settings file lacks something that a pipeline needs.
        ConfigurationError: the file belongs to somebody else, or cannot be written.
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
        raise ConfigurationError(f"{path}: cannot be written: {error.strerror}.") from None
    write_file(path, text)
    return path, True


def rendered(kind: str, project: Project, out: Path, waivers: Path | None = None) -> tuple[Path, str]:
    """Where a pipeline belongs, and its text; arguments and errors as for `write_pipeline`."""
    plan = plan_of(project, out, waivers)
    if kind == "github":
        from secureinfra.projects.pipeline_github import workflow  # noqa: PLC0415 - one of the two

        return Path(".github", "workflows", f"{plan.name}.yml"), workflow(plan)
    from secureinfra.projects.pipeline_hcp import workspaces  # noqa: PLC0415 - one of the two

    _refuse_two_states(project)
    name = f"{plan.name}-workspaces"
    if any(job.stack == name for job in plan.jobs):
        raise ConfigError(
            f"{project.places.at()}: a stack is called {name!r}, as the folder of the workspaces. Rename the target."
        )
    return out / name / FILE, workspaces(plan, name)


def _refuse_two_states(project: Project) -> None:
    if project.file.backend is not None:
        raise ConfigError(
            f"{project.places.at(('backend',))}: HCP Terraform keeps the state of its workspaces itself: Terraform would have two. "
            "Leave 'backend' out."
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


SIGNATURE = "# Written by secureinfra synth"
"""The beginning of a workflow that may be overwritten."""
