"""IAM role: named trust, least privilege, short sessions, bounded."""

from __future__ import annotations

from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.iam_trust import AccountTrust, GitHubTrust, SamlTrust, ServiceTrust
from secureinfra.config import Config, refusal
from secureinfra.controls import iam
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ConfigError, ControlError
from secureinfra.policy import PolicyDocument, Statement
from secureinfra.policy.rules import Breach, breaches, escalations
from secureinfra.values import Arn, Number, Text, between, is_token, matches
from secureinfra.waiver import Waiver

ROLE_NAME = matches(r"[\w+=,.@-]{1,64}", "is no role name: write up to 64 letters, digits and '_+=,.@-'")
_PATH = matches(r"/|/[!-~]{1,510}/", "is no path: it starts and ends with '/', e.g. '/service/'")

# AWS-managed policies that amount to administration, or hand out credentials.
_BROAD = (
    "AdministratorAccess",
    "PowerUserAccess",
    "IAMFullAccess",
    "AWSCloudShellFullAccess",
    "job-function/SystemAdministrator",
)


class RoleConfig(Config):
    """Who takes on a role, and within which bounds."""

    trust: ServiceTrust | AccountTrust | GitHubTrust | SamlTrust
    """Who may take it on."""
    name: Annotated[str, ROLE_NAME] | None = None
    """Exact name; by default AWS adds a random end to the construct's path."""
    path: Annotated[str, _PATH] = "/"
    """IAM path, e.g. `/service/`, by which policies can speak of many roles."""
    description: Text | None = None
    """What the role is for; by default it names the construct."""
    max_session_duration: Annotated[
        Number,
        between(3600, 43200, "seconds"),
        iam.SHORT_SESSION.keeps(lambda seconds: seconds <= 3600, "{value} <= 3600"),
    ] = 3600
    """How long credentials work, 3,600 to 43,200 seconds."""
    permissions_boundary: Arn | None = None
    """Managed policy that bounds the role; by default the stack's (`configure`)."""
    managed_policy_arns: tuple[Arn, ...] = ()
    """Managed policies to attach; the administrator's are refused."""
    instance_profile: bool = False
    """Make an instance profile too, for EC2."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Any:
        """Managed policies must be narrow, and named once."""
        for arn in self.managed_policy_arns:
            if any(arn.endswith(f":policy/{name}") for name in _BROAD):
                yield refusal(
                    f"managed_policy_arns names {arn!r}, which breaks control {iam.NO_BROAD_MANAGED_POLICY.id}",
                    iam.NO_BROAD_MANAGED_POLICY,
                )


class SecureRole(SecureConstruct):
    """A role that only those named may take on, and that may do only what it was granted.

    Creates the role; its inline policy once something is granted; attachments and an instance profile on request.
    This library makes no IAM user and no access key: people come through federation, machines through roles.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: who takes it on.
        provider: an additional provider, for another account.

    Raises:
        ConfigError: a value is refused.

    Example:
        `SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))`
    """

    config: RoleConfig

    def __init__(self, scope: Construct, id: str, config: RoleConfig, *, provider: Any = None) -> None:
        super().__init__(scope, id, config, provider=provider)
        self.trust = PolicyDocument("trust", self.path, config.trust.statements(self))
        self.policy = PolicyDocument("identity", self.path)
        self._waivers: list[Waiver] = []
        self.role = Resource(
            self,
            "role",
            "aws_iam_role",
            waivers=config.trust.waivers,
            name=config.name,
            name_prefix=None if config.name else self._prefix(),
            path=config.path,
            description=config.description or f"{self.path}: role",
            assume_role_policy=self.trust.to_json,
            max_session_duration=config.max_session_duration,
            permissions_boundary=lambda: config.permissions_boundary or self.stack_state.permissions_boundary,
            tags=config.tags or None,
        )
        self.inline = Resource(
            self,
            "permissions",
            "aws_iam_role_policy",
            when=lambda: bool(self.policy),
            name="permissions",
            role=self.role.ref("id"),
            policy=self.policy.to_json,
        )
        self.inline.waivers = self._waivers
        for arn in config.managed_policy_arns:
            self._attach_policy(arn)
        if config.instance_profile:
            self.instance_profile = Resource(
                self,
                "instance-profile",
                "aws_iam_instance_profile",
                name_prefix=self._prefix(),
                path=config.path,
                role=self.name,
            )

    @property
    def arn(self) -> str:
        """Reference to the role's ARN."""
        return self.role.ref("arn")

    @property
    def name(self) -> str:
        """Reference to the role's name."""
        return self.role.ref("name")

    def allow(self, statement: Statement, *, waivers: tuple[Waiver, ...] = ()) -> None:
        """Let the role do what a statement says.

        Args:
            statement: effect, actions, resources and conditions; no principal.
            waivers: permissions to break the controls that the statement breaks, one for each.

        Raises:
            ControlError: the statement is too broad, and no waiver covers it.
            ConfigError: it names a principal, or no resource.
        """
        if statement.principal or statement.not_principal:
            raise ConfigError(
                f"{self.path}: a role's own policy has no principal: it speaks of the role. Remove principal= from the statement."
            )
        if not statement.resources and not statement.not_resources:
            raise ConfigError(
                f"{self.path}: {list(statement.actions)!r} names no resource: AWS would refuse it. Add resources=(arn, ...)."
            )
        for breach in (*breaches(statement), *escalations((*self.policy.statements, statement))):
            self._require_waiver(breach, waivers)
        self.policy.add(statement)

    def add_to_policy(self, statement: Statement) -> None:
        """Let the role do what a grant says; the same as `allow` without waivers."""
        self.allow(statement)

    def _require_waiver(self, breach: Breach, waivers: tuple[Waiver, ...]) -> None:
        offered = (*waivers, *self.config.waivers)
        waiver = next((waiver for waiver in offered if waiver.control == breach.control.id), None)
        if waiver is None or not breach.control.waivable:
            raise ControlError(
                f"{self.path}: {refusal(f'{breach.broken} breaks control {breach.control.id}', breach.control)}"
            )
        self.require(breach.control, waiver, breach.broken)
        if waiver not in self._waivers:
            self._waivers.append(waiver)

    def _attach_policy(self, arn: str) -> None:
        name = arn.strip("${}").split(".")[-2] if is_token(arn) else arn.rpartition("/")[2]
        Resource(self, f"policy-{name}", "aws_iam_role_policy_attachment", role=self.name, policy_arn=arn)

    def _prefix(self) -> str:
        # AWS adds 26 characters to a prefix of at most 38.
        return f"{self.path.replace('/', '-')[:37].rstrip('-')}-"
