"""Which workflows of GitHub Actions are trusted: repositories by name and id, and deployments by branch too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated

from secureinfra.aws.iam_trust import GitHubTrust
from secureinfra.config import Config
from secureinfra.engine import SecureConstruct
from secureinfra.policy import Statement
from secureinfra.policy.conditions import equals
from secureinfra.values import Text, is_token, matches

GITHUB = "token.actions.githubusercontent.com"

_NAME = matches(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+", "is no repository: write 'owner/name', without ids and wildcards")
_ID = matches(r"[0-9]+", "is no id: write its digits in quotes")
_REFERENCE = re.compile(r"\$\{([^{}]*)\}")


class GitHubRepository(Config):
    """A repository whose workflows may take on the roles."""

    name: Annotated[str, _NAME]
    """`owner/name`."""
    repository_id: Annotated[str, _ID] | None = None
    """Id of the repository, which nobody takes over by re-creating its name: `gh api repos/OWNER/NAME --jq .id`."""
    repository_owner_id: Annotated[str, _ID] | None = None
    """Id of its owner: `gh api repos/OWNER/NAME --jq .owner.id`."""

    def problems(self) -> Iterator[str]:
        """One id alone makes no immutable subject."""
        if (self.repository_id is None) != (self.repository_owner_id is None):
            yield f"name={self.name!r} has one id of two: subjects since 2026 hold both. Give both, or none."
        if self.repository_id and is_token(self.name) and _REFERENCE.fullmatch(self.name) is None:
            yield (
                f"name={self.name!r} cannot be divided into owner and name, as subjects with ids need. Write it out, or a "
                "single reference such as '${var.repository}'."
            )

    @property
    def subjects(self) -> tuple[str, ...]:
        """The repository as subjects name it: classic, and with ids since 2026."""
        if self.repository_id is None:
            return (self.name,)
        owner, _, name = self.name.partition("/")
        if reference := _REFERENCE.fullmatch(self.name):
            owner, name = (f'${{split("/", {reference[1]})[{part}]}}' for part in (0, 1))
        return (self.name, f"{owner}@{self.repository_owner_id}/{name}@{self.repository_id}")


class DeploymentTrust(GitHubTrust):
    """Trust in jobs of an environment that run for named branches.

    The subject of such a job names no branch, even that of a pull request: without its settings in GitHub an environment
    lets every branch in. STS knows the claim `ref` since January 2026
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
