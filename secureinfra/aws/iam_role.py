"""IAM role: named trust, least privilege, short sessions, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.iam_role_policy import ROLE_NAME, RolePermissions
from secureinfra.aws.iam_trust import AccountTrust, GitHubTrust, SamlTrust, ServiceTrust
from secureinfra.config import Config, refusal
from secureinfra.controls import iam
from secureinfra.engine import Resource
from secureinfra.policy import PolicyDocument
from secureinfra.values import Arn, Number, Rule, Text, between, is_token, matches

_PATH = matches(r"/|/[!-~]{1,510}/", "is no path: it starts and ends with '/', e.g. '/service/'")

_NARROW = Rule(
    lambda arn: re.search(f":policy/({iam.BROAD})$", arn) is None,
    refusal(f"breaks control {iam.NO_BROAD_MANAGED_POLICY.id}", iam.NO_BROAD_MANAGED_POLICY).rstrip("."),
    f'!can(regex(":policy/({iam.BROAD})$", {{value}}))',
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
    managed_policy_arns: Annotated[
        tuple[Annotated[Arn, _NARROW], ...],
        iam.NO_FULL_ACCESS.keeps(lambda arns: not any(re.search(iam.FULL_ACCESS, arn) for arn in arns)),
    ] = ()
    """Managed policies to attach. The administrator's are refused; what AWS calls `FullAccess` needs a waiver."""
    instance_profile: bool = False
    """Make an instance profile too, for EC2."""
    tags: dict[str, str] = {}
    """Tags besides the provider's default ones."""

    def problems(self) -> Iterator[str]:
        """Managed policies are named once each, and so that an address can be made of them."""
        names = [_name_of(arn) for arn in self.managed_policy_arns]
        for arn, name in zip(self.managed_policy_arns, names, strict=True):
            if not name:
                # The engine numbers its placeholders in the order of their making: an address must not hang on that.
                yield (
                    f"managed_policy_arns holds {arn!r}, from which no stable address can be made. Write the reference "
                    "itself, e.g. '${aws_iam_policy.reader.arn}'."
                )
            elif names.count(name) > 1:
                yield f"managed_policy_arns names {name!r} twice: AWS attaches a policy once. Name each once."


def _name_of(arn: str) -> str:
    """What a managed policy is called, as part of an address; empty where nothing can be read off."""
    if not is_token(arn):
        return arn.partition(":policy/")[2].replace("/", "-")
    parts = re.fullmatch(r"\$\{([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+)\}", arn)
    if parts is None:
        return ""
    names = parts.group(1).split(".")
    return names[-2] if names[-1] == "arn" else names[-1]


class SecureRole(RolePermissions):
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
        self._hold_permissions("permissions", self.role.ref("id"))
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

    def _attach_policy(self, arn: str) -> None:
        id = f"policy-{_name_of(arn)}"
        Resource(self, id, "aws_iam_role_policy_attachment", role=self.name, policy_arn=arn)

    def _prefix(self) -> str:
        # AWS adds 26 characters to a prefix of at most 38.
        return f"{self.path.replace('/', '-')[:37].rstrip('-')}-"
