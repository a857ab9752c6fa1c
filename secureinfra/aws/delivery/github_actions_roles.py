"""Roles for GitHub Actions: one that plans and reads no data, one that applies from a protected environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.delivery.github_actions_limits import (
    NOT_FOR_PLANS,
    OWN_ACCESS,
    PLAN_READS,
    PLAN_READS_OF_SETTINGS,
    PUBLIC_PARAMETERS,
    is_read,
)
from secureinfra.aws.delivery.github_actions_trust import GITHUB, DeploymentTrust, GitHubRepository
from secureinfra.aws.delivery.state_backend import STATE_PREFIX, STATE_PREFIX_TAG, WORKSPACES, StateBackend
from secureinfra.aws.iam.openid_connect_provider import GitHubOidcProvider
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.role_policy import ROLE_NAME
from secureinfra.aws.iam.trust import GitHubTrust
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Arn, Number, Text, is_token
from secureinfra.controls.iam.attachments import NO_FULL_ACCESS
from secureinfra.controls.iam.github import GITHUB_REVIEWED
from secureinfra.controls.iam.users import SHORT_SESSION
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, S3StateConfig, SecureConstruct
from secureinfra.facts.iam_reads import DATA_READS
from secureinfra.files.state_encryption import Phase
from secureinfra.policy import Condition, Statement

__all__ = ["GitHubActionsRoles", "GitHubActionsRolesConfig"]

_BRANCH = matches(r"[A-Za-z0-9_][A-Za-z0-9_./@#+=,-]*", "is not a branch", "write its exact name")

_PROVIDER = f"oidc-provider/{GITHUB}"

# These show the settings of resources, which plan and apply compare, but no data: ReadOnlyAccess would read objects,
# tables, queues and logs. docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html
_VIEW = {"view-only-access": "job-function/ViewOnlyAccess", "security-audit": "SecurityAudit"}


class GitHubActionsRolesConfig(Config):
    """Which workflows plan and apply, from which branches, and what they may do."""

    repositories: tuple[GitHubRepository, ...]
    """Repositories whose workflows assume the roles."""
    state_prefix: Annotated[str, STATE_PREFIX] | None = None
    """Prefix of their states, ending with `/`; by default the name of the first repository and `/`."""
    plan_branches: tuple[Text, ...] = ("main",)
    """Branches from which jobs plan; `release/*` is allowed."""
    plan_environments: tuple[Text, ...] = ()
    """Environments from which jobs plan; with required reviewers, they can plan pull requests without a waiver."""
    pull_requests: Annotated[bool, GITHUB_REVIEWED.keeps(lambda admitted: not admitted)] = False
    """Jobs of pull requests plan too. Their code reads the state, including every secret in it."""
    plan_statements: tuple[Statement, ...] = ()
    """What a plan must read in addition to settings, e.g. an object or a secret, by ARN. Read actions only."""
    apply_environment: Text = "production"
    """Environment from which jobs apply. Protect it in the repository's settings: reviewers, branches."""
    apply_branches: tuple[Annotated[str, _BRANCH], ...] = ("main",)
    """Branches whose jobs apply, even if the environment allows more; if empty, the environment alone decides."""
    apply_statements: tuple[Statement, ...] = ()
    """What an apply may do, action by action, checked like every role's permissions."""
    apply_managed_policy_arns: tuple[Arn, ...] = ()
    """Managed policies for the apply role. Administrator policies are refused; `FullAccess` policies need a waiver."""
    apply_max_session_duration: Annotated[
        Number,
        between(3600, 43200, "seconds"),
        SHORT_SESSION.keeps(lambda seconds: seconds <= 3600, "{value} <= 3600"),
    ] = 3600
    """How long credentials of an apply are valid, 3,600 to 43,200 seconds. Those of a plan are valid for an hour."""
    permissions_boundary: Arn | None = None
    """Permissions boundary of both roles, which the apply role cannot change; by default the stack's."""
    plan_role_name: Annotated[str, ROLE_NAME] | None = None
    """Exact name; by default AWS adds a random end to the construct's path. Another name replaces the role, with its ARN."""
    apply_role_name: Annotated[str, ROLE_NAME] | None = None
    """Exact name; by default AWS adds a random end to the construct's path. Another name replaces the role, with its ARN."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Repositories are named, and a plan only reads."""
        if not self.repositories:
            yield Problem(
                "repositories",
                "names none",
                "no workflow could assume the roles",
                lambda words: f"Add {words.part('GitHubRepository', {'name': 'acme/shop'})}",
            )
        with_ids = [repository.name for repository in self.repositories if repository.repository_id]
        if with_ids and len(with_ids) < len(self.repositories):
            what = f"gives ids of {', '.join(with_ids)} only"
            why = "the others would be locked out, since ids are required of every token"
            yield Problem("repositories", what, why, "Give the ids of all, or of none", subject="repositories")
        if not (self.plan_branches or self.plan_environments or self.pull_requests):
            yield Problem(
                "plan_branches",
                "allow no job to plan",
                instead=lambda words: f"Add {words.setting('plan_branches', ('main',))}",
                subject="plan_branches=() and plan_environments=()",
            )
        for action in _written_by(self.plan_statements):
            what, why = f"allows {action!r}, which is not a read", "code that is not reviewed may plan"
            field = "plan_statements"
            yield Problem(field, what, why, "Move it to apply_statements", subject=field)

    @property
    def prefix(self) -> str:
        """Prefix of the states, given or by default."""
        return self.state_prefix or f"{self.repositories[0].name}/"


