"""Who may use a table: its resource policy, what a grant allows, and the part of its key's policy that DynamoDB needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from secureinfra.aws.kms.key import SecureKey
from secureinfra.config.rules import is_token
from secureinfra.engine import Grantee, principal_of
from secureinfra.errors import ConfigError
from secureinfra.policy import Condition, PolicyDocument, Principal, Statement
from secureinfra.policy.conditions import equals, via_service

# Not PartiQL, whose statements can scan the table. Transactions are allowed by the actions they consist of:
# docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
READ = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:ConditionCheckItem")
SCAN = ("dynamodb:Scan",)
WRITE = ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem")
DESCRIBE = ("dynamodb:DescribeTable",)
_PARTIQL = tuple(f"dynamodb:PartiQL{verb}" for verb in ("Select", "Insert", "Update", "Delete"))

# DynamoDB uses the table's key in the name of the caller: docs.aws.amazon.com/amazondynamodb/latest/developerguide/
# encryption.usagenotes.html lists these as the least, with `kms:CreateGrant`, which only the creation of the table needs.
READ_KEY = ("kms:Decrypt", "kms:DescribeKey")
_CREATE_KEY = ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*")
WRITE_KEY = (*_CREATE_KEY, "kms:DescribeKey")


class Place(Protocol):
    """A table or a replica: what a grant in one region is written for."""

    path: str
    key: SecureKey
    policy: PolicyDocument

    @property
    def arn(self) -> str:
        """Its ARN."""
        ...


def policy_of(path: str, arn: str, vpc_endpoint_ids: Sequence[str]) -> PolicyDocument:
    """The resource policy of a table or replica: no plain HTTP, which DynamoDB's endpoints answer too, and no other way in than
    the endpoints that are named, if some are.

    A resource policy belongs to one region: docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-considerations.html
    """
    policy = PolicyDocument("resource", path)
    everything = (arn, f"{arn}/index/*")
    policy.add(
        _deny("DenyWithoutTls", ("dynamodb:*",), everything, Condition("Bool", "aws:SecureTransport", ("false",)))
    )
    if vpc_endpoint_ids:
        # Items only, so that Terraform and administrators can still manage the table from outside.
        through = Condition("StringNotEqualsIfExists", "aws:SourceVpce", tuple(vpc_endpoint_ids))
        services = (
            Condition("BoolIfExists", "aws:ViaAWSService", ("false",)),
            Condition("BoolIfExists", "aws:PrincipalIsAWSService", ("false",)),
        )
        policy.add(_deny("DenyOutsideEndpoints", (*READ, *SCAN, *WRITE, *_PARTIQL), everything, through, *services))
    return policy


def _deny(sid: str, actions: tuple[str, ...], resources: tuple[str, ...], *conditions: Condition) -> Statement:
    everybody = Principal.everybody()
    return Statement(
        sid=sid, effect="Deny", principal=everybody, actions=actions, resources=resources, conditions=conditions
    )


def allow_creation(key: SecureKey, name: str) -> None:
    """Let who may create tables in this account create this one under a strict key; other keys leave it to IAM.

    DynamoDB sends the table's name with each use of the key, and makes grants for its own work:
    docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.howitworks.html
    """
    if not key.config.strict:
        return
    account = Principal.arns(f"arn:{key.partition}:iam::{key.account_id}:root")
    via = via_service(f"dynamodb.{key.region}.{key.dns_suffix}")
    table = equals("kms:EncryptionContext:aws:dynamodb:tableName", name)
    for sid, actions, conditions in (
        ("TableKey", _CREATE_KEY, (via, table)),
        ("TableGrants", ("kms:CreateGrant", "kms:DescribeKey"), (via,)),
    ):
        key.policy.add(Statement(sid=sid, principal=account, actions=actions, resources=("*",), conditions=conditions))


def grant(
    places: Sequence[Place], grantee: Grantee | str, actions: tuple[str, ...], keys: Sequence[str] | None
) -> None:
    """Let a role use items: in its own policy, or in the resource policies if only its ARN is known.

    Args:
        places: the table, and the replicas that are named.
        grantee: a role, or the ARN of one.
        actions: what it may do.
        keys: the partition keys it may do that with; `None` for all, indexes included.
    """
    reads = READ[0] in actions
    sid, use = ("Read", READ_KEY) if reads else ("Write", WRITE_KEY)
    for place in places:
        principal = principal_of(grantee, place.path)
        for statement in _statements(place, actions, keys):
            if isinstance(grantee, str):
                place.policy.add(
                    Statement(
                        sid=sid,
                        principal=principal,
                        actions=statement.actions,
                        resources=statement.resources,
                        conditions=statement.conditions,
                    )
                )
            else:
                grantee.add_to_policy(statement)
        place.key.grant(grantee, "Decrypt" if reads else "Encrypt", use, via="dynamodb")


def _statements(place: Place, actions: tuple[str, ...], keys: Sequence[str] | None) -> Iterator[Statement]:
    if keys is None:
        yield Statement(actions=(*actions, *DESCRIBE), resources=(place.arn, f"{place.arn}/index/*"))
        return
    # A scan carries no leading key, and `ForAllValues` is true of a request without one: it stays out, and `Null` requires the key.
    # docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    wild = any("*" in key or "?" in key for key in keys)
    operator = "ForAllValues:StringLike" if wild else "ForAllValues:StringEquals"
    own = (
        Condition(operator, "dynamodb:LeadingKeys", tuple(keys)),
        Condition("Null", "dynamodb:LeadingKeys", ("false",)),
    )
    # Not the indexes: there, the leading key would be the index's own.
    yield Statement(actions=tuple(one for one in actions if one not in SCAN), resources=(place.arn,), conditions=own)
    yield Statement(actions=DESCRIBE, resources=(place.arn,))


def check_keys(path: str, keys: Sequence[str] | None, type: str) -> None:
    """Refuse partition keys that would match nothing or everything.

    Raises:
        ConfigError: there is none, one is empty or matches every key, or the table's partition key is not a string.
    """
    if keys is None:
        return
    if isinstance(keys, str):
        raise ConfigError(f"{path}: keys={keys!r} is one value: write a tuple, ({keys!r},).")
    if not keys:
        raise ConfigError(
            f"{path}: keys=() names no partition key: the grant would allow nothing. Name some, or leave it out."
        )
    if type != "S":
        raise ConfigError(
            f"{path}: keys={list(keys)!r} restricts a partition key of type {type!r}: dynamodb:LeadingKeys compares strings. "
            "Leave keys out, or use a partition key of type 'S'."
        )
    for key in keys:
        if not is_token(key) and not key.strip("*?"):
            raise ConfigError(f"{path}: keys={list(keys)!r} matches every partition key. Leave keys out to grant all.")
