"""Controls on what viewers get from CloudFront, each with inputs that meet it, that break it, and that nobody knows."""

from typing import Any

import pytest

from secureinfra.controls.cloudfront import distribution as cloudfront
from tests.controls.judge import failure, status

X: Any = {"x": {}}
SERVER = {
    "origin_id": "web",
    "domain_name": "web.example.com",
    "custom_origin_config": {"origin_protocol_policy": "https-only"},
}
BUCKET = {"origin_id": "s3", "domain_name": "${aws_s3_bucket.b.bucket_regional_domain_name}"}
CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/1"


def distribution(**arguments: Any) -> dict[str, Any]:
    """One distribution, as resources."""
    return {"aws_cloudfront_distribution": {"d": {"origin": [BUCKET], **arguments}}}


def behaviors(default: dict[str, Any], *ordered: dict[str, Any]) -> dict[str, Any]:
    """A distribution with these cache behaviors."""
    return distribution(default_cache_behavior=default, ordered_cache_behavior=list(ordered))


def certificate(**arguments: Any) -> dict[str, Any]:
    """A distribution with this certificate."""
    return distribution(viewer_certificate=arguments)


def test_default_root_object() -> None:
    control = cloudfront.DEFAULT_ROOT_OBJECT
    assert status(control, **distribution(default_root_object="index.html")) == "passed"
    assert failure(control, **distribution()) == (
        "aws_cloudfront_distribution.d default_root_object: default_root_object is not set -> "
        'default_root_object = "index.html"'
    )
    assert status(control, **distribution(default_root_object="")) == "failed"
    assert status(control, **distribution(origin=[SERVER])) == "not applicable"
    assert status(control, **distribution(origin=[SERVER, BUCKET])) == "failed"
    assert status(control, variable=X, **distribution(default_root_object="${var.x}")) == "unknown"


@pytest.mark.parametrize("safe", ["redirect-to-https", "https-only"])
def test_viewer_https(safe: str) -> None:
    control = cloudfront.VIEWER_HTTPS
    good, bad, unknown = ({"viewer_protocol_policy": value} for value in (safe, "allow-all", "${var.x}"))
    assert status(control, **behaviors(good, good)) == "passed"
    assert "default_cache_behavior[0].viewer_protocol_policy" in failure(control, **behaviors(bad, good))
    assert "ordered_cache_behavior[1].viewer_protocol_policy" in failure(control, **behaviors(good, good, bad))
    assert status(control, variable=X, **behaviors(good, unknown)) == "unknown"
    assert status(control, variable=X, **behaviors(unknown, bad)) == "failed"
    dynamic = {"ordered_cache_behavior": {"for_each": "${var.x}", "content": good}}
    assert status(control, variable=X, **distribution(default_cache_behavior=good, dynamic=dynamic)) == "unknown"


@pytest.mark.parametrize("policy", ["TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025"])
def test_tls_policy(policy: str) -> None:
    control = cloudfront.TLS_POLICY
    assert status(control, **certificate(acm_certificate_arn=CERTIFICATE, minimum_protocol_version=policy)) == "passed"
    both = certificate(cloudfront_default_certificate=True, minimum_protocol_version=policy)
    assert "CloudFront allows TLSv1 with it" in failure(control, **both)


def test_tls_policy_fails() -> None:
    control = cloudfront.TLS_POLICY
    for old in ("TLSv1", "TLSv1_2016", "TLSv1.1_2016", "TLSv1.2_2018", "TLSv1.2_2019", "SSLv3"):
        assert f'"{old}"' in failure(control, **certificate(minimum_protocol_version=old))
    assert "is not set (CloudFront allows TLSv1)" in failure(control, **certificate(acm_certificate_arn=CERTIFICATE))
    assert status(control, variable=X, **certificate(minimum_protocol_version="${var.x}")) == "unknown"
    assert status(control, **distribution()) == "failed"


def test_custom_certificate() -> None:
    control = cloudfront.CUSTOM_CERTIFICATE
    assert status(control, **certificate(acm_certificate_arn=CERTIFICATE)) == "passed"
    assert status(control, **certificate(iam_certificate_id="ASCA1")) == "passed"
    valid: Any = {"aws_acm_certificate_validation": {"v": {}}}
    arn = "${aws_acm_certificate_validation.v.certificate_arn}"
    assert status(control, **certificate(acm_certificate_arn=arn), **valid) == "passed"
    assert "cloudfront_default_certificate = true" in failure(
        control, **certificate(cloudfront_default_certificate=True)
    )
    assert "acm_certificate_arn is not set" in failure(control, **distribution())
    assert status(control, variable=X, **certificate(acm_certificate_arn="${var.x}")) == "unknown"


def test_sni() -> None:
    control = cloudfront.SNI
    own = {"acm_certificate_arn": CERTIFICATE}
    assert status(control, **certificate(**own, ssl_support_method="sni-only")) == "passed"
    assert 'ssl_support_method = "vip"' in failure(control, **certificate(**own, ssl_support_method="vip"))
    assert "is not set" in failure(control, **certificate(**own))
    assert status(control, **certificate(cloudfront_default_certificate=True)) == "not applicable"
    assert status(control, variable=X, **certificate(**own, ssl_support_method="${var.x}")) == "unknown"


def test_logged() -> None:
    control = cloudfront.LOGGED
    assert status(control, **distribution(logging_config={"bucket": "logs.s3.amazonaws.com"})) == "passed"
    assert "no logging_config.bucket and no delivery" in failure(control, **distribution())
    assert status(control, **distribution(logging_config={"include_cookies": False})) == "failed"
    assert status(control, variable=X, **distribution(logging_config={"bucket": "${var.x}"})) == "unknown"


