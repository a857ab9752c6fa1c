"""Load balancers, one that faces the internet, some within the network, one of them for connections, every option on."""

from __future__ import annotations

from secureinfra import (
    AwsProvider,
    AwsProviderConfig,
    Certificate,
    CertificateConfig,
    CognitoAuthentication,
    EndpointServiceConfig,
    ListenerHeadersConfig,
    LoadBalancerConfig,
    LogBucket,
    MutualTls,
    NetworkLoadBalancer,
    NetworkLoadBalancerConfig,
    NetworkTargetConfig,
    OidcAuthentication,
    SecureKey,
    SecureLoadBalancer,
    SecureVpc,
    SecurityGroup,
    SecurityGroupConfig,
    TargetConfig,
    TerraformStack,
    TerraformVariable,
    VpcConfig,
    Waiver,
    WebAcl,
)

TRUST_STORE = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:truststore/partners/73e2d6bc24d8a067"
POOL = "arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_Ab12cD34e"


def waiver(control: str) -> Waiver:
    """A waiver for tests."""
    return Waiver(control=control, reason="every option is on in this test", owner="tests", until="2099-12-31")


def build(stack: TerraformStack) -> None:
    """Every construct, with every option that goes together."""
    AwsProvider(stack, "aws", AwsProviderConfig(region="eu-central-1", owner="tests", environment="production"))
    network = SecureVpc(
        stack,
        "network",
        VpcConfig(cidr="10.50.0.0/16", zones=2, tiers=("public", "private"), nat="per_zone", ipv6=True),
    )
    groups = {
        name: SecurityGroup(stack, name, SecurityGroupConfig(description=name), vpc=network)
        for name in ("orders", "pages", "office")
    }
    certificate = Certificate(stack, "certificate", CertificateConfig(domain_name="shop.example.com"))
    build_public(stack, network, groups, certificate)
    build_internal(stack, network, groups, certificate)
    build_network(stack, network, groups, certificate)


def build_public(
    stack: TerraformStack, network: SecureVpc, groups: dict[str, SecurityGroup], certificate: Certificate
) -> None:
    """One for everybody, with sign-in, a web ACL and targets by host and path."""
    secret = TerraformVariable(stack, "client_secret", type="string", sensitive=True, default="for tests only")
    public = SecureLoadBalancer(
        stack,
        "shop",
        LoadBalancerConfig(
            internal=False,
            ip_address_type="dualstack",
            ssl_policy="ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
            response_headers=ListenerHeadersConfig(
                frame_option="SAMEORIGIN",
                content_security_policy="default-src 'self'; frame-ancestors 'self'",
                hsts_include_subdomains=False,
            ),
            authentication=OidcAuthentication(
                issuer="https://login.example.com",
                authorization_endpoint="https://login.example.com/authorize",
                token_endpoint="https://login.example.com/token",
                user_info_endpoint="https://login.example.com/userinfo",
                client_id="shop",
                client_secret=secret.string_value,
                scope="openid email",
                session_timeout_seconds=3600,
            ),
            desync_mitigation_mode="strictest",
            idle_timeout_seconds=120,
            log_prefix="shop/public",
            tags={"team": "shop"},
            waivers=(waiver("lb-internal"),),
        ),
        vpc=network,
        certificate=certificate,
        log_bucket=LogBucket(stack, "balancer-logs"),
        web_acl=WebAcl(stack, "firewall"),
    )
    public.add_certificate(
        "shop-example-org", Certificate(stack, "other", CertificateConfig(domain_name="shop.example.org"))
    )
    public.add_target(
        "orders",
        TargetConfig(
            port=8443,
            hosts=("shop.example.com", "*.shop.example.com"),
            paths=("/api/*",),
            priority=10,
            protocol_version="HTTP2",
            health_check_path="/healthz",
            health_check_port=9443,
            health_check_protocol="HTTPS",
            health_check_matcher="200-299",
            health_check_interval_seconds=20,
            health_check_timeout_seconds=10,
            healthy_threshold=2,
            unhealthy_threshold=5,
            stickiness_seconds=3600,
            deregistration_delay_seconds=30,
        ),
        group=groups["orders"],
    )
    hooks = TargetConfig(port=8443, paths=("/hooks/*",), priority=20, authenticated=False)
    public.add_target("hooks", hooks, group=groups["orders"])
    pages = TargetConfig(
        port=8080,
        protocol="HTTP",
        target_type="instance",
        tags={"team": "pages"},
    )
    public.add_target("pages", pages, group=groups["pages"])


