"""Who may take on a role: an AWS service, an account, GitHub Actions or a SAML provider."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.config import Config
from secureinfra.controls import iam
from secureinfra.controls.reading.iam_sources import SEND_NO_SOURCE, SEND_SOURCE, SHOWN_WITHOUT
from secureinfra.engine import SecureConstruct
from secureinfra.policy import Condition, Principal, Statement
from secureinfra.policy.conditions import equals, mfa, principal_organization, source_account, source_arn
from secureinfra.values import AccountId, Arn, OrganizationId, Text, is_token, matches

_SERVICES = (*SEND_SOURCE, *SEND_NO_SOURCE, *SHOWN_WITHOUT)

_GITHUB = "token.actions.githubusercontent.com"
_REPOSITORY = matches(
    r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+|[A-Za-z0-9_.-]+@[0-9]+/[A-Za-z0-9_.-]+@[0-9]+",
    "is no repository: write 'owner/name', or 'owner@123/name@456' for immutable subjects; a wildcard would let others in",
)
# At most one wildcard, at the end, after something that names: '*', '*/*' and '*e*' would let every branch in.
_REF = matches(
    r"[A-Za-z0-9_][A-Za-z0-9_./@#+=,-]*\*{0,1}",
    "is no name: write it out, or begin with a name and end with '*', e.g. 'release/*'; '*' alone would let every one in",
)

# AWS takes 2 to 1,224 characters; Terraform's regular expressions repeat nothing more than 1,000 times.
_EXTERNAL_ID = matches(
    r"[A-Za-z0-9+=,.@:/\\-]{2,1000}[A-Za-z0-9+=,.@:/\\-]{0,224}", "is no external id (2 to 1,224 characters)"
)


class Trust(Config):
    """Base of the four ways to take on a role."""

    def statements(self, role: SecureConstruct) -> list[Statement]:
        """The trust policy."""
        raise NotImplementedError


class ServiceTrust(Trust):
    """An AWS service takes on the role, for resources of this account only where the service says for whom it acts."""

    kind: Literal["service"] = "service"
    """Tells the four apart in YAML."""
    service: Annotated[str, matches(r"[a-z0-9.-]+", "is no service: write e.g. 'ecs-tasks'")]
    """The service without `.amazonaws.com`, e.g. `ecs-tasks`."""
    source_arns: tuple[Text, ...] = ()
    """Resources it may act for, `*` allowed, e.g. `arn:aws:states:eu-central-1:111122223333:stateMachine:orders`; by
    default every one of this account that is of the service's kind."""
    names_source: Annotated[bool | None, iam.TRUST_NO_CONFUSED_DEPUTY.keeps(lambda names: names is not False)] = None
    """For a service that is not known here: whether AWS's page shows `aws:SourceAccount` in its trust policy."""

    @property
    def _name(self) -> str:
        return self.service.removesuffix(".amazonaws.com")

    def problems(self) -> Iterator[str]:
        """A service that does not say for whom it acts would be locked out, and an unknown one left open."""
        if self._name in SEND_NO_SOURCE and (self.source_arns or self.names_source):
            given = f"source_arns={list(self.source_arns)!r}" if self.source_arns else "names_source=True"
            yield (
                f"{given} would lock {self.service} out: it does not say for which resource "
                "it takes on the role. Leave it out; iam:PassRole decides who may give it the role."
            )
        for arn in self.source_arns:
            if not is_token(arn) and not arn.startswith("arn:"):
                yield f"source_arns names {arn!r}, which is no ARN: write e.g. 'arn:aws:events:*:111122223333:rule/nightly'."
        if self._name in _SERVICES or is_token(self.service) or self.source_arns or self.names_source is not None:
            return
        near = difflib.get_close_matches(self._name, _SERVICES, n=1, cutoff=0.8)
        meant = f"Did you mean {near[0]!r}? If not, look" if near else "Look"
        yield (
            f"service={self.service!r} is not known here: does it say for which account it takes on the role? {meant} at "
            "the trust policy on its AWS page and write names_source=True where that shows aws:SourceAccount, else "
            f"names_source=False with Waiver(control={iam.TRUST_NO_CONFUSED_DEPUTY.id!r}, reason=..., owner=..., until=...)."
        )

    def statements(self, role: SecureConstruct) -> list[Statement]:
        """The trust policy."""
        conditions: list[Condition] = []
        if self._name in SEND_SOURCE or self.source_arns or self.names_source:
            conditions.append(source_account(role.account_id))
        sources = self.source_arns
        if not sources and (kind := SEND_SOURCE.get(self._name)):
            # Of every region: a role belongs to none.
            sources = (f"arn:{role.partition}:{kind.format(account=role.account_id)}",)
        if sources:
            conditions.append(source_arn(*sources))
        principal = Principal.service(f"{self._name}.amazonaws.com")
        return [Statement(principal=principal, actions=("sts:AssumeRole",), conditions=conditions)]


