"""What arguments other than a policy allow: permissions of functions, ACLs, grants and shares, as statements.

Each entry of `DOORS` says of a block what it allows, and which principals, in the words of a resource policy. Access to the bucket, key or
function that the block belongs to is meant, so that no resource is named.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.s3.settings import bucket_of, settings_of
from secureinfra.controls.shared.arguments import is_true
from secureinfra.proofs.conditions import Condition
from secureinfra.proofs.reading import read_text
from secureinfra.proofs.statements import Origin, Statement
from secureinfra.terraform.unknown import UnknownValueError, any_of, is_reference_to_resource, is_unknown

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block, Node
    from secureinfra.terraform.model.configuration import Configuration

__all__ = ["DOORS"]

Door = Callable[["Block", "Configuration"], Iterator[Statement]]

EVERYONE = (("*", "*"),)
_SERVICES = ("amazonaws.com", "amazonaws.com.cn", "amazon.com")


def _allow(
    block: Block, at: str, actions: Iterable[str], principals: Any, conditions: Iterable[Condition] = ()
) -> Statement:
    return Statement(
        "Allow",
        actions=tuple(action.lower() for action in actions),
        principals=principals,
        conditions=tuple(conditions),
        origin=Origin(block.address, at),
    )


def _text(value: Any, configuration: Configuration) -> str:
    """An argument as a text of the proofs; an attribute of a resource, or a longer text, is something."""
    if is_unknown(value):
        whole = value.text.startswith("${") and value.text.endswith("}") and "}${" not in value.text
        value = value.text if is_reference_to_resource(value) or not whole else value
    return read_text(value, configuration)


def _principal(value: Any, configuration: Configuration) -> tuple[tuple[str, str], ...]:
    text = _text(value, configuration)
    if text in ("*", "all", "All"):
        return EVERYONE
    return (("service" if text.endswith(_SERVICES) and not text.startswith("arn:") else "aws", text),)


def _lambda_permission(block: Block, configuration: Configuration) -> Iterator[Statement]:
    limits = {
        "source_arn": ("ArnLike", "aws:SourceArn"),
        "source_account": ("StringEquals", "aws:SourceAccount"),
        "principal_org_id": ("StringEquals", "aws:PrincipalOrgID"),
        "organization_id": ("StringEquals", "aws:PrincipalOrgID"),
        "event_source_token": ("StringEquals", "lambda:EventSourceToken"),
        "function_url_auth_type": ("StringEquals", "lambda:FunctionUrlAuthType"),
    }
    conditions = [
        Condition(operator, key, (_text(value, configuration),))
        for name, (operator, key) in limits.items()
        if (value := block.get(name)) is not None
    ]
    actions = [_text(block.get("action", "lambda:InvokeFunction"), configuration)]
    yield _allow(block, "principal", actions, _principal(block.get("principal"), configuration), conditions)


def _function_url(block: Block, configuration: Configuration) -> Iterator[Statement]:
    # The provider adds the permission for everyone by itself where authorization_type is NONE.
    if block.get("authorization_type") == "NONE":
        yield _allow(block, "authorization_type", ("lambda:InvokeFunctionUrl",), EVERYONE)


def _kms_grant(block: Block, configuration: Configuration) -> Iterator[Statement]:
    operations = block.get("operations", ())
    actions = [f"kms:{_text(operation, configuration)}" for operation in operations]
    yield _allow(block, "grantee_principal", actions, _principal(block.get("grantee_principal"), configuration))


# docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html: canned ACLs and what they give to which group.
_CANNED = {
    "private": (),
    "aws-exec-read": (),
    "bucket-owner-read": (),
    "bucket-owner-full-control": (),
    "log-delivery-write": (),
    "public-read": ("s3:ListBucket", "s3:GetObject"),
    "public-read-write": ("s3:ListBucket", "s3:GetObject", "s3:PutObject"),
    "authenticated-read": ("s3:ListBucket", "s3:GetObject"),
}
_GROUPS = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)
_GRANTED = {
    "READ": ("s3:ListBucket", "s3:GetObject"),
    "WRITE": ("s3:PutObject",),
    "READ_ACP": ("s3:GetBucketAcl",),
    "WRITE_ACP": ("s3:PutBucketAcl",),
    "FULL_CONTROL": ("s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:PutBucketAcl"),
}


def _acl(block: Block, configuration: Configuration) -> Iterator[Statement]:
    opened = [*_canned(block), *_grants(block)]
    if not opened:
        return
    bucket = block if block.type == "aws_s3_bucket" else bucket_of(block, configuration)
    if not any_of((_acls_are_off, _acls_are_ignored), lambda ask: ask(bucket, configuration)):
        yield from opened


def _canned(block: Block) -> Iterator[Statement]:
    acl = block.get("acl")
    if is_unknown(acl):
        raise UnknownValueError(acl)
    actions = _CANNED.get(str(acl), ()) if acl is not None else ()
    if actions:
        yield _allow(block, "acl", actions, EVERYONE)


def _grants(block: Block) -> Iterator[Statement]:
    nodes: list[Node] = [node for held in block.blocks("access_control_policy") for node in held.blocks("grant")]
    nodes += block.blocks("grant") if block.type == "aws_s3_bucket" else []
    for node in nodes:
        uri = node.get("grantee.uri") if block.type != "aws_s3_bucket" else node.get("uri")
        if uri is None or uri not in _GROUPS:
            continue
        granted = [node.get("permission")] if block.type != "aws_s3_bucket" else node.get("permissions", ())
        for permission in granted:
            yield _allow(block, node.path, _GRANTED[permission], EVERYONE)


def _acls_are_off(bucket: Block | None, configuration: Configuration) -> bool:
    if bucket is None:
        return False
    held = settings_of(bucket, "aws_s3_bucket_ownership_controls", configuration)
    return any_of(held, lambda one: one.get("rule.object_ownership") == "BucketOwnerEnforced")


def _acls_are_ignored(bucket: Block | None, configuration: Configuration) -> bool:
    blocks = list(configuration.of_type("aws_s3_account_public_access_block"))
    if bucket is not None:
        blocks += settings_of(bucket, "aws_s3_bucket_public_access_block", configuration)
    return any_of(blocks, lambda one: one.is_as_sure_as(bucket) and is_true(one.get("ignore_public_acls")))


def _launch_permission(block: Block, configuration: Configuration) -> Iterator[Statement]:
    named = ("group", "account_id", "organization_arn", "organizational_unit_arn")
    for name in named:
        if (value := block.get(name)) is not None:
            yield _allow(block, name, ("ec2:RunInstances",), _principal(value, configuration))


def _shared_accounts(block: Block, configuration: Configuration) -> Iterator[Statement]:
    for value in block.items("shared_accounts"):
        yield _allow(
            block, "shared_accounts", ("rds:RestoreDBInstanceFromDBSnapshot",), _principal(value, configuration)
        )


def _document_permissions(block: Block, configuration: Configuration) -> Iterator[Statement]:
    accounts = block.get("permissions.account_ids")
    if is_unknown(accounts):
        raise UnknownValueError(accounts)
    for account in str(accounts).split(",") if accounts else ():
        yield _allow(block, "permissions", ("ssm:GetDocument",), _principal(account.strip(), configuration))


def _event_permission(block: Block, configuration: Configuration) -> Iterator[Statement]:
    def text(node: Node, name: str) -> str:
        return _text(node.get(name), configuration)

    conditions = [
        Condition(text(node, "type"), text(node, "key"), (text(node, "value"),)) for node in block.blocks("condition")
    ]
    principal = _principal(block.get("principal"), configuration)
    yield _allow(block, "principal", (str(block.get("action", "events:PutEvents")),), principal, conditions)


def _named(path: str, action: str) -> Door:
    """A door for the principals in one argument."""
    return functools.partial(_of_argument, path, action)


def _of_argument(path: str, action: str, block: Block, configuration: Configuration) -> Iterator[Statement]:
    for value in block.items(path):
        yield _allow(block, path, (action,), _principal(value, configuration))


def _identity_pool(block: Block, configuration: Configuration) -> Iterator[Statement]:
    if is_true(block.get("allow_unauthenticated_identities")):
        at = "allow_unauthenticated_identities"
        yield _allow(block, at, ("cognito-identity:GetCredentialsForIdentity",), EVERYONE)


DOORS: dict[str, Door] = {
    "aws_ami_launch_permission": _launch_permission,
    "aws_cloudwatch_event_permission": _event_permission,
    "aws_cognito_identity_pool": _identity_pool,
    "aws_db_cluster_snapshot": _shared_accounts,
    "aws_db_snapshot": _shared_accounts,
    "aws_db_snapshot_copy": _shared_accounts,
    "aws_eks_access_entry": _named("principal_arn", "eks:AccessKubernetesApi"),
    "aws_kms_grant": _kms_grant,
    "aws_lambda_function_url": _function_url,
    "aws_lambda_layer_version_permission": _lambda_permission,
    "aws_lambda_permission": _lambda_permission,
    "aws_ram_principal_association": _named("principal", "ram:GetResourceShares"),
    "aws_rds_cluster_snapshot_copy": _shared_accounts,
    "aws_redshift_endpoint_authorization": _named("account", "redshift:CreateEndpointAccess"),
    "aws_s3_bucket": _acl,
    "aws_s3_bucket_acl": _acl,
    "aws_s3_bucket_object": _acl,
    "aws_s3_object": _acl,
    "aws_s3_object_copy": _acl,
    "aws_snapshot_create_volume_permission": _named("account_id", "ec2:CreateVolume"),
    "aws_ssm_document": _document_permissions,
    "aws_vpc_endpoint_service": _named("allowed_principals", "ec2:CreateVpcEndpoint"),
    "aws_vpc_endpoint_service_allowed_principal": _named("principal_arn", "ec2:CreateVpcEndpoint"),
}
"""What a block of a type allows by other arguments than a policy."""
