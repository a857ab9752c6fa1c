"""Writes `classes.tsv`: of every resource type of both provider majors, whether it can let others use something.

Run by `make data`. A type whose arguments name principals, accounts or a policy, and that is not modelled, is unknown until
someone models it or says below why it cannot.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from secureinfra.controls.iam.attachments import ATTACHMENTS, PERMISSION_SETS
from secureinfra.controls.iam.documents import IDENTITY
from secureinfra.proofs.model.doors import DOORS
from secureinfra.proofs.model.policies import POLICIES
from secureinfra.proofs.model.principals import PRINCIPALS
from secureinfra.proofs.model.resources import HOLDERS
from secureinfra.terraform.schema.schema import VERSIONS, provider_schema

__all__ = ["rows", "write"]

FILE = Path(__file__).with_name("classes.tsv")

# Arguments by which a resource can let others use something.
_ALLOWING = re.compile(
    r"policy|policies|policy_document|resource_policy|.*access_polic(y|ies)|principals?|principal_(arn|id|identifier)|.*_principals?|"
    r"accounts|account_ids|.*_accounts|.*account_ids|permissions?|.*_permissions?|grantee|grants?|.*acl|consumer_(arn|identifier)|"
    r"members?|.*_sharing|subscriber_identity|.*_grant|trusted_signers|webserver_access_mode|project_visibility"
)
_NO_ALLOWING = re.compile(r"excluded_accounts|kerberos_principal|posix_permissions|.*_sharing_type|consumer_group_id")
# Why the arguments of these types let no one else use anything.
_HARMLESS = {
    "limits or configures, and gives nothing": (
        "aws_accessanalyzer_analyzer aws_api_gateway_domain_name aws_appstream_stack aws_bedrockagentcore_gateway_rule "
        "aws_cloudfront_distribution aws_cloudfront_distribution_tenant aws_cloudfront_multitenant_distribution "
        "aws_cloudwatch_log_account_policy aws_cloudwatch_log_data_protection_policy aws_cloudwatch_log_index_policy "
        "aws_ecr_lifecycle_policy aws_ecr_pull_time_update_exclusion aws_ecs_daemon_task_definition aws_efs_access_point "
        "aws_imagebuilder_lifecycle_policy aws_lambda_code_signing_config aws_memorydb_cluster "
        "aws_networkmanager_core_network_policy_attachment aws_opensearchserverless_lifecycle_policy "
        "aws_resiliencehub_resiliency_policy aws_s3control_directory_bucket_access_point_scope aws_s3files_access_point "
        "aws_sagemaker_domain aws_ses_receipt_filter aws_shield_protection_group aws_sns_topic_data_protection_policy "
        "aws_transfer_access aws_transfer_user aws_verifiedaccess_endpoint aws_verifiedaccess_group aws_vpc_endpoint "
        "aws_vpc_endpoint_policy aws_quicksight_custom_permissions aws_gamelift_fleet aws_sns_platform_application"
    ),
    "acts in the accounts of the organization, for the administrator": (
        "aws_auditmanager_account_registration aws_auditmanager_assessment aws_backup_report_plan aws_cloudformation_stack_instances "
        "aws_cloudformation_stack_set_instance aws_computeoptimizer_enrollment_status aws_config_configuration_aggregator "
        "aws_config_organization_custom_policy_rule aws_costoptimizationhub_enrollment_status aws_inspector2_enabler "
        "aws_invoicing_invoice_unit aws_organizations_aws_service_access aws_organizations_delegated_administrator "
        "aws_organizations_organization aws_organizations_policy aws_securitylake_aws_log_source aws_servicecatalog_provisioned_product "
        "aws_ssoadmin_account_assignment aws_ssoadmin_application_assignment aws_ssoadmin_permissions_boundary_attachment"
    ),
    "takes what others share": "aws_ram_resource_share_accepter aws_redshift_data_share_consumer_association",
    "allows nothing by itself: an association or a principal does": "aws_ram_resource_share aws_ram_resource_association",
    "gives rights to an identity of the account": "aws_eks_cluster aws_eks_pod_identity_association aws_iot_thing_principal_attachment",
}
# They let others in by arguments whose names do not show it.
_BESIDE = {
    "aws_directory_service_shared_directory": "target",
    "aws_lightsail_bucket_resource_access": "resource_name",
    "aws_route53_vpc_association_authorization": "vpc_id",
    "aws_s3control_access_grants_location": "iam_role_arn",
}


def rows() -> list[tuple[str, str, str]]:
    """Each type with its class, `modelled`, `none` or `unknown`, and why."""
    modelled = {*POLICIES, *DOORS, *HOLDERS, *PRINCIPALS, *ATTACHMENTS, *PERMISSION_SETS}
    modelled |= {type for type in IDENTITY if type.startswith("aws_")}
    harmless = {type: why for why, types in _HARMLESS.items() for type in types.split()}
    found: dict[str, set[str]] = {}
    for version in VERSIONS:
        schema = provider_schema(version)
        for type in schema.types():
            found.setdefault(type, set()).update(_allowing(schema.block("resource", type)))
    return [_row(type, sorted(found[type]), modelled, harmless) for type in sorted(found)]


def _row(type: str, arguments: list[str], modelled: set[str], harmless: Mapping[str, str]) -> tuple[str, str, str]:
    if type in modelled:
        return type, "modelled", ""
    if type in harmless:
        return type, "none", harmless[type]
    if arguments or type in _BESIDE:
        names = dict.fromkeys(argument.partition(".")[0] for argument in arguments or (_BESIDE[type],))
        return type, "unknown", ",".join(names)
    return type, "none", ""


def _allowing(block: Mapping[str, Any], start: str = "") -> Iterator[str]:
    """The arguments that may let others in, those of nested blocks included; what only AWS sets is left out."""
    for name, written in block.get("a", {}).items():
        computed = isinstance(written, list) and written[1:2] == ["c"]
        if not computed and _ALLOWING.fullmatch(name) and not _NO_ALLOWING.fullmatch(name):
            yield start + name
    for name, nested in block.get("b", {}).items():
        inner = nested[-1] if isinstance(nested, list) and isinstance(nested[-1], Mapping) else {}
        if _ALLOWING.fullmatch(name) and not _NO_ALLOWING.fullmatch(name):
            yield start + name
        yield from _allowing(inner, f"{start}{name}.")


def write() -> None:
    """Write the file."""
    FILE.write_text("".join("\t".join(row).rstrip() + "\n" for row in rows()), encoding="utf-8")


if __name__ == "__main__":
    write()
