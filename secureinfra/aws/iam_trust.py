"""Who may take on a role: an AWS service, an account, GitHub Actions or a SAML provider."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from secureinfra.config import Config
from secureinfra.controls import iam
from secureinfra.engine import SecureConstruct
from secureinfra.policy import Condition, Principal, Statement
from secureinfra.policy.conditions import equals, mfa, source_account, source_arn
from secureinfra.values import AccountId, Arn, OrganizationId, Text, matches

# Services whose documentation shows aws:SourceAccount or aws:SourceArn in the trust policy of the roles they take on.
# EC2 and Lambda send neither when they take on the role of an instance or a function. Nor does CloudTrail when it
# delivers to CloudWatch Logs: with either condition the trail cannot be made (AWS: "confused deputy prevention is not
# applicable", docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html).
_SEND_NO_SOURCE = frozenset({"cloudtrail", "ec2", "lambda"})
_SEND_SOURCE = frozenset(
    "backup bedrock codebuild codepipeline config dms ecs-tasks events firehose fis glue iot logs pipes rds "
    "s3 sagemaker scheduler ssm states transfer vpc-flow-logs".split()
)

_GITHUB = "token.actions.githubusercontent.com"
_REPOSITORY = matches(
    r"[A-Za-z0-9_.-]+(@[0-9]+)?/[A-Za-z0-9_.-]+(@[0-9]+)?",
    "is no repository: write 'owner/name', or 'owner@123/name@456' for immutable subjects; a wildcard would let others in",
)
_REF = matches(r"[A-Za-z0-9_./*-]*[A-Za-z0-9_./-]+[A-Za-z0-9_./*-]*", "is no name: '*' alone would let every one in")


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
    """Resources it may act for, `*` allowed, e.g. `arn:aws:states:eu-central-1:111122223333:stateMachine:orders`."""

    def problems(self) -> Iterator[str]:
        """A service that does not say for whom it acts would be locked out."""
        if self.source_arns and self.service.removesuffix(".amazonaws.com") in _SEND_NO_SOURCE:
            yield (
                f"source_arns={list(self.source_arns)!r} would lock {self.service} out: it does not say for which resource "
                "it takes on the role. Leave source_arns out; iam:PassRole decides who may give it the role."
            )

    def statements(self, role: SecureConstruct) -> list[Statement]:
        """The trust policy."""
        name = self.service.removesuffix(".amazonaws.com")
        conditions: list[Condition] = []
        if name in _SEND_SOURCE or self.source_arns:
            conditions.append(source_account(role.account_id))
        if self.source_arns:
            conditions.append(source_arn(*self.source_arns))
        principal = Principal.service(f"{name}.amazonaws.com")
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
    external_id: (
        Annotated[str, matches(r"[A-Za-z0-9+=,.@:/\\-]{2,1224}", "is no external id (2 to 1,224 characters)")] | None
    ) = None
    """A value that the other side must send; for a supplier who serves several customers."""
    mfa: bool = False
    """The caller signed in with a second factor."""
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

    def statements(self, role: SecureConstruct) -> list[Statement]:
        """The trust policy."""
        conditions: list[Condition] = []
        if self.external_id:
            conditions.append(equals("sts:ExternalId", self.external_id))
        if self.mfa:
            conditions.extend(mfa())
        if self.organization_id:
            conditions.append(equals("aws:PrincipalOrgID", self.organization_id))
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
    """Deployment environments; a job that names one has no branch in its subject."""
    pull_requests: bool = False
    """Jobs of pull requests, whose code nobody has reviewed yet: for read-only roles."""
    repository_ids: tuple[Annotated[str, matches(r"[0-9]+", "is no repository id: write its digits")], ...] = ()
    """Ids of the repositories, which no renaming or re-creation can take over."""
    owner_ids: tuple[Annotated[str, matches(r"[0-9]+", "is no owner id: write its digits")], ...] = ()
    """Ids of the owners."""
    provider_arn: Arn | None = None
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


class SamlTrust(Trust):
    """People sign in through a SAML identity provider and take on the role in the console."""

    kind: Literal["saml"] = "saml"
    """Tells the four apart in YAML."""
    provider_arn: Annotated[Arn, matches(r".*:saml-provider/.+", "is no SAML provider: write its ARN")]
    """The account's SAML provider."""

    def statements(self, role: SecureConstruct) -> list[Statement]:
        """The trust policy."""
        actions = ("sts:AssumeRoleWithSAML",)
        audience = equals("SAML:aud", "https://signin.aws.amazon.com/saml")
        return [Statement(principal=Principal.federated(self.provider_arn), actions=actions, conditions=(audience,))]
