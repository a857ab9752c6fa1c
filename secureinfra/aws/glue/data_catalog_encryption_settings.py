"""Glue Data Catalog: what it holds is encrypted under a customer key, and so are the passwords of its connections."""

from __future__ import annotations

from typing import Any

from constructs import Construct

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.policy import Principal, Statement
from secureinfra.policy.conditions import equals, via_service

__all__ = ["DataCatalogEncryption", "DataCatalogEncryptionConfig"]

# What a client of an encrypted catalog needs: docs.aws.amazon.com/glue/latest/dg/set-up-encryption.html
_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")


class DataCatalogEncryptionConfig(Config):
    """What a caller may choose about the catalog's encryption; that everything is encrypted is fixed."""

    protect: bool = True
    """Terraform refuses to destroy the settings and the key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags of the construct's own key, in addition to the provider's default tags."""


@declares(module="catalog-encryption", page="analytics")
class DataCatalogEncryption(SecureConstruct):
    """Every database, table and partition of the account's Data Catalog in this region is encrypted under a customer key.

    Creates the catalog's settings, of which an account has one in each region, and a key when none is given. Principals of this
    account that may use the catalog may use the key through Glue, as with `aws/glue`, so that enabling encryption locks no one out.
    Passwords of connections are encrypted too and come back encrypted; who decrypts one needs `kms:Decrypt` on the key. What the
    catalog held before is encrypted when it is next written.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose.
        key: key of this region to encrypt with; by default one of its own (1 USD a month, 3 after two rotations). Given later,
            it encrypts what is written from then on; the former key stays, since the rest needs it.
        provider: an additional provider, for another region: each region has a catalog of its own.

    Raises:
        ConfigError: a value is refused, or the stack has one already.

    Example:
        `DataCatalogEncryption(stack, "catalog")`
    """

    config: DataCatalogEncryptionConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: DataCatalogEncryptionConfig = DataCatalogEncryptionConfig(),
        *,
        key: SecureKey | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        why = "an account has one catalog in a region, and each would overwrite the other's settings"
        refuse_second(self, why, "Remove one.")
        own = KeyConfig(description=f"{self.path}: data catalog", protect=config.protect, tags=config.tags)
        self.key = key_of(self, key, own)
        self._let_this_account_use_the_catalog()
        self.settings = Resource(
            self,
            "settings",
            "aws_glue_data_catalog_encryption_settings",
            protect=config.protect,
            data_catalog_encryption_settings={
                "encryption_at_rest": {"catalog_encryption_mode": "SSE-KMS", "sse_aws_kms_key_id": self.key.arn},
                "connection_password_encryption": {
                    "return_connection_password_encrypted": True,
                    "aws_kms_key_id": self.key.arn,
                },
            },
        )

    def _let_this_account_use_the_catalog(self) -> None:
        """What the policy of `aws/glue` says: the account's own callers, and through Glue only.

        docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
        """
        through_glue = (
            equals("kms:CallerAccount", self.key.account_id),
            via_service(f"glue.{self.key.region}.{self.key.dns_suffix}"),
        )
        self.key.policy.add(
            Statement(
                sid="ThisAccountThroughGlue",
                principal=Principal.everybody(),
                actions=_USE,
                resources=("*",),
                conditions=through_glue,
            )
        )
