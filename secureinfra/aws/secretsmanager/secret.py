"""Secret: its value in no Terraform state, under a customer key, for this account, rotated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.secretsmanager.random_password import GeneratedPassword, generated, required_token
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Arn, Number, Region, Text, is_token
from secureinfra.controls import secretsmanager as controls
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.errors import ConfigError
from secureinfra.facts.arns import arn
from secureinfra.facts.iam_reads import READS_SECRET
from secureinfra.policy import Condition, PolicyDocument, Principal, Statement

__all__ = ["Secret", "SecretConfig", "SecretReplica", "SecretRotation"]

SECRET_NAME = matches(
    r"[A-Za-z0-9/_+=.@-]{1,512}", "is not a secret's name", "write up to 512 letters, digits and '/_+=.@-'"
)
_FUNCTION = matches(
    arn("lambda", r"function:[A-Za-z0-9-_]{1,64}(:[A-Za-z0-9-_]+)?"),
    "is not a function's ARN",
    example="arn:aws:lambda:eu-central-1:111122223333:function:rotate",
)
# Secrets Manager may remove versions without a label once there are 100 of them: what Terraform wrote would then be missing,
# and the next apply would put a new value in the place of the rotated one.
# docs.aws.amazon.com/secretsmanager/latest/userguide/whats-in-a-secret.html#term_version
_FEWEST_DAYS = 30


class SecretRotation(Config):
    """Which function changes the secret, and how often."""

    function_arn: Annotated[Arn, _FUNCTION]
    """The function, in the account and region of the secret."""
    days: Annotated[
        Number,
        between(1, 1000, "days"),
        controls.ROTATED.keeps(lambda days: days <= 90, "{value} <= 90"),
    ] = 30
    """Days between two rotations, 1 to 90; less than 30 only for a secret without a value from Terraform."""


class SecretReplica(Config):
    """A copy of the secret in another region, where it can be read if this one is down."""

    region: Region
    """The other region."""
    kms_key_arn: Arn
    """Customer managed key there."""


class SecretConfig(Config):
    """What a caller may choose about a secret."""

    rotation: Annotated[SecretRotation | None, controls.ROTATED.keeps(lambda rotation: rotation is not None)]
    """The function that changes it regularly; `None` for what no function can change, such as the key of a vendor's API."""
    name: Annotated[str, SECRET_NAME] | None = None
    """Exact name; by default AWS adds a random end to the construct's path. A name that was deleted is taken until its
    recovery window ends. Another name replaces the secret, with its values."""
    description: Text | None = None
    """What the secret is for; by default it names the construct."""
    generated: GeneratedPassword | None = GeneratedPassword()
    """The password that AWS makes; `None` for a secret that is filled outside Terraform, e.g. with `aws secretsmanager
    put-secret-value`."""
    value_version: Annotated[Number, between(1, 1_000_000, "as a number")] = 1
    """Another number writes a new value: Terraform cannot compare a value that it does not keep. It replaces the version, not the
    secret."""
    recovery_window_in_days: Annotated[Number, between(7, 30, "days")] = 30
    """How long a deleted secret can be restored, 7 to 30 days."""
    replicas: tuple[SecretReplica, ...] = ()
    """Copies in other regions; each costs as much as the secret."""
    protect: bool = True
    """Terraform refuses to destroy the secret; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """A region has one replica."""
        regions = [replica.region for replica in self.replicas]
        for region in dict.fromkeys(regions):
            if not is_token(region) and regions.count(region) > 1:
                yield Problem("replicas", f"has {region!r} twice", "a region has one copy", "Name it once")


@declares(
    module="secret",
    page="secrets",
    examples={"rotation": {"function_arn": "arn:aws:lambda:eu-central-1:111122223333:function:rotate"}},
    yours=("Reading the secret: grant `secretsmanager:GetSecretValue` on its ARN and `kms:Decrypt` on its key.",),
)
class Secret(SecureConstruct):
    """A secret whose value no plan and no state has, that only granted roles of known accounts read.

    Creates the secret, a value, the policy that blocks public access and other accounts, rotation if a function is given, and
    a key when none is given. The value is generated by AWS during the apply, or given as an ephemeral value. Terraform 1.11 or
    newer writes such values (developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only); older ones refuse.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose.
        key: key to encrypt with; by default one of its own (1 USD a month, 3 after two rotations).
        value: a reference to an ephemeral variable or resource, instead of a generated password.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused: above all one that is written out.
        ControlError: there is neither rotation nor a waiver.

    Example:
        `Secret(stack, "session-key", SecretConfig(rotation=SecretRotation(function_arn=rotate.arn)))`
    """

    config: SecretConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: SecretConfig,
        *,
        key: SecureKey | None = None,
        value: str | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self._refuse_frequent(value)
        self.key = key_of(self, key, KeyConfig(description=f"{self.path}: secret", tags=config.tags))
        self.secret = self._make_secret()
        # What its value is made of; nothing of one that is given, or written elsewhere.
        self.generated = config.generated if value is None else None
        self.policy = PolicyDocument("resource", self.path)
        self._accounts: dict[str, None] = {}
        self._before_rotation: list[Resource] = []
        self._write_value(value)
        self._block_public_access()
        if config.rotation is not None:
            self._rotate(config.rotation)

    @property
    def arn(self) -> str:
        """Reference to the secret's ARN."""
        return self.secret.ref("arn")

    def grant_read(self, grantee: Grantee | str) -> None:
        """Let a role read the value, and decrypt it for that.

        Args:
            grantee: a `SecureRole`, or the ARN of a role. A role of another account needs the same permissions in its own
                policy, too.

        Raises:
            ConfigError: the grantee is not a role.
        """
        self._grant(grantee, "Read", (READS_SECRET, "secretsmanager:DescribeSecret"), ("kms:Decrypt",))

    def grant_write(self, grantee: Grantee | str) -> None:
        """Let a role write a new value, e.g. a pipeline that fills the secret; it cannot read the old one.

        Args:
            grantee: as for `grant_read`.

        Raises:
            ConfigError: the grantee is not a role.
        """
        actions = ("secretsmanager:PutSecretValue", "secretsmanager:DescribeSecret")
        self._grant(grantee, "Write", actions, ("kms:GenerateDataKey", "kms:Decrypt"))

    def grant_rotate(self, grantee: Grantee) -> None:
        """Let the role of the rotation function change the secret; the first rotation waits for it.

        Args:
            grantee: the function's execution role.

        Raises:
            ConfigError: the grantee is not a role of this library.
        """
        if isinstance(grantee, str):
            raise ConfigError(
                f"{self.path}: grant_rotate({grantee!r}) cannot be written: the role needs permissions of its own. Pass a "
                "SecureRole or an ExistingRole."
            )
        # docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
        actions = (
            READS_SECRET,
            "secretsmanager:DescribeSecret",
            "secretsmanager:PutSecretValue",
            "secretsmanager:UpdateSecretVersionStage",
        )
        self._grant(grantee, "Rotate", actions, ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"))
        grantee.add_to_policy(Statement(actions=("secretsmanager:GetRandomPassword",), resources=("*",)))
        inline = getattr(grantee, "inline", None)
        if isinstance(inline, Resource):
            self._before_rotation.append(inline)

    def _make_secret(self) -> Resource:
        config = self.config
        return Resource(
            self,
            "secret",
            "aws_secretsmanager_secret",
            protect=config.protect,
            name=config.name,
            name_prefix=None if config.name else f"{self.path[:480]}-",
            description=config.description or f"{self.path}: secret",
            kms_key_id=self.key.arn,
            recovery_window_in_days=config.recovery_window_in_days,
            replica=[{"region": one.region, "kms_key_id": one.kms_key_arn} for one in config.replicas] or None,
            tags=config.tags or None,
        )

    def _write_value(self, value: str | None) -> None:
        config = self.config
        if value is not None and config.generated and "generated" in config.model_fields_set:
            raise ConfigError(
                f"{self.path}: both value and generated are given: a secret has one value. Leave one out."
            )
        if value is not None:
            given = required_token(self.path, value)
        elif config.generated is not None:
            given = generated(self, config.generated)
        else:
            return
        written = Resource(
            self,
            "value",
            "aws_secretsmanager_secret_version",
            secret_id=self.arn,
            secret_string_wo=given,
            secret_string_wo_version=config.value_version,
        )
        self._before_rotation.append(written)

    def _block_public_access(self) -> None:
        Resource(
            self,
            "policy",
            "aws_secretsmanager_secret_policy",
            secret_arn=self.arn,
            block_public_policy=True,
            policy=lambda: PolicyDocument("resource", self.path, [*self.policy.statements, self._denial()]).to_json(),
        )

    def _denial(self) -> Statement:
        """Deny other accounts than this one and those that a grant names: IAM policies alone cannot open the secret to them."""
        return Statement(
            sid="DenyOtherAccounts",
            effect="Deny",
            principal=Principal.everybody(),
            actions=("secretsmanager:*",),
            resources=("*",),
            conditions=(
                Condition("StringNotEquals", "aws:PrincipalAccount", (self.account_id, *self._accounts)),
                Condition("Bool", "aws:PrincipalIsAWSService", ("false",)),
            ),
        )

    def _grant(self, grantee: Grantee | str, sid: str, actions: tuple[str, ...], key_actions: tuple[str, ...]) -> None:
        principal = principal_of(grantee, self.path)
        if isinstance(grantee, str):
            self._accounts[_account_of(grantee)] = None
            self.policy.add(Statement(sid=sid, principal=principal, actions=actions, resources=("*",)))
        else:
            grantee.add_to_policy(Statement(actions=actions, resources=(self.arn,)))
        self.key.grant(grantee, f"{sid}Secret", key_actions, via="secretsmanager")

    def _refuse_frequent(self, value: str | None) -> None:
        rotation = self.config.rotation
        filled_outside = value is None and self.config.generated is None
        if rotation is None or filled_outside or is_token(rotation.days) or rotation.days >= _FEWEST_DAYS:
            return
        raise ConfigError(
            f"{self.path}: SecretRotation days={rotation.days} is too often for a value that Terraform wrote: Secrets Manager "
            "forgets it after 100 newer ones, and the next apply would write over the rotated value. Use 30 days or more, or "
            "generated=None and fill the secret outside Terraform."
        )

    def _rotate(self, rotation: SecretRotation) -> None:
        """Rotate after the value exists and the function may be called: Secrets Manager tries both at once.

        docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
        """
        permission = Resource(
            self,
            "rotation-permission",
            "aws_lambda_permission",
            action="lambda:InvokeFunction",
            function_name=rotation.function_arn,
            principal="secretsmanager.amazonaws.com",
            source_account=self.account_id,
            source_arn=self.arn,
        )
        self._before_rotation.append(permission)
        self.rotation = Resource(
            self,
            "rotation",
            "aws_secretsmanager_secret_rotation",
            secret_id=self.arn,
            rotation_lambda_arn=rotation.function_arn,
            rotation_rules=[{"automatically_after_days": rotation.days}],
        )
        account, region = self.account_id[2:-1], self.region[2:-1]
        self.rotation.demand(
            "function",
            rotation.function_arn,
            f'join(":", slice(split(":", {{value}}), 3, 5)) == "${{{region}}}:${{{account}}}"',
            "must be in the account and region of the secret: Secrets Manager calls no other. Copy the function there",
            "SecretRotation function_arn",
        )
        # The same list: what a later grant adds is in it.
        self.rotation.depends_on = self._before_rotation  # type: ignore[assignment]


def _account_of(role_arn: str) -> str:
    if not is_token(role_arn):
        return role_arn.split(":")[4]
    if "TfToken[" in role_arn:
        return f'${{element(split(":", "{role_arn}"), 4)}}'
    return f'${{element(split(":", {role_arn.removeprefix("${").removesuffix("}")}), 4)}}'
