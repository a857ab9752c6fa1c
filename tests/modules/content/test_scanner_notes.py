"""Where the code says why a scanner's finding is none."""

from typing import Any

from secureinfra.modules.content.scanner_notes import NOTES, with_scanner_notes


def notes(type: str, block: dict[str, Any], **others: dict[str, Any]) -> set[str]:
    document = {"resource": {type: {"x": dict(block)}, **others}}
    with_scanner_notes(document)
    written = document["resource"][type]["x"].get("//", {}).get("checkov", [])
    assert all(note["reason"] for note in written)
    return {note["check"] for note in written}


OF_FUNCTIONS = {"CKV_AWS_115", "CKV_AWS_116", "CKV_AWS_117", "CKV_AWS_272"}
OF_APIS = {"CKV_AWS_120", "CKV_AWS_225", "CKV2_AWS_51", "CKV2_AWS_53"}
OWN = {"bucket": "${aws_s3_bucket.x.id}"}


def test_a_bucket_without_options() -> None:
    assert notes("aws_s3_bucket", {}) == {"CKV_AWS_144", "CKV2_AWS_62", "CKV_AWS_18"}


def test_a_bucket_with_them() -> None:
    others = {
        type: {"y": OWN}
        for type in (
            "aws_s3_bucket_replication_configuration",
            "aws_s3_bucket_notification",
            "aws_s3_bucket_logging",
        )
    }
    assert notes("aws_s3_bucket", {}, **others) == set()


def test_a_target_of_logs() -> None:
    encryption = {"y": {**OWN, "rule": {"apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"}}}}
    logging = {"y": {"bucket": "b", "target_bucket": "${aws_s3_bucket.x.id}"}}
    found = notes(
        "aws_s3_bucket",
        {},
        aws_s3_bucket_server_side_encryption_configuration=encryption,
        aws_s3_bucket_logging=logging,
    )
    assert "CKV_AWS_145" in found
    assert "CKV_AWS_18" not in found


def test_network_acl_rules() -> None:
    assert notes("aws_network_acl_rule", {"rule_action": "allow", "egress": False}) == {"CKV_AWS_352"}
    assert notes("aws_network_acl_rule", {"rule_action": "allow", "egress": False, "from_port": 443}) == set()


def test_every_note_has_a_test() -> None:
    held = {note.check for note in NOTES}
    assert held == {
        "CKV_AWS_144",
        "CKV2_AWS_62",
        "CKV_AWS_18",
        "CKV_AWS_145",
        "CKV_AWS_352",
        "CKV2_AWS_5",
        "CKV2_AWS_3",
        "CKV_AWS_260",
        "CKV2_AWS_48",
        "CKV_AWS_252",
        "CKV_AWS_86",
        "CKV_AWS_374",
        "CKV_AWS_310",
        "CKV_AWS_259",
        *OF_FUNCTIONS,
        *OF_APIS,
        "CKV2_AWS_18",
        "CKV2_AWS_8",
    }
    assert notes("aws_security_group", {}) == {"CKV2_AWS_5"}
    for group, found in ((True, set()), (False, {"CKV2_AWS_48"})):
        recorder = {"recording_group": {"include_global_resource_types": group}}
        assert notes("aws_config_configuration_recorder", recorder) == found
    opened = {"from_port": 80, "cidr_ipv4": "0.0.0.0/0"}
    listener = {"port": 80, "default_action": {"type": "redirect", "redirect": {"status_code": "HTTP_301"}}}
    assert notes("aws_vpc_security_group_ingress_rule", opened) == set()
    assert notes("aws_vpc_security_group_ingress_rule", opened, aws_lb_listener={"l": listener}) == {"CKV_AWS_260"}
    for other in ({**opened, "from_port": 22}, {**opened, "cidr_ipv4": "10.0.0.0/8"}):
        assert notes("aws_vpc_security_group_ingress_rule", other, aws_lb_listener={"l": listener}) == set()
    assert notes("aws_guardduty_detector", {}) == {"CKV2_AWS_3"}
    assert notes("aws_cloudtrail", {}) == {"CKV_AWS_252"}
    assert notes("aws_cloudtrail", {"sns_topic_name": "t"}) == set()


def test_a_distribution_with_one_origin_for_everybody() -> None:
    everybody = {"restrictions": {"geo_restriction": {"restriction_type": "none"}}}
    source = {"aws_cloudwatch_log_delivery_source": {"y": {"resource_arn": "${aws_cloudfront_distribution.x.arn}"}}}
    found = notes("aws_cloudfront_distribution", everybody, **source)
    assert found == {"CKV_AWS_86", "CKV_AWS_310", "CKV_AWS_374"}


def test_a_distribution_without_logs_gets_no_excuse() -> None:
    some = {"restrictions": {"geo_restriction": {"restriction_type": "whitelist", "locations": ["DE"]}}}
    other = {"aws_cloudwatch_log_delivery_source": {"y": {"resource_arn": "${aws_cloudfront_distribution.z.arn}"}}}
    assert notes("aws_cloudfront_distribution", {**some, "origin_group": [{}]}, **other) == set()


def test_headers_that_promise_no_preload() -> None:
    for preload, found in ((False, {"CKV_AWS_259"}), (True, set())):
        headers = {"security_headers_config": {"strict_transport_security": {"preload": preload}}}
        assert notes("aws_cloudfront_response_headers_policy", headers) == found


def test_a_function_without_options() -> None:
    own = {"function_name": "${aws_lambda_function.x.function_name}", "destination_config": {"on_failure": {}}}
    kept = {"y": own}
    assert notes("aws_lambda_function", {}, aws_lambda_function_event_invoke_config=kept) == OF_FUNCTIONS
    # What failed is kept by nobody: checkov is right.
    others: tuple[dict[str, Any], ...] = (
        {"destination_config": {}},
        {"function_name": "${aws_lambda_function.z.function_name}"},
    )
    for other in others:
        assert "CKV_AWS_116" not in notes(
            "aws_lambda_function", {}, aws_lambda_function_event_invoke_config={"y": {**own, **other}}
        )
    chosen = {"reserved_concurrent_executions": 5, "vpc_config": {}, "code_signing_config_arn": "a"}
    assert notes("aws_lambda_function", chosen) == set()


def test_an_api_without_options() -> None:
    assert notes("aws_api_gateway_stage", {}) == {"CKV_AWS_120", "CKV2_AWS_51"}
    assert notes("aws_api_gateway_stage", {"cache_cluster_enabled": True, "client_certificate_id": "c"}) == set()
    for cached, found in ((False, {"CKV_AWS_225"}), (True, set())):
        assert notes("aws_api_gateway_method_settings", {"settings": {"caching_enabled": cached}}) == found
    assert notes("aws_api_gateway_method", {}) == {"CKV2_AWS_53"}
    assert notes("aws_api_gateway_method", {"request_validator_id": "v"}) == set()


def test_a_file_system_that_aws_backs_up() -> None:
    assert notes("aws_efs_file_system", {}) == set()
    for of, found in (("x", {"CKV2_AWS_18"}), ("z", set())):
        policy = {"y": {"file_system_id": f"${{aws_efs_file_system.{of}.id}}"}}
        assert notes("aws_efs_file_system", {}, aws_efs_backup_policy=policy) == found


def test_a_cluster_in_no_backup_plan() -> None:
    assert notes("aws_rds_cluster", {}) == {"CKV2_AWS_8"}
    assert notes("aws_rds_cluster", {}, aws_backup_selection={"y": {}}) == set()
