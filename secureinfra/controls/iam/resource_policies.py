"""Controls on resource policies of services that have no file with a control of their own."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from secureinfra.controls.control import Control
from secureinfra.controls.iam.documents import DOCUMENT, Policy, judged, kind_of_document, policies, written_in
from secureinfra.controls.iam.patterns import (
    all_of,
    is_known,
    surely,
    which,
)
from secureinfra.controls.iam.policies import NO_NOT_ACTION
from secureinfra.controls.iam.rules import not_action
from secureinfra.controls.iam.trust import ids_of
from secureinfra.controls.shared.outsiders import request_of_outsiders
from secureinfra.controls.verdict import Failure, NotApplicable
from secureinfra.terraform.unknown import Unknown, UnknownValueError, any_of

if TYPE_CHECKING:
    from secureinfra.terraform.model.block import Block
    from secureinfra.terraform.model.configuration import Configuration
    from secureinfra.terraform.model.policy_document import PolicyStatement

# The argument with the resource policy.
RESOURCE_POLICIES = {
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
# The files of these types have their own controls on public access.
CHECKED_ELSEWHERE = {
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
_USER = re.compile(r"arn:[^:]*:iam::(?:[0-9]{12}|\$\{[^{}]*\}):user/.*|\$\{(?:.*\.)?aws_iam_user\..*\}|AIDA[A-Z0-9]+")

NOT_PUBLIC = Control(
    id="iam-policy-not-public",
    title="Resource policies do not allow anonymous access",
    why="any AWS account, or anonymous callers, could use the resource",
    row="iam-resource-policy-no-star",
    waivable=False,
    fix="Name principals by ARN, or limit Principal '*' by a condition such as aws:PrincipalOrgID or aws:SourceVpce.",
    setting="PolicyDocument refuses Principal.everybody() in an Allow without such a condition.",
)

NO_USERS = Control(
    id="iam-policy-no-users",
    title="Resource policies do not allow IAM users",
    why="a user's access keys work from anywhere until they are deleted; roles have temporary credentials",
    row="iam-no-users",
    waivable=False,
    fix="Use a role as principal; people assume it through federation.",
    setting="PolicyDocument refuses an IAM user as principal.",
)


@NOT_PUBLIC.check(*RESOURCE_POLICIES, DOCUMENT)
def _not_public(block: Block, configuration: Configuration) -> Iterator[Failure]:
    found = _policies(block, configuration, "resource")
    statements = written_in(found)

    def judge(statement: PolicyStatement) -> Iterator[str]:
        request = functools.cache(lambda: request_of_outsiders(statement, statements, configuration))
        public = all_of(
            lambda: statement.everybody,
            request,
            lambda: not has_another_door(block, configuration),
        )
        if public:
            who = "Principal '*'" if statement.principals else "NotPrincipal"
            yield f"Allow for {who}: {request()}"

    return judged(found, judge, "principals by ARN, or a condition such as aws:PrincipalOrgID")


@NO_USERS.check(*RESOURCE_POLICIES, *CHECKED_ELSEWHERE, DOCUMENT)
def _no_users(block: Block, configuration: Configuration) -> Iterator[Failure]:
    def judge(statement: PolicyStatement) -> Iterator[str]:
        for user in which(ids_of(statement, "AWS"), _is_user):
            yield f"Allow for {user}"

    return judged(_policies(block, configuration, "resource", "trust"), judge, "a role")


@NO_NOT_ACTION.check(*RESOURCE_POLICIES, *(type for type in CHECKED_ELSEWHERE if type != "aws_iam_role"))
def _no_not_action(block: Block, configuration: Configuration) -> Iterator[Failure]:
    expected = "Action and Resource that list what is allowed"
    return judged(_policies(block, configuration, "resource"), not_action, expected)


POLICY_PATHS = {**RESOURCE_POLICIES, **CHECKED_ELSEWHERE}
"""The argument with the resource or trust policy of each type."""


def _policies(block: Block, configuration: Configuration, *kinds: str) -> list[Policy]:
    if block.section == "data":
        if kind_of_document(block, configuration) not in kinds:
            raise NotApplicable("it is not a resource policy")
        return policies(block, "", configuration)
    path = RESOURCE_POLICIES.get(block.type) or CHECKED_ELSEWHERE[block.type]
    if not (found := policies(block, path, configuration)):
        raise NotApplicable("it does not contain a policy")
    return found


def _is_user(principal: Any) -> bool:
    return is_known(principal) and _USER.fullmatch(principal) is not None


def has_another_door(block: Block, configuration: Configuration) -> bool:
    """Whether an anonymous Allow grants nothing: a domain in a VPC, or an API that is public by design."""
    if block.type.startswith(("aws_opensearch_domain", "aws_elasticsearch_domain")):
        return any_of(_held_by(block, "domain_name", configuration), lambda domain: domain.has("vpc_options"))
    if block.type.startswith("aws_api_gateway_rest_api"):
        # docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html: a public API without a
        # policy can be invoked by anyone, subject to its authorizers; a private one without a policy cannot be invoked.
        apis = _held_by(block, "rest_api_id", configuration)
        if not apis:
            raise UnknownValueError(Unknown(f"whether the API of {block.address} is private"))
        return not any_of(apis, _is_private)
    return False


def _held_by(block: Block, path: str, configuration: Configuration) -> list[Block]:
    """The resource of a policy: the block itself, or the one that it refers to."""
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
