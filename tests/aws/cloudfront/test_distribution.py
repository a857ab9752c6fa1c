"""Distribution: origins, TLS, headers, firewall, logs, countries, and what it refuses."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from secureinfra.aws.cloudfront.behavior import BehaviorConfig
from secureinfra.aws.cloudfront.distribution import Distribution
from secureinfra.aws.cloudfront.distribution_config import DistributionConfig, ErrorPage
from secureinfra.aws.cloudfront.origin import BucketOrigin, HttpsOrigin
from secureinfra.aws.cloudfront.response_headers import ResponseHeadersConfig
from secureinfra.aws.iam.role import RoleConfig, SecureRole
from secureinfra.aws.iam.trust import ServiceTrust
from secureinfra.aws.kms.key import KeyConfig, SecureKey
from secureinfra.aws.s3.bucket import SecureBucket
from secureinfra.aws.s3.log_bucket import LogBucket
from secureinfra.aws.wafv2.web_acl import WebAcl
from secureinfra.aws.wafv2.web_acl_config import WebAclConfig
from secureinfra.config.config import Config
from secureinfra.config.waiver import Waiver
from secureinfra.engine import AwsProvider, AwsProviderConfig, Resource, SecureConstruct
from secureinfra.engine._cdk import App, TerraformStack
from secureinfra.errors import ConfigError, ControlError
from secureinfra.testing import addresses, outdir, synthesize, test_stack

CERTIFICATE = "arn:aws:acm:us-east-1:111122223333:certificate/12345678-1234-1234-1234-123456789012"
WEB_ACL = "arn:aws:wafv2:us-east-1:111122223333:global/webacl/shop/a1b2c3d4"
SERVER = HttpsOrigin(domain_name="api.example.com")
ARN = "${aws_cloudfront_distribution.site_distribution.arn}"


def waiver(control: str) -> Waiver:
    return Waiver(control=control, reason="a trial", owner="web", until="2099-12-31")


def site(stack: Any, config: DistributionConfig = DistributionConfig(), **given: Any) -> Distribution:
    if "origin" not in given:
        given["origin"] = SecureBucket(stack, "pages")
    return Distribution(stack, "site", config, **{"certificate": CERTIFICATE, **given})


def distribution_of(stack: Any) -> dict[str, Any]:
    (block,) = synthesize(stack)["resource"]["aws_cloudfront_distribution"].values()
    return dict(block)


def statements_of(stack: Any, type: str, name: str) -> dict[str, dict[str, Any]]:
    block = synthesize(stack)["resource"][type][name]
    return {statement["Sid"]: statement for statement in json.loads(block["policy"])["Statement"]}


def test_defaults(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    site(stack, DistributionConfig(aliases=("www.example.com",)))
    matches_snapshot(stack)


def test_fullest(matches_snapshot: Callable[[Any], None]) -> None:
    stack = test_stack()
    config = DistributionConfig(
        name="shop",
        aliases=("www.example.com", "*.shop.example.com"),
        default_root_object="home.html",
        default_behavior=BehaviorConfig(allowed_methods="read-options"),
        response_headers=ResponseHeadersConfig(
            hsts_max_age_seconds=31_536_000,
            hsts_include_subdomains=False,
            hsts_preload=True,
            content_security_policy="default-src 'self' https://cdn.example.com",
            frame_option="SAMEORIGIN",
            referrer_policy="same-origin",
        ),
        error_pages=(
            ErrorPage(error_code=403, response_page_path="/404.html", response_code=404),
            ErrorPage(error_code=500, error_caching_min_ttl_seconds=0),
        ),
        failover_status_codes=(500, 503),
        allowed_countries=("DE", "AT"),
        price_class="PriceClass_All",
        log_retention_days=731,
        protect=False,
        tags={"team": "web"},
    )
    distribution = site(
        stack,
        config,
        origin=BucketOrigin(SecureBucket(stack, "pages"), "/v2"),
        failover=SecureBucket(stack, "spare"),
        web_acl=WEB_ACL,
        key=SecureKey(stack, "log-key", KeyConfig(strict=True)),
    )
    distribution.add_behavior(
        "/api/*",
        HttpsOrigin(
            domain_name="api.example.com",
            origin_path="/v1",
            https_port=8443,
            read_timeout_seconds=60,
            keepalive_timeout_seconds=60,
        ),
        BehaviorConfig(
            allowed_methods="all",
            cache_policy_id="83da9c7e-98b4-4e11-a168-04f0df8e2c65",
            origin_request_policy_id="216adef6-5c7f-47e4-b989-5492eafa07d3",
        ),
    )
    distribution.add_behavior("/members/*", SecureBucket(stack, "members"), BehaviorConfig(trusted_key_groups=("k-1",)))
    distribution.grant_invalidate(SecureRole(stack, "deploy", RoleConfig(trust=ServiceTrust(service="codebuild"))))
    matches_snapshot(stack)


def test_default_root_object() -> None:
    stack = test_stack()
    site(stack)
    assert distribution_of(stack)["default_root_object"] == "index.html"
    message = "default_root_object=None breaks control cloudfront-distribution-default-root-object"
    with pytest.raises(ControlError, match=message):
        site(test_stack(), DistributionConfig(default_root_object=None))


def test_servers_answer_for_their_root_themselves() -> None:
    stack = test_stack()
    distribution = site(stack, origin=SERVER)
    assert "default_root_object" not in distribution_of(stack)
    # Once a bucket is among the origins, CloudFront.1 asks for it.
    distribution.add_behavior("/static/*", SecureBucket(stack, "static"))
    assert distribution_of(stack)["default_root_object"] == "index.html"


def test_viewer_https() -> None:
    stack = test_stack()
    site(stack).add_behavior("/api/*", SERVER)
    block = distribution_of(stack)
    for behavior in (block["default_cache_behavior"], *block["ordered_cache_behavior"]):
        assert behavior["viewer_protocol_policy"] == "redirect-to-https"


def test_tls_policy_custom_certificate_and_sni() -> None:
    stack = test_stack()
    site(stack)
    assert distribution_of(stack)["viewer_certificate"] == {
        "acm_certificate_arn": CERTIFICATE,
        "minimum_protocol_version": "TLSv1.2_2021",
        "ssl_support_method": "sni-only",
    }


def test_refuses_to_do_without_certificate() -> None:
    with pytest.raises(ControlError, match="no certificate breaks control cloudfront-distribution-custom-certificate"):
        site(test_stack(), certificate=None)
    one = (waiver("cloudfront-distribution-custom-certificate"),)
    with pytest.raises(ControlError, match="no certificate breaks control cloudfront-distribution-tls-policy"):
        site(test_stack(), DistributionConfig(waivers=one), certificate=None)


def test_waivers_permit_cloudfronts_own_certificate() -> None:
    stack = test_stack()
    controls = ("cloudfront-distribution-custom-certificate", "cloudfront-distribution-tls-policy")
    site(stack, DistributionConfig(waivers=tuple(map(waiver, controls))), certificate=None)
    block = distribution_of(stack)
    assert block["viewer_certificate"] == {"cloudfront_default_certificate": True}
    assert [written["control"] for written in block["//"]["waivers"]] == list(controls)


def test_logged() -> None:
    stack = test_stack()
    site(stack)
    resources = synthesize(stack)["resource"]
    (source,) = resources["aws_cloudwatch_log_delivery_source"].values()
    (destination,) = resources["aws_cloudwatch_log_delivery_destination"].values()
    (delivery,) = resources["aws_cloudwatch_log_delivery"].values()
    assert (source["log_type"], source["resource_arn"]) == ("ACCESS_LOGS", ARN)
    assert destination["delivery_destination_configuration"] == [
        {"destination_resource_arn": "${aws_s3_bucket.site_logs_bucket.arn}"}
    ]
    assert delivery["delivery_source_name"] == "${aws_cloudwatch_log_delivery_source.site_log_source.name}"
    assert "cs(Cookie)" not in delivery["record_fields"], "cookies hold sessions"
    with pytest.raises(ControlError, match="logged=False breaks control cloudfront-distribution-logged"):
        site(test_stack(), DistributionConfig(logged=False))


def test_deliveries_of_one_stack_are_made_one_after_the_other() -> None:
    """AWS refuses two at once."""
    stack = test_stack()
    for id in ("site", "shop", "blog"):
        Distribution(stack, id, certificate=CERTIFICATE, origin=SecureBucket(stack, f"pages-{id}"))
    found = synthesize(stack)["resource"]["aws_cloudwatch_log_delivery"]
    waits = {name: [one for one in made["depends_on"] if "delivery" in one] for name, made in found.items()}
    assert waits == {
        "site_log_delivery": [],
        "shop_log_delivery": ["aws_cloudwatch_log_delivery.site_log_delivery"],
        "blog_log_delivery": ["aws_cloudwatch_log_delivery.shop_log_delivery"],
    }


def test_log_bucket_and_key_take_this_delivery_only() -> None:
    stack = test_stack()
    site(stack)
    written = statements_of(stack, "aws_s3_bucket_policy", "site_logs_policy")["CloudFrontLogs"]
    account = "${data.aws_caller_identity.current.account_id}"
    source = f"arn:${{data.aws_partition.current.partition}}:logs:us-east-1:{account}:delivery-source:test-site"
    assert written["Principal"] == {"Service": ["delivery.logs.amazonaws.com"]}
    assert written["Resource"] == [f"${{aws_s3_bucket.site_logs_bucket.arn}}/AWSLogs/{account}/*"]
    assert written["Condition"] == {
        "StringEquals": {"aws:SourceAccount": [account], "s3:x-amz-acl": ["bucket-owner-full-control"]},
        "ArnLike": {"aws:SourceArn": [source]},
    }
    key = statements_of(stack, "aws_kms_key", "site_key")["AllowDeliveryLogs"]
    assert key["Condition"]["ArnLike"] == {"aws:SourceArn": [source]}


def test_logs_go_to_a_given_bucket_without_key_too() -> None:
    stack = test_stack()
    distribution = site(stack, log_bucket=LogBucket(stack, "logs"), web_acl=WEB_ACL)
    assert distribution.log_bucket.path == "test/logs"
    document = synthesize(stack)["resource"]
    assert sorted(document["aws_kms_key"]) == ["pages_key"]
    assert "CloudFrontLogs" in document["aws_s3_bucket_policy"]["logs_policy"]["policy"]


def test_waiver_turns_logs_off() -> None:
    stack = test_stack()
    config = DistributionConfig(logged=False, waivers=(waiver("cloudfront-distribution-logged"),))
    site(stack, config)
    assert "aws_cloudwatch_log_delivery" not in synthesize(stack)["resource"]


def test_logs_are_kept_for_a_year() -> None:
    with pytest.raises(ControlError, match="log_retention_days=30 breaks control s3-log-bucket-retained"):
        site(test_stack(), DistributionConfig(log_retention_days=30))


def test_firewall() -> None:
    stack = test_stack()
    site(stack)
    assert distribution_of(stack)["web_acl_id"] == "${aws_wafv2_web_acl.site_firewall_web_acl.arn}"
    (acl,) = synthesize(stack)["resource"]["aws_wafv2_web_acl"].values()
    assert acl["scope"] == "CLOUDFRONT"
    with pytest.raises(ControlError, match="firewalled=False breaks control cloudfront-distribution-waf"):
        site(test_stack(), DistributionConfig(firewalled=False))


def test_waiver_does_without_firewall() -> None:
    stack = test_stack()
    site(stack, DistributionConfig(firewalled=False, waivers=(waiver("cloudfront-distribution-waf"),)))
    assert "web_acl_id" not in distribution_of(stack)


def test_takes_web_acls_as_constructs_arns_and_references() -> None:
    stack = test_stack()
    site(stack, web_acl=WebAcl(stack, "firewall", WebAclConfig(scope="CLOUDFRONT")))
    assert distribution_of(stack)["web_acl_id"] == "${aws_wafv2_web_acl.firewall_web_acl.arn}"
    stack = test_stack()
    site(stack, web_acl=WEB_ACL)
    assert distribution_of(stack)["web_acl_id"] == WEB_ACL
    stack = test_stack()
    site(stack, web_acl="${var.web_acl}")
    conditions = [judged["condition"] for judged in distribution_of(stack)["lifecycle"]["precondition"]]
    assert any("var.web_acl" in condition and ":global/webacl/" in condition for condition in conditions)


@pytest.mark.parametrize(
    ("web_acl", "message"),
    [
        ("arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/x/1", "is not a web ACL of scope CLOUDFRONT"),
        (42, "web_acl=42 is not a WebAcl, a construct with an arn or an ARN"),
    ],
)
def test_refuses_web_acl(web_acl: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        site(test_stack(), web_acl=web_acl)


def test_refuses_regional_web_acl() -> None:
    stack = test_stack()
    with pytest.raises(ConfigError, match="web_acl='test/firewall' has scope='REGIONAL': it guards load balancers"):
        site(stack, web_acl=WebAcl(stack, "firewall"))


def test_key_groups() -> None:
    stack = test_stack()
    site(stack, DistributionConfig(default_behavior=BehaviorConfig(trusted_key_groups=("k-1",))))
    behavior = distribution_of(stack)["default_cache_behavior"]
    assert behavior["trusted_key_groups"] == ["k-1"]
    assert "trusted_signers" not in behavior


def test_response_headers() -> None:
    stack = test_stack()
    site(stack).add_behavior("/api/*", SERVER)
    block = distribution_of(stack)
    reference = "${aws_cloudfront_response_headers_policy.site_response_headers.id}"
    behaviors = (block["default_cache_behavior"], *block["ordered_cache_behavior"])
    assert [behavior["response_headers_policy_id"] for behavior in behaviors] == [reference, reference]


def test_hsts() -> None:
    stack = test_stack()
    site(stack)
    (policy,) = synthesize(stack)["resource"]["aws_cloudfront_response_headers_policy"].values()
    headers = policy["security_headers_config"]
    assert headers["strict_transport_security"]["access_control_max_age_sec"] >= 31_536_000
    assert all(headers[name]["override"] for name in headers if name != "content_security_policy")
    short = ResponseHeadersConfig(hsts_max_age_seconds=300)
    with pytest.raises(
        ControlError, match="hsts_max_age_seconds=300 breaks control cloudfront-response-headers-policy-hsts"
    ):
        site(test_stack(), DistributionConfig(response_headers=short))


def test_waiver_shortens_hsts() -> None:
    stack = test_stack()
    permitted = (waiver("cloudfront-response-headers-policy-hsts"),)
    short = ResponseHeadersConfig(hsts_max_age_seconds=300, waivers=permitted, content_security_policy=None)
    site(stack, DistributionConfig(response_headers=short))
    (policy,) = synthesize(stack)["resource"]["aws_cloudfront_response_headers_policy"].values()
    assert policy["//"]["waivers"][0]["control"] == "cloudfront-response-headers-policy-hsts"
    assert "content_security_policy" not in policy["security_headers_config"]


@pytest.mark.parametrize(
    ("config", "restriction"),
    [
        (DistributionConfig(), {"restriction_type": "none"}),
        (
            DistributionConfig(allowed_countries=("DE", "AT")),
            {"restriction_type": "whitelist", "locations": ["AT", "DE"]},
        ),
        (DistributionConfig(denied_countries=("KP",)), {"restriction_type": "blacklist", "locations": ["KP"]}),
    ],
)
def test_geo_restricted(config: DistributionConfig, restriction: dict[str, Any]) -> None:
    stack = test_stack()
    site(stack, config)
    assert distribution_of(stack)["restrictions"] == {"geo_restriction": restriction}


def test_origin_https_and_tls() -> None:
    stack = test_stack()
    site(stack, origin=SERVER)
    (origin,) = distribution_of(stack)["origin"]
    assert origin["custom_origin_config"]["origin_protocol_policy"] == "https-only"
    assert origin["custom_origin_config"]["origin_ssl_protocols"] == ["TLSv1.2"]
    # Nothing signs requests to a server.
    assert "aws_cloudfront_origin_access_control" not in synthesize(stack)["resource"]


def test_origin_access_control() -> None:
    stack = test_stack()
    site(stack)
    document = synthesize(stack)["resource"]
    (origin,) = distribution_of(stack)["origin"]
    (control,) = document["aws_cloudfront_origin_access_control"].values()
    assert origin["origin_access_control_id"] == "${aws_cloudfront_origin_access_control.site_access_control.id}"
    assert "s3_origin_config" not in origin
    assert (control["signing_behavior"], control["origin_access_control_origin_type"]) == ("always", "s3")


def test_bucket_and_key_let_in_this_distribution_only() -> None:
    stack = test_stack()
    site(stack)
    reads = statements_of(stack, "aws_s3_bucket_policy", "pages_policy")["CloudFrontReads"]
    assert reads["Action"] == ["s3:GetObject"]
    assert reads["Resource"] == ["${aws_s3_bucket.pages_bucket.arn}/*"]
    decrypts = statements_of(stack, "aws_kms_key", "pages_key")["CloudFrontDecrypts"]
    assert decrypts["Action"] == ["kms:Decrypt"]
    for statement in (reads, decrypts):
        assert statement["Principal"] == {"Service": ["cloudfront.amazonaws.com"]}
        assert statement["Condition"] == {"StringEquals": {"aws:SourceArn": [ARN]}}


def test_part_of_a_bucket_opens_that_part_only() -> None:
    stack = test_stack()
    site(stack, origin=BucketOrigin(SecureBucket(stack, "pages"), "/v2"))
    reads = statements_of(stack, "aws_s3_bucket_policy", "pages_policy")["CloudFrontReads"]
    assert reads["Resource"] == ["${aws_s3_bucket.pages_bucket.arn}/v2/*"]
    (origin,) = distribution_of(stack)["origin"]
    assert origin["origin_path"] == "/v2"


def test_origin_failover() -> None:
    stack = test_stack()
    site(stack, failover=SecureBucket(stack, "spare"))
    block = distribution_of(stack)
    (group,) = block["origin_group"]
    assert group["member"] == [{"origin_id": "test/pages"}, {"origin_id": "test/spare"}]
    assert group["failover_criteria"] == {"status_codes": [500, 502, 503, 504]}
    assert block["default_cache_behavior"]["target_origin_id"] == group["origin_id"] == "failover"
    assert "CloudFrontReads" in statements_of(stack, "aws_s3_bucket_policy", "spare_policy")


def test_behaviors_come_in_their_order_and_name_each_origin_once() -> None:
    stack = test_stack()
    distribution = site(stack)
    distribution.add_behavior("/api/admin/*", SERVER, BehaviorConfig(allowed_methods="all"))
    distribution.add_behavior("/api/*", SERVER)
    block = distribution_of(stack)
    assert [item["path_pattern"] for item in block["ordered_cache_behavior"]] == ["/api/admin/*", "/api/*"]
    assert [item["origin_id"] for item in block["origin"]] == ["test/pages", "api.example.com"]
    assert "POST" in block["ordered_cache_behavior"][0]["allowed_methods"]


def test_answers_of_servers_are_not_kept() -> None:
    stack = test_stack()
    site(stack).add_behavior("/api/*", SERVER)
    block = distribution_of(stack)
    (behavior,) = block["ordered_cache_behavior"]
    assert behavior["cache_policy_id"] == "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    assert block["default_cache_behavior"]["cache_policy_id"] == "658327ea-f89d-4fab-a63d-7e88639e58f6"


def test_lives_in_us_east_1_with_all_that_belongs_to_it() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    edge = AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    site(stack, provider=edge)
    document = synthesize(stack)["resource"]
    elsewhere = {
        f"{type}.{name}" for type, blocks in document.items() for name, b in blocks.items() if "provider" not in b
    }
    assert all(".pages_" in address or ".access_logs_" in address for address in elsewhere)
    judged = document["aws_cloudfront_distribution"]["site_distribution"]["lifecycle"]["precondition"]
    assert judged[0]["condition"] == '${data.aws_region.current_edge.id == "us-east-1"}'


def test_refuses_other_region() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1"))
    site(stack, web_acl=WEB_ACL)
    message = r"test/site: its provider has region 'eu-central-1': .* must be in us-east-1, .* pass it as provider="
    with pytest.raises(ConfigError, match=message):
        synthesize(stack)


class _Certificate(SecureConstruct):
    """Stands for a certificate construct."""

    def __init__(self, scope: Any, id: str, *, provider: Any = None) -> None:
        super().__init__(scope, id, Config(), provider=provider)
        self.certificate = Resource(self, "certificate", "aws_acm_certificate", domain_name="example.com")

    @property
    def arn(self) -> str:
        return self.certificate.ref("arn")


def test_takes_a_certificate_construct_and_has_terraform_judge_its_region() -> None:
    stack = test_stack()
    site(stack, certificate=_Certificate(stack, "tls"))
    block = distribution_of(stack)
    reference = "aws_acm_certificate.tls_certificate.arn"
    assert block["viewer_certificate"]["acm_certificate_arn"] == f"${{{reference}}}"
    conditions = [judged["condition"] for judged in block["lifecycle"]["precondition"]]
    assert any(reference in condition and ":acm:us-east-1:" in condition for condition in conditions)


def test_refuses_certificate_construct_of_another_region() -> None:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="us-east-1"))
    home = AwsProvider(stack, "home", AwsProviderConfig(region="eu-central-1", alias="home"))
    site(stack, certificate=_Certificate(stack, "tls", provider=home))
    with pytest.raises(ConfigError, match="certificate='test/tls' is made in 'eu-central-1': CloudFront takes"):
        synthesize(stack)


def test_bucket_of_another_stack_is_told_what_to_do() -> None:
    app = App(outdir=outdir())
    storage, edge = TerraformStack(app, "storage"), TerraformStack(app, "edge")
    Distribution(edge, "site", origin=SecureBucket(storage, "pages"), certificate=CERTIFICATE)
    with pytest.raises(ConfigError, match="neither could be applied first. Move one of the two into the other's stack"):
        [synthesize(stack) for stack in (storage, edge)]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"certificate": CERTIFICATE.replace("us-east-1", "eu-central-1")}, "is not a certificate of us-east-1"),
        ({"certificate": 42}, "certificate=42 is not a construct with an arn or an ARN"),
        (
            {"origin": "api.example.com"},
            "origin 'api.example.com' is not an origin: a distribution fetches from a SecureBucket",
        ),
        ({"origin": HttpsOrigin(domain_name="https://x.example.com")}, "is not a host name: write it in lower case"),
        (
            {"origin": HttpsOrigin(domain_name="a.s3.eu-central-1.amazonaws.com")},
            "is a bucket's: .* Pass the SecureBucket itself",
        ),
        (
            {"origin": HttpsOrigin(domain_name="a.s3-website.eu-central-1.amazonaws.com")},
            "is a bucket's: .* the bucket would have to be public",
        ),
        ({"origin": HttpsOrigin(domain_name="a.lambda-url.eu-central-1.on.aws")}, "is a function's"),
        (
            {"origin": HttpsOrigin(domain_name="a.example.com", https_port=8)},
            "https_port=8 must be 443 or between 1024",
        ),
        (
            {"origin": HttpsOrigin(domain_name="a.example.com", origin_path="v1")},
            "origin_path='v1' is not an origin path",
        ),
        ({"origin": SERVER, "failover": SERVER}, "failover 'api.example.com' is the origin itself"),
    ],
)
def test_refuses_given(given: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        site(test_stack(), **given)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"aliases": ("https://example.com",)}, "is not a domain: write it in lower case"),
        ({"name": "a.b"}, "name='a.b' is not a name for what belongs to a distribution"),
        ({"default_root_object": "/index.html"}, "is not an object: write it without '/' before"),
        ({"allowed_countries": ("Germany",)}, "is not a country: write its two letters"),
        ({"allowed_countries": ("DE",), "denied_countries": ("KP",)}, "exclude each other: CloudFront takes one list"),
        ({"failover_status_codes": ()}, "would never fail over"),
        ({"failover_status_codes": (418,)}, "must be one of 400, 403, 404, 416"),
        ({"error_pages": (ErrorPage(error_code=404), ErrorPage(error_code=404))}, "two pages for one error"),
        ({"error_pages": (ErrorPage(error_code=404, response_code=200),)}, "go together: AWS refuses one without"),
        ({"error_pages": (ErrorPage(error_code=418),)}, "error_code=418 must be one of 400, 403"),
        ({"price_class": "PriceClass_1"}, "must be 'PriceClass_100', 'PriceClass_200' or 'PriceClass_All'"),
        ({"response_headers": ResponseHeadersConfig(hsts_max_age_seconds=-1)}, "must be between 0 and 2147483647"),
        ({"default_behavior": BehaviorConfig(allowed_methods="all")}, "does not go with a bucket: .* read it only"),
        ({"default_behavior": BehaviorConfig(cache_policy_id="a b")}, "cache_policy_id='a b' is not an id"),
    ],
)
def test_refuses(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        site(test_stack(), DistributionConfig(**values))


def test_refuses_methods_that_cannot_fail_over() -> None:
    config = DistributionConfig(default_behavior=BehaviorConfig(allowed_methods="all"))
    with pytest.raises(ConfigError, match="does not go with failover: AWS refuses POST, PUT, PATCH and DELETE"):
        site(test_stack(), config, origin=SERVER, failover=HttpsOrigin(domain_name="spare.example.com"))


def test_refuses_what_would_not_be_used() -> None:
    stack = test_stack()
    no_logs = DistributionConfig(logged=False, waivers=(waiver("cloudfront-distribution-logged"),))
    with pytest.raises(ConfigError, match="log_bucket and logged=False exclude each other"):
        site(stack, no_logs, log_bucket=LogBucket(stack, "logs"))
    no_firewall = DistributionConfig(firewalled=False, waivers=(waiver("cloudfront-distribution-waf"),))
    with pytest.raises(ConfigError, match="web_acl and firewalled=False exclude each other"):
        site(test_stack(), no_firewall, web_acl=WEB_ACL)
    stack = test_stack()
    with pytest.raises(ConfigError, match=r"the bucket decides\. Set LogBucketConfig\(expiration_days="):
        site(stack, DistributionConfig(log_retention_days=500), log_bucket=LogBucket(stack, "logs"))


def test_refuses_aliases_without_certificate() -> None:
    with pytest.raises(ConfigError, match="without certificate: CloudFront's own fits none of your domains"):
        site(test_stack(), DistributionConfig(aliases=("www.example.com",)), certificate=None)


def test_refuses_path_that_is_no_name() -> None:
    with pytest.raises(ConfigError, match=r"which comes from the path, .* Set DistributionConfig\(name='\.\.\.'\)"):
        Distribution(test_stack(), "s" * 60, origin=SERVER, certificate=CERTIFICATE)


def test_refuses_behaviors() -> None:
    distribution = site(test_stack())
    with pytest.raises(ConfigError, match=r"add_behavior\('/a b'\) is not a path pattern"):
        distribution.add_behavior("/a b", SERVER)
    distribution.add_behavior("/api/*", SERVER)
    with pytest.raises(ConfigError, match="is the second for this pattern: it would never apply"):
        distribution.add_behavior("/api/*", SERVER)
    with pytest.raises(ConfigError, match="origin 'api.example.com' is there already with other settings"):
        distribution.add_behavior("/old/*", HttpsOrigin(domain_name="api.example.com", https_port=8443))
    with pytest.raises(ConfigError, match="test/site: BehaviorConfig has no field 'cached'"):
        distribution.add_behavior("/x/*", SERVER, BehaviorConfig(cached=True))  # type: ignore[call-arg]


def test_refuses_path_of_a_bucket() -> None:
    with pytest.raises(ConfigError, match="BucketOrigin path='v2/' is not an origin path"):
        BucketOrigin(SecureBucket(test_stack(), "pages"), "v2/")


def test_grant_invalidate() -> None:
    stack = test_stack()
    distribution = site(stack)
    distribution.grant_invalidate(SecureRole(stack, "deploy", RoleConfig(trust=ServiceTrust(service="codebuild"))))
    (policy,) = synthesize(stack)["resource"]["aws_iam_role_policy"].values()
    (statement,) = json.loads(policy["policy"])["Statement"]
    assert statement["Action"] == ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"]
    assert statement["Resource"] == [ARN]
    role: Any = "arn:aws:iam::111122223333:role/deploy"
    with pytest.raises(ConfigError, match="cannot be written: a distribution has no policy of its own"):
        distribution.grant_invalidate(role)


def test_references() -> None:
    distribution = site(test_stack())
    prefix = "${aws_cloudfront_distribution.site_distribution."
    assert distribution.arn == prefix + "arn}"
    assert distribution.distribution_id == prefix + "id}"
    assert distribution.domain_name == prefix + "domain_name}"
    assert distribution.hosted_zone_id == prefix + "hosted_zone_id}"


def test_tokens_are_judged_by_terraform() -> None:
    stack = test_stack()
    config = DistributionConfig(aliases=("${var.domain}",))
    bucket = BucketOrigin(SecureBucket(stack, "pages"), "${var.folder}")
    distribution = site(stack, config, origin=bucket, certificate="${var.certificate}")
    server = HttpsOrigin(domain_name="${var.server}")
    distribution.add_behavior("${var.pattern}", server, BehaviorConfig(cache_policy_id="${var.policy}"))
    conditions = "\n".join(judged["condition"] for judged in distribution_of(stack)["lifecycle"]["precondition"])
    for name in ("domain", "folder", "certificate", "server", "pattern", "policy"):
        assert f"var.{name}" in conditions
    reads = statements_of(stack, "aws_s3_bucket_policy", "pages_policy")["CloudFrontReads"]
    assert reads["Resource"] == ["${aws_s3_bucket.pages_bucket.arn}${var.folder}/*"]


def test_addresses() -> None:
    stack = test_stack()
    site(stack)
    own = [address for address in addresses(synthesize(stack)) if ".site_" in address]
    assert own == [
        "aws_cloudfront_distribution.site_distribution",
        "aws_cloudfront_origin_access_control.site_access_control",
        "aws_cloudfront_response_headers_policy.site_response_headers",
        "aws_cloudwatch_log_delivery.site_log_delivery",
        "aws_cloudwatch_log_delivery_destination.site_log_destination",
        "aws_cloudwatch_log_delivery_source.site_log_source",
        "aws_cloudwatch_log_group.site_firewall_log_log_group",
        "aws_kms_alias.site_key_alias",
        "aws_kms_key.site_key",
        "aws_s3_bucket.site_logs_bucket",
        "aws_s3_bucket_lifecycle_configuration.site_logs_lifecycle",
        "aws_s3_bucket_logging.site_logs_access_logging",
        "aws_s3_bucket_ownership_controls.site_logs_ownership",
        "aws_s3_bucket_policy.site_logs_policy",
        "aws_s3_bucket_public_access_block.site_logs_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration.site_logs_encryption",
        "aws_s3_bucket_versioning.site_logs_versioning",
        "aws_wafv2_web_acl.site_firewall_web_acl",
        "aws_wafv2_web_acl_logging_configuration.site_firewall_logging",
    ]
