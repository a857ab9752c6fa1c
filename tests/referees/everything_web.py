"""One stack with every option of web ACLs and distributions on, for the referees that read or apply whole stacks."""

from __future__ import annotations

from secureinfra import (
    AccountCreation,
    AccountTakeover,
    AwsProvider,
    AwsProviderConfig,
    BehaviorConfig,
    BucketConfig,
    BucketOrigin,
    Distribution,
    DistributionConfig,
    ErrorPage,
    HttpsOrigin,
    LogBucket,
    LogBucketConfig,
    ResponseHeadersConfig,
    RoleConfig,
    SecureBucket,
    SecureKey,
    SecureRole,
    ServiceTrust,
    TerraformStack,
    Waiver,
    WebAcl,
    WebAclConfig,
)

BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/web/50dc6c495c0c9188"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012"
COMMON = "AWSManagedRulesCommonRuleSet"


def waiver(control: str) -> Waiver:
    """A waiver for tests."""
    return Waiver(control=control, reason="every option is on in this test", owner="tests", until="2099-12-31")


def build(stack: TerraformStack) -> None:
    """A regional web ACL, and distributions with everything that goes together."""
    AwsProvider(
        stack,
        "aws",
        AwsProviderConfig(region="eu-central-1", owner="tests", environment="sandbox", data_classification="test"),
    )
    edge = AwsProvider(stack, "edge", AwsProviderConfig(region="us-east-1", alias="edge"))
    build_web_acl(stack)
    build_site(stack, edge)
    build_shop(stack, edge)


def build_web_acl(stack: TerraformStack) -> None:
    """A web ACL before a load balancer, with every rule that can be asked for, and one that counts first."""
    firewall = WebAcl(
        stack,
        "firewall",
        WebAclConfig(
            name="shop",
            overrides={COMMON: {"NoUserAgent_HEADER": "count", "GenericLFI_BODY": "captcha"}},
            upload_paths=("/uploads/", "/api/files"),
            rate_limit=500,
            rate_limit_window_seconds=60,
            anonymous_addresses="block",
            managed_rule_groups=("AWSManagedRulesLinuxRuleSet", "AWSManagedRulesUnixRuleSet"),
            allowed_ipv4_cidrs=("198.51.100.0/24",),
            allowed_ipv6_cidrs=("2001:db8::/56",),
            denied_ipv4_cidrs=("192.0.2.0/24", "203.0.113.7/32"),
            denied_ipv6_cidrs=("2001:db8:1::/64",),
            bot_control="TARGETED",
            account_takeover=AccountTakeover(login_path="/login", username_field="/name", password_field="/password"),
            account_creation=AccountCreation(
                registration_page_path="/join",
                creation_path="/api/join",
                username_field="name",
                password_field="password",
                email_field="mail",
                payload_type="FORM_ENCODED",
            ),
            redacted_headers=("x-api-key",),
            log_group_retention_days=731,
            tags={"team": "web"},
        ),
        key=SecureKey(stack, "data"),
    )
    firewall.associate(BALANCER)
    WebAcl(stack, "trial", WebAclConfig(mode="count", body_size_rule="count"))


def build_site(stack: TerraformStack, edge: AwsProvider) -> None:
    """A site from two buckets, one in another region, under a domain."""
    site = SecureBucket(stack, "pages", BucketConfig(key_required=True))
    spare = SecureBucket(stack, "spare", provider=edge)
    distribution = Distribution(
        stack,
        "site",
        DistributionConfig(
            name="site",
            aliases=("www.example.com", "*.www.example.com"),
            default_root_object="home.html",
            default_behavior=BehaviorConfig(allowed_methods="read-options"),
            response_headers=ResponseHeadersConfig(
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
            allowed_countries=("DE", "AT", "CH"),
            price_class="PriceClass_All",
            log_retention_days=731,
            tags={"team": "web"},
        ),
        origin=BucketOrigin(site, "/v2"),
        failover=spare,
        certificate=CERTIFICATE,
        provider=edge,
    )
    deploy = SecureRole(stack, "deploy", RoleConfig(trust=ServiceTrust(service="codebuild")))
    distribution.grant_invalidate(deploy)


def build_shop(stack: TerraformStack, edge: AwsProvider) -> None:
    """A server behind a web ACL and a log bucket of its own, without a domain."""
    firewall = WebAcl(stack, "edge-firewall", WebAclConfig(scope="CLOUDFRONT"), provider=edge)
    logs = LogBucket(stack, "edge-logs", LogBucketConfig(), key=SecureKey(stack, "edge-log-key"))
    certificate = "cloudfront-distribution-custom-certificate", "cloudfront-distribution-tls-policy"
    shop = Distribution(
        stack,
        "shop",
        DistributionConfig(
            denied_countries=("KP",),
            default_behavior=BehaviorConfig(allowed_methods="all"),
            waivers=tuple(waiver(control) for control in certificate),
        ),
        origin=HttpsOrigin(
            domain_name="shop.example.com",
            origin_path="/v1",
            https_port=8443,
            read_timeout_seconds=60,
            keepalive_timeout_seconds=60,
        ),
        web_acl=firewall,
        log_bucket=logs,
        provider=edge,
    )
    images = SecureBucket(stack, "images")
    shop.add_behavior("/images/*", images, BehaviorConfig(trusted_key_groups=("4b2d9f0e-1111-2222-3333-444455556666",)))
    shop.add_behavior(
        "/api/*",
        HttpsOrigin(domain_name="api.example.com"),
        BehaviorConfig(
            allowed_methods="all",
            cache_policy_id="83da9c7e-98b4-4e11-a168-04f0df8e2c65",
            origin_request_policy_id="216adef6-5c7f-47e4-b989-5492eafa07d3",
        ),
    )
