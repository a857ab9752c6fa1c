"""What a role may do: one inline policy of least privilege, for roles of ours and for roles that exist."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from constructs import Construct

from secureinfra.config import Config, refusal
from secureinfra.controls.iam_policies import Breach, breaches, escalations
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.errors import ControlError
from secureinfra.policy import PolicyDocument, Statement
from secureinfra.policy.document import SIZE_LIMITS
from secureinfra.policy.tokens import demands
from secureinfra.values import Arn, is_token, matches
from secureinfra.waiver import Waiver

ROLE_NAME = matches(r"[\w+=,.@-]{1,64}", "is no role name: write up to 64 letters, digits and '_+=,.@-'")
_ROLE_ARN = matches(
    r"arn:[^:]*:iam::[0-9]{12}:role/.*[^/*]",
    "is no role: write the ARN of a role, e.g. 'arn:aws:iam::111122223333:role/etl'",
)
# AWS changes these itself and refuses changes by others.
# docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html and
# docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
_NOT_OURS_TO_CHANGE = ("/aws-service-role/", "/aws-reserved/")


class RolePermissions(SecureConstruct):
    """Base of the constructs that write a role's inline policy; a grant writes into it what it needs."""

    def _hold_permissions(self, name: str, role: str) -> None:
        self.policy = PolicyDocument("identity", self.path)
        self._waivers: list[Waiver] = []
        self.inline = Resource(
            self,
            "permissions",
            "aws_iam_role_policy",
            when=lambda: bool(self.policy),
            name=name,
            role=role,
            policy=self.policy.to_json,
        )
        self.inline.waivers = self._waivers

    def allow(self, statement: Statement, *, waivers: tuple[Waiver, ...] = ()) -> None:
        """Let the role do what a statement says.

        Args:
            statement: effect, actions, resources and conditions; no principal.
            waivers: permissions to break the controls that the statement breaks, one for each.

        Raises:
            ControlError: the statement is too broad, and no waiver covers it.
            ConfigError: it names a principal, or no resource.
        """
        for breach in (*breaches(statement), *escalations((*self.policy.statements, statement))):
            self._require_waiver(breach, (*waivers, *self.config.waivers))
        self.policy.add(statement)

    def add_to_policy(self, statement: Statement) -> None:
        """Let the role do what a grant says; the same as `allow` without waivers."""
        self.allow(statement)

    def document(self) -> dict[str, Any]:
        """All resources as Terraform JSON; what was put into `policy` past `allow` is judged here at the latest."""
        given = (*self._waivers, *self.config.waivers)
        found = (breach for statement in self.policy.statements for breach in breaches(statement))
        for breach in (*found, *escalations(self.policy.statements)):
            self._require_waiver(breach, given)
        judged = (demand for statement in self.policy.statements for demand in demands(statement))
        self.inline.conditions[:] = list(dict.fromkeys(judged))
        self.inline.postconditions[:] = list(self._size_postconditions())
        return super().document()

    def _require_waiver(self, breach: Breach, offered: tuple[Waiver, ...]) -> None:
        waiver = next((waiver for waiver in offered if waiver.control == breach.control.id), None)
        if waiver is None or not breach.control.waivable:
            raise ControlError(
                f"{self.path}: {refusal(f'{breach.broken} breaks control {breach.control.id}', breach.control)}"
            )
        self.require(breach.control, waiver, breach.broken)
        # The configuration's waivers are written beside the main resource anyway.
        written = self.config.waivers if self.inline is next(iter(self.resources.values())) else ()
        if waiver not in (*self._waivers, *written):
            self._waivers.append(waiver)

    def _size_postconditions(self) -> Iterator[dict[str, str]]:
        """A policy whose references may make it too long is counted by Terraform, in the plan where they are known."""
        limit = SIZE_LIMITS["identity"]
        text = self.policy.to_json()
        if len(text) > limit // 2 and is_token(text.replace("$${", "")):
            yield {
                "condition": f"${{length(self.policy) <= {limit}}}",
                "error_message": f"{self.path}: its policy is longer than the {limit:,} characters that AWS accepts. Use "
                "prefixes instead of single objects, or divide it over several roles.",
            }


class ExistingRoleConfig(Config):
    """Which role."""

    arn: Annotated[Arn, _ROLE_ARN]
    """Its ARN, in the account that the provider works in."""
    name: Annotated[str, ROLE_NAME] | None = None
    """Its name; by default read off the ARN, which takes a known one."""

    def problems(self) -> Iterator[str]:
        """The name must be known, and the role one that may be changed."""
        if is_token(self.arn):
            if self.name is None:
                yield f"arn={self.arn!r} is known to Terraform only: the role's name cannot be read off it. Add name=..."
            return
        if self.name is not None and not is_token(self.name) and self.arn.rpartition("/")[2] != self.name:
            yield f"name={self.name!r} is not the role of arn={self.arn!r}: grants would go to two roles. Leave name out."
        if any(part in self.arn for part in _NOT_OURS_TO_CHANGE):
            yield f"arn={self.arn!r} belongs to AWS, which lets nobody else change it: use a role of your own."


class ExistingRole(RolePermissions):
    """A role that somebody else made, as somebody to grant to.

    Creates an inline policy of its own on the role, named after the construct, once something is granted. Trust, session
    and boundary of the role stay as they are: a `SecureRole` is judged as a whole, this is not.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: which role.
        provider: an additional provider, for another account.

    Raises:
        ConfigError: it is no role, or its name cannot be known.

    Example:
        `bucket.grant_read(ExistingRole(stack, "etl", ExistingRoleConfig(arn="arn:aws:iam::111122223333:role/etl")))`
    """

    config: ExistingRoleConfig

    def __init__(self, scope: Construct, id: str, config: ExistingRoleConfig, *, provider: Any = None) -> None:
        super().__init__(scope, id, config, provider=provider)
        self._hold_permissions(self.path.replace("/", "-")[:128], self.name)

    @property
    def arn(self) -> str:
        """The role's ARN."""
        return self.config.arn

    @property
    def name(self) -> str:
        """The role's name."""
        return self.config.name or self.config.arn.rpartition("/")[2]
