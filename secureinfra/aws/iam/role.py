"""IAM role: named trust, least privilege, short sessions, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.iam.role_policy import ROLE_NAME, RolePermissions
from secureinfra.aws.iam.trust import AccountTrust, GitHubTrust, SamlTrust, ServiceTrust
from secureinfra.config.adopted import Adopted
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem, breaks
from secureinfra.config.rule import Predicate, between, matches
from secureinfra.config.rules import Arn, Number, Text, is_token
from secureinfra.controls.iam.attachments import BROAD, FULL_ACCESS, NO_BROAD_MANAGED_POLICY, NO_FULL_ACCESS
from secureinfra.controls.iam.users import SHORT_SESSION
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource
from secureinfra.policy import PolicyDocument

__all__ = ["RoleConfig", "SecureRole"]

_PATH = matches(r"/|/[!-~]{1,510}/", "is not a path", "it starts and ends with '/'", example="/service/")

_NARROW = Predicate(
    lambda arn: re.search(f":policy/({BROAD})$", arn) is None,
    breaks("", NO_BROAD_MANAGED_POLICY).text.rstrip("."),
    f'!can(regex(":policy/({BROAD})$", {{value}}))',
)


class RoleConfig(Config):
    """Trust, permissions boundary and session length of a role."""

    trust: ServiceTrust | AccountTrust | GitHubTrust | SamlTrust
    """Which principals may assume it."""
    name: Annotated[str, ROLE_NAME] | None = None
    """Exact name; by default AWS adds a random end to the construct's path. Another name replaces the role, with its ARN."""
    path: Annotated[str, _PATH] = "/"
    """IAM path, e.g. `/service/`, by which policies can match several roles. Another path replaces the role, with its ARN."""
    description: Text | None = None
    """What the role is for; by default it names the construct."""
    max_session_duration: Annotated[
        Number,
        between(3600, 43200, "seconds"),
        SHORT_SESSION.keeps(lambda seconds: seconds <= 3600, "{value} <= 3600"),
    ] = 3600
    """How long credentials are valid, 3,600 to 43,200 seconds."""
    permissions_boundary: Arn | None = None
    """Permissions boundary of the role; by default the stack's (`configure`)."""
    managed_policy_arns: Annotated[
        tuple[Annotated[Arn, _NARROW], ...],
        NO_FULL_ACCESS.keeps(lambda arns: not any(re.search(FULL_ACCESS, arn) for arn in arns)),
    ] = ()
    """Managed policies to attach. Administrator policies are refused; `FullAccess` policies need a waiver."""
    instance_profile: bool = False
    """Create an instance profile too, for EC2."""
    adopt: Adopted = {}
    """Import ids of what exists already, by role in the construct, which are imported instead of created:
    `{"role": "worker", "permissions": True}`. `True` stands for what exists and whose id follows from the others.
    Name and path must be those that it has."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Each managed policy is named once, in a form that an address can be made from."""
        names = [_name_of(arn) for arn in self.managed_policy_arns]
        field = "managed_policy_arns"
        for number, (arn, name) in enumerate(zip(self.managed_policy_arns, names, strict=True)):
            if not name:
                # The engine numbers its placeholders in order of creation: an address must not depend on that.
                what = f"holds {arn!r}, from which no stable address can be made"
                advice = "Write the reference itself, e.g. '${aws_iam_policy.reader.arn}'"
                yield Problem((field, number), what, instead=advice, subject=field)
            elif names.count(name) > 1:
                why = "AWS attaches a policy once"
                yield Problem((field, number), f"names {name!r} twice", why, "Name each once", subject=field)


def _name_of(arn: str) -> str:
    """Name of a managed policy, as part of an address; empty where the name is unknown."""
    if not is_token(arn):
        return arn.partition(":policy/")[2].replace("/", "-")
    parts = re.fullmatch(r"\$\{([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+)\}", arn)
    if parts is None:
        return ""
    names = parts.group(1).split(".")
    return names[-2] if names[-1] == "arn" else names[-1]


@declares(
    module="role",
    page="roles",
    needs=("trust",),
    yours=("Review of the trusted principals, which may change over time.",),
)
class SecureRole(RolePermissions):
    """A role that only the named principals can assume, and that may do only what it was granted.

    Creates the role; its inline policy once something is granted; attachments and an instance profile on request.
    This library creates no IAM user and no access key: people use federation, workloads use roles.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: which principals may assume it, and within which limits.
        provider: an additional provider, for another account.

    Raises:
        ConfigError: a value is refused.

    Example:
        `SecureRole(stack, "service", RoleConfig(trust=ServiceTrust(service="ecs-tasks")))`
    """

    config: RoleConfig

    def __init__(
        self, scope: Construct, id: str, config: RoleConfig, *, provider: Any = None, moved_from: str | None = None
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
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