class AccountTrust(Trust):
    """Roles of an account take on the role, with an external id, MFA or membership of an organisation."""

    kind: Literal["account"] = "account"
    """Tells the four apart in YAML."""
    account_id: AccountId
    """The account."""
    role_arns: tuple[
        Annotated[Arn, matches(r"[^*]*:role/[^*]+", "is no role: users and wildcards are not trusted")], ...
    ] = ()
    """Only these roles of it; by default whichever the account lets."""
    external_id: Annotated[str, _EXTERNAL_ID] | None = None
    """A value that the other side must send; for a supplier who serves several customers."""
    mfa: bool = False
    """The caller signed in with a second factor. Sessions of IAM Identity Center do not say so: use `organization_id`."""
    organization_id: OrganizationId | None = None
    """The caller belongs to this organisation."""

    def problems(self) -> Iterator[str]:
        """One of the three conditions must be there."""
        waived = self.waiver(iam.ACCOUNT_TRUST_CONDITIONED.id)
        if not (self.external_id or self.mfa or self.organization_id or waived):
            yield (
                f"account_id={self.account_id!r} has no condition: {iam.ACCOUNT_TRUST_CONDITIONED.why}. Add external_id=, "
                f"mfa=True or organization_id=, or Waiver(control={iam.ACCOUNT_TRUST_CONDITIONED.id!r}, reason=..., owner=..., until=...)."
            )
        for arn in self.role_arns:
            if not is_token(arn) and not is_token(self.account_id) and arn.split(":")[4] != self.account_id:
                yield f"role_arns names {arn!r}, which is not of account {self.account_id!r}: one AccountTrust speaks of one account."

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
    """Workflows of named GitHub repositories take on the role, from named branches, tags or environments."""

    kind: Literal["github"] = "github"
    """Tells the four apart in YAML."""
    repositories: tuple[Annotated[str, _REPOSITORY], ...]
    """`owner/name`; `owner@123/name@456` for repositories with immutable subjects (new and renamed ones since 2026)."""
    branches: tuple[Annotated[str, _REF], ...] = ()
    """Branches, e.g. `main`; `release/*` is allowed."""
    tags: tuple[Annotated[str, _REF], ...] = ()
    """Tags, e.g. `v*`."""
    environments: tuple[Annotated[str, matches(r"[^*?:]+", "is no environment: write its exact name")], ...] = ()
    """Deployment environments; a job that names one has no branch in its subject. Protect them in the repository's settings."""
    pull_requests: Annotated[bool, iam.GITHUB_REVIEWED.keeps(lambda admitted: not admitted)] = False
    """Jobs of pull requests, whose code nobody has reviewed yet: for read-only roles, with a waiver."""
    repository_ids: tuple[Annotated[str, matches(r"[0-9]+", "is no repository id: write its digits")], ...] = ()
    """Ids of the repositories, which no renaming or re-creation can take over."""
    owner_ids: tuple[Annotated[str, matches(r"[0-9]+", "is no owner id: write its digits")], ...] = ()
    """Ids of the owners, which no other account can take over either."""
    provider_arn: (
        Annotated[
            Arn,
            matches(
                r".*:oidc-provider/token\.actions\.githubusercontent\.com", "is not GitHub's provider: write its ARN"
            ),
        ]
        | None
    ) = None
    """The account's OIDC provider for GitHub; by default its ARN in this account."""

    def problems(self) -> Iterator[str]:
        """A repository alone lets every branch and every pull request in."""
        if not self.repositories:
            yield "repositories=() names none: anybody's workflow could take on the role. Write e.g. ('acme/shop',)."
        if not (self.branches or self.tags or self.environments or self.pull_requests):
            yield (
                f"repositories={list(self.repositories)!r} has no branch, tag or environment: every branch and pull "
                "request could take on the role. Add branches=('main',), tags= or environments=."
            )

    def statements(self, role: SecureConstruct) -> list[Statement]:
        """The trust policy."""
        subjects = tuple(f"repo:{repository}:{end}" for repository in self.repositories for end in self._ends())
        conditions = [equals(f"{_GITHUB}:aud", "sts.amazonaws.com")]
        exact = not any("*" in subject for subject in subjects)
        conditions.append(Condition("StringEquals" if exact else "StringLike", f"{_GITHUB}:sub", subjects))
        # STS knows these claims since January 2026 (aws.amazon.com/about-aws/whats-new/2026/01/).
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
    """People sign in through a SAML identity provider and take on the role in the console."""

    kind: Literal["saml"] = "saml"
    """Tells the four apart in YAML."""
    provider_arn: Annotated[Arn, matches(r".*:saml-provider/.+", "is no SAML provider: write its ARN")]
    """The account's SAML provider."""

    def statements(self, role: SecureConstruct) -> list[Statement]:
        """The trust policy."""
        actions = ("sts:AssumeRoleWithSAML",)
        partition = self.provider_arn.split(":")[1] if self.provider_arn.startswith("arn:") else "aws"
        audience = equals("SAML:aud", _SAML_AUDIENCES.get(partition, _SAML_AUDIENCES["aws"]))
        return [Statement(principal=Principal.federated(self.provider_arn), actions=actions, conditions=(audience,))]
