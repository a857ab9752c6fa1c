"""Roles for GitHub Actions: one that plans and reads no data, one that applies from a protected environment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.github_actions_limits import DATA_READS, OWN_ACCESS, is_read
from secureinfra.aws.github_actions_trust import GITHUB, DeploymentTrust, GitHubRepository
from secureinfra.aws.iam_openid_connect_provider import GitHubOidcProvider
from secureinfra.aws.iam_role import RoleConfig, SecureRole
from secureinfra.aws.iam_role_policy import ROLE_NAME
from secureinfra.aws.iam_trust import GitHubTrust
from secureinfra.aws.state_backend import STATE_PREFIX, StateBackend
from secureinfra.config import Config
from secureinfra.controls import iam
from secureinfra.engine import Resource, S3StateConfig, SecureConstruct
from secureinfra.policy import Statement
from secureinfra.values import Arn, Number, Text, between, is_token, matches

_BRANCH = matches(r"[A-Za-z0-9_][A-Za-z0-9_./@#+=,-]*", "is no branch: write its exact name")

_PROVIDER = f"oidc-provider/{GITHUB}"

# What shows the settings of resources, which plan and apply compare, and no data: ReadOnlyAccess would read objects, tables,
# queues and logs. docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_job-functions.html
_VIEW = {"view-only-access": "job-function/ViewOnlyAccess", "security-audit": "SecurityAudit"}


class GitHubActionsRolesConfig(Config):
    """Whose workflows plan and apply, from where, and what they may do."""

    repositories: tuple[GitHubRepository, ...]
    """Repositories whose workflows take on the roles."""
    state_prefix: Annotated[str, STATE_PREFIX] | None = None
    """Prefix of their states, ending with `/`; by default the name of the first repository and `/`."""
    plan_branches: tuple[Text, ...] = ("main",)
    """Branches from which jobs plan; `release/*` is allowed."""
    plan_environments: tuple[Text, ...] = ()
    """Environments from which jobs plan: with reviewers set, the way to plan pull requests without a waiver."""
    pull_requests: Annotated[bool, iam.GITHUB_REVIEWED.keeps(lambda admitted: not admitted)] = False
    """Jobs of pull requests plan too. Their code reads the state, and with it every secret that Terraform knows."""
    plan_statements: tuple[Statement, ...] = ()
    """What a plan must read besides settings, e.g. an object or a secret, by ARN. Nothing that writes."""
    apply_environment: Text = "production"
    """Environment from which jobs apply. Protect it in the repository's settings: reviewers, branches."""
    apply_branches: tuple[Annotated[str, _BRANCH], ...] = ("main",)
    """Branches whose jobs apply, whatever the environment's settings let in; none: the environment alone decides."""
    apply_statements: tuple[Statement, ...] = ()
    """What an apply may do, action by action, judged like every role's permissions."""
    apply_managed_policy_arns: tuple[Arn, ...] = ()
    """Managed policies for the apply role. The administrator's are refused; what AWS calls `FullAccess` needs a waiver."""
    apply_max_session_duration: Annotated[
        Number,
        between(3600, 43200, "seconds"),
        iam.SHORT_SESSION.keeps(lambda seconds: seconds <= 3600, "{value} <= 3600"),
    ] = 3600
    """How long credentials of an apply work, 3,600 to 43,200 seconds. Those of a plan work for an hour."""
    permissions_boundary: Arn | None = None
    """Managed policy that bounds both roles, and that the apply role cannot change; by default the stack's."""
    plan_role_name: Annotated[str, ROLE_NAME] | None = None
    """Exact name; by default AWS adds a random end to the construct's path."""
    apply_role_name: Annotated[str, ROLE_NAME] | None = None
    """Exact name; by default AWS adds a random end to the construct's path."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """Everybody and nobody are no repositories, and a plan writes nothing."""
        if not self.repositories:
            yield "repositories=() names none: nobody could take on the roles. Add GitHubRepository(name='acme/shop')."
        with_ids = [repository.name for repository in self.repositories if repository.repository_id]
        if with_ids and len(with_ids) < len(self.repositories):
            yield (
                f"repositories gives ids of {', '.join(with_ids)} only: the others would be locked out, since ids are asked "
                "of every token. Give the ids of all, or of none."
            )
        if not (self.plan_branches or self.plan_environments or self.pull_requests):
            yield "plan_branches=() and plan_environments=() let nobody plan: add plan_branches=('main',)."
        for action in _written_by(self.plan_statements):
            yield (
                f"plan_statements allows {action!r}, which is no read: code that nobody has reviewed may plan. Move it to "
                "apply_statements."
            )

    @property
    def prefix(self) -> str:
        """Prefix of the states, given or by default."""
        return self.state_prefix or f"{self.repositories[0].name}/"


class GitHubActionsRoles(SecureConstruct):
    """Two roles for workflows that plan and apply Terraform, without a key that could be stolen.

    Creates the *plan* role, which sees settings (ViewOnlyAccess and SecurityAudit of AWS) and reads its states, but no
    other object, no secret, parameter, item, message or log: that is denied, whatever else is attached. It cannot lock:
    workflows run `terraform plan -lock=false` (see `StateBackend.grant_read`). And the *apply* role, for one GitHub
    environment and named branches, which sees settings too, does what was given, writes and locks its states, and can
    change neither the two roles nor the state's bucket and key: those belong to whoever applies the stack of this construct.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: which repositories, and what they may do.
        state: where they keep their states.
        oidc: GitHub's identity provider; by default the one that the account has already.
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
    ) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.state, self._oidc = state, oidc
        self.plan = SecureRole(self, "plan", self._plan_config())
        self.apply = SecureRole(self, "apply", self._apply_config())
        self._let_view("plan", self.plan)
        self._let_view("apply", self.apply)
        self._let_plan_read()
        self._let_apply_write()
        self._keep_apply_from_its_own_access()

    @property
    def plan_role_arn(self) -> str:
        """Reference to the ARN of the role that plans."""
        return self.plan.arn

    @property
    def apply_role_arn(self) -> str:
        """Reference to the ARN of the role that applies."""
        return self.apply.arn

    def backend_config(self, name: str) -> S3StateConfig:
        """Where a stack that these roles deliver keeps its state, for `secure_s3_backend`.

        Args:
            name: object below the roles' prefix, e.g. `network.tfstate`.

        Raises:
            ConfigError: as for `StateBackend.backend_config`.
        """
        return self.state.backend_config(f"{self.config.prefix}{name}")

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
            waivers=tuple(waiver for waiver in config.waivers if waiver.control == iam.GITHUB_REVIEWED.id),
        )
        return RoleConfig(
            trust=trust,
            name=config.plan_role_name,
            description=f"{self.path}: GitHub Actions, terraform plan",
            permissions_boundary=config.permissions_boundary,
            tags=config.tags,
        )

    def _apply_config(self) -> RoleConfig:
        config = self.config
        trust = DeploymentTrust(
            **self._trust(), environments=(config.apply_environment,), deploys_from=config.apply_branches
        )
        judged_here = (iam.SHORT_SESSION.id, iam.NO_FULL_ACCESS.id)
        return RoleConfig(
            trust=trust,
            name=config.apply_role_name,
            description=f"{self.path}: GitHub Actions, terraform apply",
            max_session_duration=config.apply_max_session_duration,
            managed_policy_arns=config.apply_managed_policy_arns,
            permissions_boundary=config.permissions_boundary,
            tags=config.tags,
            waivers=tuple(waiver for waiver in config.waivers if waiver.control in judged_here),
        )

    def _let_view(self, who: str, role: SecureRole) -> None:
        for id, policy in _VIEW.items():
            arn = f"arn:{self.partition}:iam::aws:policy/{policy}"
            Resource(self, f"{who}-{id}", "aws_iam_role_policy_attachment", role=role.name, policy_arn=arn)

    def _let_plan_read(self) -> None:
        self.state.grant_read(self.plan, self.config.prefix)
        for statement in self.config.plan_statements:
            self.plan.allow(statement, waivers=self.config.waivers)
        named = [resource for statement in self.config.plan_statements for resource in statement.resources]
        allowed = (self.state.bucket.objects(self.config.prefix), self.state.key_arn, *named)
        # What was named may be read; what an attached policy allows everywhere may not.
        self.plan.allow(
            Statement(
                sid="DenyReadingOtherData",
                effect="Deny",
                actions=DATA_READS,
                not_resources=tuple(resource for resource in allowed if resource != "*"),
            )
        )

    def _let_apply_write(self) -> None:
        self.state.grant_read_write(self.apply, self.config.prefix)
        for statement in self.config.apply_statements:
            self.apply.allow(statement, waivers=self.config.waivers)

    def _keep_apply_from_its_own_access(self) -> None:
        """Who could change them would be bound by nothing else that is said here."""
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


def _written_by(statements: Iterable[Statement]) -> Iterator[str]:
    """Actions of statements that do more than read."""
    for statement in statements:
        if statement.effect == "Allow":
            yield from (action for action in statement.actions if not is_token(action) and not is_read(action))


def _known(ids: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(id for id in ids if id is not None))
