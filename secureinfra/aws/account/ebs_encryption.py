"""EBS: every new volume and snapshot of a region is encrypted, under a customer key."""

from __future__ import annotations

from typing import Any, Literal

from constructs import Construct

from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.kms.own_key import key_of
from secureinfra.aws.wiring.once import refuse_second
from secureinfra.config.config import Config
from secureinfra.declared.declares import declares
from secureinfra.engine import Resource, SecureConstruct
from secureinfra.policy import Condition, Principal, Statement
from secureinfra.policy.conditions import equals, via_service

__all__ = ["EbsEncryption", "EbsEncryptionConfig"]

# docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption-requirements.html
_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncrypt*")

# docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html; Spot asks for the same:
# docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html
_USE_BY_SERVICE = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey")
_SERVICE_LINKED_ROLES = {
    "autoscaling": "AWSServiceRoleForAutoScaling",
    "spot": "AWSServiceRoleForEC2Spot",
    "spotfleet": "AWSServiceRoleForEC2SpotFleet",
}
# A volume outlives the call that creates it: EBS keeps a grant, and callers cannot create one for themselves.
_FOR_AWS = Condition("Bool", "kms:GrantIsForAWSResource", ("true",))


class EbsEncryptionConfig(Config):
    """What a caller may choose about the encryption of new volumes; that they are encrypted is fixed."""

    service_linked_roles: tuple[Literal["autoscaling", "spot", "spotfleet"], ...] = ()
    """Services that launch instances on their own, whose service-linked role uses the key. The role must exist: AWS
    rejects a key policy that names a missing role (`aws iam create-service-linked-role`)."""
    protect: bool = True
    """Terraform refuses to destroy the settings and the key; the `sandbox` environment turns it off."""
    tags: dict[str, str] = {}
    """Tags of the construct's own key, in addition to the provider's default tags."""


@declares(module="ebs-encryption", page="account")
class EbsEncryption(SecureConstruct):
    """Every new volume and snapshot of this region is encrypted under a customer key, however it is created.

    Creates the region's encryption setting (CIS 5.1.1 in v5, EC2.7), the default key, and the key itself when none is
    given. Principals of this account that may use a volume may use the key through EC2, as with `aws/ebs`, so enabling
    encryption locks no one out. Outside EC2 only IAM policies allow use of the key. Existing volumes do not change.

    Args:
        scope: a stack or a construct within one.
        id: unique within the scope.
        config: what to choose.
        key: key of this region to encrypt with; by default one of its own (1 USD a month, 3 after two rotations). Given later, it
            replaces the region's default key; volumes keep theirs, which stays.
        provider: an additional provider, for another region: each region has a switch and a key of its own.

    Raises:
        ConfigError: a value is refused.

    Example:
        `EbsEncryption(stack, "volumes", EbsEncryptionConfig(service_linked_roles=("autoscaling",)))`
    """

    config: EbsEncryptionConfig

    def __init__(
        self,
        scope: Construct,
        id: str,
        config: EbsEncryptionConfig = EbsEncryptionConfig(),
        *,
        key: SecureKey | None = None,
        provider: Any = None,
        moved_from: str | None = None,
    ) -> None:
        super().__init__(scope, id, config, provider=provider, moved_from=moved_from)
        refuse_second(self, "a region has one default key, and each would overwrite the other's", "Remove one.")
        self.key = key_of(
            self,
            key,
            KeyConfig(description=f"{self.path}: volumes and snapshots", protect=config.protect, tags=config.tags),
        )
        self._let_this_account_use_volumes()
        for service in dict.fromkeys(config.service_linked_roles):
            self._let_service_launch_instances(service)
        self.default_key = Resource(
            self, "default-key", "aws_ebs_default_kms_key", protect=config.protect, key_arn=self.key.arn
        )
        if key is not None:
            self._demand_key_of_this_region()
        self.encryption = Resource(
            self, "encryption", "aws_ebs_encryption_by_default", protect=config.protect, enabled=True
        )

    def _demand_key_of_this_region(self) -> None:
        """Have Terraform reject a key of another region, which AWS would reject halfway through the apply."""
        here = self.region.removeprefix("${").removesuffix("}")
        self.default_key.demand(
            "key_region",
            self.key.arn,
            f'split(":", {{value}})[3] == {here}',
            f"key {self.key.path!r} belongs to another region: EBS encrypts with keys of its own region. Make one with "
            "the same provider",
        )

    def _let_this_account_use_volumes(self) -> None:
        """What the policy of `aws/ebs` says: the account's own callers, and through EC2 only.

        docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
        """
        through_ec2 = (
            equals("kms:CallerAccount", self.key.account_id),
            via_service(f"ec2.{self.key.region}.{self.key.dns_suffix}"),
        )
        self._allow("ThisAccountThroughEc2", Principal.everybody(), _USE, *through_ec2)
        self._allow("ThisAccountThroughEc2Grant", Principal.everybody(), ("kms:CreateGrant",), *through_ec2, _FOR_AWS)

    def _let_service_launch_instances(self, service: str) -> None:
        role = _SERVICE_LINKED_ROLES[service]
        principal = Principal.arns(
            f"arn:{self.key.partition}:iam::{self.key.account_id}:role/aws-service-role/{service}.amazonaws.com/{role}"
        )
        sid = service.capitalize()
        self._allow(sid, principal, _USE_BY_SERVICE)
        self._allow(f"{sid}Grant", principal, ("kms:CreateGrant",), _FOR_AWS)

    def _allow(self, sid: str, principal: Principal, actions: tuple[str, ...], *conditions: Condition) -> None:
        self.key.policy.add(
            Statement(sid=sid, principal=principal, actions=actions, resources=("*",), conditions=conditions)
        )
