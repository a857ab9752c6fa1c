"""Controls on roles that GitHub Actions workflows assume."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.iam.documents import Policy, judged
from secureinfra.controls.iam.patterns import is_known, matches, written
from secureinfra.controls.iam.trust import TRUSTING, ids_of, trust_policies
from secureinfra.controls.verdict import Failure, NotApplicable
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyCondition, PolicyStatement

GITHUB = "token.actions.githubusercontent.com"

_REFERENCE = re.compile(r"\$\{[^{}]*\}")
# `repo:owner/name:` and what the job runs for; a name that Terraform fills in later counts as a name.
_SUBJECT = re.compile(r"repo:(?P<repository>[^:]*):(?P<rest>.+)")
_REPOSITORY = re.compile(r"[^*?/:]+/[^*?:]+")
# A branch, tag or environment, at least its prefix.
_REF = re.compile(r"(?:ref:)?refs/(?:heads|tags)/[^*?].*|environment:[^*?].*|pull_request")

GITHUB_TRUST_PINNED = Control(
    id="iam-role-trust-github-pinned",
    title="GitHub Actions trust is limited to a repository and a branch, tag or environment",
    why="a workflow in any repository on GitHub could assume the role",
    row="iam-github-oidc-safe",
    waivable=False,
    fix=(
        f"Add StringEquals {GITHUB}:sub with values such as repo:acme/shop:ref:refs/heads/main or "
        "repo:acme/shop:environment:production."
    ),
    setting="GitHubTrust(repositories=('acme/shop',), branches=('main',)) writes it.",
)

GITHUB_REVIEWED = Control(
    id="iam-role-trust-github-reviewed",
    title="GitHub Actions trust excludes pull requests",
    why="anyone who may open a pull request could run their own code with the role",
    fix=f"Use branches, tags or environments in {GITHUB}:sub; remove pull_request and wildcards that match it.",
    setting="GitHubTrust allows none unless pull_requests=True.",
)


@GITHUB_TRUST_PINNED.check(*TRUSTING)
def _pinned(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(statement: PolicyStatement) -> Iterator[str]:
        if not _trusts_github(statement, configuration):
            return
        if not _demands(statement, sub=_names_repository, repository=_is_exact, repository_id=_is_exact):
            yield f"{_subjects(statement)} is not limited to a repository"
        elif not _demands(statement, sub=_names_ref, ref=_is_ref, environment=_is_exact):
            yield f"{_subjects(statement)} is not limited to a branch, tag or environment"

    found = _policies(block, configuration)
    return judged(found, judge, f'StringEquals {GITHUB}:sub = "repo:owner/name:ref:refs/heads/main"')


@GITHUB_REVIEWED.check(*TRUSTING)
def _reviewed(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(statement: PolicyStatement) -> Iterator[str]:
        reviewed = _demands(statement, sub=_keeps_pull_requests_out, ref=_is_ref, environment=_is_exact)
        if _trusts_github(statement, configuration) and not reviewed:
            yield f"{_subjects(statement)} allows pull requests"

    found = _policies(block, configuration)
    return judged(found, judge, f"{GITHUB}:sub with branches, tags or environments only")


def _policies(block: Block, configuration: Configuration) -> list[Policy]:
    found = trust_policies(block, configuration)
    statements = [statement for policy in found for statement in policy.statements()]
    if not any_of(statements, lambda statement: statement.allows and _trusts_github(statement, configuration)):
        raise NotApplicable("it does not trust GitHub Actions")
    return found


def _trusts_github(statement: PolicyStatement, configuration: Configuration) -> bool:
    """Whether a statement trusts GitHub's identity provider, or has conditions on its claims."""
    if any_of(statement.conditions, lambda condition: condition.key.lower().startswith(f"{GITHUB}:")):
        return True
    return any_of(ids_of(statement, "Federated"), lambda provider: _is_github(provider, configuration))


def _is_github(provider: Any, configuration: Configuration) -> bool:
    if is_known(provider) and GITHUB in provider:
        return True
    reference = _REFERENCE.fullmatch(provider)
    block = configuration.target(reference[0][2:-1]) if reference else None
    if block is None:
        return False
    return any_of((block.get("url", ""), block.get("arn", "")), lambda value: GITHUB in value)


def _demands(statement: PolicyStatement, **tests: Callable[[str], bool]) -> bool:
    """Whether a condition limits a claim so that every value passes that claim's test."""

    def demanded(condition: PolicyCondition) -> bool:
        host, _, claim = condition.key.lower().rpartition(":")
        if not host.endswith(GITHUB) or claim not in tests or not condition.demands_key:
            return False
        return bool(condition.values) and not any_of(condition.values, lambda value: _fails(value, tests[claim]))

    return any_of(statement.conditions, demanded)


def _fails(value: Any, test: Callable[[str], bool]) -> bool:
    if is_known(value) and test(value):
        return False
    if _REFERENCE.search(value):
        # The part that Terraform fills in may be the missing one.
        raise UnknownValueError(Unknown(value))
    return True


def _names_repository(subject: str) -> bool:
    found = _SUBJECT.fullmatch(_REFERENCE.sub("x/x", subject))
    return found is not None and _REPOSITORY.fullmatch(found["repository"]) is not None


def _names_ref(subject: str) -> bool:
    found = _SUBJECT.fullmatch(_REFERENCE.sub("x", subject))
    return found is not None and _is_ref(found["rest"])


def _keeps_pull_requests_out(subject: str) -> bool:
    found = _SUBJECT.fullmatch(_REFERENCE.sub("*", subject))
    return found is not None and not matches(found["rest"], "pull_request")


def _is_ref(rest: str) -> bool:
    return _REF.fullmatch(rest) is not None


def _is_exact(value: str) -> bool:
    return not set("*?") & set(value)


def _subjects(statement: PolicyStatement) -> str:
    values = [value for condition in statement.condition(f"{GITHUB}:sub") for value in written(condition.values)]
    return f"{GITHUB}:sub = {', '.join(values)}" if values else f"a token of any {GITHUB}:sub"
