"""Who may assume a role: an AWS service, an account, GitHub Actions or a SAML provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import matches
from secureinfra.config.rules import AccountId, Arn, OrganizationId, Text, is_token
from secureinfra.controls.iam.github import GITHUB_REVIEWED
from secureinfra.controls.iam.trust import ACCOUNT_TRUST_CONDITIONED, TRUST_NO_CONFUSED_DEPUTY
from secureinfra.engine import SecureConstruct
from secureinfra.errors import ConfigError
from secureinfra.facts.iam_sources import SEND_NO_SOURCE, SEND_SOURCE, SHOWN_WITHOUT
from secureinfra.policy import Condition, Principal, Statement
from secureinfra.policy.conditions import equals, mfa, principal_organization, source_account, source_arn
from secureinfra.suggest import did_you_mean

__all__ = ["AccountTrust", "GitHubTrust", "SamlTrust", "ServiceTrust"]

_SERVICES = (*SEND_SOURCE, *SEND_NO_SOURCE, *SHOWN_WITHOUT)

_GITHUB = "token.actions.githubusercontent.com"
_REPOSITORY = matches(
    r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+|[A-Za-z0-9_.-]+@[0-9]+/[A-Za-z0-9_.-]+@[0-9]+",
    "is not a repository",
    "write 'owner/name', or 'owner@123/name@456' for immutable subjects; a wildcard would allow other repositories",
)
# At most one wildcard, at the end, after a name: '*', '*/*' and '*e*' would allow every branch.
_REF = matches(
    r"[A-Za-z0-9_][A-Za-z0-9_./@#+=,-]*\*{0,1}",
    "is not a name",
    "write it out, or begin with a name and end with '*' ('*' alone would allow every one)",
    example="release/*",
)

# AWS takes 2 to 1,224 characters; Terraform's regular expressions repeat nothing more than 1,000 times.
_EXTERNAL_ID = matches(
    r"[A-Za-z0-9+=,.@:/\\-]{2,1000}[A-Za-z0-9+=,.@:/\\-]{0,224}", "is not an external id (2 to 1,224 characters)"
)


class Trust(Config):
    """Base of the four ways to assume a role."""

    def statements(self, role: SecureConstruct) -> list[Statement]:
        """The trust policy."""
        raise NotImplementedError


class ServiceTrust(Trust):
    """An AWS service assumes the role, only for resources of this account if the service sends its source."""

    kind: Literal["service"] = "service"
    """Kind of trust, in YAML."""
    service: Annotated[str, matches(r"[a-z0-9.-]+", "is not a service", example="ecs-tasks")]
    """The service without `.amazonaws.com`, e.g. `ecs-tasks`."""
    source_arns: tuple[Text, ...] = ()
    """Resources it may act for, `*` allowed, e.g. `arn:aws:states:eu-central-1:111122223333:stateMachine:orders`; by
    default all resources of the service in this account."""
    names_source: Annotated[bool | None, TRUST_NO_CONFUSED_DEPUTY.keeps(lambda names: names is not False)] = None
    """For an unknown service: whether AWS's documentation shows `aws:SourceAccount` in its trust policy."""

    @property
    def _name(self) -> str:
        return self.service.removesuffix(".amazonaws.com")

    def problems(self) -> Iterator[Problem]:
        """A condition would lock out a service that sends no source; an unknown service must be decided by the caller."""
        if self._name in SEND_NO_SOURCE and (self.source_arns or self.names_source):
            yield Problem(
                "source_arns" if self.source_arns else "names_source",
                f"would lock {self.service} out",
                "it does not send the resource that it assumes the role for",
                "Leave it out; iam:PassRole controls which principals may pass it the role",
            )
        for number, arn in enumerate(self.source_arns):
            if not is_token(arn) and not arn.startswith("arn:"):
                what = f"names {arn!r}, which is not an ARN"
                advice = "Write e.g. 'arn:aws:events:*:111122223333:rule/nightly'"
                yield Problem(("source_arns", number), what, instead=advice, subject="source_arns")
        if self._name in _SERVICES or is_token(self.service) or self.source_arns or self.names_source is not None:
            return
        hint = did_you_mean(self._name, _SERVICES, cutoff=0.8)
        meant = f"{hint} If not, look" if hint else "Look"
        yield Problem(
            "service",
            "is not known here",
            "it may not send the account that it assumes the role for",
            lambda words: (
                f"{meant} at the trust policy on its AWS page and write {words.setting('names_source', True)} where that shows "
                f"aws:SourceAccount, else {words.setting('names_source', False)} with "
                f"{words.waiver(TRUST_NO_CONFUSED_DEPUTY.id)}"
            ),
        )

    def statements(self, role: SecureConstruct) -> list[Statement]:
        """The trust policy."""
        conditions: list[Condition] = []
        if self._name in SEND_SOURCE or self.source_arns or self.names_source:
            conditions.append(source_account(role.account_id))
        sources = self.source_arns
        if not sources and (kind := SEND_SOURCE.get(self._name)):
            # In every region: roles are global.
            sources = (f"arn:{role.partition}:{kind.format(account=role.account_id)}",)
        if sources:
            conditions.append(source_arn(*sources))
        principal = Principal.service(f"{self._name}.amazonaws.com")
        return [Statement(principal=principal, actions=("sts:AssumeRole",), conditions=conditions)]


