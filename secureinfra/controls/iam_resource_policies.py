"""Controls on resource policies: who may use a resource, for the services that have no file with a control of their own."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.iam_trust import ids_of
from secureinfra.controls.reading.iam_documents import DOCUMENT, Policy, judged, kind_of_document, policies
from secureinfra.controls.reading.iam_patterns import (
    LIMITING_KEYS,
    all_of,
    is_known,
    matches,
    says_something,
    surely,
    which,
)
from secureinfra.controls.verdict import Failure, NotApplicable, any_of
from secureinfra.terraform.unknown import Unknown, UnknownValueError

if TYPE_CHECKING:
    from secureinfra.terraform.block import Block
    from secureinfra.terraform.configuration import Configuration
    from secureinfra.terraform.policy_document import PolicyCondition, PolicyStatement

# The argument that says who may use the resource.
_RESOURCE_POLICIES = {
    "aws_acmpca_policy": "policy",
    "aws_api_gateway_rest_api": "policy",
    "aws_api_gateway_rest_api_policy": "policy",
    "aws_backup_vault_policy": "policy",
    "aws_bedrockagentcore_resource_policy": "policy",
    "aws_cloudsearch_domain_service_access_policy": "access_policy",
    "aws_cloudwatch_event_bus_policy": "policy",
    "aws_cloudwatch_log_delivery_destination_policy": "delivery_destination_policy",
    "aws_cloudwatch_log_destination_policy": "access_policy",
    "aws_codeartifact_domain_permissions_policy": "policy_document",
    "aws_codeartifact_repository_permissions_policy": "policy_document",
    "aws_codebuild_resource_policy": "policy",
    "aws_dsql_cluster_policy": "policy",
    "aws_dynamodb_resource_policy": "policy",
    "aws_ecr_repository_creation_template": "repository_policy",
    "aws_ecrpublic_repository_policy": "policy",
    "aws_efs_file_system_policy": "policy",
    "aws_elasticsearch_domain": "access_policies",
    "aws_elasticsearch_domain_policy": "access_policies",
    "aws_glacier_vault": "access_policy",
    "aws_glacier_vault_lock": "policy",
    "aws_glue_resource_policy": "policy",
    "aws_kinesis_resource_policy": "policy",
    "aws_media_store_container_policy": "policy",
    "aws_msk_cluster_policy": "policy",
    "aws_networkfirewall_resource_policy": "policy",
    "aws_oam_sink_policy": "policy",
    "aws_opensearch_domain": "access_policies",
    "aws_opensearch_domain_policy": "access_policies",
    "aws_organizations_resource_policy": "content",
    "aws_osis_resource_policy": "policy",
    "aws_pinpointsmsvoicev2_resource_policy": "policy",
    "aws_prometheus_resource_policy": "policy_document",
    "aws_redshift_resource_policy": "policy",
    "aws_redshiftserverless_resource_policy": "policy",
    "aws_s3control_access_grants_instance_resource_policy": "policy",
    "aws_s3files_file_system_policy": "policy",
    "aws_s3tables_table_bucket_policy": "resource_policy",
    "aws_s3tables_table_policy": "resource_policy",
    "aws_s3vectors_vector_bucket_policy": "policy",
    "aws_sagemaker_model_package_group_policy": "resource_policy",
    "aws_schemas_registry_policy": "policy",
    "aws_ses_identity_policy": "policy",
    "aws_sesv2_email_identity_policy": "policy",
    "aws_vpclattice_auth_policy": "policy",
    "aws_vpclattice_resource_policy": "policy",
    "aws_xray_resource_policy": "policy_document",
}
# Those whose own files ask whether they are public.
_JUDGED_ELSEWHERE = {
    "aws_cloudwatch_log_resource_policy": "policy_document",
    "aws_ecr_registry_policy": "policy",
    "aws_ecr_repository_policy": "policy",
    "aws_iam_role": "assume_role_policy",
    "aws_kms_external_key": "policy",
    "aws_kms_key": "policy",
    "aws_kms_key_policy": "policy",
    "aws_kms_replica_key": "policy",
    "aws_s3_access_point": "policy",
    "aws_s3_bucket": "policy",
    "aws_s3_bucket_policy": "policy",
    "aws_s3control_access_point_policy": "policy",
    "aws_s3control_bucket_policy": "policy",
    "aws_s3control_object_lambda_access_point_policy": "policy",
    "aws_secretsmanager_secret": "policy",
    "aws_secretsmanager_secret_policy": "policy",
    "aws_sns_topic": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_sqs_queue": "policy",
    "aws_sqs_queue_policy": "policy",
}
# Keys of single services that say from which network or account a request comes.
# docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html,
# docs.aws.amazon.com/vpc-lattice/latest/ug/auth-policies.html
_LIMITING = LIMITING_KEYS | {
    "elasticfilesystem:accessedviamounttarget",
    "vpc-lattice-svcs:sourcevpc",
    "vpc-lattice-svcs:sourcevpcowneraccount",
    "aws:sourcevpcarn",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
}
_EVERY_ADDRESS = frozenset({"0.0.0.0/0", "::/0", "0.0.0.0/1", "128.0.0.0/1"})
_USER = re.compile(r"arn:[^:]*:iam::(?:[0-9]{12}|\$\{[^{}]*\}):user/.*|\$\{(?:.*\.)?aws_iam_user\..*\}|AIDA[A-Z0-9]+")

NOT_PUBLIC = Control(
    id="iam-policy-not-public",
    title="No resource policy lets everybody in without a condition on who they are",
    why="anybody with an AWS account, or with none, could use it",
    row="iam-resource-policy-no-star",
    waivable=False,
    mend="Name principals by ARN, or limit Principal '*' by a condition such as aws:PrincipalOrgID or aws:SourceVpce.",
    python="PolicyDocument refuses Principal.everybody() in an Allow without such a condition.",
)

NO_USERS = Control(
    id="iam-policy-no-users",
    title="No policy lets an IAM user in",
    why="a user's access keys work from everywhere until somebody deletes them; people and machines take on roles",
    row="iam-no-users",
    waivable=False,
    mend="Name a role instead; people take it on through federation.",
    python="PolicyDocument refuses an IAM user as principal.",
)


@NOT_PUBLIC.check(*_RESOURCE_POLICIES, DOCUMENT)
def _not_public(block: Block, configuration: Configuration) -> Iterator[Failure]:
    found = _policies(block, configuration, "resource")
    statements = [statement for policy in found for statement in _read(policy)]

    def judge(statement: PolicyStatement) -> Iterator[str]:
        public = all_of(
            lambda: statement.everybody,
            lambda: not any_of(statement.conditions, _limits_caller),
            lambda: not any_of(statements, lambda other: _closes(other, statement)),
            lambda: not _has_another_door(block, configuration),
        )
        if public:
            who = "Principal '*'" if statement.principals else "NotPrincipal"
            yield f"Allow for {who} without a condition on who it is"

    return judged(found, judge, "principals by ARN, or a condition such as aws:PrincipalOrgID")


@NO_USERS.check(*_RESOURCE_POLICIES, *_JUDGED_ELSEWHERE, DOCUMENT)
def _no_users(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(statement: PolicyStatement) -> Iterator[str]:
        for user in which(ids_of(statement, "AWS"), _is_user):
            yield f"Allow for {user}"

    return judged(_policies(block, configuration, "resource", "trust"), judge, "a role")


def _policies(block: Block, configuration: Configuration, *kinds: str) -> list[Policy]:
    if block.section == "data":
        if kind_of_document(block, configuration) not in kinds:
            raise NotApplicable("it does not say who may use a resource")
        return policies(block, "", configuration)
    path = _RESOURCE_POLICIES.get(block.type) or _JUDGED_ELSEWHERE[block.type]
    if not (found := policies(block, path, configuration)):
        raise NotApplicable("no policy is written in it")
    return found


def _read(policy: Policy) -> Sequence[PolicyStatement]:
    return policy.read if isinstance(policy.read, list) else ()


def _is_user(principal: Any) -> bool:
    return is_known(principal) and _USER.fullmatch(principal) is not None


def _limits_caller(condition: PolicyCondition) -> bool:
    return all_of(
        lambda: condition.key.lower() in _LIMITING,
        lambda: says_something(condition),
        lambda: not any_of(condition.values, _EVERY_ADDRESS.__contains__),
    )


def _closes(other: PolicyStatement, statement: PolicyStatement) -> bool:
    """Whether a Deny takes back what everybody was allowed, but for those that its one condition names."""

    def spares(condition: PolicyCondition) -> bool:
        without = condition.base == "null" and any_of(condition.values, lambda value: value == "true")
        return (
            condition.key.lower() in _LIMITING
            and (condition.negated or without)
            and not any_of(condition.values, _EVERY_ADDRESS.__contains__)
        )

    return all_of(
        lambda: other.effect == "Deny",
        lambda: any_of(other.principals.values(), lambda ids: any_of(ids, lambda one: one == "*")),
        lambda: len(other.conditions) == 1 and any_of(other.conditions, spares),
        lambda: _covers(other.actions, statement.actions),
        lambda: not statement.resources or _covers(other.resources, statement.resources),
    )


def _covers(patterns: Sequence[Any], names: Sequence[Any]) -> bool:
    return bool(names) and not any_of(names, lambda name: not any_of(patterns, lambda pattern: matches(pattern, name)))


def _has_another_door(block: Block, configuration: Configuration) -> bool:
    """Whether a policy for everybody opens nothing: a domain in a VPC, an API that is on the internet anyway."""
    if block.type.startswith(("aws_opensearch_domain", "aws_elasticsearch_domain")):
        return any_of(_held_by(block, "domain_name", configuration), lambda domain: domain.has("vpc_options"))
    if block.type.startswith("aws_api_gateway_rest_api"):
        # docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html: a public API without a
        # policy lets everybody invoke it, and its authorizers decide; a private one without a policy lets nobody.
        apis = _held_by(block, "rest_api_id", configuration)
        if not apis:
            raise UnknownValueError(Unknown(f"whether the API of {block.address} is private"))
        return not any_of(apis, _is_private)
    return False


def _held_by(block: Block, path: str, configuration: Configuration) -> list[Block]:
    """What a policy belongs to: the block itself, or the one it names."""
    if not block.type.endswith("_policy"):
        return [block]
    if found := configuration.targets(block, path):
        return found
    others = configuration.of_type(block.type.removesuffix("_policy"))
    return [other for other in others if surely(functools.partial(_names, block, path, other))]


def _names(block: Block, path: str, other: Block) -> bool:
    return bool(other.get(path) is not None and other.get(path) == block.get(path))


def _is_private(api: Block) -> bool:
    return any_of(api.get("endpoint_configuration.types", ()), lambda kind: kind == "PRIVATE")
