"""What Terraform needs to import a resource, out of what its state says of it.

For most types that is the state's own `id`. The others are here, each as the section "Import" of its page says, below
registry.terraform.io/providers/hashicorp/aws/latest/docs/resources.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

NOT_IMPORTABLE: Final = frozenset(
    (
        "aws_acm_certificate_validation",
        "aws_autoscaling_attachment",
        "aws_ec2_instance_metadata_defaults",
        "aws_guardduty_detector_feature",
        # In provider 6 only.
        "aws_ec2_image_block_public_access",
        "aws_inspector2_enabler",
        "aws_lb_target_group_attachment",
        "aws_securityhub_standards_control_association",
    )
)
"""Types that provider 5 or both majors cannot import: each stands for a setting or for waiting, and making it again changes nothing."""

# `{a|b}` is the first of two attributes that has a value, `{a!tail}` what follows the last `/` or `:`, `[:{a}]` is left out
# without a value.
_FORMS: Final[Mapping[str, str]] = {
    "aws_accessanalyzer_archive_rule": "{analyzer_name}/{rule_name}",
    "aws_api_gateway_authorizer": "{rest_api_id}/{id}",
    "aws_api_gateway_deployment": "{rest_api_id}/{id}",
    "aws_api_gateway_gateway_response": "{rest_api_id}/{response_type}",
    "aws_api_gateway_integration": "{rest_api_id}/{resource_id}/{http_method}",
    "aws_api_gateway_integration_response": "{rest_api_id}/{resource_id}/{http_method}/{status_code}",
    "aws_api_gateway_method": "{rest_api_id}/{resource_id}/{http_method}",
    "aws_api_gateway_method_response": "{rest_api_id}/{resource_id}/{http_method}/{status_code}",
    "aws_api_gateway_method_settings": "{rest_api_id}/{stage_name}/{method_path}",
    "aws_api_gateway_model": "{rest_api_id}/{name}",
    "aws_api_gateway_request_validator": "{rest_api_id}/{id}",
    "aws_api_gateway_resource": "{rest_api_id}/{id}",
    "aws_api_gateway_stage": "{rest_api_id}/{stage_name}",
    "aws_api_gateway_usage_plan_key": "{usage_plan_id}/{key_id}",
    "aws_apigatewayv2_api_mapping": "{id}/{domain_name}",
    "aws_apigatewayv2_authorizer": "{api_id}/{id}",
    "aws_apigatewayv2_deployment": "{api_id}/{id}",
    "aws_apigatewayv2_integration": "{api_id}/{id}",
    "aws_apigatewayv2_route": "{api_id}/{id}",
    "aws_apigatewayv2_stage": "{api_id}/{name}",
    "aws_appautoscaling_policy": "{service_namespace}/{resource_id}/{scalable_dimension}/{name}",
    "aws_appautoscaling_target": "{service_namespace}/{resource_id}/{scalable_dimension}",
    "aws_autoscaling_lifecycle_hook": "{autoscaling_group_name}/{name}",
    "aws_autoscaling_policy": "{autoscaling_group_name}/{name}",
    "aws_autoscaling_schedule": "{autoscaling_group_name}/{scheduled_action_name}",
    "aws_backup_selection": "{plan_id}|{id}",
    "aws_cloudtrail": "{arn}",
    "aws_cloudwatch_event_permission": "[{event_bus_name}/]{statement_id}",
    "aws_cloudwatch_event_target": "[{event_bus_name}/]{rule}/{target_id}",
    "aws_cloudwatch_log_account_policy": "{policy_name}:{policy_type}",
    "aws_cloudwatch_log_data_protection_policy": "{log_group_name}",
    "aws_cloudwatch_log_delivery_destination": "{name}",
    "aws_cloudwatch_log_delivery_source": "{name}",
    "aws_cloudwatch_log_metric_filter": "{log_group_name}:{name}",
    "aws_cloudwatch_log_stream": "{log_group_name}:{name}",
    "aws_cloudwatch_log_subscription_filter": "{log_group_name}|{name}",
    "aws_codebuild_project": "{name}",
    "aws_codepipeline": "{name}",
    "aws_cognito_user_group": "{user_pool_id}/{name}",
    "aws_cognito_user_pool_client": "{user_pool_id}/{id}",
    "aws_db_instance": "{identifier}",
    "aws_db_proxy_default_target_group": "{db_proxy_name}",
    "aws_default_route_table": "{vpc_id}",
    "aws_ebs_default_kms_key": "{key_arn}",
    "aws_ebs_encryption_by_default": "default",
    "aws_ecs_cluster": "{name}",
    "aws_ecs_cluster_capacity_providers": "{cluster_name}",
    "aws_ecs_service": "{cluster!tail}/{name}",
    "aws_ecs_task_definition": "{arn}",
    "aws_iam_group_policy_attachment": "{group}/{policy_arn}",
    "aws_iam_role_policies_exclusive": "{role_name}",
    "aws_iam_role_policy": "{role}:{name}",
    "aws_iam_role_policy_attachment": "{role}/{policy_arn}",
    "aws_iam_role_policy_attachments_exclusive": "{role_name}",
    "aws_iam_user_policy_attachment": "{user}/{policy_arn}",
    "aws_kinesis_stream": "{name}",
    "aws_kms_grant": "{key_id}:{grant_id}",
    "aws_lambda_alias": "{function_name!tail}/{name}",
    "aws_lambda_permission": "{function_name!tail}[:{qualifier}]/{statement_id}",
    "aws_network_acl_rule": "{network_acl_id}:{rule_number}:{protocol}:{egress}",
    "aws_opensearch_domain": "{domain_name}",
    "aws_rds_cluster_instance": "{identifier}",
    "aws_route": "{route_table_id}_{destination_cidr_block|destination_ipv6_cidr_block|destination_prefix_list_id}",
    "aws_route53_record": "{zone_id}_{name}_{type}[_{set_identifier}]",
    "aws_route_table_association": "{subnet_id|gateway_id}/{route_table_id}",
    "aws_s3_object": "{bucket}/{key}",
    "aws_scheduler_schedule": "{group_name}/{name}",
    "aws_vpc_security_group_vpc_association": "{security_group_id},{vpc_id}",
    "aws_volume_attachment": "{device_name}:{volume_id}:{instance_id}",
    "aws_wafv2_ip_set": "{id}/{name}/{scope}",
    "aws_wafv2_regex_pattern_set": "{id}/{name}/{scope}",
    "aws_wafv2_rule_group": "{id}/{name}/{scope}",
    "aws_wafv2_web_acl": "{id}/{name}/{scope}",
}
_FIELD = re.compile(r"\{([\w|]+)(!tail)?\}")
_OPTIONAL = re.compile(r"\[([^\]]*)\]")


def import_id(type: str, values: Mapping[str, Any]) -> str | None:
    """What `import` takes as the `id` of a resource; `None` if its state lacks what that consists of.

    Args:
        type: its Terraform type, which must be importable.
        values: its attributes, as `terraform show -json` prints them.
    """
    form = _OPTIONAL.sub(lambda found: found[1] if _filled(found[1], values) else "", _FORMS.get(type, "{id}"))
    return _filled(form, values)


def _filled(form: str, values: Mapping[str, Any]) -> str | None:
    parts: list[str] = []
    end = 0
    for field in _FIELD.finditer(form):
        value = next((one for name in field[1].split("|") if (one := values.get(name)) not in (None, "")), None)
        if value is None:
            return None
        text = str(value).lower() if isinstance(value, bool) else str(value)
        parts += [form[end : field.start()], re.split("[/:]", text)[-1] if field[2] else text]
        end = field.end()
    return "".join((*parts, form[end:]))
