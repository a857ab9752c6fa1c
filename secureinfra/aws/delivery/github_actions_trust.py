"""Which workflows of GitHub Actions are trusted: repositories by name and id, and deployments by branch too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from secureinfra.aws.iam.trust import GitHubTrust
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import matches
from secureinfra.config.rules import Text, is_token
from secureinfra.engine import SecureConstruct
from secureinfra.policy import Statement
from secureinfra.policy.conditions import equals

__all__ = ["GitHubRepository"]

GITHUB = "token.actions.githubusercontent.com"

_NAME = matches(
    r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+", "is not a repository", "write 'owner/name', without ids and wildcards"
)
_ID = matches(r"[0-9]+", "is not an id", "write its digits in quotes")
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")


class GitHubRepository(Config):
    """A repository whose workflows may assume the roles."""

    name: Annotated[str, _NAME]
    """`owner/name`."""
    repository_id: Annotated[str, _ID] | None = None
    """Id of the repository; a new repository with the same name has another id: `gh api repos/OWNER/NAME --jq .id`."""
    # AWS's table of supported claims names `repository_id`; that STS evaluates `repository_owner_id` too is seen in workflows
    # that use it (aws.amazon.com/about-aws/whats-new/2026/01/aws-sts-supports-validation-identity-provider-claims/).
    repository_owner_id: Annotated[str, _ID] | None = None
    """Id of its owner: `gh api repos/OWNER/NAME --jq .owner.id`."""

    def problems(self) -> Iterator[Problem]:
        """An immutable subject needs both ids."""
        if (self.repository_id is None) != (self.repository_owner_id is None):
            yield Problem("name", "has one id of two", "subjects since 2026 hold both", "Give both, or none")
        if self.repository_id and is_token(self.name) and _REFERENCE.fullmatch(self.name) is None:
            what = "cannot be divided into owner and name, as subjects with ids need"
            advice = "Write it out, or a single reference such as '${var.repository}'"
            yield Problem("name", what, instead=advice)

    @property
    def subjects(self) -> tuple[str, ...]:
        """The repository as subjects name it: classic, and with ids since 2026."""
        if self.repository_id is None:
            return (self.name,)
        owner, _, name = self.name.partition("/")
        if reference := _REFERENCE.fullmatch(self.name):
            # Policies are JSON, whose escaped quotes Terraform would not read in an expression: so no `split("/", ...)`.
            owner, name = f"${{dirname({reference[1]})}}", f"${{basename({reference[1]})}}"
        return (self.name, f"{owner}@{self.repository_owner_id}/{name}@{self.repository_id}")


class DeploymentTrust(GitHubTrust):
    """Trust in jobs of an environment that run for named branches.

    The subject of such a job names no branch, even for a pull request: without settings in GitHub, an environment
    allows every branch. STS supports the claim `ref` since January 2026
    (aws.amazon.com/about-aws/whats-new/2026/01/aws-sts-supports-validation-identity-provider-claims/).
    """

    deploys_from: tuple[Text, ...] = ()
    """Branches."""

    def statements(self, role: SecureConstruct) -> list[Statement]:
        """The trust policy."""
        written = super().statements(role)
        if not self.deploys_from:
            return written
        refs = equals(f"{GITHUB}:ref", *(f"refs/heads/{name}" for name in self.deploys_from))
        return [replace(statement, conditions=(*statement.conditions, refs)) for statement in written]
