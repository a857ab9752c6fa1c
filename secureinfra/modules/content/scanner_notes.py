"""Suppressions for checkov's false positives: comments with the reason, which checkov reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from secureinfra.modules.content.placeholders import blocks

Document = Mapping[str, Any]


class Note(NamedTuple):
    """A check that is skipped.

    Args:
        check: id of the check.
        type: the resource type it applies to.
        reason: why it is a false positive.
        concerns: whether it would fail on a resource, by the document, its name and its body.
    """

    check: str
    type: str
    reason: str
    concerns: Callable[[Document, str, Mapping[str, Any]], bool]


def _without(type: str) -> Callable[[Document, str, Mapping[str, Any]], bool]:
    """A bucket that no resource of a type refers to."""

    def lacks(document: Document, name: str, _: Mapping[str, Any]) -> bool:
        own = f"${{aws_s3_bucket.{name}.id}}"
        return all(block.get("bucket") != own for block in document.get("resource", {}).get(type, {}).values())

    return lacks


def _records_nothing(document: Document, name: str, block: Mapping[str, Any]) -> bool:
    held = document.get("resource", {}).get("aws_s3_bucket_logging", {}).values()
    target = any(logging.get("target_bucket") == f"${{aws_s3_bucket.{name}.id}}" for logging in held)
    return not target and _without("aws_s3_bucket_logging")(document, name, block)


def _takes_logs_only(document: Document, name: str, _: Mapping[str, Any]) -> bool:
    own = f"${{aws_s3_bucket.{name}.id}}"
    held = document.get("resource", {}).get("aws_s3_bucket_server_side_encryption_configuration", {})
    return any(block.get("bucket") == own and "AES256" in str(block) for block in held.values())


def _allows_without_ports(_: Document, __: str, block: Mapping[str, Any]) -> bool:
    return block.get("rule_action") == "allow" and block.get("egress") is False and "from_port" not in block


def _lacks(argument: str) -> Callable[[Document, str, Mapping[str, Any]], bool]:
    """A resource without an argument."""
    return lambda _, __, block: argument not in block


def _has_beside_it(type: str, reference: str) -> Callable[[Document, str, Mapping[str, Any]], bool]:
    """A resource that another of a type refers to, where `{name}` stands for its name."""

    def has(document: Document, name: str, _: Mapping[str, Any]) -> bool:
        own = f"${{{reference.format(name=name)}}}"
        return any(own in block.values() for block in document.get("resource", {}).get(type, {}).values())

    return has


def _keeps_what_failed(document: Document, name: str, _: Mapping[str, Any]) -> bool:
    own = f"${{aws_lambda_function.{name}.function_name}}"
    held = document.get("resource", {}).get("aws_lambda_function_event_invoke_config", {}).values()
    return any(block.get("function_name") == own and "on_failure" in json.dumps(block) for block in held)


def _caches_nothing(_: Document, __: str, block: Mapping[str, Any]) -> bool:
    return '"caching_enabled": true' not in json.dumps(block.get("settings"))


def _in_no_plan(document: Document, _: str, __: Mapping[str, Any]) -> bool:
    return "aws_backup_selection" not in document.get("resource", {})


def _always(_: Document, __: str, ___: Mapping[str, Any]) -> bool:
    return True


def _says_nothing(_: Document, __: str, block: Mapping[str, Any]) -> bool:
    return "sns_topic_name" not in block


_NO_CACHE = "a cache is no protection: it costs by the hour, and gives one caller's answer to others"
_UNREPLICATED = _without("aws_s3_bucket_replication_configuration")
_SILENT = _without("aws_s3_bucket_notification")


def _only_redirects(document: Document, _: str, block: Mapping[str, Any]) -> bool:
    listeners = document.get("resource", {}).get("aws_lb_listener", {}).values()
    redirects = any(listener.get("port") == 80 and "HTTP_301" in json.dumps(listener) for listener in listeners)
    return redirects and block.get("from_port") == 80 and block.get("cidr_ipv4") == "0.0.0.0/0"


def _records_no_global_types(_: Document, __: str, block: Mapping[str, Any]) -> bool:
    return '"include_global_resource_types": false' in json.dumps(block.get("recording_group"))


def _delivers_logs(document: Document, name: str, block: Mapping[str, Any]) -> bool:
    own = f"${{aws_cloudfront_distribution.{name}.arn}}"
    sources = document.get("resource", {}).get("aws_cloudwatch_log_delivery_source", {}).values()
    return "logging_config" not in block and any(source.get("resource_arn") == own for source in sources)


def _serves_everybody(_: Document, __: str, block: Mapping[str, Any]) -> bool:
    return '"restriction_type": "none"' in json.dumps(block.get("restrictions"))


def _has_one_origin(_: Document, __: str, block: Mapping[str, Any]) -> bool:
    return "origin_group" not in block


def _promises_no_preload(_: Document, __: str, block: Mapping[str, Any]) -> bool:
    return '"preload": false' in json.dumps(block.get("security_headers_config"))


NOTES: Final = (
    Note("CKV_AWS_144", "aws_s3_bucket", "replication is optional: it doubles the cost", _UNREPLICATED),
    Note("CKV2_AWS_62", "aws_s3_bucket", "event notifications are optional: there is no consumer by default", _SILENT),
    Note("CKV_AWS_145", "aws_s3_bucket", "the services that write here deliver to SSE-S3 only", _takes_logs_only),
    Note("CKV_AWS_18", "aws_s3_bucket", "a log destination does not log its own accesses (S3.9)", _records_nothing),
    Note(
        "CKV2_AWS_3",
        "aws_guardduty_detector",
        "an account's detector; organization settings are separate",
        _always,
    ),
    Note(
        "CKV2_AWS_48",
        "aws_config_configuration_recorder",
        "users and roles are recorded in the home region, once",
        _records_no_global_types,
    ),
    Note(
        "CKV_AWS_260",
        "aws_vpc_security_group_ingress_rule",
        "the load balancer answers port 80 with a redirect to HTTPS and nothing else",
        _only_redirects,
    ),
    Note(
        "CKV_AWS_86",
        "aws_cloudfront_distribution",
        "standard logging v2, which the check does not know; the legacy one needs a bucket with ACLs (S3.12)",
        _delivers_logs,
    ),
    Note(
        "CKV_AWS_374",
        "aws_cloudfront_distribution",
        "geo restriction is optional: it blocks visitors by location",
        _serves_everybody,
    ),
    Note(
        "CKV_AWS_310",
        "aws_cloudfront_distribution",
        "failover is optional: it needs a second origin",
        _has_one_origin,
    ),
    Note(
        "CKV_AWS_259",
        "aws_cloudfront_response_headers_policy",
        "preload is optional: it covers a domain and all subdomains, and takes months to undo",
        _promises_no_preload,
    ),
    Note("CKV2_AWS_8", "aws_rds_cluster", "a backup plan is optional: RDS keeps backups itself", _in_no_plan),
    Note("CKV2_AWS_5", "aws_security_group", "the group is for what users of the module attach", _always),
    Note(
        "CKV_AWS_352",
        "aws_network_acl_rule",
        "allows the VPC itself, or one ICMP message, which has no ports",
        _allows_without_ports,
    ),
    Note(
        "CKV_AWS_252",
        "aws_cloudtrail",
        "alarms read the events; a message for each log file adds nothing",
        _says_nothing,
    ),
    Note(
        "CKV_AWS_115",
        "aws_lambda_function",
        "reserved concurrency is optional: it is taken from the account's quota",
        _lacks("reserved_concurrent_executions"),
    ),
    Note(
        "CKV_AWS_116",
        "aws_lambda_function",
        "events that failed go to the destination of aws_lambda_function_event_invoke_config, which the check does not read",
        _keeps_what_failed,
    ),
    Note(
        "CKV_AWS_117",
        "aws_lambda_function",
        "a VPC is optional: a function that needs none reaches no further from within one",
        _lacks("vpc_config"),
    ),
    Note(
        "CKV_AWS_272",
        "aws_lambda_function",
        "code signing is optional: it needs signed archives, and images have none",
        _lacks("code_signing_config_arn"),
    ),
    Note("CKV_AWS_120", "aws_api_gateway_stage", _NO_CACHE, _lacks("cache_cluster_enabled")),
    Note("CKV_AWS_225", "aws_api_gateway_method_settings", _NO_CACHE, _caches_nothing),
    Note(
        "CKV2_AWS_51",
        "aws_api_gateway_stage",
        "backends are functions, which know their caller by IAM and see no certificate",
        _lacks("client_certificate_id"),
    ),
    Note(
        "CKV2_AWS_53",
        "aws_api_gateway_method",
        "the function receives the request as it is and validates it",
        _lacks("request_validator_id"),
    ),
    Note(
        "CKV2_AWS_18",
        "aws_efs_file_system",
        "backed up daily by AWS's own plan (aws_efs_backup_policy), which the check does not read",
        _has_beside_it("aws_efs_backup_policy", "aws_efs_file_system.{name}.id"),
    ),
)


def with_scanner_notes(document: dict[str, Any]) -> dict[str, Any]:
    """The document with a note in each resource that checkov would report by mistake."""
    for section, (type, name), block in blocks(document):
        if section == "resource":
            found = list(_notes_on(document, type, name, block))
            if found:
                block.setdefault("//", {}).setdefault("checkov", []).extend(found)
    return document


def _notes_on(document: Document, type: str, name: str, block: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for note in NOTES:
        if note.type == type and note.concerns(document, name, block):
            yield {"check": note.check, "reason": note.reason}