class AccountTrust(Trust):
    """Roles of an account assume the role, with an external id, MFA or membership of an organization."""

    kind: Literal["account"] = "account"
    """Kind of trust, in YAML."""
    account_id: AccountId
    """The account."""
    role_arns: tuple[
        Annotated[Arn, matches(r"[^*]*:role/[^*]+", "is not a role", "users and wildcards are not trusted")], ...
    ] = ()
    """Only these roles of it; by default any principal that the account allows."""
    external_id: Annotated[str, _EXTERNAL_ID] | None = None
    """A value that the caller must send; for vendors that serve several customers."""
    mfa: bool = False
    """The caller must have signed in with MFA. Sessions of IAM Identity Center do not show it: use `organization_id`."""
    organization_id: OrganizationId | None = None
    """The caller must belong to this organization."""

    def problems(self) -> Iterator[Problem]:
        """One of the three conditions is required."""
        waived = self.waiver(ACCOUNT_TRUST_CONDITIONED.id)
        if not (self.external_id or self.mfa or self.organization_id or waived):
            yield Problem(
                "account_id",
                "has no condition",
                ACCOUNT_TRUST_CONDITIONED.why,
                lambda words: (
                    f"Add {words.setting('external_id')}, {words.setting('mfa', True)} or {words.setting('organization_id')}, "
                    f"or {words.waiver(ACCOUNT_TRUST_CONDITIONED.id)}"
                ),
            )
        for number, arn in enumerate(self.role_arns):
            if not is_token(arn) and not is_token(self.account_id) and arn.split(":")[4] != self.account_id:
                what = f"names {arn!r}, which is not of account {self.account_id!r}"
                why = "one AccountTrust covers one account"
                yield Problem(("role_arns", number), what, why, subject="role_arns")

    def statements(self, role: SecureConstruct) -> list[Statement]:
        """The trust policy."""
        conditions: list[Condition] = []
        if self.external_id:
            conditions.append(equals("sts:ExternalId", self.external_id))
        if self.mfa:
            conditions.extend(mfa())
        if self.organization_id:
            conditions.append(principal_organization(self.organization_id))
        principal = Principal.arns(*(self.role_arns or (f"arn:{role.partition}:iam::{self.account_id}:root",)))
        return [Statement(principal=principal, actions=("sts:AssumeRole",), conditions=conditions)]