@declares(within="ci-cd-access", page="delivery")
class GitHubActionsRoles(SecureConstruct):
    """Two roles for workflows that plan and apply Terraform, without stored keys.

    Creates the *plan* role, which reads settings (AWS's ViewOnlyAccess and SecurityAudit) and its own states. Other
    objects, secrets, parameters, items, messages and logs are denied, even if another attached policy allows them. It
    cannot lock: workflows run `terraform plan -lock=false` (see `StateBackend.grant_read`). Also creates the *apply*
    role, for one GitHub environment and named branches. It reads settings, does what it was granted, and writes and
    locks its states. It can change neither the two roles nor the state's bucket and key: administrators who apply this
    construct's stack manage those.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: which repositories, and what they may do.
        state: where they keep their states.
        oidc: GitHub's identity provider; by default the account's existing one.
        provider: an additional provider, for another account.

    Raises:
        ConfigError: a value is refused, or a statement breaks a control that no waiver covers.

    Example:
        `GitHubActionsRoles(stack, "shop", GitHubActionsRolesConfig(repositories=(GitHubRepository(name="acme/shop"),)),
        state=state)`
    """

    config: GitHubActionsRolesConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: GitHubActionsRolesConfig,
        *,
        state: StateBackend,
        oidc: GitHubOidcProvider | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.state, self._oidc = state, oidc
        self.plan = SecureRole(self, "plan", self._plan_config())
        self.apply = SecureRole(self, "apply", self._apply_config())
        self._let_view("plan", self.plan)
        self._let_view("apply", self.apply)
        self._let_plan_read()
        self._let_apply_write()
        self._keep_states_apart()
        self._keep_apply_from_its_own_access()

    @property
    def plan_role_arn(self) -> str:
        """Reference to the ARN of the role that plans."""
        return self.plan.arn

    @property
    def apply_role_arn(self) -> str:
        """Reference to the ARN of the role that applies."""
        return self.apply.arn

    def backend_config(self, name: str, opentofu_encryption: Phase = "on") -> S3StateConfig:
        """Where a stack that these roles deliver keeps its state, for `secure_s3_backend`.

        Args:
            name: object below the roles' prefix, e.g. `network.tfstate`.
            opentofu_encryption: as for `StateBackend.backend_config`.

        Raises:
            ConfigError: as for `StateBackend.backend_config`.
        """
        return self.state.backend_config(f"{self.config.prefix}{name}", opentofu_encryption)

    def _trust(self) -> dict[str, Any]:
        repositories = self.config.repositories
        return {
            "repositories": tuple(subject for repository in repositories for subject in repository.subjects),
            "repository_ids": _known(repository.repository_id for repository in repositories),
            "owner_ids": _known(repository.repository_owner_id for repository in repositories),
            "provider_arn": self._oidc.arn if self._oidc else None,
        }

    def _plan_config(self) -> RoleConfig:
        config = self.config
        trust = GitHubTrust(
            **self._trust(),
            branches=config.plan_branches,
            environments=config.plan_environments,
            pull_requests=config.pull_requests,
            waivers=tuple(waiver for waiver in config.waivers if waiver.control == GITHUB_REVIEWED.id),
        )
        return RoleConfig(
            trust=trust,
            name=config.plan_role_name,
            description=f"{self.path}: GitHub Actions, terraform plan",
            permissions_boundary=config.permissions_boundary,
            tags=self._tags(),
        )

    def _apply_config(self) -> RoleConfig:
        config = self.config
        trust = DeploymentTrust(
            **self._trust(), environments=(config.apply_environment,), deploys_from=config.apply_branches
        )
        judged_here = (SHORT_SESSION.id, NO_FULL_ACCESS.id)
        return RoleConfig(
            trust=trust,
            name=config.apply_role_name,
            description=f"{self.path}: GitHub Actions, terraform apply",
            max_session_duration=config.apply_max_session_duration,
            managed_policy_arns=config.apply_managed_policy_arns,
            permissions_boundary=config.permissions_boundary,
            tags=self._tags(),
            waivers=tuple(waiver for waiver in config.waivers if waiver.control in judged_here),
        )

    def _tags(self) -> dict[str, str]:
        return {**self.config.tags, STATE_PREFIX_TAG: self.config.prefix}

    def _let_view(self, who: str, role: SecureRole) -> None:
        for id, policy in _VIEW.items():
            arn = f"arn:{self.partition}:iam::aws:policy/{policy}"
            Resource(self, f"{who}-{id}", "aws_iam_role_policy_attachment", role=role.name, policy_arn=arn)
        # In one statement, since a role's policies have 10,240 characters: an action reads resources of its service only.
        actions = tuple(action for _, called in PLAN_READS for action in called)
        below = (resource.format(account=self.account_id) for resources, _ in PLAN_READS for resource in resources)
        arns = tuple(f"arn:{self.partition}:{resource}" for resource in below)
        role.allow(Statement(actions=actions, resources=arns))
        role.allow(Statement(actions=PLAN_READS_OF_SETTINGS, resources=("*",)))
        role.allow(Statement(actions=("ssm:GetParameter",), resources=(self._public,)))

    @property
    def _public(self) -> str:
        return f"arn:{self.partition}:{PUBLIC_PARAMETERS}"

    def _let_plan_read(self) -> None:
        self.state.grant_read(self.plan, self.config.prefix)
        for statement in self.config.plan_statements:
            self.plan.allow(statement, waivers=self.config.waivers)
        named = [resource for statement in self.config.plan_statements for resource in statement.resources]
        allowed = (self.state.bucket.objects(self.config.prefix), self.state.key_arn, self._public, *named)
        # Named resources may be read; what an attached policy allows on all resources may not.
        self.plan.allow(
            Statement(
                sid="DenyReadingOtherData",
                effect="Deny",
                actions=(*DATA_READS, *NOT_FOR_PLANS),
                not_resources=tuple(resource for resource in allowed if resource != "*"),
            )
        )

    def _let_apply_write(self) -> None:
        self.state.grant_read_write(self.apply, self.config.prefix)
        for statement in self.config.apply_statements:
            self.apply.allow(statement, waivers=self.config.waivers)

    def _keep_states_apart(self) -> None:
        """Deny what other statements or policies may allow on the states of others.

        Objects of the bucket outside the prefix are denied by the bucket's policy, which reads the roles' tag: a policy of a
        role cannot say "this bucket, but not this prefix". Those of other roles are denied by name here too.
        """
        bucket = self.state.bucket
        listed = Condition("StringNotLike", "s3:prefix", (f"{self.config.prefix}*", WORKSPACES))
        for role in (self.plan, self.apply):
            # ViewOnlyAccess lists every bucket. A call without a prefix lists everything, and meets the condition.
            role.allow(
                Statement(
                    sid="DenyListingOtherStates",
                    effect="Deny",
                    actions=("s3:ListBucket", "s3:ListBucketVersions"),
                    resources=(bucket.arn,),
                    conditions=(listed,),
                )
            )
        for other in self.state.deliveries:
            if not _overlap(self.config.prefix, other.config.prefix):
                self._deny_states(other.config.prefix)
                other._deny_states(self.config.prefix)
        self.state.deliveries.append(self)

    def _deny_states(self, prefix: str) -> None:
        for role in (self.plan, self.apply):
            objects = (self.state.bucket.objects(prefix),)
            role.allow(Statement(sid="DenyOtherStates", effect="Deny", actions=("s3:*Object*",), resources=objects))

    def _keep_apply_from_its_own_access(self) -> None:
        """A role that could change these resources could remove every other limit set here."""
        own = {
            "Roles": (self.plan.arn, self.apply.arn),
            "Provider": (self._oidc.arn if self._oidc else f"arn:{self.partition}:iam::{self.account_id}:{_PROVIDER}",),
            "StateBucket": (self.state.bucket_arn,),
            "StateKey": (self.state.key_arn,),
        }
        if boundary := self.config.permissions_boundary or self.stack_state.permissions_boundary:
            own["Boundary"] = (boundary,)
        for name, resources in own.items():
            self.apply.allow(
                Statement(sid=f"DenyChanging{name}", effect="Deny", actions=OWN_ACCESS[name], resources=resources)
            )


def _overlap(one: str, other: str) -> bool:
    """Whether one of two prefixes may lie within the other; tokens may."""
    return is_token(one) or is_token(other) or one.startswith(other) or other.startswith(one)


def _written_by(statements: Iterable[Statement]) -> Iterator[str]:
    """Actions of statements that do more than read."""
    for statement in statements:
        if statement.effect == "Allow":
            yield from (action for action in statement.actions if not is_token(action) and not is_read(action))


def _known(ids: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for id in ids if id is not None))
