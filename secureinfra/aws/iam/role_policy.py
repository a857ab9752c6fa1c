"""Permissions of a role: one least-privilege inline policy, for new and for existing roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from constructs import Construct

from secureinfra.config.config import Config
from secureinfra.config.problem import Problem, breaks, error_of
from secureinfra.config.rule import matches
from secureinfra.config.rules import Arn, is_token
from secureinfra.config.waiver import Waiver
from secureinfra.controls.iam.policies import Breach, breaches, escalations
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.engine.arguments import expected
from secureinfra.policy import PolicyDocument, Statement
from secureinfra.policy.document import SIZE_LIMITS
from secureinfra.policy.tokens import demands

__all__ = ["ExistingRole", "ExistingRoleConfig"]

ROLE_NAME = matches(r"[\w+=,.@-]{1,64}", "is not a role name", "write up to 64 letters, digits and '_+=,.@-'")
_ROLE_ARN = matches(
    r"arn:[^:]*:iam::[0-9]{12}:role/.*[^/*]",
    "is not a role",
    "write the ARN of a role",
    example="arn:aws:iam::111122223333:role/etl",
)
# AWS changes these itself and refuses changes by others.
# docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html and
# docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html
_NOT_OURS_TO_CHANGE = ("/aws-service-role/", "/aws-reserved/")


@declares(apart="the base of SecureRole and ExistingRole")
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
        """Allow the role what a statement says.

        Args:
            statement: effect, actions, resources and conditions; no principal.
            waivers: one for each control that the statement breaks.

        Raises:
            ControlError: the statement is too broad, and no waiver covers it.
            ConfigError: it names a principal, or no resource.
        """
        expected(self.path, "statement", statement, Statement)
        for breach in (*breaches(statement), *escalations((*self.policy.statements, statement))):
            self._require_waiver(breach, (*waivers, *self.config.waivers))
        self.policy.add(statement)

    def add_to_policy(self, statement: Statement) -> None:
        """Allow the role what a grant says; the same as `allow` without waivers."""
        self.allow(statement)

    def document(self) -> dict[str, Any]:
        """All resources as Terraform JSON; statements added to `policy` without `allow` are checked here at the latest."""
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
            raise error_of(self.path, [breaks(breach.broken, breach.control)])
        self.require(breach.control, waiver, breach.broken)
        # The configuration's waivers are written next to the main resource anyway.
        written = self.config.waivers if self.inline is next(iter(self.resources.values())) else ()
        if waiver not in (*self._waivers, *written):
            self._waivers.append(waiver)

    def _size_postconditions(self) -> Iterator[dict[str, str]]:
        """If references may make a policy too long, Terraform counts it in the plan, where they are known."""
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
    """Its name; by default taken from the ARN, which must then be known."""

    def problems(self) -> Iterator[Problem]:
        """The name must be known, and the role must be one that can be changed."""
        if is_token(self.arn):
            if self.name is None:
                why = "the role's name cannot be taken from it"
                yield Problem("arn", "is known to Terraform only", why, lambda words: f"Add {words.setting('name')}")
            return
        if self.name is not None and not is_token(self.name) and self.arn.rpartition("/")[2] != self.name:
            what = f"is not the role of arn={self.arn!r}"
            yield Problem("name", what, "grants would go to two roles", "Leave name out")
        if any(part in self.arn for part in _NOT_OURS_TO_CHANGE):
            yield Problem(
                "arn", "belongs to AWS, which does not allow changes to it", instead="Use one of your own roles"
            )


@declares(
    module="role-permissions",
    page="roles",
    asks=("name",),
    needs=("statements",),
    examples={"name": "deploy"},
)
class ExistingRole(RolePermissions):
    """An existing role that grants can be made to.

    Creates its own inline policy on the role, named after the construct, once something is granted. Trust, session
    length and permissions boundary of the role do not change and are not checked, unlike those of a `SecureRole`.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: which role.
        provider: an additional provider, for another account.

    Raises:
        ConfigError: it is not a role, or its name cannot be known.

    Example:
        `bucket.grant_read(ExistingRole(stack, "etl", ExistingRoleConfig(arn="arn:aws:iam::111122223333:role/etl")))`
    """

    config: ExistingRoleConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: ExistingRoleConfig,
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self._hold_permissions(self.path.replace("/", "-")[:128], self.name)

    @property
    def arn(self) -> str:
        """The role's ARN."""
        return self.config.arn

    @property
    def name(self) -> str:
        """The role's name."""
        return self.config.name or self.config.arn.rpartition("/")[2]
