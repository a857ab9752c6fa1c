"""KMS key: rotated, described, with a policy written for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.kms.services import service_statements
from secureinfra.config.adopted import Adopted
from secureinfra.config.config import Config
from secureinfra.config.problem import Problem
from secureinfra.config.rule import between, matches
from secureinfra.config.rules import Number, PrincipalArn, Text
from secureinfra.controls import kms
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, Resource, SecureConstruct, principal_of
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import via_service

__all__ = ["KeyConfig", "SecureKey"]

ENCRYPT = ("kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*", "kms:DescribeKey")
DECRYPT = ("kms:Decrypt", "kms:DescribeKey")
ENCRYPT_DECRYPT = tuple(dict.fromkeys((*ENCRYPT, *DECRYPT)))

# What the AWS console gives a key administrator, less the actions that use the key or let others use it: `kms:Create*` would
# include `kms:CreateGrant`, by which an administrator could give itself `kms:Decrypt`.
# docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
ADMINISTER = (
    "kms:CreateAlias",
    "kms:Describe*",
    "kms:Enable*",
    "kms:List*",
    "kms:Put*",
    "kms:Update*",
    "kms:Revoke*",
    "kms:Disable*",
    "kms:Get*",
    "kms:Delete*",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
    "kms:RotateKeyOnDemand",
)

# So that AWS services can still be set up with the key: grants for them only, as control CT.KMS.PV.1 of AWS Control Tower wants it.
# docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
_FOR_AWS = Condition("Bool", "kms:GrantIsForAWSResource", ("true",))

ALIAS = matches(
    r"[A-Za-z0-9/_-]{1,250}", "is not an alias", "write letters, digits, '/', '_' and '-', without 'alias/' before it"
)


class KeyConfig(Config):
    """What a caller may choose about a key."""

    alias: Annotated[Text, ALIAS] | None = None
    """Alias without `alias/` before it; by default the construct's path. An alias is unique in account and region. Another one
    replaces the alias, not the key."""
    description: Text | None = None
    """What the key protects; by default it names the construct."""
    rotation_period_in_days: Annotated[Number, between(90, 2560, "days")] = 365
    """How often AWS creates new key material, 90 to 2,560 days; old material stays for decryption."""
    deletion_window_in_days: Annotated[
        Number, between(7, 30, "days"), kms.DELETION_DELAYED.keeps(lambda days: days == 30, "{value} == 30")
    ] = 30
    """How long a deleted key can be recovered, 7 to 30 days."""
    administrators: tuple[PrincipalArn, ...] = ()
    """Roles that manage the key and may not use it; by default IAM policies of the account decide."""
    users: tuple[PrincipalArn, ...] = ()
    """Roles that encrypt and decrypt with it, in addition to those with grants."""
    strict: bool = False
    """Only this policy allows use of the key; IAM policies of the account can allow managing it but not using it. Who may manage it
    can still replace this policy (`kms:PutKeyPolicy`), which CloudTrail records."""
    multi_region: Annotated[bool, kms.SINGLE_REGION.keeps(lambda multi: not multi, "!tobool({value})")] = False
    """Key material may be copied to other regions. A change replaces the key, which Terraform refuses while it is protected: what
    it encrypted could not be read any more. Make a second key instead."""
    protect: bool = True
    """Terraform refuses to destroy the key; the `sandbox` environment turns it off."""
    adopt: Adopted = {}
    """Import ids of what exists already, by role in the construct, which are imported instead of created:
    `{"key": "1234abcd-12ab-34cd-56ef-1234567890ab", "alias": True}`. `True` stands for what exists and whose id follows from the others.
    The alias must be the one that it has."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""

    def problems(self) -> Iterator[Problem]:
        """Aliases below `aws/` are AWS's own, and the prefix `alias/` is written by the construct."""
        for prefix, why in (
            ("aws/", "AWS reserves 'alias/aws/' for its own keys"),
            ("alias/", "'alias/' is added for you"),
        ):
            if self.alias and self.alias.startswith(prefix):
                rest = self.alias.removeprefix(prefix) or "data"
                yield Problem("alias", f"begins with {prefix!r}", why, f"Write e.g. {rest!r}")