def build_internal(
    stack: TerraformStack, network: SecureVpc, groups: dict[str, SecurityGroup], certificate: Certificate
) -> None:
    """One for the network, whose clients show a certificate, and one whose visitors sign in at a user pool."""
    partners = SecureLoadBalancer(
        stack,
        "partners",
        LoadBalancerConfig(
            http_redirected=False, mutual_tls=MutualTls(trust_store_arn=TRUST_STORE, advertises_authorities=True)
        ),
        vpc=network,
        certificate=certificate,
    )
    partners.allow_from("10.0.0.0/8", "partners, through the VPN")
    partners.add_target("orders", TargetConfig(port=8443), group=groups["orders"])
    cognito = CognitoAuthentication(
        user_pool_arn=POOL,
        user_pool_client_id="1example23456789",
        user_pool_domain="acme",
        on_unauthenticated_request="deny",
    )
    office = SecureLoadBalancer(
        stack, "back-office", LoadBalancerConfig(authentication=cognito), vpc=network, certificate=certificate
    )
    office.allow_from(groups["office"])
    office.add_target("pages", TargetConfig(port=8443), group=groups["pages"])


def build_network(
    stack: TerraformStack, network: SecureVpc, groups: dict[str, SecurityGroup], certificate: Certificate
) -> None:
    """One for connections, which another account reaches too, and one in front of an application load balancer."""
    consumers = EndpointServiceConfig(
        allowed_principals=("arn:aws:iam::111122223333:root",),
        acceptance_required=False,
        tags={"team": "orders"},
        waivers=(waiver("vpc-endpoint-service-accepts-by-hand"),),
    )
    config = NetworkLoadBalancerConfig(
        enable_cross_zone_load_balancing=False,
        dns_record_client_routing_policy="partial_availability_zone_affinity",
        enable_zonal_shift=True,
        enforce_security_group_inbound_rules_on_private_link_traffic="off",
        endpoint_service=consumers,
        log_prefix="orders/network",
        tags={"team": "orders"},
        waivers=(waiver("lb-cross-zone"),),
    )
    logs = LogBucket(stack, "connection-logs", key=SecureKey(stack, "connection-key"))
    orders = NetworkLoadBalancer(stack, "connections", config, vpc=network, certificate=certificate, log_bucket=logs)
    orders.allow_from("10.60.0.0/16", "orders of the other account")
    orders.add_target(
        "orders",
        NetworkTargetConfig(
            port=7443,
            listener_port=443,
            target_protocol="TCP",
            ssl_policy="ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
            alpn_policy="HTTP2Only",
            preserve_client_ip=True,
            proxy_protocol_v2=True,
            health_check_protocol="HTTP",
            health_check_path="/ready",
            health_check_port=8080,
            health_check_matcher="200-299",
            health_check_interval_seconds=20,
            health_check_timeout_seconds=10,
            healthy_threshold=2,
            unhealthy_threshold=5,
            deregistration_delay_seconds=30,
            connection_termination=False,
            unhealthy_connection_termination=False,
            tags={"team": "orders"},
        ),
        group=groups["orders"],
    )
    passed = waiver("lb-listener-tls")
    queue = NetworkTargetConfig(
        port=5671, protocol="TCP", tcp_idle_timeout_seconds=600, target_type="instance", waivers=(passed,)
    )
    orders.add_target("queue", queue, group=groups["office"])
    names = NetworkTargetConfig(port=53, protocol="UDP", stickiness=True, health_check_port=8053, waivers=(passed,))
    orders.add_target("names", names, group=groups["office"])
    both = NetworkLoadBalancer(
        stack, "fixed", NetworkLoadBalancerConfig(ip_address_type="dualstack"), vpc=network, certificate=certificate
    )
    pages = SecureLoadBalancer(stack, "web-pages", vpc=network, certificate=certificate)
    pages.add_target("pages", TargetConfig(port=6443), group=groups["pages"])
    both.add_balancer_target("pages", pages)
    both.allow_from(groups["office"])
