"""The input of a pipeline: the stacks, their environments, and the roles that plan and apply them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from secureinfra.errors import ConfigError
from secureinfra.stacks.package_source import installed_from
from secureinfra.stacks.settings import Pipeline, Project, Stack, filled

ENVIRONMENTS = ("sandbox", "development", "staging", "production")
"""Environments, in the order in which changes reach them."""


@dataclass(frozen=True)
class Job:
    """One stack in a pipeline.

    Args:
        stack: its name and folder.
        environment: its environment.
        region: region of the calls to AWS.
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
    """The input of a pipeline.

    Args:
        name: name of the stack or fleet.
        settings: the settings file, relative to the repository.
        out: the folder of the stacks, relative to the repository.
        branch: the branch that is applied.
        jobs: the stacks.
        waivers: a file of waivers, relative to the repository.
        package: the source of secureinfra for pip; `None` if a repository variable names it.
        tool: what plans and applies: `tofu` where it encrypts a state, which Terraform could not read.
    """

    name: str
    settings: str
    out: str
    branch: str
    jobs: tuple[Job, ...]
    waivers: str | None = None
    package: str | None = None
    tool: Literal["terraform", "tofu"] = "terraform"

    def of(self, environment: str) -> list[Job]:
        """The stacks of an environment."""
        return [job for job in self.jobs if job.environment == environment]


def plan_of(project: Project, out: Path, waivers: Path | None = None) -> Plan:
    """The input of a pipeline; the working folder is the repository's root.

    Raises:
        ConfigError: the file lacks the roles that plan and apply, or the environment of a stack.
    """
    pipeline = project.file.pipeline
    if pipeline is None:
        raise ConfigError(
            f"{project.places.at()}: a pipeline needs 'pipeline: {{plan_role_arn: ..., apply_role_arn: ...}}': the roles that "
            "plan and apply. The blueprint ci-cd-access creates such roles."
        )
    problems: list[str] = []
    jobs = tuple(_job(stack, pipeline, problems) for stack in project.stacks)
    if problems:
        raise ConfigError("\n".join(dict.fromkeys(problems)))
    settings, folder = (_within(path) for path in (Path(project.places.file), out))
    permitted = _within(waivers) if waivers else None
    package = pipeline.package or installed_from()
    encrypted = any("opentofu_kms_key_id" in stack.values.get("backend", ()) for stack in project.stacks)
    tool: Literal["terraform", "tofu"] = "tofu" if encrypted else "terraform"
    return Plan(project.file.name, settings, folder, pipeline.branch, jobs, permitted, package, tool)


def _job(stack: Stack, pipeline: Pipeline, problems: list[str]) -> Job:
    provider = stack.values["provider"]
    environment = provider.get("environment")
    if environment not in ENVIRONMENTS:
        where = stack.places.at(("provider", "environment"))
        problems.append(f"{where}: {stack.name} has no environment: its reviewers approve each apply. Add one.")
    plan, apply = (
        filled(getattr(pipeline, name), stack, ("pipeline", name), problems)
        for name in ("plan_role_arn", "apply_role_arn")
    )
    return Job(stack.name, str(environment), str(provider.get("region")), plan, apply)


def _within(path: Path) -> str:
    relative = os.path.relpath(path)
    if relative.startswith(".."):
        raise ConfigError(
            f"{path}: is outside the working folder, but a pipeline needs paths inside the repository. Run the command from its root."
        )
    return Path(relative).as_posix()
