"""DNSSEC: the key that signs a zone, which only Route 53 may use, for this zone only."""

from __future__ import annotations

from collections.abc import Mapping

from secureinfra.engine import Resource, SecureConstruct
from secureinfra.policy import Condition, PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import source_account, source_arn

_ROUTE53 = "dnssec-route53.amazonaws.com"


def sign(owner: SecureConstruct, zone_id: str, tags: Mapping[str, str]) -> Resource:
    """Sign a zone.

    Args:
        owner: the zone's construct.
        zone_id: reference to the zone's id.
        tags: tags of the key.

    Returns:
        The key-signing key.
    """
    key = Resource(
        owner,
        "signing-key",
        "aws_kms_key",
        protect=owner.config.protect,
        description=f"{owner.path}: signs the zone",
        # docs.aws.amazon.com/Route53/latest/DeveloperGuide/dns-configuring-dnssec-cmk-requirements.html; AWS rotates no such key.
        customer_master_key_spec="ECC_NIST_P256",
        key_usage="SIGN_VERIFY",
        deletion_window_in_days=30,
        policy=_policy(owner, zone_id),
        tags=dict(tags) or None,
    )
    signing = Resource(
        owner,
        "key-signing-key",
        "aws_route53_key_signing_key",
        hosted_zone_id=zone_id,
        name="ksk1",
        key_management_service_arn=key.ref("arn"),
    )
    Resource(owner, "dnssec", "aws_route53_hosted_zone_dnssec", depends_on=[signing], hosted_zone_id=zone_id)
    return signing


def _policy(owner: SecureConstruct, zone_id: str) -> str:
    own = (
        source_account(owner.account_id),
        source_arn(f"arn:{owner.partition}:route53:::hostedzone/{zone_id}"),
    )
    use = Statement(
        sid="Sign",
        principal=Principal.service(_ROUTE53),
        actions=("kms:DescribeKey", "kms:GetPublicKey", "kms:Sign"),
        resources=("*",),
        conditions=own,
    )
    hand_over = Statement(
        sid="SignLater",
        principal=Principal.service(_ROUTE53),
        actions=("kms:CreateGrant",),
        resources=("*",),
        conditions=(*own, Condition("Bool", "kms:GrantIsForAWSResource", ("true",))),
    )
    root = Principal.arns(f"arn:{owner.partition}:iam::{owner.account_id}:root")
    account = Statement(sid="IamDecides", principal=root, actions=("kms:*",), resources=("*",))
    return PolicyDocument("key", owner.path, [account, use, hand_over]).to_json()