@declares(
    module="key",
    page="storage",
    yours=("IAM policies for administering and using the key; its policy leaves that to the account's IAM.",),
)
class SecureKey(SecureConstruct):
    """A customer-managed key that rotates, is protected from accidental deletion, and can be used only by granted
    principals.

    Creates the key with its policy, and an alias. The account's root user keeps control of the policy, so the key
    cannot become unmanageable (docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html).

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose; the defaults meet every control.
        provider: an additional provider, for another region.

    Raises:
        ConfigError: a value is refused.

    Example:
        `SecureKey(stack, "data", KeyConfig(users=("arn:aws:iam::111122223333:role/etl",)))`
    """

    config: KeyConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: KeyConfig = KeyConfig(),
        *,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.policy = PolicyDocument("key", self.path)
        self.key = Resource(
            self,
            "key",
            "aws_kms_key",
            protect=config.protect,
            description=config.description or f"{self.path}: customer-managed key",
            enable_key_rotation=True,
            rotation_period_in_days=_unless_usual(config.rotation_period_in_days),
            deletion_window_in_days=config.deletion_window_in_days,
            multi_region=config.multi_region or None,
            policy=self.policy.to_json,
            tags=config.tags or None,
        )
        self.alias = Resource(
            self,
            "alias",
            "aws_kms_alias",
            name=f"alias/{config.alias or self._derived_alias()}",
            target_key_id=self.key_id,
        )
        self._keep_root_in_control()
        self._let_administrators_manage()
        if config.users:
            self.policy.add(_use("Users", ENCRYPT_DECRYPT, Principal.arns(*config.users)))

    @property
    def arn(self) -> str:
        """Reference to the key's ARN."""
        return self.key.ref("arn")

    @property
    def key_id(self) -> str:
        """Reference to the key's id."""
        return self.key.ref("key_id")

    def grant_encrypt(self, grantee: Grantee | str) -> None:
        """Let a role encrypt and generate data keys, and nothing else.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
        """
        self.grant(grantee, "Encrypt", ENCRYPT)

    def grant_decrypt(self, grantee: Grantee | str) -> None:
        """Let a role decrypt, and nothing else.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
        """
        self.grant(grantee, "Decrypt", DECRYPT)

    def grant_encrypt_decrypt(self, grantee: Grantee | str) -> None:
        """Let a role encrypt and decrypt.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
        """
        self.grant(grantee, "EncryptDecrypt", ENCRYPT_DECRYPT)

    def grant(self, grantee: Grantee | str, sid: str, actions: Sequence[str], *, via: str | None = None) -> None:
        """Let a role use the key with these actions only, in the policy that decides: the role's, the key's, or both.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
            sid: statement id in the key's policy.
            actions: `kms:` actions.
            via: service that requests must come through, e.g. `s3`; by default none is required.
        """
        principal = principal_of(grantee, self.path)
        # With the end of the partition's host names: `s3.cn-north-1.amazonaws.com.cn` in China.
        conditions = (via_service(f"{via}.{self.region}.{self.dns_suffix}"),) if via else ()
        if self.config.strict or isinstance(grantee, str):
            self.policy.add(replace(_use(sid, actions, principal), conditions=conditions))
        if not isinstance(grantee, str):
            grantee.add_to_policy(Statement(actions=actions, resources=(self.arn,), conditions=conditions))

    def allow_service(self, service: str, source_arns: Sequence[str] = ()) -> None:
        """Let an AWS service use the key for this account's resources, under the condition that fits the service.

        Args:
            service: `logs`, `cloudtrail`, `sns`, `cloudwatch`, `s3`, `config`, `budgets`, `events`, `backup` or `delivery.logs`.
            source_arns: the log groups, trails, topics, alarms, buckets or rules it acts for, `*` allowed at the end;
                by default every one of this account and region.

        Raises:
            ConfigError: the service is unknown, or what it acts for is not an ARN.
        """
        for statement in service_statements(self, service, tuple(source_arns)):
            self.policy.add(statement)

    def _derived_alias(self) -> str:
        if self.path.startswith("aws/") or ALIAS.complaint(self.path):
            raise ConfigError(
                f"{self.path}: alias {'alias/' + self.path!r}, which comes from the path, is not possible: AWS reserves 'alias/aws/', "
                "and takes 250 letters, digits, '/', '_' and '-'. Set KeyConfig(alias='...'), or give the stack another id."
            )
        return self.path

    def _keep_root_in_control(self) -> None:
        root = Principal.arns(f"arn:{self.partition}:iam::{self.account_id}:root")
        if self.config.strict or self.config.administrators:
            self._let_manage("RootManages", root)
        if not self.config.strict:
            # With `kms:*` for the root principal, IAM policies of the account control use (AWS default policy).
            actions = ENCRYPT_DECRYPT if self.config.administrators else ("kms:*",)
            self.policy.add(Statement(sid="IamDecides", principal=root, actions=tuple(actions), resources=("*",)))

    def _let_administrators_manage(self) -> None:
        if self.config.administrators:
            self._let_manage("Administrators", Principal.arns(*self.config.administrators))

    def _let_manage(self, sid: str, principal: Principal) -> None:
        self.policy.add(Statement(sid=sid, principal=principal, actions=ADMINISTER, resources=("*",)))
        grants = replace(_use(f"{sid}Grants", ("kms:CreateGrant",), principal), conditions=(_FOR_AWS,))
        self.policy.add(grants)


def _unless_usual(days: int) -> int | str | None:
    """The period if it is not AWS's default of 365 days; Terraform compares a period that is unknown until it runs."""
    if isinstance(days, str):
        known = days.removeprefix("${").removesuffix("}")
        return f"${{{known} == 365 ? null : {known}}}" if "TfToken[" not in days else days
    return None if days == 365 else days


def _use(sid: str, actions: Sequence[str], principal: Principal) -> Statement:
    return Statement(sid=sid, principal=principal, actions=tuple(actions), resources=("*",))
