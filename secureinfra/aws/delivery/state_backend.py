"""Terraform state in S3: private, with its own key, versioned, locked by lock files, and roles limited to a prefix."""

from __future__ import annotations

from typing import Annotated, Any

from constructs import Construct

from secureinfra.aws.kms.key import ALIAS, KeyConfig, SecureKey
from secureinfra.aws.s3.bucket import BucketConfig, SecureBucket
from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.s3.private_bucket import Days
from secureinfra.config.config import Config
from secureinfra.config.rule import matches
from secureinfra.config.rules import BUCKET_NAME, AccountId, Arn, Region, Text, is_token
from secureinfra.declared.declares import declares
from secureinfra.engine import Grantee, S3StateConfig, SecureConstruct, principal_of
from secureinfra.errors import ConfigError
from secureinfra.facts.partitions import partition_of
from secureinfra.files.state_encryption import Phase
from secureinfra.policy import Condition, Principal, Statement
from secureinfra.policy.conditions import like

__all__ = ["StateBackend", "StateBackendConfig"]

# Ends with '/', so that `shop` does not reach into `shop-admin`.
STATE_PREFIX = matches(
    r"([A-Za-z0-9][A-Za-z0-9._-]*/)+",
    "is not a prefix of states",
    "write names that end with '/'",
    example="acme/shop/",
)
# Terraform looks for workspaces below it at every start, even if there are none: without permission to list it,
# `terraform init` fails. developer.hashicorp.com/terraform/language/backend/s3, workspace_key_prefix.
WORKSPACES = "env:/*"

# The tag of a role that says below which prefix the states lie that it reaches; the state's bucket policy reads it.
STATE_PREFIX_TAG = "terraform-state-prefix"
# Not `$${...}`: policies escape their own variables.
_OF_THE_TAG = f"${{aws:PrincipalTag/{STATE_PREFIX_TAG}}}"

_READ = ("s3:GetObject",)
_WRITE = ("s3:PutObject",)
_UNLOCK = ("s3:DeleteObject",)
_READ_KEY = ("kms:Decrypt",)
# A large state goes up in parts: docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html
_WRITE_KEY = ("kms:GenerateDataKey", "kms:Decrypt")

_ENCRYPTION = "s3:x-amz-server-side-encryption"


class StateBackendConfig(Config):
    """Where states are stored, and which other roles may use them."""

    bucket: Annotated[str, BUCKET_NAME]
    """Exact name of the bucket, globally unique: a backend is configured before anything is created. Another name replaces the
    bucket, with all states, which Terraform refuses while it is protected."""
    region: Region
    """Region of the bucket; Terraform stops where the provider works in another one."""
    account_id: AccountId
    """Account of the bucket; Terraform stops where the provider works in another one."""
    alias: Annotated[Text, ALIAS] | None = None
    """Alias of the key without `alias/` before it, by which backends name it; by default the bucket's name. Another one
    replaces the alias, not the key."""
    users: tuple[Arn, ...] = ()
    """Roles that read and write every state, e.g. those of the administrators who apply this construct's stack."""
    strict: bool = False
    """Only `users` and roles with a grant can decrypt states, even if IAM policies of the account allow more."""
    noncurrent_days: Days = 365
    """Days after which a replaced state expires; until then it can be restored."""
    opentofu_encrypts: bool = False
    """OpenTofu encrypts states and plans itself, under this key: roles with a grant may call the key directly, and `backend_config` turns
    the encryption on."""
    protect: bool = True
    """Terraform refuses to destroy bucket and key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags in addition to the provider's default tags."""