class GitHubTrust(Trust):
    """Workflows of named GitHub repositories assume the role, from named branches, tags or environments."""

    kind: Literal["github"] = "github"
    """Kind of trust, in YAML."""
    repositories: tuple[Annotated[str, _REPOSITORY], ...]
    """`owner/name`; `owner@123/name@456` for repositories with immutable subjects (new and renamed ones since 2026)."""
    branches: tuple[Annotated[str, _REF], ...] = ()
    """Branches, e.g. `main`; `release/*` is allowed."""
    tags: tuple[Annotated[str, _REF], ...] = ()
    """Tags, e.g. `v*`."""
    environments: tuple[Annotated[str, matches(r"[^*?:]+", "is not an environment", "write its exact name")], ...] = ()
    """Deployment environments; a job that names one has no branch in its subject. Protect them in the repository's settings."""
    pull_requests: Annotated[bool, GITHUB_REVIEWED.keeps(lambda admitted: not admitted)] = False
    """Jobs of pull requests, whose code is not reviewed yet: for read-only roles, with a waiver."""
    repository_ids: tuple[Annotated[str, matches(r"[0-9]+", "is not a repository id", "write its digits")], ...] = ()
    """Ids of the repositories, which stay unique when a name is reused."""
    owner_ids: tuple[Annotated[str, matches(r"[0-9]+", "is not an owner id", "write its digits")], ...] = ()
    """Ids of the owners, which stay unique when a name is reused."""
    provider_arn: (
        Annotated[
            Arn,
            matches(
                r".*:oidc-provider/token\.actions\.githubusercontent\.com", "is not GitHub's provider", "write its ARN"
            ),
        ]
        | None
    ) = None
    """The account's OIDC provider for GitHub; by default its ARN in this account."""

    def problems(self) -> Iterator[Problem]:
        """A repository alone would allow every branch and every pull request."""
        if not self.repositories:
            yield Problem(
                "repositories",
                "names none",
                "any workflow on GitHub could assume the role",
                lambda words: f"Write {words.setting('repositories', ('acme/shop',))}",
            )
        if not (self.branches or self.tags or self.environments or self.pull_requests):
            yield Problem(
                "repositories",
                "has no branch, tag or environment",
                "every branch and pull request could assume the role",
                lambda words: (
                    f"Add {words.setting('branches', ('main',))}, {words.setting('tags')} or {words.setting('environments')}"
                ),
            )

    def statements(self, role: SecureConstruct) -> list[Statement]:
        """The trust policy."""
        subjects = tuple(f"repo:{repository}:{end}" for repository in self.repositories for end in self._ends())
        conditions = [equals(f"{_GITHUB}:aud", "sts.amazonaws.com")]
        exact = not any("*" in subject for subject in subjects)
        conditions.append(Condition("StringEquals" if exact else "StringLike", f"{_GITHUB}:sub", subjects))
        # STS supports these claims since January 2026 (aws.amazon.com/about-aws/whats-new/2026/01/).
        for claim, ids in (("repository_id", self.repository_ids), ("repository_owner_id", self.owner_ids)):
            if ids:
                conditions.append(equals(f"{_GITHUB}:{claim}", *ids))
        provider = self.provider_arn or f"arn:{role.partition}:iam::{role.account_id}:oidc-provider/{_GITHUB}"
        principal = Principal.federated(provider)
        return [Statement(principal=principal, actions=("sts:AssumeRoleWithWebIdentity",), conditions=conditions)]

    def _ends(self) -> list[str]:
        ends = [f"ref:refs/heads/{branch}" for branch in self.branches]
        ends += [f"ref:refs/tags/{tag}" for tag in self.tags]
        ends += [f"environment:{environment}" for environment in self.environments]
        return [*ends, "pull_request"] if self.pull_requests else ends


# docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_saml_assertions.html and its GovCloud and China forms
_SAML_AUDIENCES = {
    "aws": "https://signin.aws.amazon.com/saml",
    "aws-us-gov": "https://signin.amazonaws-us-gov.com/saml",
    "aws-cn": "https://signin.amazonaws.cn/saml",
}


class SamlTrust(Trust):
    """People sign in through a SAML identity provider and assume the role in the console."""

    kind: Literal["saml"] = "saml"
    """Kind of trust, in YAML."""
    provider_arn: Annotated[Arn, matches(r".*:saml-provider/.+", "is not a SAML provider", "write its ARN")]
    """The account's SAML provider."""

    def statements(self, role: SecureConstruct) -> list[Statement]:
        """The trust policy."""
        actions = ("sts:AssumeRoleWithSAML",)
        partition = self.provider_arn.split(":")[1] if self.provider_arn.startswith("arn:") else "aws"
        if partition not in _SAML_AUDIENCES:
            raise ConfigError(
                f"{role.path}: SamlTrust provider_arn={self.provider_arn!r} is in partition {partition}, whose sign-in address this "
                "library does not know. Write the trust policy yourself."
            )
        audience = equals("SAML:aud", _SAML_AUDIENCES[partition])
        return [Statement(principal=Principal.federated(self.provider_arn), actions=actions, conditions=(audience,))]
