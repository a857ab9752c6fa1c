"""What synthesis cannot judge of web ACLs and distributions, Terraform refuses at the plan."""

import re
from collections.abc import Callable

import pytest

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    BehaviorConfig,
    BucketOrigin,
    Distribution,
    DistributionConfig,
    HttpsOrigin,
    ResponseHeadersConfig,
    SecureBucket,
    TerraformVariable,
    WebAcl,
    WebAclConfig,
)
from secureinfra.testing import synthesize, test_stack
from tests.referees.runner import Terraform

pytestmark = pytest.mark.xdist_group("emulator")

GOOD: dict[str, object] = {
    "certificate": "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
    "country": "DE",
    "domain": "www.example.com",
    "folder": "/v2",
    "limit": 500,
    "network": "192.0.2.0/24",
    "pattern": "/api/*",
    "port": 8443,
    "region": "us-east-1",
    "seconds": 31_536_000,
    "stage": "arn:aws:apigateway:us-east-1::/restapis/a1b2c3d4e5/stages/live",
    "web_acl": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/shop/a1b2c3d4",
    "window": 60,
}
BAD: dict[str, object] = {
    "certificate": "arn:aws:acm:eu-central-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
    "country": "Germany",
    "domain": "https://www.example.com",
    "folder": "v2/",
    "limit": 5,
    "network": "0.0.0.0/0",
    "pattern": "/a b",
    "port": 80,
    "region": "eu-central-1",
    "seconds": 300,
    "stage": "arn:aws:apigateway:us-east-1::/apis/a1b2c3d4e5/stages/live",
    "web_acl": "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/a1b2c3d4",
    "window": 90,
}


def document_with(values: dict[str, object]) -> dict[str, object]:
    stack = test_stack()
    AwsProvider(stack, "aws", AwsProviderConfig(region="${var.region}"))
    for name, value in values.items():
        TerraformVariable(stack, name, type="string" if isinstance(value, str) else "number", default=value)
    rate = {"rate_limit": "${var.limit}", "rate_limit_window_seconds": "${var.window}"}
    WebAcl(stack, "api", WebAclConfig.of({**rate, "denied_ipv4_cidrs": ("${var.network}",)}))
    WebAcl(stack, "stages").associate("${var.stage}")
    WebAcl(stack, "edge", WebAclConfig(scope="CLOUDFRONT"))
    headers = ResponseHeadersConfig.of({"hsts_max_age_seconds": "${var.seconds}"})
    site = Distribution(
        stack,
        "site",
        DistributionConfig(aliases=("${var.domain}",), allowed_countries=("${var.country}",), response_headers=headers),
        origin=BucketOrigin(SecureBucket(stack, "pages"), "${var.folder}"),
        certificate="${var.certificate}",
        web_acl="${var.web_acl}",
    )
    server = HttpsOrigin.of({"domain_name": "api.${var.domain}", "https_port": "${var.port}"})
    site.add_behavior("${var.pattern}", server, BehaviorConfig(allowed_methods="all"))
    return synthesize(stack)


def test_refuses_bad_values(terraform: Callable[..., Terraform], emulator: str) -> None:
    said = terraform(document_with(BAD), endpoint=emulator).run("plan", "-input=false", accept=(1,))
    together = re.sub(r"[\s│╷╵]+", " ", said)
    for message in (
        "test/api: WebAclConfig rate_limit must be between 10 and 2000000000 requests",
        "test/api: WebAclConfig rate_limit_window_seconds must be one of 60, 120, 300, 600",
        "test/api: WebAclConfig denied_ipv4_cidrs is every address, which AWS WAF takes in no IP set",
        "test/stages: association-var-stage is nothing that a regional web ACL guards",
        "test/edge: a web ACL of scope CLOUDFRONT must be in us-east-1",
        "test/site: a distribution with its web ACL and log delivery must be in us-east-1",
        "test/site: DistributionConfig aliases is not a domain",
        "test/site: DistributionConfig allowed_countries is not a country",
        "test/site: ResponseHeadersConfig hsts_max_age_seconds breaks cloudfront-response-headers-policy-hsts",
        "test/site: certificate is not a certificate of us-east-1",
        "test/site: web-acl is not a web ACL of scope CLOUDFRONT",
        "test/site: BucketOrigin path is not an origin path",
        "test/site: HttpsOrigin https_port must be 443 or between 1024 and 65535",
        "test/site: HttpsOrigin domain_name is not a host name",
        "test/site: path is not a path pattern",
    ):
        assert message in together, message


def test_accepts_good_values(terraform: Callable[..., Terraform], emulator: str) -> None:
    terraform(document_with(GOOD), endpoint=emulator).run("plan", "-input=false")