@declares(module="state-backend", page="delivery")
class StateBackend(SecureConstruct):
    """A bucket for Terraform state, which contains every secret that Terraform handles.

    Creates a `SecureBucket` and its key. Objects are accepted under this key only. No principal can delete an old
    version, so every state of the last year can be restored. A lock file next to each state locks it (`use_lockfile`,
    Terraform 1.10 or newer), without a DynamoDB table.

    Args:
        scope: a stack or a construct within one; usually one that administrators apply, before anything else.
        id: unique within the scope.
        config: bucket, region and account.
        access_log: bucket that takes the access log; by default the one the stack shares.
        provider: an additional provider, for another region or account.

    Raises:
        ConfigError: a value is refused.

    Example:
        `state = StateBackend(stack, "state", StateBackendConfig(bucket="acme-state", region="eu-central-1",
        account_id="111122223333")); secure_s3_backend(other, state.backend_config("network.tfstate"))`
    """

    config: StateBackendConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: StateBackendConfig,
        *,
        access_log: LogBucket | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        self.key = SecureKey(self, "key", self._key_config())
        self.bucket = SecureBucket(self, "bucket", self._bucket_config(), key=self.key, access_log=access_log)
        self._stop_elsewhere()
        self._deny_other_encryption()
        self._keep_versions()
        self._keep_deliveries_apart()
        self.deliveries: list[Any] = []
        for user in config.users:
            self.grant_read_write(user)

    @property
    def bucket_name(self) -> str:
        """Reference to the bucket's name."""
        return self.bucket.name

    @property
    def bucket_arn(self) -> str:
        """Reference to the bucket's ARN."""
        return self.bucket.arn

    @property
    def key_arn(self) -> str:
        """Reference to the key's ARN."""
        return self.key.arn

    @property
    def key_alias_arn(self) -> str:
        """ARN of the key's alias, known before the key is created."""
        config = self.config
        return f"arn:{_partition_of(config.region)}:kms:{config.region}:{config.account_id}:alias/{self._alias}"

    def backend_config(self, key: str, opentofu_encryption: Phase = "on") -> S3StateConfig:
        """Where one stack keeps its state, for `secure_s3_backend`.

        The key is named by its alias, which is known before it is created: a backend accepts no references.

        Args:
            key: object of that stack's state, e.g. `acme/shop/network.tfstate`.
            opentofu_encryption: `start` for the first apply of a stack whose state is not encrypted by OpenTofu yet, `end` for
                the last one that is; matters with `opentofu_encrypts` only.

        Raises:
            ConfigError: bucket, region or account are known to Terraform only, or the object's name is unusable.
        """
        config = S3StateConfig(
            bucket=self.config.bucket,
            key=key,
            region=self.config.region,
            kms_key_id=self.key_alias_arn,
            opentofu_kms_key_id=self.key_alias_arn if self.config.opentofu_encrypts else None,
            opentofu_encryption=opentofu_encryption if self.config.opentofu_encrypts else "on",
        )
        return config.require(self.path)

    def grant_read(self, grantee: Grantee | str, prefix: str = "") -> None:
        """Let a role read the states below a prefix: enough for `terraform plan -lock=false`.

        It cannot lock. A role that may write a lock file may also delete the one that a running apply holds, and anyone
        who opens a pull request can plan. A plan changes no state, and an apply refuses a plan of a state that has
        changed since.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
            prefix: e.g. `acme/shop/`; by default every state.

        Raises:
            ConfigError: the prefix does not end with `/`, or the grantee is not a role.
        """
        self._check_prefix(prefix)
        self._permit_listing(grantee, prefix)
        self._read_waiver(grantee, _READ, self.bucket.objects(prefix))
        self._grant_key(grantee, "ReadState", _READ_KEY)

    def grant_read_write(self, grantee: Grantee | str, prefix: str = "") -> None:
        """Let a role read, write and lock the states below a prefix; it can delete lock files but no state.

        Args:
            grantee: a `SecureRole`, or the ARN of a role.
            prefix: e.g. `acme/shop/`; by default every state.

        Raises:
            ConfigError: the prefix does not end with `/`, or the grantee is not a role.
        """
        self._check_prefix(prefix)
        self._permit_listing(grantee, prefix)
        self._read_waiver(grantee, (*_READ, *_WRITE), self.bucket.objects(prefix))
        self._read_waiver(grantee, _UNLOCK, f"{self.bucket.objects(prefix)}.tflock")
        self._grant_key(grantee, "WriteState", _WRITE_KEY)

    def _grant_key(self, grantee: Grantee | str, sid: str, actions: tuple[str, ...]) -> None:
        if self.config.opentofu_encrypts:
            # It asks for a data key whenever it starts, even to read: opentofu.org/docs/language/state/encryption, AWS KMS.
            self.key.grant(grantee, sid, _WRITE_KEY)
        else:
            self.key.grant(grantee, sid, actions, via="s3")

    @property
    def _alias(self) -> str:
        return self.config.alias or self.config.bucket

    def _key_config(self) -> KeyConfig:
        config = self.config
        return KeyConfig(
            alias=self._alias,
            description=f"{self.path}: Terraform state",
            strict=config.strict,
            protect=config.protect,
            tags=config.tags,
        )

    def _bucket_config(self) -> BucketConfig:
        config = self.config
        return BucketConfig(
            name=config.bucket, noncurrent_days=config.noncurrent_days, protect=config.protect, tags=config.tags
        )

    def _stop_elsewhere(self) -> None:
        """What backends write down must be where the bucket really is."""
        for name, here in (("region", self.region), ("account_id", self.account_id)):
            given = getattr(self.config, name)
            self.bucket.bucket.demand(
                name,
                given,
                f"{{value}} == {here[2:-1]}",
                f"StateBackendConfig {name}={given!r} is not where the provider works: backends would look in the wrong "
                "place. Name the provider's own.",
            )

    def _deny_other_encryption(self) -> None:
        # Two conditions, because a negated one also matches a request without the header, IfExists or
        # not (docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html): such a
        # request gets the bucket's key. A backend with `encrypt` and no key asks for SSE-S3.
        key = f"{_ENCRYPTION}-aws-kms-key-id"
        keys = (self.key.arn, self.key_alias_arn)
        self._deny("DenyOtherEncryption", "s3:PutObject", _present(_ENCRYPTION), _other(_ENCRYPTION, "aws:kms"))
        self._deny("DenyOtherKeys", "s3:PutObject", _present(key), _other(key, *keys))

    def _keep_versions(self) -> None:
        # Lifecycle rules are not bound by a bucket's policy, so that versions still expire.
        self._deny("DenyDeletingVersions", "s3:DeleteObjectVersion")

    def _keep_deliveries_apart(self) -> None:
        """Deny a role with the tag every object outside its prefix, whatever its policies allow.

        docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html, /reference_policies_elements_notresource.html.
        A role without the tag is not meant. GitHub's tokens set no tags, and the roles' trust allows no `sts:TagSession`.
        """
        self.bucket.policy.add(
            Statement(
                sid="DenyOtherStates",
                effect="Deny",
                principal=Principal.everybody(),
                actions=("s3:*Object*",),
                not_resources=(self.bucket.arn, f"{self.bucket.arn}/{_OF_THE_TAG}*"),
                conditions=(_present(f"aws:PrincipalTag/{STATE_PREFIX_TAG}"),),
            )
        )

    def _deny(self, sid: str, action: str, *conditions: Condition) -> None:
        self.bucket.policy.add(
            Statement(
                sid=sid,
                effect="Deny",
                principal=Principal.everybody(),
                actions=(action,),
                resources=(self.bucket.objects(),),
                conditions=conditions,
            )
        )

    def _permit_listing(self, grantee: Grantee | str, prefix: str) -> None:
        conditions = (like("s3:prefix", f"{prefix}*", WORKSPACES),) if prefix else ()
        self._read_waiver(grantee, ("s3:ListBucket",), self.bucket.arn, *conditions)

    def _read_waiver(
        self, grantee: Grantee | str, actions: tuple[str, ...], resource: str, *conditions: Condition
    ) -> None:
        principal = principal_of(grantee, self.path)
        if isinstance(grantee, str):
            self.bucket.policy.add(
                Statement(principal=principal, actions=actions, resources=(resource,), conditions=conditions)
            )
        else:
            grantee.add_to_policy(Statement(actions=actions, resources=(resource,), conditions=conditions))

    def _check_prefix(self, prefix: str) -> None:
        if prefix and (complaint := STATE_PREFIX.complaint(prefix)):
            raise ConfigError(f"{self.path}: prefix={prefix!r} {complaint}.")


def _present(key: str) -> Condition:
    return Condition("Null", key, ("false",))


def _other(key: str, *values: str) -> Condition:
    return Condition("StringNotEquals", key, values)


def _partition_of(region: str) -> str:
    return "aws" if is_token(region) else partition_of(region)