def test_logged_by_delivery() -> None:
    control, arn = cloudfront.LOGGED, "${aws_cloudfront_distribution.d.arn}"

    def source(log_type: str = "ACCESS_LOGS", resource_arn: str = arn) -> dict[str, Any]:
        held = {"name": "cdn", "log_type": log_type, "resource_arn": resource_arn}
        return {**distribution(), "aws_cloudwatch_log_delivery_source": {"s": held}}

    delivery = {"d": {"delivery_source_name": "${aws_cloudwatch_log_delivery_source.s.name}"}}
    assert status(control, **source(), aws_cloudwatch_log_delivery=delivery) == "passed"
    assert status(control, **source()) == "failed"
    assert status(control, **source("CONNECTION_LOGS"), aws_cloudwatch_log_delivery=delivery) == "failed"
    assert status(control, **source(resource_arn="arn:aws:other"), aws_cloudwatch_log_delivery=delivery) == "failed"
    assert status(control, variable=X, **source("${var.x}"), aws_cloudwatch_log_delivery=delivery) == "unknown"
    assert status(control, variable=X, **source(resource_arn="${var.x}")) == "unknown"


def test_firewall() -> None:
    control = cloudfront.FIREWALL

    def web_acl(scope: str, type: str = "aws_wafv2_web_acl") -> dict[str, Any]:
        return {**distribution(web_acl_id=f"${{{type}.w.arn}}"), type: {"w": {"scope": scope}}}

    literal = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/main/1"
    assert status(control, **web_acl("CLOUDFRONT")) == "passed"
    assert status(control, **distribution(web_acl_id=literal)) == "passed"
    assert "web_acl_id is not set" in failure(control, **distribution())
    assert status(control, **distribution(web_acl_id="473e64fd-f30b-4765-81a0-62ad96dd167a")) == "failed"
    assert 'scope = "REGIONAL"' in failure(control, **web_acl("REGIONAL"))
    assert "no WAFv2" in failure(control, **web_acl("", "aws_waf_web_acl"))
    assert status(control, variable=X, **distribution(web_acl_id="${var.x}")) == "unknown"
    assert status(control, variable=X, **web_acl("${var.x}")) == "unknown"


def test_key_groups() -> None:
    control = cloudfront.KEY_GROUPS
    assert status(control, **behaviors({}, {"trusted_key_groups": ["${aws_cloudfront_key_group.k.id}"]})) == "passed"
    assert status(control, **behaviors({"trusted_signers": []})) == "passed"
    assert "default_cache_behavior[0].trusted_signers" in failure(control, **behaviors({"trusted_signers": ["self"]}))
    assert "ordered_cache_behavior[0]" in failure(control, **behaviors({}, {"trusted_signers": ["111122223333"]}))
    assert status(control, variable=X, **behaviors({"trusted_signers": "${var.x}"})) == "unknown"


def test_response_headers() -> None:
    control = cloudfront.RESPONSE_HEADERS

    def using(*ids: Any, **others: Any) -> dict[str, Any]:
        return {**behaviors(*({"response_headers_policy_id": id} for id in ids)), **others}

    own = "${aws_cloudfront_response_headers_policy.p.id}"
    policies: Any = {"aws_cloudfront_response_headers_policy": {"p": {}}}
    assert status(control, **using(own, own), **policies) == "passed"
    assert status(control, **using("67f7725c-6f97-4210-82d7-5512b31e9d03")) == "passed"
    assert "ordered_cache_behavior[0].response_headers_policy_id" in failure(control, **using(own, None), **policies)
    assert status(control, **using("60669652-455b-4ae9-85a4-c4c02393f86c")) == "failed"
    data = {"aws_cloudfront_response_headers_policy": {"d": {"name": "Managed-SimpleCORS"}}}
    assert status(control, data=data, **using("${data.aws_cloudfront_response_headers_policy.d.id}")) == "failed"
    assert status(control, variable=X, **using("${var.x}")) == "unknown"


def test_hsts() -> None:
    control = cloudfront.HSTS

    def policy(age: Any = 31536000, override: Any = True) -> dict[str, Any]:
        header = {"access_control_max_age_sec": age, "override": override}
        held = {"security_headers_config": {"strict_transport_security": header}}
        return {"aws_cloudfront_response_headers_policy": {"p": held}}

    assert status(control, **policy()) == "passed"
    assert status(control, **policy("63072000", "true")) == "passed"
    assert "access_control_max_age_sec = 300" in failure(control, **policy(300))
    assert "override = false" in failure(control, **policy(override=False))
    without = {"p": {"cors_config": {"origin_override": True}}}
    assert "is not set" in failure(control, aws_cloudfront_response_headers_policy=without)
    assert status(control, variable=X, **policy("${var.x}")) == "unknown"


@pytest.mark.parametrize(("type", "answer"), [("whitelist", "passed"), ("blacklist", "passed"), ("none", "failed")])
def test_geo_restricted(type: str, answer: str) -> None:
    control = cloudfront.GEO_RESTRICTED
    assert status(control, **distribution(restrictions={"geo_restriction": {"restriction_type": type}})) == answer
    unknown = {"geo_restriction": {"restriction_type": "${var.x}"}}
    assert status(control, variable=X, **distribution(restrictions=unknown)) == "unknown"
    assert control.optional
